"""Bids that share marks: with which, by what, and what was said of it before."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Award, Bid, BidVersion, Likeness, LikenessLooked, Organisation, Person, Round
from fundapp.queries import blind
from fundapp.queries.lists import hidden

#: What one bid shares with others that a look reads, most marks first: who is like more than these is like everything.
MOST = 40
#: States of bids that an officer still looks at.
TO_LOOK_AT = ("submitted", "endorsed", "returned")


def unmarked(conn: Connection, after: int, limit: int) -> list[AnyRow]:
    """(id, answers of the newest version) of bids that were sent and have no marks, by id."""
    asked = (
        select(Bid.id, BidVersion.answers)
        .join(BidVersion, and_(BidVersion.bid_id == Bid.id, BidVersion.number == Bid.version_number))
        .where(Bid.id > after, ~exists().where(Likeness.bid_id == Bid.id).correlate(Bid))
        .order_by(Bid.id)
        .limit(limit)
    )
    return list(conn.execute(asked))


def pairs(
    conn: Connection,
    bids: Sequence[int],
    person: int,
    funds: Sequence[int] | None,
    named: Sequence[int] | None = None,
) -> list[AnyRow]:
    """Bids that share marks with these, most marks first: (one: the bid asked for, kind, other's id, reference, title,
    state, organisation, round, award_pence, note, looked_at, by). Only bids of these funds that this person
    may see. `named` as in lists.Filters."""
    given: dict[str, Any] = {"bids": list(bids), "person": person}
    if funds is not None:
        given["funds"] = list(funds)
    if named is not None:
        given["named"] = list(named)
    return list(conn.execute(_pairs(funds is not None, named is not None), given))


@cache
def _pairs(of_funds: bool, named: bool) -> AnySelect:
    one, other = aliased(Likeness), aliased(Likeness)
    shared = (
        select(one.bid_id.label("one"), other.bid_id.label("other"), one.kind, func.count().label("marks"))
        .join(other, and_(other.kind == one.kind, other.mark == one.mark, other.bid_id != one.bid_id))
        .where(one.bid_id.in_(bindparam("bids", expanding=True)))
        .group_by(one.bid_id, other.bid_id, one.kind)
        .subquery("shared")
    )
    place = func.row_number().over(
        partition_by=shared.c.one, order_by=(shared.c.marks.desc(), shared.c.other.desc(), shared.c.kind)
    )
    shared = select(shared, place.label("place")).subquery("ranked")
    looker = aliased(Person)
    asked = (
        select(
            shared.c.one, shared.c.kind, Bid.id, Bid.reference, Bid.title, Bid.state,
            Organisation.name.label("organisation"), Round.title.label("round"), Award.amount_pence.label("award_pence"),
            LikenessLooked.note, LikenessLooked.looked_at, looker.name.label("by"),
        )
        .select_from(shared)
        .join(Bid, Bid.id == shared.c.other)
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(Award, Award.bid_id == Bid.id)
        .outerjoin(
            LikenessLooked,
            or_(
                and_(LikenessLooked.low_id == shared.c.one, LikenessLooked.high_id == shared.c.other),
                and_(LikenessLooked.low_id == shared.c.other, LikenessLooked.high_id == shared.c.one),
            ),
        )
        .outerjoin(looker, looker.id == LikenessLooked.person_id)
        .where(shared.c.place <= MOST, ~hidden(bindparam("person", type_=Bid.applicant_id.type)))
        .order_by(shared.c.one, shared.c.place)
    )  # fmt: skip
    if named:
        asked = asked.where(blind.named_for(bindparam("named", expanding=True)))
    return asked.where(Bid.fund_id.in_(bindparam("funds", expanding=True))) if of_funds else asked


def answers(conn: Connection, bids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The answers of each bid's newest version."""
    asked = (
        select(Bid.id, BidVersion.answers)
        .join(BidVersion, and_(BidVersion.bid_id == Bid.id, BidVersion.number == Bid.version_number))
        .where(Bid.id.in_(bids))
    )
    return dict(conn.execute(asked).all()) if bids else {}


def to_look_at(
    conn: Connection, round_id: int, person: int, funds: Sequence[int] | None, after: int, limit: int
) -> list[AnyRow]:
    """Bids of a round that are still the officer's to look at and share a mark with another bid, by id:
    (id, reference, title, state, version, organisation, amount_pence)."""
    given: dict[str, Any] = {"round": round_id, "person": person, "after": after, "limit": limit}
    if funds is not None:
        given["funds"] = list(funds)
    return list(conn.execute(_to_look_at(funds is not None), given))


@cache
def _to_look_at(of_funds: bool) -> AnySelect:
    one, other, beside = aliased(Likeness), aliased(Likeness), aliased(Bid)
    seen = or_(
        exists().where(LikenessLooked.low_id == one.bid_id, LikenessLooked.high_id == other.bid_id),
        exists().where(LikenessLooked.low_id == other.bid_id, LikenessLooked.high_id == one.bid_id),
    )
    like = (
        select(one.id)
        .join(other, and_(other.kind == one.kind, other.mark == one.mark, other.bid_id != one.bid_id))
        .join(beside, beside.id == other.bid_id)
        .where(one.bid_id == Bid.id, ~seen)
        .correlate(Bid)
    )
    if of_funds:
        like = like.where(beside.fund_id.in_(bindparam("funds", expanding=True)))
    return (
        select(
            Bid.id, Bid.reference, Bid.title, Bid.state, Bid.version, Bid.amount_pence,
            Organisation.name.label("organisation"),
        )
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(
            Bid.round_id == bindparam("round"), Bid.state.in_(TO_LOOK_AT), Bid.id > bindparam("after"),
            ~hidden(bindparam("person", type_=Bid.applicant_id.type)), like.exists(),
        )
        .order_by(Bid.id)
        .limit(bindparam("limit"))
    )  # fmt: skip
