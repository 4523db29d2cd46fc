"""Which awards and payments a treasurer may open: those of their funds, in which they have no part."""

from datetime import UTC, date, datetime
from typing import Any

from flask import abort, g
from sqlalchemy import Row

from fundapp.pages import acting
from fundapp.pages.gate import funds_for
from fundapp.queries import reading, treasury


def funds() -> list[int] | None:
    """The funds whose money this person holds; None for every fund."""
    return funds_for("treasurer")


def theirs(number: int) -> bool:
    """Whether they hold the money of this fund; that they tried another's goes on record."""
    held = funds()
    if held is None or number in held:
        return True
    acting.tried("not_yours")
    return False


def fetch_award(reference: str) -> Row[Any]:
    """The award of that bid; 404 if there is none, or it is not theirs to see."""
    return _theirs(treasury.award(g.conn, reference))


def fetch_payment(number: int) -> Row[Any]:
    """The payment of that id; 404 if there is none, or it is not theirs to see."""
    return _theirs(treasury.payment(g.conn, number) if number < 2**53 else None)


def _theirs(row: Row[Any] | None) -> Row[Any]:
    if row is None:
        abort(404)
    held = funds()
    if held is not None and row.fund_id not in held:
        abort(404)
    if reading.stands_apart(g.conn, row.bid_id, g.person.id):
        abort(404)
    return row


def today() -> date:
    """The day it is where the fund is."""
    return datetime.now(UTC).astimezone(acting.office().zone).date()
