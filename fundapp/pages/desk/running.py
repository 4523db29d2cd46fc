"""What waits for those who run the fund: treasurer and officer."""

from collections.abc import Callable
from typing import Any, Final

from flask import g, url_for

from fundapp.domain import money
from fundapp.domain.deadlines import civil_day
from fundapp.domain.retention import later
from fundapp.pages import acting, formats
from fundapp.pages.desk.things import NAMED, Thing
from fundapp.pages.gate import funds_for
from fundapp.pages.treasurer import reach
from fundapp.queries import desk, keeping, masking, memberships, payees, payers, pot, reading, runs
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext


def giving() -> list[Thing]:
    """The treasurer's: what election law asks about donations, each by its day; many of a kind are one thing."""
    due = pot.due(g.conn, funds_for("treasurer"))
    found: list[Thing] = []
    for kind, (one, many) in _ASKED.items():
        rows = [row for row in due if row.duty.kind == kind]
        if len(rows) > NAMED:
            words, href = many(len(rows)), url_for("treasurer.money_in", fund=rows[0].fund)
            found.append(_owed_to_the_law(rows[0], words, href, _("See them")))
            continue
        found += [
            _owed_to_the_law(
                row, one(row.source), url_for("treasurer.income", income=row.duty.gift), _("Open the donation")
            )
            for row in rows
        ]  # fmt: skip
    return found


#: What a duty is called: of one source, by its name, and of many.
_ASKED: Final[dict[str, tuple[Callable[[str], str], Callable[[int], str]]]] = {
    "check": (
        lambda name: _("Check that %(name)s may give", name=name),
        lambda count: ngettext("Check one donation", "Check %(num)s donations", count),
    ),
    "return": (
        lambda name: _("Give the donation back to %(name)s", name=name),
        lambda count: ngettext("Give one donation back", "Give %(num)s donations back", count),
    ),
    "report": (
        lambda name: _("Report the donations of %(name)s to the Electoral Commission", name=name),
        lambda count: ngettext(
            "Report the donations of one source to the Electoral Commission",
            "Report the donations of %(num)s sources to the Electoral Commission", count,
        ),
    ),
    "report_impermissible": (
        lambda name: _("Report that a donation was given back to %(name)s", name=name),
        lambda count: ngettext(
            "Report that one donation was given back", "Report that %(num)s donations were given back", count
        ),
    ),
}  # fmt: skip


def _owed_to_the_law(row: pot.Due, title: str, href: str, action: str) -> Thing:
    day, left = formats.day(row.duty.due_on), (row.duty.due_on - reach.today()).days
    if left < 0:
        words = ngettext("Overdue by one day", "Overdue by %(num)s days", -left)
    elif left == 0:
        words = _("By today")
    else:
        words = ngettext("By %(day)s: one day left", "By %(day)s: %(num)s days left", left, day=day)
    return Thing(
        title, href, action, _("as treasurer"), row.duty.due_on, words, "sent_back" if left < 0 else "wait",
        money.pounds(row.duty.pence),
    )  # fmt: skip


def paying() -> list[Thing]:
    """The treasurer's: awards to schedule, payments to send, to confirm and to mend."""
    funds = funds_for("treasurer")
    role, href = _("as treasurer"), url_for("treasurer.money")
    found: list[Thing] = []
    waiting = desk.to_schedule(g.conn, funds, g.person.id)
    if waiting.many:
        found.append(
            Thing(
                ngettext(
                    "Schedule the payments of one award", "Schedule the payments of %(num)s awards", waiting.many
                ),
                href, _("See them"), role, waiting.oldest,
                _("The first was accepted on %(day)s", day=formats.day(waiting.oldest)),
            )
        )  # fmt: skip
    found += [
        Thing(
            _("Set the account that the fund pays from"), url_for("treasurer.payer", fund=row.id), _("Set it"), role,
            detail=row.name,
        )
        for row in payers.unset(g.conn, funds)
    ]  # fmt: skip
    by_state = desk.payments(g.conn, funds, g.person.id, ("approved", "sent", "failed"))
    titles = {
        "failed": lambda count: ngettext(
            "Mend a payment that the bank sent back", "Mend %(num)s payments that the bank sent back", count
        ),
        "approved": lambda count: ngettext(
            "Send a payment that is approved", "Send %(num)s payments that are approved", count
        ),
        "sent": lambda count: ngettext(
            "Say whether a payment has arrived", "Say whether %(num)s payments have arrived", count
        ),
    }
    for state, row in by_state.items():
        found.append(
            Thing(
                titles[state](row.many), href, _("Open the money"), role, row.due_on,
                _("Due %(day)s", day=formats.day(row.due_on)), "sent_back" if state == "failed" else "wait",
                money.pounds(int(row.pence)),
            )
        )  # fmt: skip
    apart = reading.apart_from(g.conn, g.person.id)
    today = reach.today()
    held = [row for row in runs.held_by_reports(g.conn, funds, today) if row.bid_id not in apart]
    if held:
        first = held[0]
        found.append(
            Thing(
                ngettext(
                    "A payment is held by an overdue report", "%(num)s payments are held by overdue reports", len(held)
                ),
                url_for("treasurer.payment", payment=first.id), _("See the first"), role, first.report_due_on,
                _("Report due %(day)s", day=formats.day(first.report_due_on)), "wait",
                _("%(name)s has the report to send.", name=first.applicant or first.organisation or first.reference),
            )
        )  # fmt: skip
    return found


