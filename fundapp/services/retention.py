"""What has had its time goes by itself: a little with every tick, each bid in a deed of its own, with its event."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, delete

from fundapp.audit.record import RecordBroken
from fundapp.database import AnyRow, among
from fundapp.domain import retention as rules
from fundapp.domain.deadlines import civil_day
from fundapp.models import Outbox, SecurityEvent, SignInSession
from fundapp.queries import keeping
from fundapp.queries import retention as asks
from fundapp.services import erasing
from fundapp.services.deed import CLOCK, Deed, Office
from fundapp.services.people import OPERATOR_TOKEN
from fundapp.storage import Files

log = logging.getLogger(__name__)

#: Bids and people that one tick takes up at most, and rows of other kinds.
PART: Final = 25
ROWS: Final = 500
#: Of bank details what goes first: to whom it was paid stays with the accounts.
_BANK: Final = frozenset({"sealed", "account_ends", "wrapped"})
_BANK_TABLES: Final = ("payee", "data_key")


@dataclass(frozen=True, slots=True)
class Due:
    """Something whose time is over on a day: its class, the day, and the bid (as `keeping.standing`) or the person."""

    record: str
    until: date
    bid: AnyRow | None = None
    person: AnyRow | None = None


def due(conn: Connection, office: Office, on: date) -> Iterator[Due]:
    """Bids, bank details and people whose time is over on a civil day, class by class, in order of id."""
    for read in _READ:
        yield from read(conn, office, on, ROWS)


def _bids_due(conn: Connection, office: Office, on: date, step: int, accepted: bool) -> Iterator[Due]:
    after, before = 0, _before("award" if accepted else "bid", on)
    while ids := asks.bids(conn, before, after, step, accepted=accepted):
        for row in keeping.standing(conn, ids):
            verdict = erasing.verdict_of(row, office.zone)
            if verdict.code in ("goes", "money") and verdict.until is not None and verdict.until <= on:
                yield Due(verdict.record, verdict.until, bid=row)
        after = ids[-1]


def _bank_due(conn: Connection, office: Office, on: date, step: int) -> Iterator[Due]:
    after, before = 0, _before("bank", on)
    while ids := asks.with_bank_details(conn, before, after, step):
        for row in keeping.standing(conn, ids):
            until = _bank_until(row, office)
            if until is not None and until <= on:
                yield Due("bank", until, bid=row)
        after = ids[-1]


def _people_due(conn: Connection, office: Office, on: date, step: int) -> Iterator[Due]:
    after, before = 0, _before("person", on)
    while part := asks.people(conn, before, _moment(on), on, after, step):
        for person in part:
            until = rules.ends("person", person.since, office.zone)
            if until <= on and person.token != OPERATOR_TOKEN:
                yield Due("person", until, person=person)
        after = part[-1].id


#: How what is due is found, a class after the other.
_READ: Final[tuple[Callable[[Connection, Office, date, int], Iterator[Due]], ...]] = (
    partial(_bids_due, accepted=False),
    partial(_bids_due, accepted=True),
    _bank_due,
    _people_due,
)


def counts(conn: Connection, office: Office, on: date) -> dict[str, int]:
    """How much would go on a day, by class; sign-ins and effects are counted up to ROWS."""
    found: dict[str, int] = {}
    for each in due(conn, office, on):
        found[each.record] = found.get(each.record, 0) + 1
    sessions, events = asks.sign_ins(conn, _before("sign_in", on), ROWS)
    found["sign_in"] = len(sessions) + len(events)
    found["work"] = len(asks.effects(conn, _before("work", on), ROWS))
    return {record: count for record, count in found.items() if count}


def run(office: Office, files: Files, at: datetime, part: int = PART) -> dict[str, int]:
    """Take out a part of what is due; how many by class. What is left is taken up the next time.

    What is refused or does not verify is left as it is and stops nothing else.
    """
    on = civil_day(at, office.zone)
    done: dict[str, int] = {}
    for read in _READ:
        with office.db.read() as conn:
            group = list(islice(read(conn, office, on, part), part))
        for each in group:
            try:
                gone = _take_out(office, files, each, at)
            except RecordBroken as broken:
                log.error("its time is over, and it is left alone: %s", broken)
                continue
            if gone:
                done[each.record] = done.get(each.record, 0) + 1
    with office.db.write() as conn:
        sessions, events = asks.sign_ins(conn, _before("sign_in", on), ROWS)
        count = _forget(conn, SignInSession, sessions) + _forget(conn, SecurityEvent, events)
        effects = _forget(conn, Outbox, asks.effects(conn, _before("work", on), ROWS))
    if done:
        office.db.settle()
    return {**done, **({"sign_in": count} if count else {}), **({"work": effects} if effects else {})}


def _take_out(office: Office, files: Files, each: Due, at: datetime) -> bool:
    """Judge it once more, held, and take it out; False if it may not go now."""
    on = civil_day(at, office.zone)
    with office.deed(CLOCK, at) as deed:
        contents = _person(deed, each) if each.person is not None else _bid(deed, office, each, on)
        moment = deed.now
    if contents is None:
        return False
    with office.db.read() as conn:
        erasing.forget_contents(conn, files, contents, moment)
    return True


def _bid(deed: Deed, office: Office, each: Due, on: date) -> list[str] | None:
    assert each.bid is not None
    bank = each.record == "bank"
    before = _going(deed.conn, each.bid.id, bank)
    erasing.hold(deed, before.subjects)
    row = keeping.standing(deed.conn, [each.bid.id])[0]
    if bank:
        until = _bank_until(row, office)
    else:
        verdict = erasing.verdict_of(row, office.zone)
        until = verdict.until if verdict.code in ("goes", "money") else None
    if until is None or until > on:
        return None
    going = _going(deed.conn, row.id, bank)
    return erasing.carry_out(deed, going, "bank" if bank else "over", whole=not bank)


def _going(conn: Connection, bid: int, bank: bool) -> erasing.Going:
    if bank:
        return erasing.of_bids(conn, [bid], _BANK_TABLES, _BANK)
    return erasing.of_bids(conn, [bid])


def _person(deed: Deed, each: Due) -> list[str] | None:
    assert each.person is not None
    row = keeping.person(deed.conn, each.person.id)
    if row is None or row.erased_at is not None:
        return None
    subject = f"person:{row.id}"
    first = erasing.of_person(deed.conn, row, deed.zone)
    erasing.hold(deed, {*first.going.subjects, subject})
    plan = erasing.of_person(deed.conn, row, deed.zone)
    if plan.going_on or plan.stays:
        return None
    return erasing.carry_out(deed, plan.going, "over", person=row.id)


def _forget(conn: Connection, model: Any, ids: Sequence[int]) -> int:
    """Delete rows that are no evidence; how many."""
    if not ids:
        return 0
    return int(conn.execute(delete(model).where(among(conn, model.id, ids))).rowcount)


def _bank_until(row: AnyRow, office: Office) -> date | None:
    """When the bank details of a bid that is over may go; None while it is held or goes on."""
    if row.held is not None or row.state in rules.GOING_ON:
        return None
    last = row.since.astimezone(office.zone).date()
    days = [last, *([row.paid_on] if row.paid_on else [])]
    if row.sent_at:
        days.append(row.sent_at.astimezone(office.zone).date())
    return rules.ends("bank", max(days), office.zone)


def _before(record: str, on: date) -> datetime:
    """The moment after which nothing of a class can be due; a day late, so that no zone hides one."""
    return _moment(rules.before(record, on)) + timedelta(days=1)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


def upcoming(conn: Connection, office: Office, today: date, days: int, most: int) -> list[Any]:
    """What goes within so many days, soonest first, at most so many."""
    found = sorted(due(conn, office, today + timedelta(days=days)), key=lambda each: each.until)
    return found[:most]
