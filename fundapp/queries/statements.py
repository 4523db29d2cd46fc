"""What a bank's statement is held against, and the lines that came in before."""

from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import Connection, bindparam, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import BankLine, Bid, Fund, Organisation, Payee, Payment
from fundapp.queries import locks
from fundapp.queries.locks import chunks


@cache
def _payments() -> AnySelect:
    return (
        select(
            Payment.id, Payment.version, Payment.state, Payment.number, Payment.amount_pence, Payment.run_id,
            Payment.sent_at, Payment.bid_id, Bid.reference, Bid.title, Organisation.name.label("organisation"),
            Payee.holder_name,
        )
        .join(Bid, Bid.id == Payment.bid_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(Payee, Payee.id == Payment.payee_id)
        .where(Bid.fund_id == bindparam("fund"))
        .order_by(Payment.id)
    )  # fmt: skip


def with_the_bank(conn: Connection, fund: int) -> list[AnyRow]:
    """A fund's payments that were sent and not answered for yet."""
    return list(conn.execute(_payments().where(Payment.state == "sent"), {"fund": fund}))


def of_bids(conn: Connection, fund: int, bids: Sequence[int]) -> list[AnyRow]:
    """The payments of these bids of a fund, whatever their state."""
    found: list[AnyRow] = []
    for part in chunks(sorted(bids)):
        found += conn.execute(_payments().where(Payment.bid_id.in_(part)), {"fund": fund})
    return found


def known(conn: Connection, fund: int, marks: Iterable[str]) -> frozenset[str]:
    """The marks, of these, of lines that came in before."""
    found: set[str] = set()
    ordered = sorted(marks)
    for part in (ordered[start : start + locks.CHUNK] for start in range(0, len(ordered), locks.CHUNK)):
        asked = select(BankLine.mark).where(BankLine.fund_id == fund, BankLine.mark.in_(part))
        found.update(conn.scalars(asked))
    return frozenset(found)


def money_in(conn: Connection, funds: Sequence[int] | None, limit: int) -> list[AnyRow]:
    """Money in that is yet to be income, the newest first: (id, fund, booked_on, amount_pence, words).

    What came back is among it only if its payment had been marked as paid.
    """
    asked = (
        select(
            BankLine.id, Fund.name.label("fund"), BankLine.booked_on, BankLine.amount_pence, BankLine.words
        )
        .join(Fund, Fund.id == BankLine.fund_id)
        .outerjoin(Payment, Payment.id == BankLine.payment_id)
        .where(
            BankLine.amount_pence > 0, BankLine.income_id.is_(None),
            BankLine.payment_id.is_(None) | (BankLine.booked_on >= Payment.paid_on),
        )
        .order_by(BankLine.booked_on.desc(), BankLine.id.desc())
        .limit(limit)
    )  # fmt: skip
    return list(conn.execute(asked if funds is None else asked.where(BankLine.fund_id.in_(funds))))
