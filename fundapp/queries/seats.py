"""The seats of a round's panel: who sits there, what they have, and which bids wait for readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Area,
    Assignment,
    Bid,
    Organisation,
    PanelSeat,
    Review,
    Round,
    WardConstituency,
)
from fundapp.queries import blind
from fundapp.queries.locks import chunks

#: A turn that ended so is not planned again: who reads, or the chair, does not want it.
_ENDED_FOR_GOOD = ("interest", "abstained", "moved")


@dataclass(frozen=True, slots=True)
class Turn:
    """A reviewer's turn to read a bid, running while `ended_at` is None."""

    id: int
    ended_at: datetime | None
    ended_why: str | None


def seats(conn: Connection, round_id: int) -> dict[int, AnyRow]:
    """Seats by person: (id, person_id, most, themes, regions, changed_at, left_at). Who has none sits there all the same."""
    return {row.person_id: row for row in conn.execute(_seats(), {"round": round_id})}


@cache
def _seats() -> AnySelect:
    return select(
        PanelSeat.id, PanelSeat.person_id, PanelSeat.most, PanelSeat.themes, PanelSeat.regions, PanelSeat.changed_at,
        PanelSeat.left_at,
    ).where(PanelSeat.round_id == bindparam("round"))  # fmt: skip


def waiting(conn: Connection, round_id: int, readers: int) -> list[AnyRow]:
    """Endorsed bids that fewer than so many people read: (id, reference, title, amount_pence, organisation, readers)."""
    return list(conn.execute(_waiting(), {"round": round_id, "readers": readers}))


@cache
def _waiting() -> AnySelect:
    due = (
        select(Assignment.bid_id, func.count().label("readers"))
        .join(Bid, Bid.id == Assignment.bid_id)
        .where(Bid.round_id == bindparam("round"), Assignment.ended_at.is_(None))
        .group_by(Assignment.bid_id)
        .subquery()
    )
    has = func.coalesce(due.c.readers, 0)
    return (
        select(
            Bid.id, Bid.reference, blind.title().label("title"), Bid.amount_pence,
            blind.organisation().label("organisation"), has.label("readers"),
        )
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(due, due.c.bid_id == Bid.id)
        .where(Bid.round_id == bindparam("round"), Bid.state == "endorsed", has < bindparam("readers"))
        .order_by(Bid.id)
    )  # fmt: skip


def areas(conn: Connection, round_id: int) -> dict[int, frozenset[int]]:
    """The area of each endorsed bid of a round with those above it and its constituencies."""
    found: dict[int, set[int]] = {}
    for bid, *above in conn.execute(_areas(), {"round": round_id}):
        found.setdefault(bid, set()).update(area for area in above if area is not None)
    return {bid: frozenset(above) for bid, above in found.items()}


@cache
def _areas() -> AnySelect:
    first, second, third = aliased(Area), aliased(Area), aliased(Area)
    return (
        select(Bid.id, first.id, first.parent_id, second.parent_id, third.parent_id, WardConstituency.constituency_id)
        .join(first, first.id == Bid.area_id)
        .outerjoin(second, second.id == first.parent_id)
        .outerjoin(third, third.id == second.parent_id)
        .outerjoin(WardConstituency, WardConstituency.ward_id == first.id)
        .where(Bid.round_id == bindparam("round"), Bid.state == "endorsed")
    )  # fmt: skip


def area_names(conn: Connection, ids: list[int]) -> list[AnyRow]:
    """(id, name, kind) of areas, by name."""
    return list(conn.execute(_area_names(), {"ids": ids}))


@cache
def _area_names() -> AnySelect:
    return (
        select(Area.id, Area.name, Area.kind)
        .where(Area.id.in_(bindparam("ids", expanding=True)))
        .order_by(Area.name, Area.id)
    )


def settled(conn: Connection, round_id: int) -> frozenset[tuple[int, int]]:
    """(bid, person) of a round that are not planned: they run, or ended for good."""
    return frozenset(tuple(row) for row in conn.execute(_settled(), {"round": round_id}))


@cache
def _settled() -> AnySelect:
    return (
        select(Assignment.bid_id, Assignment.person_id)
        .join(Bid, Bid.id == Assignment.bid_id)
        .where(
            Bid.round_id == bindparam("round"),
            Assignment.ended_at.is_(None) | Assignment.ended_why.in_(_ENDED_FOR_GOOD),
        )
    )


def turns(conn: Connection, bids: Sequence[int], people: Sequence[int]) -> dict[tuple[int, int], Turn]:
    """Turns of these people with these bids, running and ended, by (bid, person)."""
    found = {}
    for part in chunks(bids):
        for row in conn.execute(_turns(), {"bids": list(part), "people": list(people)}):
            found[row.bid_id, row.person_id] = Turn(row.id, row.ended_at, row.ended_why)
    return found


@cache
def _turns() -> AnySelect:
    return select(
        Assignment.id, Assignment.bid_id, Assignment.person_id, Assignment.ended_at, Assignment.ended_why
    ).where(
        Assignment.bid_id.in_(bindparam("bids", expanding=True)),
        Assignment.person_id.in_(bindparam("people", expanding=True)),
    )


def readings(conn: Connection, round_id: int, person: int) -> list[AnyRow]:
    """What a person has of a round: (id, bid_id, reference, title, amount_pence, state, read), unread first."""
    return list(conn.execute(_readings(), {"round": round_id, "person": person}))


@cache
def _readings() -> AnySelect:
    read = exists().where(Review.bid_id == Bid.id, Review.person_id == Assignment.person_id)
    return (
        select(
            Assignment.id, Bid.id.label("bid_id"), Bid.reference, blind.title().label("title"), Bid.amount_pence,
            Bid.state, read.label("read"),
        )
        .join(Bid, Bid.id == Assignment.bid_id)
        .join(Round, Round.id == Bid.round_id)
        .where(
            Bid.round_id == bindparam("round"), Assignment.person_id == bindparam("person"),
            Assignment.ended_at.is_(None),
        )
        .order_by(read, Bid.id)
    )  # fmt: skip
