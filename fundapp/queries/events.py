"""The events of a subject, and the names of those who acted."""

from collections.abc import Iterable
from functools import cache, lru_cache

from sqlalchemy import Connection, bindparam, literal_column, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import AuditEvent, OfficeHolding, Person

#: The token under which the record knows the service itself.
CLOCK_TOKEN = "clock"


class Named(str):
    """A person's name; `office` is the newest office that they hold or held, if any."""

    office: str | None

    def __new__(cls, name: str, office: str | None = None) -> "Named":
        made = super().__new__(cls, name)
        made.office = office
        return made


def events_of(conn: Connection, subject: str, after: int = 0, limit: int = 500) -> list[AnyRow]:
    """Events of a chain in order: (number, at, actor, action, body, hash), `body` canonical JSON text."""
    return list(conn.execute(_events_of(limit), {"subject": subject, "after": after}))


@lru_cache(maxsize=16)
def _events_of(limit: int) -> AnySelect:
    return (
        select(
            AuditEvent.number,
            AuditEvent.at,
            AuditEvent.actor,
            AuditEvent.action,
            AuditEvent.body,
            AuditEvent.hash,
        )
        .where(AuditEvent.subject == bindparam("subject"), AuditEvent.number > bindparam("after"))
        .order_by(AuditEvent.number)
        .limit(literal_column(str(limit)))
    )


def names_of(conn: Connection, tokens: Iterable[str]) -> dict[str, Named]:
    """Names by token, in one query; unknown and erased people are left out, `clock` is the service."""
    wanted = sorted(set(tokens))
    known: dict[str, Named] = {}
    if CLOCK_TOKEN in wanted:
        known[CLOCK_TOKEN] = Named("The service")
        wanted.remove(CLOCK_TOKEN)
    if not wanted:
        return known
    for token, name, office in conn.execute(_names_of(), {"tokens": wanted}):
        known[token] = Named(name, office)
    return known


@cache
def _names_of() -> AnySelect:
    return (
        select(Person.token, Person.name, OfficeHolding.office)
        .outerjoin(OfficeHolding, OfficeHolding.person_id == Person.id)
        .where(Person.token.in_(bindparam("tokens", expanding=True)), Person.erased_at.is_(None))
        .order_by(Person.id, OfficeHolding.from_on, OfficeHolding.id)
    )
