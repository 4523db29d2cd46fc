"""Whose rows are whose, by the register: what hangs on bids, what tells of a person, and what stands in the way of erasing."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Table,
    Text,
    and_,
    cast,
    exists,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, among
from fundapp.domain.keeping import Kept
from fundapp.domain.register import TABLES
from fundapp.models import (
    EVIDENTIAL,
    Account,
    AuditEvent,
    Award,
    Bid,
    Document,
    Erasure,
    Fund,
    OfficeHolding,
    Payment,
    Person,
    RetentionHold,
)
from fundapp.models.base import Base

_TABLES: Final = Base.metadata.tables
#: The column of a table that names a bid.
_NAMES_BID: Final = {"bid": "id"}


def hanging(conn: Connection, name: str, bids: Sequence[int], columns: Sequence[str]) -> list[AnyRow]:
    """Rows of a table that hang on these bids: id, home where it has one, and these columns."""
    table, kept = _TABLES[name], TABLES[name]
    if not bids or not kept.bid:
        return []
    return list(conn.execute(_asked(table, columns).where(_on(conn, table, kept, bids)).order_by(table.c.id)))


def telling(
    conn: Connection,
    name: str,
    relation: str,
    person: int,
    addresses: Sequence[str],
    columns: Sequence[str],
    after: int = 0,
    limit: int | None = None,
) -> list[AnyRow]:
    """Rows of a table that tell of a person through a relation of the register, by id: with `of_bid`, the bid or None."""
    table, kept = _TABLES[name], TABLES[name]
    asked = _asked(table, columns).add_columns(_bid_of(table, kept).label("of_bid"))
    asked = asked.where(_theirs(conn, table, relation, person, addresses), table.c.id > after)
    asked = asked.order_by(table.c.id)
    return list(conn.execute(asked if limit is None else asked.limit(limit)))


def counted(
    conn: Connection,
    name: str,
    relations: Sequence[str],
    person: int,
    addresses: Sequence[str],
    bids: Sequence[int],
) -> int:
    """How many rows of a table tell of a person through these relations, `bid` meaning these bids."""
    table, kept = _TABLES[name], TABLES[name]
    through = [
        _on(conn, table, kept, bids)
        if relation == "bid"
        else _theirs(conn, table, relation, person, addresses)
        for relation in relations
        if relation != "bid" or bids
    ]
    if not through:
        return 0
    return int(conn.execute(select(func.count()).select_from(table).where(or_(*through))).scalar_one())


def _asked(table: Table, columns: Sequence[str]) -> Any:
    home = [table.c.home] if table.name in EVIDENTIAL else []
    return select(table.c.id, *home, *(table.c[column] for column in columns if column not in ("id", "home")))


def _theirs(
    conn: Connection, table: Table, relation: str, person: int, addresses: Sequence[str]
) -> ColumnElement[bool]:
    if relation == "self":
        return table.c.id == person
    if relation.startswith("@"):
        return func.lower(table.c[relation[1:]]).in_(addresses)
    column, _, other = relation.partition(">")
    if other:
        owner = _TABLES[other]
        return table.c[column].in_(select(owner.c.id).where(owner.c.person_id == person))
    return table.c[column] == person


def _on(conn: Connection, table: Table, kept: Kept, bids: Sequence[int]) -> ColumnElement[bool]:
    """That a row hangs on one of these bids."""
    way = kept.bid
    if way == "round":
        return table.c.round_id.in_(select(Bid.round_id).where(among(conn, Bid.id, bids)))
    if way.startswith("<"):
        other, _, column = way[1:].partition(".")
        names = _TABLES[other]
        bid = names.c[_NAMES_BID.get(other, "bid_id")]
        hangs = table.c.id.in_(select(names.c[column]).where(among(conn, bid, bids)))
        if other != "bid":
            return hangs
        # What other bids have too stays with them.
        more = aliased(Bid)
        kept_by = exists().where(
            getattr(more, column) == table.c.id, more.erased_at.is_(None), ~among(conn, more.id, bids)
        )
        return and_(hangs, ~kept_by)
    column, _, other = way.partition(">")
    if other:
        names = _TABLES[other]
        return table.c[column].in_(select(names.c.id).where(among(conn, names.c.bid_id, bids)))
    return or_(*(among(conn, table.c[each], bids) for each in way.split()))


def _bid_of(table: Table, kept: Kept) -> ColumnElement[Any]:
    """The one bid that a row hangs on, where it hangs on one."""
    way = kept.bid
    if not way or way == "round" or way.startswith("<") or " " in way:
        return _nothing()
    column, _, other = way.partition(">")
    if other:
        names = _TABLES[other]
        return select(names.c.bid_id).where(names.c.id == table.c[column]).scalar_subquery()
    return table.c[column]


def _nothing() -> ColumnElement[Any]:
    return cast(null(), Integer)


def person(conn: Connection, person_id: int) -> AnyRow | None:
    """(id, token, name, email, show_name, created_at, erased_at) of one."""
    asked = select(
        Person.id, Person.token, Person.name, Person.email, Person.show_name, Person.created_at, Person.erased_at
    ).where(Person.id == person_id)  # fmt: skip
    return conn.execute(asked).one_or_none()


def addresses(conn: Connection, person_id: int) -> list[str]:
    """Every address that a person is known by, in small letters."""
    asked = (
        select(func.lower(Account.email))
        .where(Account.person_id == person_id)
        .union(
            select(func.lower(Person.email)).where(Person.id == person_id, Person.email.is_not(None)),
            select(func.lower(OfficeHolding.email)).where(
                OfficeHolding.person_id == person_id, OfficeHolding.email.is_not(None)
            ),
        )
    )
    return sorted(conn.scalars(asked))


def bids_of(conn: Connection, person_id: int) -> list[AnyRow]:
    """Every bid that a person applied with, as `standing` gives it."""
    return standing(
        conn, list(conn.scalars(select(Bid.id).where(Bid.applicant_id == person_id).order_by(Bid.id)))
    )


def standing(conn: Connection, bids: Sequence[int]) -> list[AnyRow]:
    """How bids stand that may go: (id, reference, title, state, since, fund_id, erased_at, accepted_at, paid_on, sent_at, held).

    `paid_on` and `sent_at` are the last of its payments'; `held` why nothing of it may go, or None.
    """
    asked = (
        select(
            Bid.id, Bid.reference, Bid.title, Bid.state, Bid.since, Bid.fund_id, Bid.erased_at, Award.accepted_at,
            func.max(Payment.paid_on).label("paid_on"), func.max(Payment.sent_at).label("sent_at"),
            RetentionHold.reason.label("held"),
        )
        .outerjoin(Award, Award.bid_id == Bid.id)
        .outerjoin(Payment, Payment.bid_id == Bid.id)
        .outerjoin(RetentionHold, and_(RetentionHold.bid_id == Bid.id, RetentionHold.ended_at.is_(None)))
        .where(among(conn, Bid.id, bids))
        .group_by(Bid.id, Award.accepted_at, RetentionHold.reason)
        .order_by(Bid.id)
    )  # fmt: skip
    return list(conn.execute(asked))


def contents(conn: Connection, name: str, ids: Sequence[int]) -> list[str]:
    """The SHA-256 of the files that rows of a table name."""
    table = _TABLES[name]
    asked = select(table.c.sha256).where(among(conn, table.c.id, ids), table.c.sha256.is_not(None))
    return list(conn.scalars(asked))


def erasures(conn: Connection, person_id: int) -> list[AnyRow]:
    """What was asked for a person, newest first, with who asked and confirmed by name."""
    asker, confirmer = aliased(Person), aliased(Person)
    asked = (
        select(
            Erasure.id, Erasure.person_id, Erasure.how, Erasure.asked_by, Erasure.asked_at, Erasure.confirmed_at,
            Erasure.withdrawn_at, asker.name.label("asker"), confirmer.name.label("confirmer"),
        )
        .join(asker, asker.id == Erasure.asked_by)
        .outerjoin(confirmer, confirmer.id == Erasure.confirmed_by)
        .where(Erasure.person_id == person_id)
        .order_by(Erasure.id.desc())
    )  # fmt: skip
    return list(conn.execute(asked))


def open_erasure(conn: Connection, person_id: int) -> AnyRow | None:
    """The asking that waits to be confirmed: (id, asked_by, how)."""
    asked = select(Erasure.id, Erasure.asked_by, Erasure.how).where(
        Erasure.person_id == person_id, Erasure.confirmed_at.is_(None), Erasure.withdrawn_at.is_(None)
    )
    return conn.execute(asked).one_or_none()


def waiting(conn: Connection) -> list[AnyRow]:
    """Every asking that waits to be confirmed, oldest first: (person_id, name, asked_by, asked_at, asker)."""
    asker = aliased(Person)
    asked = (
        select(Erasure.person_id, Person.name, Erasure.asked_by, Erasure.asked_at, asker.name.label("asker"))
        .join(Person, Person.id == Erasure.person_id)
        .join(asker, asker.id == Erasure.asked_by)
        .where(Erasure.confirmed_at.is_(None), Erasure.withdrawn_at.is_(None))
        .order_by(Erasure.id)
    )
    return list(conn.execute(asked))


def named_in(conn: Connection, words: Sequence[str]) -> Iterator[tuple[str, str, int, str | None]]:
    """(table, column, row, home) of what people wrote that holds one of these words, wherever it stands."""
    for name, kept in sorted(TABLES.items()):
        if not kept.words or kept.record == "list":
            continue
        table = _TABLES[name]
        home = table.c.home if name in EVIDENTIAL else _nothing()
        for column in sorted(kept.words):
            held = _TABLES[name].c[column]
            if not _is_text(held):
                continue
            lowered = func.lower(cast(held, Text))
            holds = or_(*(lowered.contains(word.lower(), autoescape=True) for word in words))
            for row in conn.execute(select(table.c.id, home.label("home")).where(holds).order_by(table.c.id)):
                yield name, column, row.id, row.home


def _is_text(column: Any) -> bool:
    return not str(column.type).startswith(("INTEGER", "BIGINT", "BOOLEAN", "BLOB"))


def hold_of(conn: Connection, bid: int) -> AnyRow | None:
    """Why nothing of a bid may go: (id, reason, placed_at, name of who said so)."""
    asked = (
        select(RetentionHold.id, RetentionHold.reason, RetentionHold.placed_at, Person.name)
        .join(Person, Person.id == RetentionHold.placed_by)
        .where(RetentionHold.bid_id == bid, RetentionHold.ended_at.is_(None))
    )
    return conn.execute(asked).one_or_none()


def holds(conn: Connection) -> list[AnyRow]:
    """Every hold that stands: (reference, title, reason, placed_at, name)."""
    asked = (
        select(Bid.reference, Bid.title, RetentionHold.reason, RetentionHold.placed_at, Person.name)
        .join(Bid, Bid.id == RetentionHold.bid_id)
        .join(Person, Person.id == RetentionHold.placed_by)
        .where(RetentionHold.ended_at.is_(None))
        .order_by(RetentionHold.id)
    )
    return list(conn.execute(asked))


def contact(conn: Connection) -> AnyRow | None:
    """(name, terms) of the fund that was founded first."""
    return conn.execute(select(Fund.name, Fund.terms).order_by(Fund.id).limit(1)).one_or_none()


def events_by(conn: Connection, token: str, subject: str, after: int, limit: int) -> list[AnyRow]:
    """Events that somebody made, and all of their own chain, behind an id: with subject, number, body and hash."""
    asked = (
        select(
            AuditEvent.id, AuditEvent.subject, AuditEvent.number, AuditEvent.at, AuditEvent.actor, AuditEvent.action,
            AuditEvent.body, AuditEvent.hash,
        )
        .where(or_(AuditEvent.actor == token, AuditEvent.subject == subject), AuditEvent.id > after)
        .order_by(AuditEvent.id)
        .limit(limit)
    )  # fmt: skip
    return list(conn.execute(asked))


def file_names(conn: Connection, documents: Sequence[int]) -> list[str]:
    """The names of these files, in order."""
    asked = select(Document.name).where(among(conn, Document.id, documents)).order_by(Document.id)
    return list(conn.scalars(asked))


def person_by_token(conn: Connection, token: str) -> AnyRow | None:
    """As `person`, by how the record knows them."""
    found = conn.execute(select(Person.id).where(Person.token == token)).scalar()
    return person(conn, found) if found is not None else None


def erased_tokens(conn: Connection) -> list[AnyRow]:
    """(token, erased_at) of everybody who was erased, in order of time."""
    asked = select(Person.token, Person.erased_at).where(Person.erased_at.is_not(None))
    return list(conn.execute(asked.order_by(Person.erased_at, Person.id)))
