"""What a simulated panel plays on: the bids of a round that nobody's own hand is needed for."""

from functools import cache

from sqlalchemy import Connection, bindparam, func, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Area, Assignment, Award, Bid, Decision, Review


def unasked(conn: Connection, round_id: int) -> list[AnyRow]:
    """(id, area_id) of bids from a file that wait for a representative whom nobody has named; by id."""
    return list(conn.execute(_unasked(), {"round": round_id}))


@cache
def _unasked() -> AnySelect:
    return (
        select(Bid.id, Bid.area_id)
        .where(
            Bid.round_id == bindparam("round"), Bid.state == "submitted", Bid.holding_id.is_(None),
            Bid.source.is_not(None),
        )
        .order_by(Bid.id)
    )  # fmt: skip


def parents(conn: Connection) -> dict[int, int | None]:
    """What each area stands in, by area."""
    return dict(conn.execute(select(Area.id, Area.parent_id)).all())


def endorsed(conn: Connection, round_id: int) -> list[int]:
    """Bids that the panel may read now, by id."""
    asked = select(Bid.id).where(Bid.round_id == round_id, Bid.state == "endorsed").order_by(Bid.id)
    return list(conn.scalars(asked))


def to_read(conn: Connection, round_id: int) -> list[tuple[int, int]]:
    """(person, bid) of every reading of a round that was given out and not done, by person and bid."""
    asked = (
        select(Assignment.person_id, Assignment.bid_id)
        .join(Bid, Bid.id == Assignment.bid_id)
        .outerjoin(Review, (Review.bid_id == Assignment.bid_id) & (Review.person_id == Assignment.person_id))
        .where(
            Bid.round_id == round_id,
            Bid.state == "endorsed",
            Assignment.ended_at.is_(None),
            Review.id.is_(None),
        )
        .order_by(Assignment.person_id, Assignment.bid_id)
    )
    return [tuple(row) for row in conn.execute(asked)]  # type: ignore[misc]


def undecided(conn: Connection, round_id: int) -> set[int]:
    """Bids whose reviews are closed and on which no decision is staged."""
    asked = (
        select(Bid.id)
        .outerjoin(Decision, Decision.bid_id == Bid.id)
        .where(Bid.round_id == round_id, Bid.state == "reviewed", Decision.id.is_(None))
    )
    return set(conn.scalars(asked))


def outcome(conn: Connection, round_id: int) -> tuple[int, int, int]:
    """How many awards and declined bids a round has, and what was awarded in pence."""
    made = select(func.count(), func.coalesce(func.sum(Award.amount_pence), 0)).where(
        Award.round_id == round_id
    )
    awards, pence = conn.execute(made).one()
    declined = select(func.count()).where(Bid.round_id == round_id, Bid.state == "declined")
    return int(awards), int(conn.execute(declined).scalar_one()), int(pence)
