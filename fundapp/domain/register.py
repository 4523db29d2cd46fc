"""The register of what is kept: every table and column of the service, classed. A column that is missing here fails the build."""

from collections.abc import Mapping
from typing import Any, Final

from fundapp.domain.keeping import FORMER, GONE, NO_HASH, NUMBERED, Kept, Words

_OWN = ("person_id",)
_BOTH = ("bid", "person_id")
#: What every evidential row has beside its own columns.
_E = " id home event_no salt"


def _all(about: tuple[str, ...], **leaves: Any) -> dict[str, Words]:
    """Columns that tell of the same people."""
    return {name: Words(left, about) for name, left in leaves.items()}


def _bid(**leaves: Any) -> dict[str, Words]:
    return _all(("bid",), **leaves)


TABLES: Final[Mapping[str, Kept]] = {
    # People and their ways in
    "person": Kept(
        "person", "your name and where to write to you", "id token show_name created_at erased_at",
        _all(("self",), name=FORMER, email=None), "blank", to=("self",),
    ),
    "account": Kept(
        "sign_in", "the addresses that you sign in with", "id person_id confirmed_at created_at",
        _all(_OWN, email="", password_hash=None), "delete", to=_OWN, back=("password_hash",),
    ),
    "sign_in_session": Kept(
        "sign_in", "where you are signed in", "id account_id key_sha256 how made_at seen_at ended_at second_factor_at",
        _all(("account_id>account",), browser=""), "delete", to=("account_id>account",), back=("key_sha256",),
    ),
    "sign_in_link": Kept(
        "sign_in", "links that were mailed to you", "id kind token_sha256 grant_id made_at expires_at used_at void_at",
        _all(("@email",), email="", next_path=None, used_on=None), "delete", to=("@email",), back=("token_sha256",),
    ),
    "second_factor": Kept(
        "sign_in", "your authenticator", "id person_id made_at confirmed_at last_step", _all(_OWN, secret_sealed=""),
        "delete", to=_OWN, back=("secret_sealed", "last_step"),
    ),
    "recovery_code": Kept(
        "sign_in", "your recovery codes, as marks", "id person_id made_at used_at", _all(_OWN, code_mac=""), "delete",
        to=_OWN, back=("code_mac",),
    ),
    "security_event": Kept(
        "sign_in", "what happened to your ways in", "id person_id kind at", _all(_OWN, details={}), "delete", to=_OWN,
    ),
    "throttle": Kept("work", "how often something was tried, by marks", "id kind mark window_start count"),
    "membership": Kept(
        "person", "your membership of the party",
        "person_id claimed_at ended_at confirmed_at confirmed_by" + _E,
        _all(_OWN, number="", local_party="", source=None, ended_why=None), "blank", to=_OWN,
    ),
    "listed_member": Kept(
        "list", "fingerprints of the membership list", "id local_party listed_at",
        _all((), number_mark="", email_mark=None, name_mark=None),
    ),
    "office_holding": Kept(
        "office", "elected offices", "person_id office area_id from_on to_on confirmed_by" + _E,
        _all(_OWN, party=None, email=None, source=None), "blank", to=_OWN,
    ),
    "role_grant": Kept(
        "person", "roles in the fund", "person_id role fund_id from_at to_at granted_by" + _E, to=_OWN,
    ),
    "tie": Kept(
        "interests", "what somebody of the panel is tied to", "person_id why declared_at ended_at" + _E,
        _all(_OWN, key=NUMBERED, words=""), "blank", to=_OWN,
    ),
    "person_mark": Kept(
        "interests", "marks of what somebody of the panel is tied to", "id person_id why", _all(_OWN, key=""), "delete",
    ),
    "erasure": Kept(
        "person", "what you asked us to remove",
        "person_id how asked_by asked_at confirmed_by confirmed_at withdrawn_at" + _E, to=_OWN,
    ),
    # A bid
    "bid": Kept(
        "bid", "a bid and where it stands",
        "reference fund_id round_id state version applicant_id organisation_id area_id amount_pence version_number "
        "holding_id since due_at created_at erased_at erased_why" + _E,
        _bid(title=GONE, place=None, source=None, source_key=None, backed_sha256=None), "blank", "id", to=("bid",),
        back=("source_key",),
    ),
    "organisation": Kept(
        "bid", "the group that bids", "id created_at",
        _bid(name=GONE, official_id=None, charity_number=None, company_number=None, address=None, postcode=None),
        "blank", "<bid.organisation_id", to=("bid",),
    ),
    "draft": Kept(
        "draft", "what you are writing", "id bid_id revision saved_at", _bid(answers={}), "blank", "bid_id", to=("bid",),
    ),
    "bid_version": Kept(
        "bid", "the bid as it was sent", "bid_id number form_version_id amount_pence frozen_at" + _E,
        _bid(answers={}, sha256=NO_HASH), "blank", "bid_id", to=("bid",),
    ),
    "document": Kept(
        "bid", "files that were handed in",
        "id bid_id question media_type size given_by given_at state judged_at removed_at",
        _all(("bid", "given_by"), name=GONE, sha256=NO_HASH, reason=None), "blank", "bid_id", to=("bid", "given_by"),
    ),
    "copy_paper": Kept(
        "bid", "the PDF of a bid", "id bid_version_id size made_at", _bid(sha256=NO_HASH), "delete",
        "bid_version_id>bid_version",
    ),
    "co_applicant": Kept(
        "bid", "who bids together", "bid_id person_id from_at to_at" + _E, bid="bid_id", to=_OWN,
    ),
    "co_invitation": Kept(
        "bid", "addresses that were asked to bid together",
        "id bid_id token_sha256 made_at expires_at accepted_at withdrawn_at",
        _all(("bid", "@address"), address=""), "delete", "bid_id", to=("@address",), back=("token_sha256",),
    ),
    "comment": Kept(
        "bid", "what was said beside a draft", "id bid_id question person_id said_at removed_at",
        _all(_BOTH, words=""), "delete", "bid_id", to=_OWN,
    ),
    "naming": Kept(
        "bid", "a representative whom an applicant named", "id bid_id holding_id named_by named_at",
        _all(("bid", "named_by"), found=""), "delete", "bid_id", to=("named_by",),
    ),
    "endorsement_request": Kept(
        "bid", "who was asked to back it", "bid_id bid_version_id holding_id asked_at void_at answered_at" + _E,
        bid="bid_id",
    ),
    "endorsement_link": Kept(
        "bid", "where the link to back it was mailed", "id request_id token_sha256 made_at opened_at",
        _all(("bid", "@sent_to"), effect_key="", sent_to=""), "delete", "request_id>endorsement_request",
        to=("@sent_to",), back=("token_sha256", "effect_key"),
    ),
    "endorsement": Kept(
        "bid", "what a representative said of it",
        "bid_id bid_version_id holding_id person_id answer identified recorded_by document_id given_at" + _E,
        _all(_BOTH, statement="", checked={}), "blank", "bid_id", to=_BOTH, back=("checked",),
    ),
    "remark": Kept(
        "bid", "why it was sent back or turned down", "bid_id move person_id said_at" + _E, _all(_BOTH, words=""), "blank",
        "bid_id", to=_BOTH,
    ),
    "likeness": Kept("bid", "marks by which bids are alike", "id bid_id kind", _bid(mark=""), "delete", "bid_id"),
    "likeness_looked": Kept(
        "bid", "who looked at two bids that are alike", "id low_id high_id person_id looked_at", _bid(note=""), "delete",
        "low_id high_id",
    ),
    "bid_mark": Kept("bid", "marks of what a bid is tied to", "id bid_id", _bid(key=""), "delete", "bid_id"),
    "retention_hold": Kept(
        "bid", "why nothing of a bid may go yet", "bid_id placed_by placed_at ended_by ended_at" + _E, _bid(reason=""),
        "blank", "bid_id", to=("bid",), back=("reason",),
    ),
    # The panel
    "panel_seat": Kept(
        "interests", "what somebody of the panel takes and knows", "round_id person_id most changed_at left_at" + _E,
        _all(_OWN, themes=[], regions=[]), "blank", to=_OWN,
    ),
    "assignment": Kept(
        "bid", "who reads it",
        "bid_id person_id version assigned_by assigned_at ended_at ended_why" + _E, _all(_BOTH, ended_words=None), "blank",
        "bid_id", to=_OWN,
    ),
    "interest": Kept(
        "interests", "interests declared in it", "bid_id person_id declared_at" + _E, _all(_BOTH, reason=""), "blank",
        "bid_id", to=_OWN,
    ),
    "review": Kept(
        "bid", "what the panel thought of it",
        "bid_id person_id bid_version_id number total given_at masked_copy_id confidence" + _E, _bid(comment="", note=""),
        "blank", "bid_id", to=_OWN,
    ),
    "review_draft": Kept(
        "bid", "what a reader has not sent yet", "id bid_id person_id revision saved_at", _all(_BOTH, given={}), "delete",
        "bid_id", to=_OWN,
    ),
    "score": Kept("bid", "its marks", "review_id bid_id criterion value" + _E, bid="bid_id", to=("review_id>review",)),
    "masked_copy": Kept(
        "bid", "the copy that the panel reads without names",
        "bid_id bid_version_id number cleared confirmed_by confirmed_at" + _E,
        _bid(title=GONE, answers={}, sha256=NO_HASH), "blank", "bid_id",
    ),
    "moderation": Kept(
        "bid", "scores that were talked over", "bid_id spread opened_by opened_at closed_by closed_at" + _E, _bid(words=""),
        "blank", "bid_id",
    ),
    "decision": Kept(
        "bid", "what was decided",
        "bid_id round_id version outcome amount_pence suggestion_id decided_by decided_at" + _E,
        _bid(conditions="", feedback="", reason=""), "blank", "bid_id", to=("bid",), back=("reason", "suggestion_id"),
    ),
    "suggestion": Kept("fund", "sets of awards worked out, by number", "round_id number terms result made_by made_at" + _E),
    "sitting": Kept(
        "minutes", "meetings of the panel", "round_id number held_at present left_for recorded_by recorded_at" + _E,
        _all((), place="", words=""),
    ),
    "minutes_paper": Kept(
        "minutes", "minutes as PDF", "id round_id tells asked_at size made_at", _bid(sha256=None), "delete", "round",
    ),
    # Awards and money
    "award": Kept(
        "award", "an award",
        "bid_id round_id state version amount_pence starts_on ends_on offered_at offer_until accepted_at since" + _E,
        _bid(conditions=""), "blank", "bid_id", to=("bid",),
    ),
    "award_answer": Kept(
        "award", "what was answered to it",
        "bid_id award_id letter_id variation_id person_id answer recipient answered_at" + _E,
        _all(_BOTH, name_typed="", terms_sha256=None, reason=""), "blank", "bid_id", to=_BOTH,
    ),
    "variation": Kept(
        "award", "changes of it",
        "bid_id award_id number amount_pence starts_on ends_on proposed_by proposed_at outcome ended_at" + _E,
        _bid(conditions="", reason=""), "blank", "bid_id", to=("bid",),
    ),
    "cancellation": Kept(
        "award", "its cancelling", "bid_id asked_by asked_at expires_at confirmed_by confirmed_at owed_back_pence" + _E,
        _bid(reason=""), "blank", "bid_id", to=("bid",),
    ),
    "payment": Kept(
        "award", "its payments",
        "bid_id award_id number state version amount_pence due_on milestone scheduled_by approved_by payee_id run_id "
        "sent_at paid_on since" + _E,
        _bid(needs="", failure=None), "blank", "bid_id", to=("bid",),
    ),
    "payment_run": Kept(
        "award", "payments that were sent together, by number",
        "fund_id number made_by made_at payer_id pay_on payments total_pence lines sha256" + _E,
    ),
    "report": Kept(
        "award", "how the project went",
        "bid_id award_id state version due_on people_reached spent_pence consent filed_by filed_at accepted_by accepted_at "
        "since" + _E,
        _bid(story="", learned="", returned_reason=None), "blank", "bid_id", to=("bid",),
    ),
    "payee": Kept(
        "bank", "bank details",
        "bid_id number state version kind data_key_id checked given_by given_at cools_until confirmed_by confirmed_at "
        "bank_answer bank_answer_by vouched_by ended_at since" + _E,
        _all(
            ("bid", "given_by"), holder_name="", sealed="", account_ends="", vouched_why="", reason="", made_sure="",
            refused_why="",
        ),
        "blank", "bid_id", to=("bid", "given_by"),
        back=("sealed", "data_key_id", "vouched_why", "made_sure", "bank_answer", "bank_answer_by"),
    ),
    "data_key": Kept("bank", "keys of bank details", "id key_id made_at", _bid(wrapped=""), "blank", "<payee.data_key_id"),
    "letter": Kept(
        "award", "letters, as the words that they are made from",
        "bid_id kind number wording_id replaces_id code made_at" + _E, _bid(facts={}), "blank", "bid_id", to=("bid",),
    ),
    "letter_file": Kept(
        "award", "letters as PDF", "bid_id letter_id size signed_by made_at" + _E, _bid(sha256=NO_HASH), "blank", "bid_id",
        to=("bid",),
    ),
    "verification": Kept(
        "work", "verifications of the record, and what they found",
        "id asked_by asked_at outside begun_at done_at found counts findings",
    ),
    "letter_bundle": Kept(
        "minutes", "letters of a round in one file", "id round_id kind tells asked_at size made_at", _bid(sha256=None),
        "delete", "round",
    ),
    "payer": Kept(
        "fund", "the fund’s own accounts",
        "fund_id number holder_name sealed account_ends data_key_id set_by set_at confirmed_by confirmed_at" + _E,
    ),
    "bank_line": Kept(
        "award", "lines of the bank’s statement",
        "fund_id mark file_sha256 line booked_on amount_pence payment_id income_id brought_by brought_at" + _E,
        _bid(words=""), "blank", "payment_id>payment",
    ),
    "source": Kept(
        "donation", "who gave money", "fund_id kind" + _E, _all((), name=GONE, official_id=None, address=""),
    ),
    "income": Kept(
        "donation", "money that came in",
        "fund_id round_id source_id kind amount_pence received_on bid_id recorded_by recorded_at voided_by voided_at" + _E,
        _all((), words="", void_reason=""),
    ),
    "permissibility": Kept(
        "donation", "checks of who may give",
        "fund_id income_id outcome checked_on checked_by recorded_at returned_on" + _E, _all((), words=""),
    ),
    "donation_report": Kept(
        "donation", "reports to the Electoral Commission",
        "fund_id source_id income_id year reported_on recorded_by recorded_at" + _E, _all((), words=""),
    ),
    # The fund's own
    "fund": Kept("fund", "the fund", "code name policy terms" + _E),
    "round": Kept(
        "fund", "its rounds",
        "fund_id code title about state version since opens_at closes_at endorse_by panel_by decide_by report_by grace_days "
        "offer_days release_minutes publish_at budget_pence min_pence max_pence reviews_needed disagreement_limit rubric "
        "reasons blind" + _E,
        _all((), signatories=None),
    ),
    "form_version": Kept("fund", "its forms", "round_id number questions" + _E),
    "wording": Kept("fund", "the words of its letters", "fund_id kind number texts made_by made_at" + _E),
    "area": Kept("places", "wards and councils", "id kind code name key parent_id"),
    "ward_constituency": Kept("places", "wards and constituencies", "id ward_id constituency_id"),
    "postcode": Kept("places", "postcodes", "id code area_id"),
    # What the service works with
    "outbox": Kept(
        "work", "mails that were sent, by number",
        "id name key bid_id created_at not_before attempts lease_owner lease_until done_at failed_at request_id",
        _bid(args={}, last_error=None), "blank", "bid_id",
    ),
    "tally": Kept("work", "how often effects were done, by name", "id name outcome number"),
    "pulse": Kept("work", "when workers were last seen", "id name at"),
    "schema_floor": Kept("fund", "which release the database serves", "id revision"),
    "audit_event": Kept("record", "what was done, without names or words", "id subject number actor action at body hash mac"),
    "audit_leaf": Kept("record", "the place of each event in the sealed tree", "position event_id hash"),
    "audit_node": Kept("record", "hashes of the sealed tree", "level place hash"),
    "audit_checkpoint": Kept("record", "signed statements of what was sealed", "id size at note"),
    "audit_head": Kept("record", "where each part of the record ends", "id subject number hash mac"),
}  # fmt: skip