def running() -> list[Thing]:
    """The officer's: what stands still without them."""
    funds = funds_for("officer")
    apart = reading.apart_from(g.conn, g.person.id)
    role = _("as officer")
    found: list[Thing] = [
        Thing(
            _("Start the panel of %(round)s", round=row.title), url_for("officer.round", code=row.code),
            _("Open the round"), role, row.panel_by, _("The panel reads by %(day)s", day=formats.day(row.panel_by)),
            detail=ngettext("One bid is backed.", "%(num)s bids are backed.", row.backed),
        )
        for row in desk.rounds_to_start(g.conn, funds)
    ]  # fmt: skip
    found += [
        Thing(
            ngettext("Confirm one masked copy", "Confirm %(num)s masked copies", row.many),
            url_for("officer.masked_copies", code=row.code), _("See them"), role, row.panel_by,
            _("The panel reads by %(day)s", day=formats.day(row.panel_by)), detail=row.title,
        )
        for row in masking.waiting_rounds(g.conn, funds, g.person.id)
    ]  # fmt: skip
    payments = desk.payments(g.conn, funds, g.person.id, ("scheduled",)).get("scheduled")
    if payments is not None and payments.others:
        found.append(
            Thing(
                ngettext("Approve one payment", "Approve %(num)s payments", payments.others),
                url_for("officer.payments"), _("See them"), role, payments.due_on,
                _("Due %(day)s", day=formats.day(payments.due_on)), detail=money.pounds(int(payments.others_pence)),
            )
        )  # fmt: skip
    found += _bank(funds, apart, role)
    claims = memberships.waiting_in_all(g.conn, g.person.id)
    if claims.many:
        found.append(
            Thing(
                ngettext("Look at a membership", "Look at %(num)s memberships", claims.many),
                url_for("officer.memberships"), _("See who waits"), role, claims.oldest,
                _("Since %(day)s", day=formats.day(claims.oldest)),
            )
        )  # fmt: skip
    found += _to_erase(role)
    found += _unasked([row for row in desk.unasked(g.conn, funds) if row.id not in apart], role)
    found += [
        Thing(
            _("Read the report on “%(title)s”", title=row.title), url_for("officer.report", ref=row.reference),
            _("Read it"), role, row.filed_at, _("Sent %(day)s", day=formats.day(row.filed_at)), detail=row.reference,
        )
        for row in desk.reports_filed(g.conn, funds, g.person.id) if row.id not in apart
    ]  # fmt: skip
    found += [
        Thing(
            _("Confirm that “%(title)s” is cancelled", title=row.title), url_for("officer.cancel", ref=row.reference),
            _("Read why"), role, row.expires_at, _("Asked for; ends %(when)s", when=formats.moment(row.expires_at)),
            detail=row.reference,
        )
        for row in desk.cancellations(g.conn, funds, g.person.id, g.arrived) if row.id not in apart
    ]  # fmt: skip
    found += [
        Thing(
            _("Close “%(title)s”", title=row.title), url_for("officer.report", ref=row.reference), _("Look once more"),
            role, row.accepted_at, _("Report accepted on %(day)s", day=formats.day(row.accepted_at)),
            detail=row.reference,
        )
        for row in desk.to_finish(g.conn, funds) if row.id not in apart
    ]  # fmt: skip
    stuck = desk.stuck(g.conn, funds, g.person.id)
    if stuck.many:
        found.append(
            Thing(
                ngettext(
                    "See to a mail that could not be sent", "See to %(num)s things that could not be sent", stuck.many
                ),
                url_for("officer.stuck"), _("See why"), role, stuck.oldest,
                _("Since %(day)s", day=formats.day(stuck.oldest)), "sent_back",
            )
        )  # fmt: skip
    return found


