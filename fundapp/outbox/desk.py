"""What an officer sees of the effects: how late they are, which were given up, and trying one again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from fundapp.database import database_now
from fundapp.models import Outbox
from fundapp.outbox.leases import open_effects


@dataclass(frozen=True)
class FailedEffect:
    """An effect that was given up, with the last reason in one plain line."""

    id: int
    name: str
    key: str
    bid_id: int | None
    attempts: int
    created_at: datetime
    failed_at: datetime
    last_error: str


def lag(conn: Connection, now: datetime) -> float:
    """Seconds since the oldest effect that is not done was due; 0 when none is due."""
    oldest = conn.execute(
        select(func.min(Outbox.not_before)).where(open_effects(), Outbox.not_before <= now)
    ).scalar_one()
    return (now - oldest).total_seconds() if oldest else 0.0


def waiting(conn: Connection) -> int:
    """How many effects are yet to be done, whenever they are due."""
    return int(conn.execute(select(func.count()).select_from(Outbox).where(open_effects())).scalar_one())


def failed(conn: Connection) -> list[FailedEffect]:
    """The effects that were given up, the latest first."""
    rows = conn.execute(
        select(
            Outbox.id, Outbox.name, Outbox.key, Outbox.bid_id, Outbox.attempts, Outbox.created_at,
            Outbox.failed_at, Outbox.last_error,
        )
        .where(Outbox.failed_at.is_not(None), Outbox.done_at.is_(None))
        .order_by(Outbox.failed_at.desc(), Outbox.id.desc())
    )  # fmt: skip
    return [FailedEffect(**row._mapping) for row in rows]


def again(conn: Connection, effect_id: int) -> bool:
    """Has a given-up effect tried again, now and with all its tries; False if it is not one."""
    renewed = conn.execute(
        update(Outbox)
        .where(Outbox.id == effect_id, Outbox.failed_at.is_not(None), Outbox.done_at.is_(None))
        .values(failed_at=None, attempts=0, not_before=database_now(conn), lease_owner=None, lease_until=None)
    )
    return renewed.rowcount == 1
