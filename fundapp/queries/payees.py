"""Bank details of bids."""

from sqlalchemy import Connection, select

from fundapp.models import Payee, Payment


def changing(conn: Connection, bid_id: int) -> tuple[int, int]:
    """The ids of the bank details that stand and of the confirmed ones that follow. Raises LookupError without both."""
    asked = select(Payee.state, Payee.id).where(
        Payee.bid_id == bid_id, Payee.state.in_(("standing", "confirmed"))
    )
    found = dict(conn.execute(asked).all())
    if set(found) != {"standing", "confirmed"}:
        raise LookupError(f"bid {bid_id} has no change of bank details that was confirmed")
    return found["standing"], found["confirmed"]


def approved_payments(conn: Connection, bid_id: int) -> list[int]:
    """Payments of a bid that are approved and not sent."""
    return list(
        conn.scalars(
            select(Payment.id)
            .where(Payment.bid_id == bid_id, Payment.state == "approved")
            .order_by(Payment.id)
        )
    )
