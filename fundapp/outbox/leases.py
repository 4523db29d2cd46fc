"""A worker takes an effect by a lease, committed before the effect, and marks it done or to be retried."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from fundapp.database import Database, database_now
from fundapp.models import Outbox, Tally

MOST_TRIES = 8

#: The wait after the first, second … seventh failed try: a day's outage of the mail server is ridden out.
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
)

WORKERS_DIED = "The worker stopped in the middle of every try."


class Outcome(StrEnum):
    """What became of a failed try: tried again later, given up, or no longer ours to say."""

    RETRIED = "retried"
    FAILED = "failed"
    LOST = "lost"


@dataclass(frozen=True)
class Effect:
    """One effect in a worker's hands. `key` makes it idempotent; `attempts` counts this try too.

    `owner` and `until` together are the lease: one that is taken over always ends later.
    """

    id: int
    name: str
    args: dict[str, Any]
    key: str
    bid_id: int | None
    created_at: datetime
    attempts: int
    owner: str
    until: datetime
    request_id: str | None = None


def claim(db: Database, owner: str, lease: timedelta, now: datetime | None = None) -> Effect | None:
    """The longest due effect that nobody holds, ours until `now + lease`; None when nothing is due.

    The lease is committed on return. Without `now` the database's clock counts, so that workers on machines
    with different clocks agree. A try whose worker died counts as one: after the last, the row is failed.
    """
    with db.write() as conn:
        moment = now or database_now(conn)
        while True:
            row = conn.execute(_take(moment, owner, moment + lease)).one_or_none()
            if row is None:
                return None
            if row.attempts <= MOST_TRIES:
                return Effect(**row._mapping, owner=owner, until=moment + lease)
            given_up = _give_up(WORKERS_DIED, moment, attempts=MOST_TRIES)
            conn.execute(update(Outbox).where(Outbox.id == row.id).values(given_up))


def done(db: Database, effect: Effect) -> bool:
    """Marks the effect done and forgets its arguments, which may hold personal data or a sign-in link.

    False if another worker took it over meanwhile. A lease that ran out still holds until someone does: to
    refuse it would only deliver the effect twice.
    """
    with db.write() as conn:
        values = {
            "args": {}, "done_at": database_now(conn), "last_error": None,
            "lease_owner": None, "lease_until": None,
        }  # fmt: skip
        return _mark(conn, effect, values, "done")


def retry(
    db: Database, effect: Effect, error: str, now: datetime | None = None, *, hopeless: bool = False
) -> Outcome:
    """Puts the effect off by BACKOFF, or gives it up after MOST_TRIES; `error` is one plain line.

    `hopeless`: no later try can do better, so that it is given up at once and stands on the officer's desk.
    """
    with db.write() as conn:
        moment = now or database_now(conn)
        if hopeless or effect.attempts >= MOST_TRIES:
            values, outcome = _give_up(error, moment, attempts=effect.attempts), Outcome.FAILED
        else:
            values = {
                "not_before": moment + BACKOFF[effect.attempts - 1], "last_error": error,
                "lease_owner": None, "lease_until": None,
            }  # fmt: skip
            outcome = Outcome.RETRIED
        return outcome if _mark(conn, effect, values, outcome) else Outcome.LOST


def open_effects() -> ColumnElement[bool]:
    """Neither done nor given up; written as the index of due effects has it."""
    return and_(Outbox.done_at.is_(None), Outbox.failed_at.is_(None))


def _take(now: datetime, owner: str, until: datetime) -> Any:
    """Both databases: one statement finds the row and leases it. SQLite leaves the row lock away."""
    due = (
        select(Outbox.id)
        .where(
            open_effects(),
            Outbox.not_before <= now,
            or_(Outbox.lease_until.is_(None), Outbox.lease_until <= now),
        )
        .order_by(Outbox.not_before, Outbox.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return (
        update(Outbox)
        .where(Outbox.id == due)
        .values(lease_owner=owner, lease_until=until, attempts=Outbox.attempts + 1)
        .returning(
            Outbox.id,
            Outbox.name,
            Outbox.args,
            Outbox.key,
            Outbox.bid_id,
            Outbox.created_at,
            Outbox.attempts,
            Outbox.request_id,
        )
    )


def _give_up(error: str, now: datetime, *, attempts: int) -> dict[str, Any]:
    return {
        "failed_at": now, "last_error": error, "attempts": attempts,
        "lease_owner": None, "lease_until": None,
    }  # fmt: skip


def _mark(conn: Connection, effect: Effect, values: dict[str, Any], outcome: str) -> bool:
    """Whether it was still ours; then what became of it is counted too, in the same transaction."""
    marked = conn.execute(
        update(Outbox)
        .where(
            Outbox.id == effect.id,
            open_effects(),
            Outbox.lease_owner == effect.owner,
            Outbox.lease_until == effect.until,
        )
        .values(values)
    )
    if marked.rowcount != 1:
        return False
    conn.execute(_count(conn.dialect.name), {"name": effect.name, "outcome": str(outcome), "number": 1})
    return True


@cache
def _count(dialect: str) -> Any:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    add = insert(Tally)
    return add.on_conflict_do_update(index_elements=["name", "outcome"], set_={"number": Tally.number + 1})
