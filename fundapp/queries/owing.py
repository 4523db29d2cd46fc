"""Money that is owed back of cancelled awards, and what of it came: always from the payments and returns as they stand."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from fundapp.database import AnyRow, AnySelect
from fundapp.domain.owing import Owing
from fundapp.models import Award, Bid, Cancellation, Income, Organisation, Payment, Round


def of_bid(conn: Connection, bid: int) -> Owing:
    """What a bid's award comes to once it is cancelled: what was paid, is with the bank, and came back, in pence."""
    row = conn.execute(_of_bid(), {"bid": bid}).one()
    return Owing(int(row.paid), int(row.sent), int(row.returned))


@cache
def _of_bid() -> AnySelect:
    bid: Any = bindparam("bid")
    return select(
        _out("paid", bid).label("paid"), _out("sent", bid).label("sent"), _back(bid).label("returned")
    )


def _out(state: str, bid: Any) -> Any:
    return (
        select(func.coalesce(func.sum(Payment.amount_pence), 0))
        .where(Payment.bid_id == bid, Payment.state == state)
        .correlate(Bid)
        .scalar_subquery()
    )


def _back(bid: Any) -> Any:
    return (
        select(func.coalesce(func.sum(Income.amount_pence), 0))
        .where(Income.bid_id == bid, Income.kind == "returned", Income.voided_at.is_(None))
        .correlate(Bid)
        .scalar_subquery()
    )


def listed(
    conn: Connection, funds: Sequence[int] | None, *, settled: bool, before: int | None, limit: int
) -> list[AnyRow]:
    """Cancelled awards of which money had left or came back, the newest first, settled to the penny or not.

    (id, bid_id, reference, title, organisation, confirmed_at, paid, sent, returned); `before` is an id of this list.
    """
    asked = _listed(settled, funds is not None)
    named: dict[str, Any] = {"before": before if before is not None else 2**62, "limit": limit}
    if funds is not None:
        named["funds"] = list(funds)
    return list(conn.execute(asked, named))


@cache
def _listed(settled: bool, within: bool) -> AnySelect:
    paid, sent, returned = _out("paid", Bid.id), _out("sent", Bid.id), _back(Bid.id)
    even = paid + sent == returned
    asked = (
        select(
            Cancellation.id, Cancellation.bid_id, Bid.reference, Bid.title, Organisation.name.label("organisation"),
            Cancellation.confirmed_at, paid.label("paid"), sent.label("sent"), returned.label("returned"),
        )
        .join(Bid, Bid.id == Cancellation.bid_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(
            Cancellation.confirmed_at.is_not(None), Cancellation.id < bindparam("before"),
            paid + sent + returned > 0, even if settled else ~even,
        )
        .order_by(Cancellation.id.desc())
        .limit(bindparam("limit"))
    )  # fmt: skip
    return asked.where(Bid.fund_id.in_(bindparam("funds", expanding=True))) if within else asked


def open_ones(conn: Connection, funds: Sequence[int] | None) -> AnyRow:
    """How many cancelled awards have money still to come, and how much of it there is: (many, pence)."""
    paid, sent, returned = _out("paid", Bid.id), _out("sent", Bid.id), _back(Bid.id)
    left = paid + sent - returned
    each = (
        select(left.label("left"))
        .select_from(Cancellation)
        .join(Bid, Bid.id == Cancellation.bid_id)
        .where(Cancellation.confirmed_at.is_not(None), left > 0)
    )
    if funds is not None:
        each = each.where(Bid.fund_id.in_(funds))
    rows = each.subquery()
    return conn.execute(
        select(func.count().label("many"), func.coalesce(func.sum(rows.c.left), 0).label("pence"))
        .select_from(rows)
    ).one()  # fmt: skip


def award(conn: Connection, bid: int) -> AnyRow | None:
    """A bid's award with what its money's return needs: (state, round_id, fund_id, title, organisation)."""
    asked = (
        select(Award.state, Award.round_id, Round.fund_id, Bid.title, Organisation.name.label("organisation"))
        .join(Bid, Bid.id == Award.bid_id)
        .join(Round, Round.id == Award.round_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(Award.bid_id == bid)
    )
    return conn.execute(asked).one_or_none()


def returns(conn: Connection, bid: int) -> list[AnyRow]:
    """What came back of a bid's award, in order: (id, received_on, amount_pence, words, voided_at)."""
    asked = (
        select(Income.id, Income.received_on, Income.amount_pence, Income.words, Income.voided_at)
        .where(Income.bid_id == bid, Income.kind == "returned")
        .order_by(Income.received_on, Income.id)
    )
    return list(conn.execute(asked))
