"""The record searched: by subject, what was done, who did it, and when; however much there is, a page is read in a few steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, func, literal, select, tuple_, union_all

from fundapp.database import AnyRow
from fundapp.models import AuditEvent, Bid, Person
from fundapp.queries.reading import apart_of
from fundapp.queries.record import of_funds

KINDS: Final = ("bid", "round", "person", "fund", "log")
#: People of one name that are looked for.
NAMESAKES: Final = 10


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; what is empty narrows nothing. `actors` is None where anybody will do."""

    subject: str = ""
    kind: str = ""
    actions: tuple[str, ...] = ()
    actors: tuple[str, ...] | None = None
    since: datetime | None = None
    before: datetime | None = None


def found(
    conn: Connection, sought: Sought, after: int | None, limit: int, funds: Sequence[int] | None, viewer: int
) -> list[AnyRow]:
    """Events, newest first, after the event of that handle: (id, subject, number, actor, action, body, hash).

    `funds`: only what belongs to these. Bids that the viewer stands apart from are left out. Of several actions, or
    people, each is read in its own order as far as the page needs, so that no more is sorted than is shown.
    """
    if sought.actors is not None:
        parts = [
            _narrowed(sought, after, funds, viewer).where(AuditEvent.actor == actor)
            for actor in sought.actors
        ]
        if sought.actions:
            parts = [part.where(AuditEvent.action.in_(sought.actions)) for part in parts]
    elif sought.actions and not sought.subject:
        parts = [
            _narrowed(sought, after, funds, viewer).where(AuditEvent.action == one) for one in sought.actions
        ]
    else:
        parts = [_narrowed(sought, after, funds, viewer)]
        if sought.actions:
            parts = [parts[0].where(AuditEvent.action.in_(sought.actions))]
    if not parts:
        return []
    newest = (AuditEvent.at.desc(), AuditEvent.id.desc())
    pieces = [part.order_by(*newest).limit(limit).subquery() for part in parts]
    whole = union_all(*(select(piece.c.at, piece.c.id) for piece in pieces)).subquery()
    # Found first and read then: in one statement SQLite would go through all events by their time.
    ids = (
        conn.execute(select(whole.c.id).order_by(whole.c.at.desc(), whole.c.id.desc()).limit(limit))
        .scalars()
        .all()
    )
    columns = (
        AuditEvent.id, AuditEvent.subject, AuditEvent.number, AuditEvent.actor, AuditEvent.action, AuditEvent.body,
        AuditEvent.hash,
    )  # fmt: skip
    rows = {row.id: row for row in conn.execute(select(*columns).where(AuditEvent.id.in_(ids)))}
    return [rows[number] for number in ids]


def _narrowed(sought: Sought, after: int | None, funds: Sequence[int] | None, viewer: int) -> Any:
    apart = select(Bid.home).where(Bid.id.in_(apart_of(viewer)))
    asked = select(AuditEvent.at, AuditEvent.id).where(AuditEvent.subject.not_in(apart))
    if sought.subject:
        asked = asked.where(AuditEvent.subject == sought.subject)
    elif sought.kind:
        # Most events are about bids: they are read by their time. All others are few: they are read by their subject.
        subject: Any = AuditEvent.subject
        if sought.kind == "bid":
            subject = func.coalesce(subject, "")
        asked = asked.where(subject >= f"{sought.kind}:", subject < f"{sought.kind};")
    if sought.since is not None:
        asked = asked.where(AuditEvent.at >= sought.since)
    if sought.before is not None:
        asked = asked.where(AuditEvent.at < sought.before)
    if after is not None:
        last = literal(after, BigInteger)
        at = select(AuditEvent.at).where(AuditEvent.id == last).scalar_subquery()
        asked = asked.where(tuple_(AuditEvent.at, AuditEvent.id) < tuple_(at, last))
    return asked if funds is None else asked.where(of_funds(AuditEvent.subject, funds))


def tokens_named(conn: Connection, words: str) -> tuple[str, ...]:
    """The tokens of those whose name begins with these words, or has one that does; of too many, the first."""
    if not words:
        return ()
    low = func.lower(Person.name)
    typed = words.lower()
    asked = (
        select(Person.token)
        .where(
            low.startswith(typed, autoescape=True) | low.contains(f" {typed}", autoescape=True),
            Person.erased_at.is_(None),
        )
        .order_by(Person.id)
        .limit(NAMESAKES)
    )
    return tuple(conn.execute(asked).scalars())
