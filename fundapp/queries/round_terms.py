"""Who hangs on a round's dates and money, when they are about to change."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, and_, bindparam, case, func, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Bid, OfficeHolding
from fundapp.queries.facts import round_sums


@dataclass(frozen=True, slots=True)
class Standing:
    """How many bids of a round hang on what; `taken_pence` is staged and awarded.

    `sent`: those that were ever sent. `waiting`: those with a representative.
    """

    drafts: int = 0
    waiting: int = 0
    sent: int = 0
    ruled_out: int = 0
    taken_pence: int = 0


def standing(conn: Connection, round_id: int) -> Standing:
    """What hangs on a round."""
    drafts, waiting, sent, ruled_out = conn.execute(_standing(), {"round": round_id}).one()
    return Standing(int(drafts), int(waiting), int(sent), int(ruled_out), sum(round_sums(conn, round_id, ())))


@cache
def _standing() -> AnySelect:
    conditions = (
        Bid.state == "draft",
        Bid.state == "submitted",
        Bid.version_number > 0,
        Bid.state == "ineligible",
    )
    counts = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in conditions]
    return select(*counts).where(Bid.round_id == bindparam("round"))


def in_states(conn: Connection, round_id: int, states: list[str]) -> list[AnyRow]:
    """Bids in these states, by id; `writes` says whether their representative can be mailed."""
    return list(conn.execute(_in_states(), {"round": round_id, "states": states}))


@cache
def _in_states() -> AnySelect:
    reached = and_(OfficeHolding.email.is_not(None), OfficeHolding.source.is_not(None))
    return (
        select(
            Bid.id, Bid.reference, Bid.title, Bid.state, Bid.due_at, Bid.applicant_id,
            func.coalesce(reached, False).label("writes"),
        )
        .outerjoin(OfficeHolding, OfficeHolding.id == Bid.holding_id)
        .where(Bid.round_id == bindparam("round"), Bid.state.in_(bindparam("states", expanding=True)))
        .order_by(Bid.id)
    )  # fmt: skip
