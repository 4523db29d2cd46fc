"""The record as an auditor looks through it: how much there is, and what came last."""

from sqlalchemy import BigInteger, Connection, func, literal, select

from fundapp.database import AnyRow
from fundapp.models import AuditEvent, AuditHead, Bid, Fund, Person, Round


def sums(conn: Connection) -> tuple[int, int]:
    """(events, subjects) of the whole record, from the heads: no event is read."""
    row = conn.execute(select(func.coalesce(func.sum(AuditHead.number), 0), func.count())).one()
    return int(row[0]), int(row[1])


def newest(conn: Connection, before: int | None, limit: int) -> list[AnyRow]:
    """The last events of all chains, newest first, before an event's handle: (id, subject, number, …, hash)."""
    asked = select(
        AuditEvent.id, AuditEvent.subject, AuditEvent.number, AuditEvent.actor, AuditEvent.action, AuditEvent.body,
        AuditEvent.hash,
    )  # fmt: skip
    if before is not None:
        asked = asked.where(AuditEvent.id < before)
    return list(conn.execute(asked.order_by(AuditEvent.id.desc()).limit(limit)))


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


def head(conn: Connection, subject: str) -> AnyRow | None:
    """Where a subject's chain ends: (number, hash)."""
    asked = select(AuditHead.number, AuditHead.hash).where(AuditHead.subject == subject)
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
