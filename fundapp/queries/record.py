"""The record as an auditor looks through it: how much there is, and what came last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, func, literal, or_, select

from fundapp.database import AnyRow
from fundapp.models import AuditCheckpoint, AuditEvent, AuditHead, AuditLeaf, Bid, Fund, Person, Round
from fundapp.queries.reading import apart_of

#: The chain of what happens to the log itself; it belongs to every fund.
LOG = "log:1"


def sums(conn: Connection) -> tuple[int, int]:
    """(events, subjects) of the whole record, from the heads: no event is read."""
    row = conn.execute(select(func.coalesce(func.sum(AuditHead.number), 0), func.count())).one()
    return int(row[0]), int(row[1])


def checkpoint(conn: Connection, size: int) -> AnyRow | None:
    """The checkpoint over that many events: (size, at, note)."""
    columns = (AuditCheckpoint.size, AuditCheckpoint.at, AuditCheckpoint.note)
    return conn.execute(select(*columns).where(AuditCheckpoint.size == size)).one_or_none()


def newest_checkpoint(conn: Connection) -> AnyRow | None:
    """The last checkpoint: (size, at, note); None while nothing is sealed."""
    columns = (AuditCheckpoint.size, AuditCheckpoint.at, AuditCheckpoint.note)
    return conn.execute(select(*columns).order_by(AuditCheckpoint.size.desc()).limit(1)).one_or_none()


def checkpoints(conn: Connection, before: int | None, limit: int) -> list[AnyRow]:
    """Checkpoints, largest first, below a size: (size, at, note)."""
    asked = select(AuditCheckpoint.size, AuditCheckpoint.at, AuditCheckpoint.note)
    if before is not None:
        asked = asked.where(AuditCheckpoint.size < literal(before, BigInteger))
    return list(conn.execute(asked.order_by(AuditCheckpoint.size.desc()).limit(limit)))


def growth(conn: Connection, most: int) -> tuple[int, list[AnyRow]]:
    """(how many checkpoints there are, at most `most` of them in order: (size, at)), the first and the last among them.

    They are thinned by their ids, which count from 1: as many rows are read of a million as of a hundred.
    """
    count = conn.execute(select(func.max(AuditCheckpoint.id))).scalar() or 0
    wanted = {1 + place * (count - 1) // (most - 1) for place in range(most)} if count else set()
    asked = select(AuditCheckpoint.size, AuditCheckpoint.at).where(AuditCheckpoint.id.in_(sorted(wanted)))
    return count, list(conn.execute(asked.order_by(AuditCheckpoint.size))) if wanted else []


def sealed_at(conn: Connection, subject: str, number: int) -> datetime | None:
    """When the first checkpoint over an event was signed; None while none is."""
    places = positions(conn, subject, [number])
    if not places:
        return None
    asked = (
        select(AuditCheckpoint.at)
        .where(AuditCheckpoint.size > places[number])
        .order_by(AuditCheckpoint.size)
        .limit(1)
    )
    found: datetime | None = conn.execute(asked).scalar()
    return found


def log_events(conn: Connection) -> list[AnyRow]:
    """What happened to the log itself, the last hundred, newest first, as `chain` gives it: its beginning, its keys."""
    return chain(conn, LOG, None, 100)


def positions(conn: Connection, subject: str, numbers: Sequence[int]) -> dict[int, int]:
    """Where events of a subject stand in the sealed tree, by number; those that are not sealed are left out."""
    if not numbers:
        return {}
    asked = (
        select(AuditEvent.number, AuditLeaf.position)
        .join(AuditLeaf, AuditLeaf.event_id == AuditEvent.id)
        .where(AuditEvent.subject == subject, AuditEvent.number.in_(numbers))
    )
    return {row.number: row.position for row in conn.execute(asked)}


def of_funds(subject: Any, funds: Sequence[int]) -> Any:
    """Whether a subject belongs to one of these funds. A person belongs to all: roles of several funds are theirs."""
    return or_(
        subject == LOG,
        subject.in_([f"fund:{fund}" for fund in funds]),
        subject.in_(select(Bid.home).where(Bid.fund_id.in_(funds))),
        subject.in_(select(Round.home).where(Round.fund_id.in_(funds))),
        subject.like("person:%"),
    )


def chain(conn: Connection, subject: str, before: int | None, limit: int) -> list[AnyRow]:
    """A subject's events, newest first, before a number: (number, actor, action, body, hash, mac).

    Its time is read from the body: the column may have been made unreadable."""
    asked = select(
        AuditEvent.number,
        AuditEvent.actor,
        AuditEvent.action,
        AuditEvent.body,
        AuditEvent.hash,
        AuditEvent.mac,
    ).where(AuditEvent.subject == subject)
    if before is not None:
        asked = asked.where(AuditEvent.number < literal(before, BigInteger))
    return list(conn.execute(asked.order_by(AuditEvent.number.desc()).limit(limit)))


def head(
    conn: Connection, subject: str, funds: Sequence[int] | None = None, viewer: int = 0
) -> AnyRow | None:
    """Where a subject's chain ends: (number, hash). None for one that belongs to none of `funds`, and for a bid that the
    viewer stands apart from."""
    apart = select(Bid.home).where(Bid.id.in_(apart_of(viewer)))
    asked = select(AuditHead.number, AuditHead.hash).where(
        AuditHead.subject == subject, AuditHead.subject.not_in(apart)
    )
    if funds is not None:
        asked = asked.where(of_funds(AuditHead.subject, funds))
    return conn.execute(asked).one_or_none()


def titles(conn: Connection, subjects: set[str]) -> dict[str, str]:
    """What the subjects are called: a bid's reference, a round's title, a person's or a fund's name."""
    columns = {"bid": Bid.reference, "round": Round.title, "person": Person.name, "fund": Fund.name}
    models = {"bid": Bid, "round": Round, "person": Person, "fund": Fund}
    found: dict[str, str] = {}
    for kind, column in columns.items():
        ids = [int(number) for subject in subjects for name, _, number in [subject.partition(":")]
               if name == kind and number.isascii() and number.isdigit()]  # fmt: skip
        if ids:
            model = models[kind]
            for number, words in conn.execute(select(model.id, column).where(model.id.in_(ids))):
                found[f"{kind}:{number}"] = words
    return found
