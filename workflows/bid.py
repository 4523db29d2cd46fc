"""The life of a bid: from draft to reported, and every way it may end."""

import workflows.guards  # noqa: F401  (enters the guards that the moves below name)
from workflows.grammar import Ask, Life, Move

REASON = Ask("reason", "text")
STATEMENT = Ask("statement", "text")
STANDS_ASIDE = Ask("reason", "choice")
NO_INTEREST = Ask("no_interest", "flag")
WRITTEN = (Ask("document_id", "file", required=False), Ask("received_by", "words", required=False))

_SUBMIT = (
    "form_complete",
    "budget_adds_up",
    "amount_within_limits",
    "representative_covers_area",
    "representative_has_not_stood_aside",
    "declarations_ticked",
    "files_checked",
)
_APART = ("apart_from_applicant", "apart_from_endorser")

BID = Life(
    name="bid",
    policy=("communities", 3),
    spine=("draft", "submitted", "endorsed", "reviewed", "awarded", "reported"),
    side=("returned",),
    ends=("reported", "withdrawn", "not_endorsed", "ineligible", "declined", "lapsed", "cancelled"),
    always=("round_not_releasing",),
    moves=(
        Move("start", (), "draft", by=("member",), needs=("round_open",), records=("bid", "draft")),
        Move(
            "take_in", (), "submitted", by=("officer",),
            needs=("round_takes_bids", "title_and_organisation", "amount_within_limits"),
            asks=(Ask("reason", "text"), Ask("title", "words"), Ask("organisation", "words"), Ask("amount_pence", "pence")),
            records=("bid", "version"),
        ),
        Move(
            "submit", ("draft",), "submitted", by=("applicant",),
            needs=("arrived_before_closing", "member_confirmed", *_SUBMIT),
            records=("version", "endorsement_request"), sends=("endorsement_request", "receipt"),
        ),
        Move(
            "submit", ("returned",), "submitted", by=("applicant",),
            needs=("arrived_before_grace_ended", "not_backed_as_it_stands", *_SUBMIT),
            records=("version", "endorsement_request"), sends=("endorsement_request", "receipt"),
        ),
        Move(
            "resubmit", ("returned",), "endorsed", by=("applicant",),
            needs=("arrived_before_grace_ended", "backed_as_it_stands"), sends=("resubmitted",),
        ),
        Move(
            "name_endorser", ("submitted",), "submitted", by=("applicant", "officer"),
            needs=("before_endorsement_deadline", "new_representative_covers_area",
                   "new_representative_has_not_stood_aside"),
            asks=(Ask("holding_id", "representative"),),
            records=("endorsement_request",), sends=("endorsement_request", "endorsement_void"),
        ),
        Move(
            "endorse", ("submitted",), "endorsed", by=("representative", "officer"),
            needs=("before_endorsement_deadline", "in_office_for_area", "endorser_apart", "apart_from_applicant",
                   "no_interest_declared", "statement_given", "written_answer_has_its_file"),
            asks=(STATEMENT, NO_INTEREST, *WRITTEN),
            records=("endorsement",), sends=("endorsed", "endorsement_copy"),
        ),
        Move(
            "refuse", ("submitted",), "not_endorsed", by=("representative", "officer"),
            needs=("before_endorsement_deadline", "apart_from_applicant", "reason_given", "written_answer_has_its_file"),
            asks=(REASON, *WRITTEN), records=("endorsement",), sends=("refused",),
        ),
        Move(
            "stand_aside", ("submitted",), "submitted", by=("representative",),
            needs=("before_endorsement_deadline", "reason_for_standing_aside"),
            asks=(STANDS_ASIDE, Ask("statement", "text", required=False)),
            records=("endorsement",), sends=("stood_aside",),
        ),
        Move(
            "send_back", ("submitted",), "returned", by=("representative", "officer"),
            needs=("panel_not_started", "apart_from_applicant", "reason_given"),
            asks=(REASON,), records=("endorsement",), sends=("sent_back",),
        ),
        Move(
            "send_back", ("endorsed",), "returned", by=("officer",),
            needs=("panel_not_started", *_APART, "reason_given"), asks=(REASON,), sends=("sent_back",),
        ),
        Move(
            "rule_out", ("submitted", "endorsed"), "ineligible", by=("officer",),
            needs=(*_APART, "reason_from_list"), asks=(Ask("reason", "choice"),), sends=("ruled_out",),
        ),
        Move(
            "review", ("endorsed",), "endorsed", by=("assigned_reviewer",),
            needs=("panel_at_work", *_APART, "no_conflict", "masked_copy_confirmed", "every_criterion_scored"),
            asks=(Ask("scores", "scores"), Ask("comment", "text", required=False), Ask("note", "text", required=False),
                  Ask("confidence", "choice", required=False)),
            records=("review",), edits="assignment",
        ),
        Move(
            "moderate", ("endorsed",), "endorsed", by=("chair",),
            needs=("panel_at_work", *_APART, "no_conflict", "own_scores_in", "enough_reviews", "reviewers_disagree",
                   "not_in_moderation"),
            records=("moderation",), sends=("moderation",),
        ),
        Move(
            "settle", ("endorsed",), "endorsed", by=("chair",),
            needs=("panel_at_work", *_APART, "no_conflict", "own_scores_in", "in_moderation", "reason_given"),
            asks=(REASON,), records=("moderation",),
        ),
        Move(
            "conclude", ("endorsed",), "reviewed", by=("chair",),
            needs=("panel_at_work", *_APART, "no_conflict", "own_scores_in", "enough_reviews", "disagreement_settled"),
        ),
        Move(
            "reopen", ("reviewed",), "endorsed", by=("chair",),
            needs=("panel_at_work", *_APART, "no_conflict", "not_decided"),
        ),
        Move(
            "decide", ("reviewed",), "reviewed", by=("chair",),
            needs=("panel_at_work", *_APART, "no_conflict", "outcome_with_feedback", "amount_not_above_request",
                   "staged_fits_the_round"),
            asks=(Ask("outcome", "choice"), Ask("amount_pence", "pence", required=False),
                  Ask("conditions", "text", required=False), Ask("feedback", "text", required=False),
                  Ask("reason", "text", required=False)),
            records=("decision",), edits="decision",
        ),
        Move(
            "award", ("reviewed",), "awarded", by=("clock",),
            needs=("release_window_over", "decided_to_award", "money_free"),
            sends=("released_award",), waits_for_release=False,
        ),
        Move(
            "decline", ("reviewed",), "declined", by=("clock",),
            needs=("release_window_over", "decided_to_decline"),
            records=("letter",), sends=("released_decline",), waits_for_release=False,
        ),
        Move(
            "withdraw", ("draft", "returned", "submitted", "endorsed", "reviewed"), "withdrawn", by=("applicant",),
            sends=("withdrawn",),
        ),
        Move(
            "lapse", ("draft", "submitted", "returned"), "lapsed", by=("clock",),
            needs=("five_minutes_past_due",), sends=("lapsed",),
        ),
        Move(
            "report", ("awarded",), "reported", by=("officer",),
            needs=(*_APART, "final_report_accepted", "no_open_payment"), sends=("report_accepted",),
        ),
        Move(
            "fall_through", ("awarded",), "cancelled", by=("clock", "applicant"),
            needs=("award_refused_or_lapsed",),
        ),
        Move(
            "ask_cancel", ("awarded",), "awarded", by=("treasurer",),
            needs=(*_APART, "reason_given"), asks=(REASON,), records=("cancellation",),
        ),
        Move(
            "confirm_cancel", ("awarded",), "cancelled", by=("officer",),
            needs=(*_APART, "cancelling_was_asked", "another_than_asker"), records=("cancellation",), sends=("cancelled",),
        ),
    ),
)  # fmt: skip
