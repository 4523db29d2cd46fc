"""How long each class of record is kept: dated rules, as data, and when something of a class may go."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

#: States of a bid in which somebody has it still to answer, decide or pay.
GOING_ON: Final = frozenset({"submitted", "returned", "endorsed", "reviewed", "awarded"})


@dataclass(frozen=True, slots=True)
class Rule:
    """From a day on, records of a class are kept so long after what began their time.

    `months` after it; `years` after the end of the fund's financial year in which it was. A record goes by the rule of the
    day on which its time began, so that a shorter rule takes nothing away that people were told is kept.
    """

    record: str
    since: date
    months: int = 0
    years: int = 0


#: The financial year of a political body ends with December (PPERA 2000 s. 41): month, day.
YEAR_ENDS: Final = (12, 31)

_BEGUN = date(2000, 1, 1)
#: The one place where periods stand. A change is a further line with its own first day.
RULES: Final[tuple[Rule, ...]] = (
    Rule("bid", _BEGUN, months=12),
    Rule("draft", _BEGUN, months=12),
    Rule("award", _BEGUN, years=6),
    Rule("bank", _BEGUN, months=13),
    Rule("sign_in", _BEGUN, months=13),
    Rule("work", _BEGUN, months=13),
    Rule("person", _BEGUN, months=24),
)


def rule(record: str, on: date) -> Rule:
    """The rule of a class on a day. Raises LookupError for a class that no rule speaks of."""
    known = [each for each in RULES if each.record == record and each.since <= on]
    if not known:
        raise LookupError(f"no rule for {record} on {on}")
    return max(known, key=lambda each: each.since)


def ends(record: str, began: datetime | date, zone: ZoneInfo) -> date:
    """The first civil day on which a record of a class may go whose time began then."""
    day = began.astimezone(zone).date() if isinstance(began, datetime) else began
    by = rule(record, day)
    if by.years:
        closing = date(day.year, *YEAR_ENDS)
        if day > closing:
            closing = date(day.year + 1, *YEAR_ENDS)
        return date(closing.year + by.years, *YEAR_ENDS) + timedelta(days=1)
    return later(day, by.months)


def later(day: date, months: int) -> date:
    """So many months after a day; the month's last day where it has no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for number in range(day.day, 27, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    return date(year, month, min(day.day, 28))


def before(record: str, on: date) -> date:
    """A day such that what began later can't go on `on` yet, by any rule: for finding what may, without reading all."""
    shortest = min((each.months or each.years * 12) for each in RULES if each.record == record)
    return later(on, -shortest)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a bid's words may go: `code` is goes, going_on, held, money (kept for the accounts until `until`) or gone."""

    code: str
    record: str = "bid"
    until: date | None = None


def judge(
    state: str, since: datetime, *, accepted: bool, last_paid: date | None, held: bool, erased: bool, zone: ZoneInfo,
) -> Verdict:  # fmt: skip
    """What stands in the way of a bid's words going when its applicant asks; `until` is when its time is over anyway.

    `accepted`: its award was accepted, so that it is part of the accounts. `last_paid`: the last day on which it was paid.
    """
    record = (
        "award" if accepted or last_paid is not None else "draft" if state in ("draft", "lapsed") else "bid"
    )
    if erased:
        return Verdict("gone", record)
    if held:
        return Verdict("held", record)
    if state in GOING_ON:
        return Verdict("going_on", record)
    if state == "draft":
        return Verdict("goes", record)
    last = since.astimezone(zone).date()
    until = ends(record, max(last, last_paid) if last_paid else last, zone)
    return Verdict("money" if record == "award" else "goes", record, until)
