"""Who of a panel still has bids to read: what each has, has read and has begun, and when they were reminded."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, exists, func, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Assignment,
    Bid,
    Fund,
    Outbox,
    Person,
    Review,
    ReviewDraft,
    RoleGrant,
    Round,
)
from fundapp.queries import blind, grants
from fundapp.queries.lists import hidden


def _owed(at: Any) -> Any:
    """Whether an assignment waits for its reader: they may read, the bid is open to reviews, they have sent none.

    In a panel that reads without names a bid can be read once its masked copy is confirmed.
    """
    grant = exists().where(
        RoleGrant.person_id == Assignment.person_id, RoleGrant.role == "reviewer", grants.standing(at),
        grants.counts_in(Bid.fund_id),
    )  # fmt: skip
    return and_(
        Assignment.ended_at.is_(None), Bid.state == "endorsed", Round.state == "panel", ~_read(), grant,
        blind.ready(), ~hidden(Assignment.person_id),
    )  # fmt: skip


def _read() -> Any:
    return exists().where(Review.bid_id == Assignment.bid_id, Review.person_id == Assignment.person_id)


def at_work(conn: Connection, round_id: int, at: datetime) -> list[AnyRow]:
    """How each reader of a round stands, those with most to read first.

    (id, name, email, given, read, owed: may be scored now and are not, begun: of these, how many have a draft, first_at:
    when the first of these was given, reviewed_at, saved_at: when they last sent scores, last kept a draft)
    """
    return list(conn.execute(_at_work(), {"round": round_id, "at": at}))


@cache
def _at_work() -> AnySelect:
    owed = _owed(bindparam("at", type_=RoleGrant.from_at.type))
    begun = exists().where(
        ReviewDraft.bid_id == Assignment.bid_id, ReviewDraft.person_id == Assignment.person_id
    )
    reviewed = (
        select(Review.person_id, func.max(Review.given_at).label("at"))
        .join(Bid, Bid.id == Review.bid_id)
        .where(Bid.round_id == bindparam("round"))
        .group_by(Review.person_id)
        .subquery()
    )
    saved = (
        select(ReviewDraft.person_id, func.max(ReviewDraft.saved_at).label("at"))
        .join(Bid, Bid.id == ReviewDraft.bid_id)
        .where(Bid.round_id == bindparam("round"))
        .group_by(ReviewDraft.person_id)
        .subquery()
    )
    left = func.sum(case((owed, 1), else_=0))
    return (
        select(
            Person.id, Person.name, Person.email, func.count().label("given"),
            func.sum(case((_read(), 1), else_=0)).label("read"), left.label("owed"),
            func.sum(case((and_(owed, begun), 1), else_=0)).label("begun"),
            func.min(case((owed, Assignment.assigned_at))).label("first_at"), reviewed.c.at.label("reviewed_at"),
            saved.c.at.label("saved_at"),
        )
        .select_from(Assignment)
        .join(Bid, Bid.id == Assignment.bid_id)
        .join(Round, Round.id == Bid.round_id)
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(reviewed, reviewed.c.person_id == Person.id)
        .outerjoin(saved, saved.c.person_id == Person.id)
        .where(
            Bid.round_id == bindparam("round"), Assignment.ended_at.is_(None),
            Bid.state.in_(("endorsed", "reviewed")),
        )
        .group_by(Person.id, Person.name, Person.email, reviewed.c.at, saved.c.at)
        .order_by(left.desc(), Person.name, Person.id)
    )  # fmt: skip


def unsent(conn: Connection, person: int, at: datetime) -> frozenset[int]:
    """Bids that wait for this person's own scores. Until those are in they are shown nobody else's, whatever else they do
    for the fund: who chairs may read as well."""
    return frozenset(conn.scalars(_unsent(), {"person": person, "at": at}))


@cache
def _unsent() -> AnySelect:
    return (
        select(Assignment.bid_id)
        .join(Bid, Bid.id == Assignment.bid_id)
        .join(Round, Round.id == Bid.round_id)
        .where(
            Assignment.person_id == bindparam("person"), _owed(bindparam("at", type_=RoleGrant.from_at.type))
        )
    )  # fmt: skip


def owing(conn: Connection, at: datetime, until: datetime) -> list[AnyRow]:
    """(round, person, panel_by, first_at) of whoever has bids to read at a panel that should have read by `until`."""
    return list(conn.execute(_owing(), {"at": at, "until": until}))


@cache
def _owing() -> AnySelect:
    return (
        select(
            Round.id.label("round"), Assignment.person_id.label("person"), Round.panel_by,
            func.min(Assignment.assigned_at).label("first_at"),
        )
        .select_from(Assignment)
        .join(Bid, Bid.id == Assignment.bid_id)
        .join(Round, Round.id == Bid.round_id)
        .where(
            Round.state == "panel", Round.panel_by <= bindparam("until"),
            _owed(bindparam("at", type_=RoleGrant.from_at.type)),
        )
        .group_by(Round.id, Assignment.person_id, Round.panel_by)
        .order_by(Round.id, Assignment.person_id)
    )  # fmt: skip


def owed_by(conn: Connection, round_id: int, person: int, at: datetime) -> AnyRow | None:
    """What a mail to one reader is made from: (name, email, fund, terms, panel_by, owed)."""
    given = {"round": round_id, "person": person, "at": at}
    return conn.execute(_owed_by(), given).one_or_none()


@cache
def _owed_by() -> AnySelect:
    owed = (
        select(func.count())
        .select_from(Assignment)
        .join(Bid, Bid.id == Assignment.bid_id)
        .where(
            Bid.round_id == Round.id, Assignment.person_id == Person.id,
            _owed(bindparam("at", type_=RoleGrant.from_at.type)),
        )
        .correlate(Round, Person)
        .scalar_subquery()
    )  # fmt: skip
    return (
        select(
            Person.name, Person.email, Fund.name.label("fund"), Fund.terms, Round.panel_by, owed.label("owed")
        )
        .select_from(Round)
        .join(Fund, Fund.id == Round.fund_id)
        .join(Person, Person.id == bindparam("person"))
        .where(Round.id == bindparam("round"))
    )


def reminder_key(round_id: int, person: int, day: str) -> str:
    """The key of a reader's reminder for one day; there is never a second of it."""
    return f"reading_reminder:{round_id}:{person}:{day}"


def reminded(conn: Connection, round_id: int) -> dict[int, datetime]:
    """By person, when they were last reminded of a round's bids."""
    asked = select(Outbox.key, Outbox.created_at).where(
        Outbox.name == "reading_reminder",
        Outbox.key.startswith(f"reading_reminder:{round_id}:", autoescape=True),
    )
    found: dict[int, datetime] = {}
    for key, at in conn.execute(asked.order_by(Outbox.id)):
        found[int(key.split(":")[2])] = at
    return found
