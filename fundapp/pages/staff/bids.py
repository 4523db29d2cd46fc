"""The list of bids: dense and calm, a page at a time, lean at any size."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import g, render_template, request, url_for
from sqlalchemy import Row

from fundapp.domain import money, references
from fundapp.pages import acting
from fundapp.pages.gate import funds_for, gate, held_roles, named_funds
from fundapp.pages.staff import blueprint
from fundapp.pages.staff.reach import ROLES
from fundapp.queries import lists
from fundapp.queries.funnel import ONLY
from fundapp.words import moments, states
from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

PAGE = 25
MOST_WORDS = 100


@blueprint.get("/bids")
@gate(*ROLES)
def bids() -> str:
    """Every bid of the funds that this person helps to run, with who has it, since when and until when."""
    funds = funds_for(*ROLES)
    rounds = lists.rounds(g.conn, funds)
    chosen = next((row for row in rounds if row.code == request.args.get("round")), None)
    filters = wanted(funds, chosen.id if chosen is not None else None)
    counted = lists.counts(g.conn, filters, g.person.id)
    rows = lists.page(g.conn, filters, g.person.id, _after(), PAGE + 1)
    kept: dict[str, Any] = {
        "round": chosen.code if chosen is not None else None,
        "words": request.args.get("words", "")[:MOST_WORDS].strip(),
        "place": filters.place, "sort": filters.sort if filters.sort != "wait" else None,
        "only": filters.only, "holding": filters.holding,
    }  # fmt: skip
    kept = _given(kept)
    return render_template(
        "staff/bids.html",
        rows=_lines(rows[:PAGE]), tabs=_tabs(counted, filters.tab, kept), rounds=rounds, chosen=chosen, filters=filters,
        kept=kept, count=_count(counted, filters.tab),
        older=_older(rows, filters, kept), first=url_for("staff.bids", state=filters.tab or None, **kept)
        if request.args.get("after") else None, today=g.arrived, narrowed=_narrowed(filters),
        ticks=chosen is not None and "officer" in held_roles(),
    )  # fmt: skip


#: What the list is narrowed to, when it was come to from a round's numbers.
NARROWED: Final[dict[str, str]] = {
    "begun": N_("All that were begun"),
    "sent": N_("All that were ever sent"),
    "backed": N_("All that were ever backed"),
    "read": N_("All whose reading was closed"),
    "won": N_("All that won an award"),
    "reported": N_("Reported"),
    "no_address": N_("Waiting for backing, and nobody can be asked"),
    "silent": N_("Sent back, and nothing written since"),
    "file_held": N_("A file of it was refused, or is not checked yet"),
    "mail_failed": N_("A mail about it failed"),
    "returned": N_("Sent back"),
    "not_endorsed": N_("Refused by their representative"),
    "ineligible": N_("Ruled out"),
    "withdrawn": N_("Withdrawn"),
    "lapsed": N_("Lapsed"),
    "declined": N_("Not funded"),
    "cancelled": N_("Cancelled"),
}


def _narrowed(filters: lists.Filters) -> str:
    if filters.holding is not None:
        return _("Waiting for one representative")
    return _(NARROWED[filters.only]) if filters.only else ""


def wanted(funds: list[int] | None, round_id: int | None) -> lists.Filters:
    """The filters of the address; what is none of ours is left out."""
    words = request.args.get("words", "")[:MOST_WORDS].strip()
    bid: int | None = None
    try:
        bid = references.bid_id(words) if words else None
    except references.ReferenceError_:
        bid = None
    named = named_funds()
    if named is not None and funds is not None and set(funds) <= set(named):
        named = None  # nothing is left out of what they run
    only, holding = request.args.get("only", ""), request.args.get("holding", "")
    tab, sort = request.args.get("state", ""), request.args.get("sort", "wait")
    return lists.Filters(
        funds=funds, round_id=round_id, tab=tab if tab in lists.TABS else "", words="" if bid else words,
        bid=bid if bid is None or bid < 2**53 else None, place=request.args.get("place", "")[:MOST_WORDS].strip(),
        sort=sort if sort in lists.SORTS else "wait", only=only if only in ONLY else "",
        holding=int(holding) if holding.isascii() and holding.isdigit() and len(holding) < 16 else None,
        named=named,
    )  # fmt: skip


def _given(kept: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if value}


def _after() -> tuple[int | None, int] | None:
    value, sep, number = request.args.get("after", "").partition("_")
    if not sep or not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    if value and not (value.isascii() and value.isdigit() and len(value) < 18):
        return None
    return (int(value) if value else None), int(number)


def _older(rows: list[Row[Any]], filters: lists.Filters, kept: dict[str, Any]) -> str | None:
    if len(rows) <= PAGE:
        return None
    value, number = lists.key_of(rows[PAGE - 1], filters.sort)
    after = f"{'' if value is None else value}_{number}"
    return url_for("staff.bids", state=filters.tab or None, after=after, **kept)


@dataclass(slots=True)
class Count:
    """How many bids stand under a tab; `more` when they were not counted to the end."""

    number: int
    more: bool

    @property
    def short(self) -> str:
        """`12`, `1,004+`."""
        return f"{self.number:,}{'+' if self.more else ''}"


def _count(counted: dict[str, int], tab: str) -> Count:
    there = [counted.get(state, 0) for state in lists.TABS.get(tab, tuple(counted))]
    most = lists.MOST_COUNTED
    return Count(sum(min(number, most) for number in there), any(number > most for number in there))


def _tabs(counted: dict[str, int], tab: str, kept: dict[str, Any]) -> list[dict[str, Any]]:
    labels = {
        "": _("All"), "draft": _("Drafts"), "submitted": _("Waiting for backing"), "endorsed": _("Backed"),
        "returned": _("Sent back"), "reviewed": _("Reviewed"), "awarded": _("Awarded"), "ended": _("Ended"),
    }  # fmt: skip
    return [
        {
            "label": label, "current": name == tab, "href": url_for("staff.bids", state=name or None, **kept),
            "count": _count(counted, name).short,
        }
        for name, label in labels.items()
    ]  # fmt: skip


@dataclass(slots=True)
class Line:
    """A row as the template prints it: everything is words already. Without `href` it leads nowhere."""

    title: str
    asks: str
    kind: str
    state: str
    href: str = ""
    tick: str = ""
    under: str = ""
    place: str = ""
    who: str = ""
    since: str = ""
    due: str = ""
    left: str = ""


def _lines(rows: list[Row[Any]]) -> list[Line]:
    """The rows in words; days are put into words once each."""
    zone = acting.office().zone
    now = g.arrived
    today = now.astimezone(zone).date()
    days: dict[date, str] = {}

    def day(at: datetime) -> str:
        on = at.astimezone(zone).date()
        if on not in days:
            days[on] = moments.short_day(on, today)
        return days[on]

    return [_line(row, day, now, zone) for row in rows]


def _line(row: Row[Any], day: Callable[[datetime], str], now: datetime, zone: ZoneInfo) -> Line:
    if row.hidden:
        return Line(_("Another bid"), money.pounds_short(row.amount_pence), "interest", _("Kept from you"))
    kind, words, who = _standing(row)
    due = row.due_at if row.state != "awarded" else row.offer_until if row.award_state == "offered" else None
    since = day(row.since)
    if who:
        who = who[:1].upper() + who[1:]
        since = _("%(day)s, %(span)s", day=since, span=moments.ago(row.since, now))
    sent = row.state != "draft"
    return Line(
        title=(row.title or row.reference) if sent else _("A draft, not sent yet"),
        asks=money.pounds_short(row.amount_pence) if sent else "", kind=kind, state=words,
        href=f"/bids/{row.reference}" if sent else "",
        tick=f"{row.reference}:{row.version}" if row.state in ("submitted", "endorsed") else "",
        under=" · ".join(filter(None, (row.reference, row.organisation))),
        place=(row.place or row.area or "").partition(",")[0], who=who, since=since,
        due=day(due) if due else "", left=f"{moments.clock_time(due, zone)}, {moments.left(due, now)}" if due else "",
    )  # fmt: skip


def _standing(row: Row[Any]) -> tuple[str, str, str]:
    """(sign, state in words, who has it): what needs the officer is red."""
    rep = states.titled(row.representative, row.office) if row.representative else None
    who = states.holder("bid", row.state, rep, row.applicant, "staff")
    if row.bounced:
        return "you", _("A mail failed: needs the officer"), who
    if row.state == "submitted" and row.holding_id is None:
        return "you", _("Nobody named: needs the officer"), who
    if row.state == "submitted" and (row.no_address or row.no_source):
        return "you", _("No confirmed address: needs the officer"), who
    if row.state == "awarded" and row.award_state == "accepted":
        if row.report_state == "filed":
            return "you", _("Report sent: needs the officer"), _("the fund’s officer")
        if row.report_state == "accepted":
            return "wait", _("Report accepted"), _("the fund’s officer")
        return "done", _("Accepted"), who
    if row.state == "awarded" and row.award_state == "offered":
        return "wait", _("Award offered"), who
    return states.kind("bid", row.state, False), states.label("bid", row.state, "staff"), who
