"""What whoever watches over the service asks the database; each answer comes from an index or a short table."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, text

from fundapp.database import AnyRow
from fundapp.models import AuditCheckpoint, Letter, LetterFile, Outbox, Pulse, Tally
from fundapp.outbox.leases import open_effects

#: What a worker writes down of a mail that no server took begins so.
NOT_DELIVERED = "MailNotDelivered"


def waiting(conn: Connection) -> list[AnyRow]:
    """Effects that are neither done nor given up: (name, many, since: the oldest's creation) by name."""
    asked = (
        select(Outbox.name, func.count().label("many"), func.min(Outbox.created_at).label("since"))
        .where(open_effects())
        .group_by(Outbox.name)
        .order_by(Outbox.name)
    )
    return list(conn.execute(asked))


def given_up(conn: Connection) -> list[AnyRow]:
    """Effects that stand on the officer's desk: (name, many) by name."""
    asked = (
        select(Outbox.name, func.count().label("many"))
        .where(Outbox.failed_at.is_not(None), Outbox.done_at.is_(None))
        .group_by(Outbox.name)
        .order_by(Outbox.name)
    )
    return list(conn.execute(asked))


def outcomes(conn: Connection) -> list[AnyRow]:
    """How often effects came to what, ever: (name, outcome, number)."""
    return list(
        conn.execute(select(Tally.name, Tally.outcome, Tally.number).order_by(Tally.name, Tally.outcome))
    )


def seen(conn: Connection, name: str) -> datetime | None:
    """When the clock (`tick`) or a worker was seen last."""
    return conn.execute(select(Pulse.at).where(Pulse.name == name)).scalar_one_or_none()


def workers(conn: Connection, since: datetime) -> int:
    """How many workers were seen since a moment."""
    asked = select(func.count()).select_from(Pulse).where(Pulse.name.like("worker %"), Pulse.at >= since)
    return int(conn.execute(asked).scalar_one())


def refused_since(conn: Connection) -> datetime | None:
    """Since when the oldest mail waits that was tried and not taken; None if none does."""
    asked = select(func.min(Outbox.created_at)).where(
        open_effects(), Outbox.attempts > 0, Outbox.last_error.like(f"{NOT_DELIVERED}%")
    )
    return conn.execute(asked).scalar_one()


def letters_waiting(conn: Connection) -> int:
    """Letters that were written and have no file yet."""
    asked = (
        select(func.count())
        .select_from(Letter)
        .outerjoin(LetterFile, LetterFile.letter_id == Letter.id)
        .where(LetterFile.id.is_(None))
    )
    return int(conn.execute(asked).scalar_one())


def sealed_at(conn: Connection) -> datetime | None:
    """When the record was sealed last; None if it never was."""
    newest = select(AuditCheckpoint.at).order_by(AuditCheckpoint.id.desc()).limit(1)
    return conn.execute(newest).scalar_one_or_none()


def connections(conn: Connection) -> list[AnyRow]:
    """PostgreSQL's connections to this database: (doing, many); nothing on SQLite."""
    if conn.dialect.name != "postgresql":
        return []
    return list(conn.execute(_CONNECTIONS))


_CONNECTIONS: Any = text(
    "SELECT coalesce(state, 'starting') AS doing, count(*) AS many FROM pg_stat_activity "
    "WHERE datname = current_database() GROUP BY 1 ORDER BY 1"
)
