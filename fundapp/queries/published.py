"""What the public may see: awards of released rounds, by organisation."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Area, Award, Bid, FormVersion, Organisation, Round

_RELEASED = ("released", "archived")
_GIVEN = ("accepted", "complete")


def last_released(conn: Connection, but: int) -> AnyRow | None:
    """The round that was released last before another: (id, title, budget_pence)."""
    asked = (
        select(Round.id, Round.title, Round.budget_pence)
        .where(Round.state.in_(_RELEASED), Round.id != but)
        .order_by(Round.closes_at.desc())
        .limit(1)
    )
    return conn.execute(asked).one_or_none()


def amounts(conn: Connection, round_id: int) -> list[int]:
    """What each award of a round was worth, in pence, largest first."""
    asked = select(Award.amount_pence).where(Award.round_id == round_id, Award.state.in_(_GIVEN))
    return list(conn.scalars(asked.order_by(Award.amount_pence.desc(), Award.id)))


def count_of(conn: Connection, round_id: int) -> int:
    """How many bids of a round were sent."""
    return int(
        conn.execute(
            select(func.count()).where(Bid.round_id == round_id, Bid.version_number > 0)
        ).scalar_one()
    )


def awards(conn: Connection, limit: int = 300) -> list[AnyRow]:
    """Awards that were taken up, newest round first: (reference, title, organisation, place, amount_pence, round)."""
    asked = (
        select(
            Bid.reference, Bid.title, Organisation.name.label("organisation"),
            func.coalesce(Bid.place, Area.name).label("place"), Award.amount_pence,
            Round.title.label("round"), Round.id.label("round_id"),
        )
        .select_from(Award)
        .join(Bid, Bid.id == Award.bid_id)
        .join(Round, Round.id == Award.round_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(Area, Area.id == Bid.area_id)
        .where(Award.state.in_(_GIVEN), Round.state.in_(_RELEASED))
        .order_by(Round.closes_at.desc(), Award.amount_pence.desc(), Award.id)
        .limit(limit)
    )  # fmt: skip
    return list(conn.execute(asked))


def questions(conn: Connection, round_id: int) -> list[dict[str, Any]]:
    """The questions that a round's form asks now; empty for a round without a form."""
    return list(conn.execute(_questions(), {"round": round_id}).scalar() or [])


@cache
def _questions() -> AnySelect:
    return (
        select(FormVersion.questions)
        .where(FormVersion.round_id == bindparam("round"))
        .order_by(FormVersion.number.desc())
        .limit(1)
    )
