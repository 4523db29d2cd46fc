"""What a bank's statement is held against, and the lines that came in before."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cache
from typing import Final

from sqlalchemy import ColumnElement, Connection, bindparam, exists, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import BankLine, Bid, Fund, Income, Organisation, Payee, Payment, Source
from fundapp.queries import locks
from fundapp.queries.locks import chunks

#: How far the bank's day may lie from the one that money was recorded with: a weekend and a holiday.
NEAR: Final = timedelta(days=5)


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


def _is_income() -> ColumnElement[bool]:
    """The line was found to be money that is recorded, and that was not struck out since."""
    return exists().where(Income.id == BankLine.income_id, Income.voided_at.is_(None))


def line(conn: Connection, line_id: int) -> AnyRow | None:
    """One line of a statement, and whether it `is_income` already."""
    asked = select(BankLine.__table__, _is_income().label("is_income")).where(BankLine.id == line_id)
    return conn.execute(asked).one_or_none()


def alike(conn: Connection, lines: Sequence[int]) -> dict[int, list[AnyRow]]:
    """Recorded money that lines may be, by line: of the same fund and amount, days apart at most, and no other line yet."""
    taken = aliased(BankLine)
    found: dict[int, list[AnyRow]] = {}
    for part in chunks(sorted(lines)):
        asked = (
            select(
                BankLine.id.label("line"), BankLine.booked_on, Income.id, Income.received_on, Income.words,
                Source.name.label("source"),
            )
            .join(Income, (Income.fund_id == BankLine.fund_id) & (Income.amount_pence == BankLine.amount_pence))
            .join(Source, Source.id == Income.source_id)
            .where(
                BankLine.id.in_(part), BankLine.amount_pence > 0, Income.voided_at.is_(None),
                ~exists().where(taken.income_id == Income.id),
            )
            .order_by(Income.received_on, Income.id)
        )  # fmt: skip
        for row in conn.execute(asked):
            if abs(row.booked_on - row.received_on) <= NEAR:
                found.setdefault(row.line, []).append(row)
    return found


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
            BankLine.amount_pence > 0, ~_is_income(),
            BankLine.payment_id.is_(None) | (BankLine.booked_on >= Payment.paid_on),
        )
        .order_by(BankLine.booked_on.desc(), BankLine.id.desc())
        .limit(limit)
    )  # fmt: skip
    return list(conn.execute(asked if funds is None else asked.where(BankLine.fund_id.in_(funds))))
