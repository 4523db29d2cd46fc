"""How things stand with a bid, in one sentence, and what happens next, by day."""

from collections.abc import Sequence
from typing import Any

from fundapp.domain import money
from fundapp.words import moments
from fundapp.words.situation import Situation
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext


def standing(now: Situation) -> str:
    """How things stand and what the viewer must do, to be set large."""
    return str(_SAYS.get(now.bid.state, _ended)(now))


def next_items(now: Situation, payments: Sequence[Any] = ()) -> list[dict[str, str]]:
    """What happens next as [{when, words}] for `templates/parts/next.html`; empty where nothing does.

    `payments` of the award, in their order: those that are still to reach the applicant are told of first.
    """
    coming = [*(_money_coming(now, payments) if now.bid.state == "awarded" else ()), *_coming(now)]
    return [{"when": str(when), "words": str(words)} for when, words in coming]


# -- how things stand -----------------------------------------------------------------------------------


def _draft(now: Situation) -> str:
    if now.viewer_is_holder:
        return _(
            "This is a draft: nobody sees it but you and whoever you ask to read it. Send it before %(deadline)s.",
            deadline=_due(now),
        )
    return _("This is a draft. It can be sent until %(deadline)s.", deadline=_due(now))


def _submitted(now: Situation) -> str:
    if now.bid.holding_id is None and now.viewer_is_holder:
        return _(
            "Nobody is asked to back it just now. Name a representative before %(deadline)s.",
            deadline=_due(now),
        )
    if now.viewer_is_holder:
        return _("It is with you. Please answer before %(deadline)s.", deadline=_due(now))
    if now.bid.holding_id is None and now.bid.applicant_id is not None:
        return _(
            "It is with %(who)s, who names another representative before %(deadline)s.",
            who=now.holder_words,
            deadline=_due(now),
        )
    if now.bid.holding_id is None:
        return _("It is with the fund’s officer, who is finding a representative to ask.") + _rest(now)
    return (
        _(
            "It is with %(who)s, who has until %(deadline)s to answer.",
            who=now.holder_words,
            deadline=_due(now),
        )
    ) + _rest(now)


def _returned(now: Situation) -> str:
    if now.viewer_is_holder:
        return _(
            "It was sent back to you. Change it and send it again before %(deadline)s.", deadline=_due(now)
        )
    return _(
        "It was sent back to %(who)s, who has until %(deadline)s to send it again.",
        who=now.holder_words,
        deadline=_due(now),
    )


def _with_panel(now: Situation) -> str:
    if now.outside:
        return _(
            "It was backed and is with the panel. You hear by %(day)s.", day=now.day(now.round.decide_by)
        ) + _rest(now)
    if now.bid.state == "reviewed":
        return _(
            "The panel has read it. The chair records the decision by %(day)s.",
            day=now.day(now.round.decide_by),
        )
    return _("It was backed. The panel reads it by %(day)s.", day=now.day(now.round.panel_by))


def _awarded(now: Situation) -> str:
    award, report = now.award, now.report
    if award is None:
        return _("It was awarded.")
    amount = money.pounds_short(award.amount_pence)
    if award.state == "offered":
        until = now.deadline(award.offer_until)
        if now.viewer_is_holder:
            return _("You are offered %(amount)s. Accept it before %(until)s.", amount=amount, until=until)
        return _(
            "%(amount)s is offered; the applicant has until %(until)s to accept it.",
            amount=amount,
            until=until,
        )
    if report is not None and report.state == "filed":
        return _("%(amount)s was awarded. The report is with the fund’s officer.", amount=amount) + _rest(now)
    if report is not None and report.state == "returned":
        if now.viewer_is_holder:
            return _("Your report was sent back to you. Change it and send it again.")
        return _("%(amount)s was awarded. The report was sent back to be changed.", amount=amount)
    if report is not None and report.state == "due":
        day = _report_day(now)
        if now.viewer_is_holder:
            return _(
                "You have an award of %(amount)s. Tell us how it went by %(day)s.", amount=amount, day=day
            )
        return _("%(amount)s was awarded and accepted. The report is due by %(day)s.", amount=amount, day=day)
    return _("%(amount)s was awarded and accepted.", amount=amount) + _rest(now)


def _reported(now: Situation) -> str:
    if now.award is None:
        return _("It is done: the report is accepted and every payment is made.")
    return _(
        "It is done: the report is accepted and %(amount)s was awarded.",
        amount=money.pounds_short(now.award.amount_pence),
    )


