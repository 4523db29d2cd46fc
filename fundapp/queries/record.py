"""The record as the auditor looks at it."""

from typing import Any

from sqlalchemy import Connection, func, select

from fundapp.database import AnyRow
from fundapp.models import AuditEvent, AuditHead, Bid, Fund, Person, Round


def totals(conn: Connection) -> dict[str, Any]:
    """{events, subjects, last}: how many events and chains there are, and when the last was written."""
    events = select(func.count(), func.max(AuditEvent.at)).select_from(AuditEvent)
    row = conn.execute(events).one()
    subjects = conn.execute(select(func.count()).select_from(AuditHead)).scalar_one()
    return {"events": int(row[0]), "subjects": int(subjects), "last": row[1]}


def latest(conn: Connection, limit: int) -> list[AnyRow]:
    """The newest events, with the reference of the bid that each is about."""
    asked = (
        select(
            AuditEvent.subject, AuditEvent.number, AuditEvent.at, AuditEvent.actor, AuditEvent.action, AuditEvent.body,
            AuditEvent.hash, Bid.reference,
        )
        .outerjoin(Bid, Bid.home == AuditEvent.subject)
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    )  # fmt: skip
    return list(conn.execute(asked))


def title_of(conn: Connection, subject: str) -> str:
    """What a subject is called."""
    kind, _, number = subject.partition(":")
    column: Any = {"bid": Bid.title, "round": Round.title, "fund": Fund.name, "person": Person.name}[kind]
    key: Any = {"bid": Bid.id, "round": Round.id, "fund": Fund.id, "person": Person.id}[kind]
    return conn.execute(select(column).where(key == int(number))).scalar() or subject
