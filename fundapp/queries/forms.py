"""The forms of rounds: the newest, what froze it, and those that can be copied."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Bid, BidVersion, Draft, FormVersion, Round


def newest(conn: Connection, round_id: int) -> AnyRow:
    """The round's form as it stands: (id, number, questions)."""
    return conn.execute(_newest(), {"round_id": round_id}).one()


@cache
def _newest() -> AnySelect:
    return (
        select(FormVersion.id, FormVersion.number, FormVersion.questions)
        .where(FormVersion.round_id == bindparam("round_id"))
        .order_by(FormVersion.number.desc())
        .limit(1)
    )


def once_asked(conn: Connection, round_id: int, name: str) -> dict[str, Any] | None:
    """A question of the round's form as it stood last, though it may have been taken away; None if it never stood."""
    asked = select(FormVersion.questions).where(FormVersion.round_id == round_id)
    for questions in conn.scalars(asked.order_by(FormVersion.number.desc())):
        for question in questions:
            if question["id"] == name:
                return dict(question)
    return None


def sent(conn: Connection, round_id: int) -> tuple[int, AnyRow | None]:
    """How many bids of a round were ever sent, and the first frozen copy: (frozen_at, reference, bid)."""
    first = conn.execute(_first_sent(), {"round_id": round_id}).one_or_none()
    if first is None:
        return 0, None
    return int(conn.execute(_sent(), {"round_id": round_id}).scalar_one()), first


@cache
def _first_sent() -> AnySelect:
    return (
        select(BidVersion.frozen_at, Bid.reference, Bid.id.label("bid"))
        .join(Bid, Bid.id == BidVersion.bid_id)
        .where(Bid.round_id == bindparam("round_id"))
        .order_by(BidVersion.id)
        .limit(1)
    )


@cache
def _sent() -> AnySelect:
    return (
        select(func.count(Bid.id.distinct()))
        .join(BidVersion, BidVersion.bid_id == Bid.id)
        .where(Bid.round_id == bindparam("round_id"))
    )


def being_written(conn: Connection, round_id: int) -> int:
    """How many drafts answer the round's form now."""
    asked = select(func.count()).select_from(Draft).join(Bid, Bid.id == Draft.bid_id)
    return int(conn.execute(asked.where(Bid.round_id == round_id, Bid.state == "draft")).scalar_one())


def others(conn: Connection, round_id: int, funds: Sequence[int] | None) -> list[AnyRow]:
    """The newest form of every other round of these funds (None for all), newest round first.

    (id, code, title, questions)
    """
    later = aliased(FormVersion)
    asked = (
        select(Round.id, Round.code, Round.title, FormVersion.questions)
        .join(FormVersion, FormVersion.round_id == Round.id)
        .outerjoin(later, (later.round_id == Round.id) & (later.number > FormVersion.number))
        .where(later.id.is_(None), Round.id != round_id)
        .order_by(Round.opens_at.desc(), Round.id.desc())
        .limit(100)
    )
    return list(conn.execute(asked if funds is None else asked.where(Round.fund_id.in_(funds))))
