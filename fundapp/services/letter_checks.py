"""Whether a letter is genuine and stands: by the code that is printed on it, or by the bytes of its file."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from fundapp.domain import letter_codes, references
from fundapp.domain.deadlines import civil_day
from fundapp.queries import letter_checks as asks
from fundapp.queries import record
from fundapp.services import throttle
from fundapp.services.deed import Office

#: An award in these states was not taken up, or is no more: a letter about it says nothing that still holds.
OVER = ("refused", "lapsed", "cancelled")


class TooOften(Exception):
    """There were too many wrong codes from one network; `until` is when the next is looked at."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


@dataclass(frozen=True, slots=True)
class Genuine:
    """What anyone may learn of a letter of ours. `amount_pence` is of an award; `replaced_on` the day of a newer letter.

    `over`: the award that it tells of was turned down, lapsed or was cancelled since. `sealed_on`: the day of the first
    checkpoint over the event that recorded it.
    """

    kind: str
    dated: date
    fund: str
    round: str
    amount_pence: int | None
    replaced_on: date | None
    over: bool
    sealed_on: date | None


def by_code(office: Office, typed: str, reference: str, network: str, now: datetime) -> Genuine | None:
    """The letter of a code as it was typed, and of the bid's reference unless that is empty; None if there is none.

    An unknown code, one that can be none, and a reference that does not belong to it are answered alike, and counted
    against the network. Raises TooOften, also for a right code: else it would tell that it is one.
    """
    code = letter_codes.read(typed)
    with office.db.read() as conn:
        until = throttle.held_until(conn, office.secret_key, "check", now, network)
        row = asks.by_code(conn, code or "")
        sealed = _sealed(conn, row)
    if until is not None:
        raise TooOften(until)
    if row is not None and (not reference.strip() or _same(reference, row.reference)):
        return _genuine(row, office, sealed)
    until = throttle.count(office, "check", now, network)
    if until is not None:
        raise TooOften(until)
    return None


def by_file(office: Office, sha256: str) -> Genuine | None:
    """The letter whose file has this SHA-256, byte for byte as it was sent; None if no file of ours has it."""
    with office.db.read() as conn:
        row = asks.by_file(conn, sha256)
        sealed = _sealed(conn, row)
    return _genuine(row, office, sealed) if row is not None else None


def _same(typed: str, reference: str) -> bool:
    try:
        return references.reference(references.bid_id(typed)) == reference
    except references.ReferenceError_:
        return False


def _sealed(conn: Connection, row: Any) -> datetime | None:
    return record.sealed_at(conn, row.home, row.event_no) if row is not None else None


def _genuine(row: Any, office: Office, sealed: datetime | None) -> Genuine:
    about_money = row.kind in ("award", "acceptance")
    return Genuine(
        row.kind,
        date.fromisoformat(row.facts["dated"]),
        row.fund,
        row.round,
        int(row.facts["amount_pence"]) if about_money else None,
        civil_day(row.newer_at, office.zone) if row.newer_at is not None else None,
        about_money and row.award_state in OVER,
        civil_day(sealed, office.zone) if sealed is not None else None,
    )