def _bank(funds: list[int] | None, apart: frozenset[int], role: str) -> list[Thing]:
    """Changes of bank details and the fund's own account, where a second person is asked for."""
    waiting = [row for row in payees.asked_of_officers(g.conn, funds, desk.MOST) if row.bid_id not in apart]
    changes = [row for row in waiting if row.state == "asked" and row.given_by != g.person.id]
    found = []
    if changes:
        first = changes[0].given_at
        found.append(
            Thing(
                ngettext(
                    "Make sure of a change of bank details", "Make sure of %(num)s changes of bank details", len(changes)
                ),
                url_for("officer.bank_changes"), _("See them"), role, first,
                _("Asked for on %(day)s", day=formats.day(first)), detail=_("Until then nothing is paid for them."),
            )
        )  # fmt: skip
    doubts = [row for row in waiting if row.state == "standing" and row.bank_answer_by != g.person.id]
    if doubts:
        found.append(
            Thing(
                ngettext(
                    "Make sure of an account that the bank knows by another name",
                    "Make sure of %(num)s accounts that the bank knows by another name", len(doubts),
                ),
                url_for("officer.bank_changes"), _("See them"), role, doubts[0].given_at,
                _("Given on %(day)s", day=formats.day(doubts[0].given_at)), detail=_("Until then nothing is paid for them."),
            )
        )  # fmt: skip
    found += [
        Thing(
            _("Confirm the account that the fund pays from"), url_for("treasurer.payer", fund=row.fund_id),
            _("Type it again"), role, row.set_at, _("Set on %(day)s", day=formats.day(row.set_at)),
        )
        for row in payers.waiting(g.conn, funds) if row.set_by != g.person.id
    ]  # fmt: skip
    return found


def _unasked(rows: list[Any], role: str) -> list[Thing]:
    """Bids that nobody can be asked to back: by name if they are few, else as one thing."""
    if len(rows) > NAMED:
        first = rows[0].due_at
        return [
            Thing(
                ngettext("Find a representative for one bid", "Find a representative for %(num)s bids", len(rows)),
                url_for("staff.bids", state="submitted", sort="due"), _("See them"), role, first,
                _("To be backed by %(day)s", day=formats.day(first)) if first else "",
            )
        ]  # fmt: skip
    return [
        Thing(
            _("Name a representative for “%(title)s”", title=row.title)
            if row.holding_id is None
            else _("Confirm the representative’s address for “%(title)s”", title=row.title),
            url_for("officer.representative" if row.holding_id is None else "officer.address", ref=row.reference),
            _("Name one") if row.holding_id is None else _("Confirm it"), role, row.due_at,
            _("To be backed by %(day)s", day=formats.day(row.due_at)) if row.due_at else "", detail=row.reference,
        )
        for row in rows
    ]  # fmt: skip


def _to_erase(role: str) -> list[Thing]:
    """People who asked for what is held of them to go, put on record by another officer: there is a month for it."""
    waiting = [row for row in keeping.waiting(g.conn) if row.asked_by != g.person.id]
    if len(waiting) > NAMED:
        words = ngettext("Confirm one removal", "Confirm %(num)s removals", len(waiting))
        return [_removal(waiting[0], words, url_for("officer.retention"), _("See them"), role)]
    return [
        _removal(
            row, _("Confirm that what we hold of %(name)s goes", name=row.name),
            url_for("officer.held", person=row.person_id, _anchor="erase"), _("Look at it"), role,
        )
        for row in waiting
    ]  # fmt: skip


def _removal(row: Any, title: str, href: str, action: str, role: str) -> Thing:
    due = later(civil_day(row.asked_at, acting.office().zone), 1)
    return Thing(title, href, action, role, due, _("By %(day)s", day=formats.day(due)))
