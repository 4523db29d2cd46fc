"""What a person is told of their way in."""

from sqlalchemy import Connection, select

from fundapp.database import AnyRow
from fundapp.models import Account, Person, SecurityEvent


def events(conn: Connection, person: int, before: int | None = None, limit: int = 25) -> list[AnyRow]:
    """The newest security events of a person, before an id: (id, kind, at, details)."""
    asked = select(SecurityEvent.id, SecurityEvent.kind, SecurityEvent.at, SecurityEvent.details).where(
        SecurityEvent.person_id == person
    )
    if before is not None:
        asked = asked.where(SecurityEvent.id < before)
    return list(conn.execute(asked.order_by(SecurityEvent.id.desc()).limit(limit)))


def event(conn: Connection, event_id: int) -> AnyRow | None:
    """(id, person_id, kind, at, details) of one."""
    asked = select(
        SecurityEvent.id, SecurityEvent.person_id, SecurityEvent.kind, SecurityEvent.at, SecurityEvent.details
    ).where(SecurityEvent.id == event_id)
    return conn.execute(asked).one_or_none()


def accounts(conn: Connection, person: int) -> list[AnyRow]:
    """Every way in of a person: (id, email, password_hash, name)."""
    asked = (
        select(Account.id, Account.email, Account.password_hash, Person.name)
        .join(Person, Person.id == Account.person_id)
        .where(Account.person_id == person)
        .order_by(Account.id)
    )
    return list(conn.execute(asked))
