"""What happened to a bid, a round or a person, told so that a stranger understands it."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any, Final
from zoneinfo import ZoneInfo

from fundapp.domain import money
from fundapp.words import moments
from fundapp.words.marks import N_
from fundapp.words.sentences import WHO
from fundapp.words.states import Audience, titled
from fundapp.words.tongue import gettext as _

#: What each action of the record says. `who` is a name, a part or "You"; all are told in the past.
TOLD: Final[dict[str, str]] = {
    "bid.start": N_("%(who)s began a draft."),
    "bid.take_in": N_("%(who)s took the bid in from a file or from paper."),
    "bid.submit": N_("%(who)s sent the bid."),
    "bid.resubmit": N_("%(who)s sent the bid again, unchanged. The backing it had stands."),
    "bid.name_endorser": N_("%(who)s named the representative who is asked to back it."),
    "bid.endorse": N_("%(who)s backed it."),
    "bid.stand_aside": N_("%(who)s stood aside: somebody else is to be asked."),
    "bid.refuse": N_("%(who)s decided not to back it."),
    "bid.send_back": N_("%(who)s sent it back to be changed."),
    "bid.rule_out": N_("%(who)s ruled it out under the rules of the round."),
    "bid.review": N_("%(who)s read and scored it."),
    "bid.moderate": N_("%(who)s asked its readers to talk over their scores."),
    "bid.settle": N_("%(who)s closed the talk about its scores."),
    "bid.conclude": N_("%(who)s closed its reviews."),
    "bid.reopen": N_("%(who)s opened its reviews again."),
    "bid.decide": N_("%(who)s recorded the decision."),
    "bid.award": N_("The panel awarded it %(amount)s."),
    "bid.decline": N_("The panel decided not to fund it, and said why."),
    "bid.withdraw": N_("%(who)s withdrew the bid."),
    "bid.lapse": N_("The bid lapsed."),
    "bid.report": N_("%(who)s closed the bid: its report is accepted and every payment is made."),
    "bid.fall_through": N_("The bid ended, as its award was not taken up."),
    "bid.ask_cancel": N_("%(who)s asked for the award to be cancelled."),
    "bid.confirm_cancel": N_("%(who)s cancelled the award, and with it the bid."),
    "letter.kept": N_("The letter was set on paper and kept."),
    "award.offer": N_("The award was offered, with a letter."),
    "award.accept": N_("%(who)s accepted the award."),
    "act.refused": N_("%(who)s tried something that is not theirs to do, and was refused: %(act)s."),
    "award.refuse": N_("%(who)s turned the award down."),
    "award.lapse": N_("The offer ended without an answer."),
    "award.cancel": N_("%(who)s ended the award with its bid."),
    "award.propose": N_("%(who)s proposed a change of the award to %(amount)s."),
    "award.take_back": N_("%(who)s took a proposed change of the award back."),
    "award.vary": N_("%(who)s agreed to a change; the award is now %(amount)s."),
    "award.keep": N_("%(who)s would rather keep the award as it was."),
    "award.complete": N_("%(who)s marked the award complete."),
    "payee.give": N_("%(who)s gave bank details."),
    "payee.change": N_("%(who)s asked for a change of the bank details."),
    "payee.confirm": N_("%(who)s confirmed a change of the bank details."),
    "payee.vouch": N_("%(who)s made sure of an account that the bank knows by another name."),
    "payee.refuse": N_("%(who)s turned a change of the bank details down."),
    "payee.stand": N_("The new bank details took effect."),
    "payee.replace": N_("The old bank details ended."),
    "payee.note_bank": N_("%(who)s noted what the bank said of the account’s name."),
    "payee.seen": N_("%(who)s looked at the bank details in full, to pay."),
    "payer.set": N_("%(who)s set the account that the fund pays from."),
    "payer.confirmed": N_("%(who)s confirmed the account that the fund pays from."),
    "payment.recall": N_("A payment’s approval was taken back."),
    "payment.schedule": N_("%(who)s scheduled a payment of %(amount)s."),
    "payment.approve": N_("%(who)s approved a payment."),
    "payment.send": N_("%(who)s sent a payment to the bank."),
    "payment.confirm": N_("%(who)s confirmed that a payment was made."),
    "payment.fail": N_("%(who)s noted that a payment failed at the bank."),
    "payment.reschedule": N_("%(who)s scheduled a failed payment again."),
    "payment.cancel": N_("%(who)s cancelled a payment."),
    "report.open": N_("A report on how it went was asked for."),
    "report.file": N_("%(who)s sent the report on how it went."),
    "report.accept": N_("%(who)s accepted the report."),
    "report.return": N_("%(who)s sent the report back to be changed."),
    "report.drop": N_("%(who)s dropped the report, as the bid was cancelled."),
    "round.plan": N_("%(who)s planned the round."),
    "round.open": N_("The round opened."),
    "round.close": N_("The round closed."),
    "round.start_panel": N_("%(who)s handed the round to the panel."),
    "round.release": N_("%(who)s started to release the decisions."),
    "round.undo": N_("%(who)s stopped the release."),
    "round.publish": N_("All decisions of the round were released."),
    "round.archive": N_("%(who)s archived the round."),
    "sitting.recorded": N_("%(who)s recorded a sitting of the panel."),
    "sitting.corrected": N_("%(who)s corrected what is recorded of a sitting of the panel."),
    "round.changed": N_("%(who)s changed the round: %(what)s."),
    "set.suggested": N_("%(who)s had a set of awards worked out for the panel. It decides nothing."),
    "deadline.moved": N_("%(who)s moved the dates of the round, and with them the deadline of this bid."),
    "representative.reminded": N_("%(who)s had the representative reminded that it waits for them."),
    "readers.reminded": N_("%(who)s had readers reminded of the bids that they have yet to read."),
    "form.changed": N_("%(who)s changed the form."),
    "assigned": N_("%(who)s gave it to reviewers to read."),
    "masked.confirmed": N_("%(who)s confirmed the copy that the panel reads without names."),
    "reading.ended": N_("%(who)s took it from a reader who left the panel."),
    "reading.moved": N_("%(who)s moved it from one reader to another."),
    "seat.set": N_("%(who)s set what somebody of the panel takes and knows."),
    "seat.left": N_("%(who)s noted that somebody left the panel."),
    "seat.returned": N_("%(who)s took somebody back on the panel."),
    "co_applicant.joined": N_("%(who)s joined the bid, to read it and comment."),
    "co_applicant.left": N_("%(who)s ended a part in the bid: one of those who read along reads it no more."),
    "interest.declared": N_("%(who)s declared an interest and will not see it again."),
    "abstained": N_("%(who)s handed it back without scores."),
    "interest.found": N_("A reader was found to be tied to it, and reads it no more."),
    "tie.declared": N_("%(who)s said beforehand what they are tied to."),
    "tie.ended": N_("%(who)s said that a tie is over."),
    "role.given": N_("%(who)s gave the role of %(role)s."),
    "role.ended": N_("%(who)s ended the role of %(role)s."),
    "person.data_given": N_("%(who)s made a copy of everything that is held about this person."),
    "erasure.asked": N_("%(who)s put on record that this person asks for what is held of them to go."),
    "erasure.withdrawn": N_("%(who)s took it back: nothing of this person goes."),
    "erasure.confirmed": N_("%(who)s confirmed that what is held of this person goes."),
    "erasure.reapplied": N_(
        "%(who)s removed this person again, after an older copy of the database was brought back."
    ),
    "erased": N_("What people had written went, for good. That it was there stays on record."),
    "hold.placed": N_("%(who)s said that nothing of this may go yet, with a reason."),
    "hold.ended": N_("%(who)s said that its time runs again."),
    "account.opened": N_("A way to sign in was opened."),
    "sessions.ended": N_("%(who)s signed this person out everywhere."),
    "second_factor.forgotten": N_("%(who)s took away a second step that its owner had lost."),
    "membership.claimed": N_("%(who)s gave a membership number and local party."),
    "membership.confirmed": N_("%(who)s confirmed the membership."),
    "membership.turned_down": N_("%(who)s turned the membership down, with a reason."),
    "membership.ended": N_("%(who)s ended the membership."),
    "members.listed": N_("%(who)s brought in a new list of members."),
    "office.entered": N_("%(who)s entered an elected office."),
    "office.address_confirmed": N_("%(who)s confirmed the address of an elected office."),
    "office.changed": N_("%(who)s changed what is known of an elected office."),
    "areas.brought_in": N_("%(who)s brought a file of areas into the directory."),
    "representatives.brought_in": N_("%(who)s brought a file of representatives into the directory."),
    "postcodes.brought_in": N_("%(who)s brought a file of postcodes into the directory."),
    "seal.begun": N_("The service began to seal the record."),
    "seal.rotated": N_("The key that signs checkpoints was handed over to a new one."),
    "fund.founded": N_("%(who)s founded the fund."),
    "source.added": N_("%(who)s entered somebody whom money comes from."),
    "income.voided": N_("%(who)s struck out money in: %(amount)s."),
    "donation.checked": N_("%(who)s recorded the check of a donation."),
    "donation.reported": N_("%(who)s recorded that donations were reported to the Electoral Commission."),
    "income.recorded": N_("%(who)s recorded money in: %(amount)s."),
    "wording.changed": N_(
        "%(who)s changed the words of the fund’s letters: version %(number)s of the %(letter)s."
    ),
    "run.exported": N_("%(who)s took out the bank’s file of a run of payments."),
    "statement.matched": N_(
        "%(who)s found money on the bank’s statement to be what was recorded, %(amount)s."
    ),
    "statement.brought_in": N_("%(who)s brought in the bank’s statement, and put on record what it tells."),
    "run.made": N_("%(who)s sent a run of payments to the bank."),
}

#: The panel's staged work: outsiders hear of it once it is released.
STAGED: Final = frozenset(
    {
        "bid.review",
        "bid.moderate",
        "bid.settle",
        "bid.conclude",
        "bid.reopen",
        "bid.decide",
        "assigned",
        "masked.confirmed",
        "reading.ended",
        "reading.moved",
        "interest.declared",
        "abstained",
        "set.suggested",
        "interest.found",
    }
)
#: What stays among those who run the fund.
INSIDE: Final = frozenset(
    {
        "bid.ask_cancel",
        "payment.approve",
        "payment.recall",
        "payee.note_bank",
        "payee.seen",
        "readers.reminded",
        "sitting.recorded",
        "sitting.corrected",
        "hold.placed",
        "hold.ended",
    }
)

#: Parts whose holders outsiders never read by name.
_NAMELESS: Final[dict[str, str]] = {
    "reviewer": N_("A panel member"),
    "assigned_reviewer": N_("A panel member"),
    "chair": N_("The panel"),
    "officer": N_("The fund’s officer"),
    "treasurer": N_("The treasurer"),
    "auditor": N_("An auditor"),
}

#: How a role is called when it is given or ended.
_ROLES: Final[dict[str, str]] = {
    "member": N_("member"),
    "reviewer": N_("reviewer"),
    "chair": N_("chair"),
    "treasurer": N_("treasurer"),
    "officer": N_("officer"),
    "auditor": N_("auditor"),
}

#: What a kind of letter is called within a sentence.
_LETTERS: Final[dict[str, str]] = {
    "award": N_("award letter"),
    "feedback": N_("feedback letter"),
    "acceptance": N_("countersigned copy"),
}


def story(
    rows: Iterable[Any],
    names: Mapping[str, str],
    viewer_token: str | None,
    audience: Audience,
    zone: ZoneInfo,
    released: bool,
) -> list[dict[str, str]]:
    """Events as [{when, iso, words}], newest first, for `templates/parts/story.html`.

    `rows` are events as `queries.events.events_of` gives them, `names` as `names_of` does; `released` is
    true once the decision on this bid is public. Outsiders hear of the panel's work only then, and never the
    name of anybody on the panel.
    """
    told = []
    for row in rows:
        if audience != "staff" and (row.action in INSIDE or (row.action in STAGED and not released)):
            continue
        body = body_of(row)
        told.append(
            {
                "when": moments.short_moment(row.at, zone),
                "iso": row.at.astimezone(UTC).isoformat(timespec="seconds"),
                "words": tell(
                    row.action, body, _who(row.actor, body.get("role"), names, viewer_token, audience)
                ),
            }
        )
    return told[::-1]


def body_of(row: Any) -> dict[str, Any]:
    """The body of an event, whether it is still text or parsed already."""
    body: dict[str, Any] = json.loads(row.body) if isinstance(row.body, str) else dict(row.body)
    return body


def tell(action: str, body: Mapping[str, Any], who: str) -> str:
    """One event as a sentence."""
    params = body.get("params") or {}
    words = _exactly(action, body, params) or TOLD.get(action)
    if words is None:
        return str(_("Something was put on record."))
    role = _ROLES.get(str(params.get("role")))
    amount = params.get("amount_pence")
    return str(
        _(
            words,
            who=who,
            amount=money.pounds_short(amount) if isinstance(amount, int) else _("an amount"),
            line=params.get("line"),
            number=params.get("number"),
            letter=_(_LETTERS[params["kind"]]) if params.get("kind") in _LETTERS else "",
            role=_(role) if role else "",
            what=_columns(params.get("columns")),
            act=params.get("act") or _("an act"),
        )
    )


#: What a column of the round is called, to stand in a list of what was changed.
COLUMNS: Final[dict[str, str]] = {
    "title": N_("its title"),
    "about": N_("what its page says"),
    "opens_at": N_("when it opens"),
    "closes_at": N_("when it closes"),
    "endorse_by": N_("until when bids must be backed"),
    "panel_by": N_("until when the panel reads"),
    "decide_by": N_("when people hear"),
    "report_by": N_("when reports are due"),
    "budget_pence": N_("its money"),
    "min_pence": N_("the least that a bid may ask for"),
    "max_pence": N_("the most that a bid may ask for"),
    "grace_days": N_("how long people have for a change"),
    "offer_days": N_("how long an offer stands"),
    "release_minutes": N_("how long a release can be stopped"),
    "reviews_needed": N_("how many read each bid"),
    "disagreement_limit": N_("how far readers may lie apart"),
    "rubric": N_("what bids are scored by"),
    "reasons": N_("why bids may be ruled out"),
    "signatories": N_("who signs its letters"),
}


def _columns(codes: Any) -> str:
    """What of a round was changed, in words."""
    names = [str(_(COLUMNS[code])) for code in codes or () if code in COLUMNS]
    return ", ".join(names) or str(_("something of it"))


def _exactly(action: str, body: Mapping[str, Any], params: Mapping[str, Any]) -> str | None:
    """Sentences that say more where the event knows more."""
    move = body.get("move") or {}
    if action == "bid.take_in" and params.get("line") is not None:
        return N_("%(who)s took the bid in from a file, line %(line)s.")
    if action == "bid.submit" and params.get("version", 1) > 1:
        return N_("%(who)s sent the bid again, as a changed version.")
    if action == "bid.name_endorser" and params.get("voided") is not None:
        return N_("%(who)s asked a different representative to back it.")
    if action == "bid.endorse" and body.get("role") == "officer":
        return N_("%(who)s recorded that the representative backed it in writing.")
    if action == "bid.refuse" and body.get("role") == "officer":
        return N_("%(who)s recorded that the representative decided in writing not to back it.")
    if action == "bid.review" and params.get("kept"):
        return N_("%(who)s looked at it again and kept their scores.")
    if action == "bid.review" and params.get("number", 1) > 1:
        return N_("%(who)s changed their scores.")
    if action == "bid.conclude" and params.get("moderated"):
        return N_("%(who)s closed its reviews once they were talked over.")
    if action == "membership.confirmed" and params.get("by") == "list":
        return N_("The list of members confirmed the membership.")
    if action == "payee.refuse" and body.get("role") == "applicant":
        return N_("%(who)s took back the change of the bank details that was asked for.")
    if action == "bid.lapse":
        return _LAPSED.get(str(move.get("from")))
    return None


_LAPSED: Final[dict[str, str]] = {
    "draft": N_("The bid lapsed: the round closed before it was sent."),
    "submitted": N_("The bid lapsed: nobody backed it in time."),
    "returned": N_("The bid lapsed: it was not sent again in time."),
}


def _who(
    token: str, role: str | None, names: Mapping[str, str], viewer_token: str | None, audience: Audience
) -> str:
    if token == "clock":
        return str(_("The service"))
    if viewer_token is not None and token == viewer_token:
        return str(_("You"))
    if audience != "staff" and role in _NAMELESS:
        return str(_(_NAMELESS[role]))
    if audience == "public" and role != "representative":
        return str(_("The applicant") if role in ("applicant", "member") else _("Somebody"))
    name = names.get(token)
    if name is None:
        # Nobody stands under that token any more: what is left is the part that they acted in.
        return _sentence_case(str(_(WHO[role]))) if role in WHO else str(_("Somebody"))
    return titled(name, getattr(name, "office", None)) if role == "representative" else str(name)


def _sentence_case(words: str) -> str:
    return words[:1].upper() + words[1:]
