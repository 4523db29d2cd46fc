"""The list of members, which is kept as fingerprints: looking a number up, and a new list against the old one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    String,
    Table,
    Text,
    exists,
    func,
    literal,
    or_,
    select,
    text,
)

from fundapp.database import AnyRow, among
from fundapp.models import AuditEvent, ListedMember
from fundapp.models.base import UTCTime

#: A new list while it is compared with the old one: a table that no other connection sees.
INCOMING: Final = Table(
    "incoming_member", MetaData(),
    Column("number_mark", String(64), primary_key=True), Column("email_mark", String(64)),
    Column("name_mark", String(64)), Column("local_party", Text, nullable=False),
    prefixes=["TEMPORARY"],
)  # fmt: skip
_KEPT: Final = ("email_mark", "name_mark", "local_party")


def listed(conn: Connection, number_marks: Sequence[str], *, lock: bool = False) -> dict[str, AnyRow]:
    """Lines of the list by the marks of their numbers: (number_mark, email_mark, name_mark, local_party).

    `lock`: of two people who claim one number at once, the second waits to see what the first was given.
    """
    asked = select(
        ListedMember.number_mark, ListedMember.email_mark, ListedMember.name_mark, ListedMember.local_party
    ).where(among(conn, ListedMember.number_mark, list(number_marks)))
    if lock:
        asked = asked.with_for_update()
    return {row.number_mark: row for row in conn.execute(asked)}


def there_is_one(conn: Connection) -> bool:
    """Whether a list was ever brought in."""
    return conn.execute(select(ListedMember.id).limit(1)).first() is not None


def local_parties(conn: Connection, most: int = 1000) -> list[str]:
    """The local parties that the list names, each once.

    From one to the next along the index: the list may have hundreds of thousands of lines.
    """
    first = select(func.min(ListedMember.local_party).label("name"))
    found = first.cte("found", recursive=True)
    after = (
        select(func.min(ListedMember.local_party))
        .where(ListedMember.local_party > found.c.name)
        .scalar_subquery()
    )
    found = found.union_all(select(after).where(found.c.name.is_not(None)))
    asked = select(found.c.name).where(found.c.name.is_not(None)).limit(most)
    return list(conn.scalars(asked))


def newest_event(conn: Connection, subject: str) -> tuple[datetime, Mapping[str, int]] | None:
    """When the newest list was brought in, and its counts: {listed, new, changed, gone, missing}."""
    asked = (
        select(AuditEvent.at, AuditEvent.body)
        .where(AuditEvent.subject == subject, AuditEvent.action == "members.listed")
        .order_by(AuditEvent.number.desc())
        .limit(1)
    )
    row = conn.execute(asked).one_or_none()
    return (row.at, orjson.loads(row.body)["params"]) if row is not None else None


def one_at_a_time(conn: Connection) -> None:
    """Two lists come in one after the other. SQLite takes one writer at a time anyway."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(7204194)"))


def unlisted(now: datetime) -> Select[Any]:
    """The lines of the new list whose number the old one has not, as rows of the list."""
    known = exists().where(ListedMember.number_mark == INCOMING.c.number_mark)
    return select(*INCOMING.c, literal(now, UTCTime()).label("listed_at")).where(~known)


def left_out() -> ColumnElement[bool]:
    """The lines of the old list whose number the new one has not."""
    return ~exists().where(INCOMING.c.number_mark == ListedMember.number_mark)


def differing() -> tuple[ColumnElement[bool], dict[str, Any]]:
    """(the lines of the old list that the new one has otherwise, what they become)."""
    differs = or_(*(INCOMING.c[name].is_distinct_from(getattr(ListedMember, name)) for name in _KEPT))
    same = INCOMING.c.number_mark == ListedMember.number_mark
    become = {name: select(INCOMING.c[name]).where(same).scalar_subquery() for name in _KEPT}
    return exists().where(same, differs), become
