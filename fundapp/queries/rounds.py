"""Funds and rounds."""

from functools import cache

from sqlalchemy import Connection, bindparam, func, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Award, Bid, Decision, Fund, Payment, Round


def fund_by_code(conn: Connection, code: str) -> AnyRow | None:
    """A fund."""
    return conn.execute(select(Fund.__table__).where(Fund.code == code)).one_or_none()


def fund(conn: Connection, fund_id: int) -> AnyRow | None:
    """A fund."""
    return conn.execute(select(Fund.__table__).where(Fund.id == fund_id)).one_or_none()


def funds(conn: Connection) -> list[AnyRow]:
    """Every fund."""
    return list(conn.execute(select(Fund.__table__).order_by(Fund.id)))


def by_code(conn: Connection, code: str) -> AnyRow | None:
    """A round."""
    return conn.execute(select(Round.__table__).where(Round.code == code)).one_or_none()


def by_id(conn: Connection, round_id: int) -> AnyRow | None:
    """A round."""
    return conn.execute(_by_id(), {"round_id": round_id}).one_or_none()


@cache
def _by_id() -> AnySelect:
    return select(Round.__table__).where(Round.id == bindparam("round_id"))


def all_of(conn: Connection, fund_id: int | None = None) -> list[AnyRow]:
    """Rounds, newest first."""
    asked = select(Round.__table__).order_by(Round.opens_at.desc(), Round.id.desc())
    return list(conn.execute(asked if fund_id is None else asked.where(Round.fund_id == fund_id)))


def staged(conn: Connection, round_id: int) -> list[tuple[int, str]]:
    """(bid, outcome) of every reviewed bid of a round with a staged decision, in order of bids."""
    asked = (
        select(Decision.bid_id, Decision.outcome)
        .join(Bid, Bid.id == Decision.bid_id)
        .where(Decision.round_id == round_id, Bid.state == "reviewed")
        .order_by(Decision.bid_id)
    )
    return [tuple(row) for row in conn.execute(asked)]  # type: ignore[misc]


def counts(conn: Connection, round_id: int) -> dict[str, int]:
    """How many bids of a round are in each state."""
    asked = select(Bid.state, func.count()).where(Bid.round_id == round_id).group_by(Bid.state)
    return dict(conn.execute(asked).all())


def pot(conn: Connection, round_id: int) -> tuple[int, int, int]:
    """(paid, promised and not yet paid, budget) of a round, in pence."""
    paid = select(func.coalesce(func.sum(Payment.amount_pence), 0)).join(Award, Award.id == Payment.award_id)
    paid = paid.where(Award.round_id == round_id, Payment.state == "paid")
    promised = select(func.coalesce(func.sum(Award.amount_pence), 0)).where(
        Award.round_id == round_id, Award.state.in_(("offered", "accepted", "complete"))
    )
    budget = select(Round.budget_pence).where(Round.id == round_id)
    row = conn.execute(
        select(paid.scalar_subquery(), promised.scalar_subquery(), budget.scalar_subquery())
    ).one()
    return int(row[0]), int(row[1]) - int(row[0]), int(row[2])