def _ended(now: Situation) -> str:
    at = now.reached.get(now.bid.state) or now.bid.since
    day = now.day(at)
    state = now.bid.state
    if state == "withdrawn":
        return _("It was withdrawn on %(day)s. Nothing more happens.", day=day)
    if state == "not_endorsed":
        return _("It was not backed, on %(day)s, so it goes no further.", day=day)
    if state == "ineligible":
        return _("It was ruled out on %(day)s, so it goes no further.", day=day)
    if state == "declined":
        if now.outside:
            return _(
                "It was not funded this time. The panel’s reasons are in the letter of %(day)s.", day=day
            )
        return _("It was not funded. The applicant heard why on %(day)s.", day=day)
    if state == "lapsed":
        return _("It lapsed on %(day)s, because its time ran out.", day=day)
    if now.award is not None and now.award.state in ("refused", "lapsed"):
        return _("The award was not taken up, so the bid ended on %(day)s.", day=day)
    return _("The award was cancelled on %(day)s.", day=day)


def _rest(now: Situation) -> str:
    """What the applicant must do when it is with somebody else: nothing, and that is worth saying."""
    return " " + _("You need do nothing now.") if now.audience == "applicant" else ""


def _due(now: Situation) -> str:
    return now.deadline(now.bid.due_at or now.round.closes_at)


def _report_day(now: Situation) -> str:
    return moments.day(now.report.due_on, now.today)


_SAYS = {
    "draft": _draft,
    "submitted": _submitted,
    "returned": _returned,
    "endorsed": _with_panel,
    "reviewed": _with_panel,
    "awarded": _awarded,
    "reported": _reported,
}


# -- what happens next ----------------------------------------------------------------------------------


def _coming(now: Situation) -> list[tuple[str, str]]:
    state = now.bid.state
    if state == "draft":
        return [
            (
                _due_day(now),
                _(
                    "The round closes at %(time)s. A bid that was not sent by then lapses.",
                    time=moments.clock_time(now.round.closes_at, now.zone),
                ),
            ),
            *_panel(now),
        ]
    if state == "submitted":
        return [(_due_day(now), _unanswered(now)), *_panel(now)]
    if state == "returned":
        return [(_due_day(now), _("A bid that was not sent again by then lapses.")), *_panel(now)]
    if state in ("endorsed", "reviewed"):
        return _panel(now)
    if state == "awarded" and now.award is not None:
        return _after_award(now)
    if state in ("declined", "lapsed", "not_endorsed") and now.audience == "applicant":
        return [("", _("You can bid again in any later round."))]
    return []


def _unanswered(now: Situation) -> str:
    if now.audience == "applicant" and not now.viewer_is_holder:
        return _(
            "We remind them as it comes near. Without backing by then the bid lapses. You can name somebody else until then."
        )
    return _("Without backing by then the bid lapses.")


def _panel(now: Situation) -> list[tuple[str, str]]:
    """The panel's days, by the round alone: what the panel has come to must not show."""
    reads = ngettext(
        "%(num)s panel member reads and scores it.",
        "%(num)s panel members read and score it.",
        now.round.reviews_needed,
    )
    hears = (
        _("You hear, with reasons, the same day as everyone.")
        if now.audience == "applicant"
        else _("Everyone who bid hears, with reasons, the same day.")
    )
    told = []
    if now.on(now.round.panel_by) >= now.today:
        told.append((_("To %(day)s", day=moments.plain_day(now.on(now.round.panel_by), now.today)), reads))
    if now.on(now.round.decide_by) >= now.today:
        return [*told, (now.day(now.round.decide_by), hears)]
    return [*told, (_("Soon"), hears)]


def _after_award(now: Situation) -> list[tuple[str, str]]:
    award, report = now.award, now.report
    if award.state == "offered":
        gone = _("An offer that was not accepted by then ends, and the money goes to others.")
        return [
            (now.day(award.offer_until), gone),
            (now.day(now.round.report_by), _("The report on how it went is due.")),
        ]
    if report is None or report.state == "accepted":
        return [("", _("Once every payment is made, the fund’s officer closes the bid."))]
    if report.state == "filed":
        return [("", _("The fund’s officer reads the report, and accepts it or sends it back."))]
    day = moments.day(report.due_on, now.today)
    return [
        (day, _("The report on how it went is due.")),
        ("", _("Once it is accepted and every payment is made, the bid is closed.")),
    ]


def _money_coming(now: Situation, payments: Sequence[Any]) -> list[tuple[str, str]]:
    """The payments that the applicant still waits for, each with its day."""
    told = []
    for payment in payments:
        amount = money.pounds(payment.amount_pence)
        if payment.state == "sent":
            told.append((_("Now"), _("%(amount)s is with the bank, on its way to you.", amount=amount)))
        elif payment.state == "failed":
            words = _("%(amount)s came back from the bank. The treasurer sends it again.", amount=amount)
            told.append((_("Soon"), words))
        elif payment.state in ("scheduled", "approved"):
            day = moments.day(payment.due_on, now.today)
            if payment.milestone == "report":
                words = _("%(amount)s is paid, once your report is accepted.", amount=amount)
            else:
                words = _("%(amount)s is to be paid.", amount=amount)
            told.append((_("From %(day)s", day=day), words))
    return told


def _due_day(now: Situation) -> str:
    return now.day(now.bid.due_at or now.round.closes_at)
