"""The treasurer's lists: pots, payments by state, awards with their letters."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, exists, func, select, tuple_

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Award, Bid, Cancellation, Fund, Letter, Organisation, Payment, Person, Round

#: Payments that are still to move.
OPEN = ("failed", "approved", "sent", "scheduled")


def rounds(conn: Connection, funds: Sequence[int] | None) -> list[AnyRow]:
    """Rounds that hold or held money, newest first, each with how many awards it made."""
    awards = select(func.count(Award.id)).where(Award.round_id == Round.id).correlate(Round).scalar_subquery()
    asked = (
        select(Round.id, Round.code, Round.title, awards.label("awards"))
        .where(Round.state != "planned")
        .order_by(Round.opens_at.desc(), Round.id.desc())
    )
    return list(conn.execute(_within(asked, Round.fund_id, funds)))


def sums(conn: Connection, funds: Sequence[int] | None) -> dict[str, tuple[int, int]]:
    """Open payments by state: (how many, pence)."""
    asked = (
        select(Payment.state, func.count(), func.sum(Payment.amount_pence))
        .join(Bid, Bid.id == Payment.bid_id)
        .where(Payment.state.in_(OPEN))
        .group_by(Payment.state)
    )
    return {
        state: (int(count), int(pence))
        for state, count, pence in conn.execute(_within(asked, Bid.fund_id, funds))
    }


def payments(
    conn: Connection,
    funds: Sequence[int] | None,
    state: str,
    limit: int,
    *,
    after: tuple[date, int] | None = None,
    until: date | None = None,
) -> list[AnyRow]:
    """Payments in a state, the earliest due first, with their bid, who prepared them and who approved them."""
    preparer, approver = Person.__table__.alias(), Person.__table__.alias()
    asked = (
        select(
            Payment.id, Payment.version, Payment.state, Payment.number, Payment.amount_pence, Payment.due_on,
            Payment.needs, Payment.failure, Payment.since, Payment.sent_at, Payment.scheduled_by, Payment.bid_id,
            Bid.reference, Bid.title,
            Bid.fund_id, Fund.name.label("fund"), Organisation.name.label("organisation"),
            preparer.c.name.label("prepared_by"), approver.c.name.label("approved_by"),
        )
        .join(Bid, Bid.id == Payment.bid_id)
        .join(Fund, Fund.id == Bid.fund_id)
        .join(preparer, preparer.c.id == Payment.scheduled_by)
        .outerjoin(approver, approver.c.id == Payment.approved_by)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(Payment.state == state)
        .order_by(Payment.due_on, Payment.id)
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        asked = asked.where(tuple_(Payment.due_on, Payment.id) > tuple_(*after))
    if until is not None:
        asked = asked.where(Payment.due_on <= until)
    return list(conn.execute(_within(asked, Bid.fund_id, funds)))


def payment(conn: Connection, payment_id: int) -> AnyRow | None:
    """One payment with its bid and the people who had it."""
    preparer, approver = Person.__table__.alias(), Person.__table__.alias()
    asked = (
        select(
            Payment.__table__, Bid.reference, Bid.title, Bid.fund_id, Organisation.name.label("organisation"),
            preparer.c.name.label("prepared_by"), approver.c.name.label("approver"),
        )
        .join(Bid, Bid.id == Payment.bid_id)
        .join(preparer, preparer.c.id == Payment.scheduled_by)
        .outerjoin(approver, approver.c.id == Payment.approved_by)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(Payment.id == payment_id)
    )  # fmt: skip
    return conn.execute(asked).one_or_none()


def waiting_awards(conn: Connection, funds: Sequence[int] | None, limit: int) -> list[AnyRow]:
    """Accepted awards whose payments do not add up to the award yet: (…, amount_pence, planned_pence)."""
    planned = (
        select(func.coalesce(func.sum(Payment.amount_pence), 0))
        .where(Payment.award_id == Award.id, Payment.state != "cancelled")
        .correlate(Award)
        .scalar_subquery()
    )
    asked = (
        select(
            Award.id, Award.bid_id, Award.amount_pence, planned.label("planned_pence"), Award.accepted_at,
            Bid.reference, Bid.title, Organisation.name.label("organisation"),
        )
        .join(Bid, Bid.id == Award.bid_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(Award.state == "accepted", planned < Award.amount_pence)
        .order_by(Award.accepted_at, Award.id)
        .limit(limit)
    )  # fmt: skip
    return list(conn.execute(_within(asked, Bid.fund_id, funds)))


def award(conn: Connection, reference: str) -> AnyRow | None:
    """The award of a bid, by the bid's reference, with the bid's own state and version."""
    asked = (
        select(
            Award.id, Award.state, Award.version, Award.amount_pence, Award.conditions, Award.starts_on, Award.ends_on,
            Award.offered_at, Award.offer_until, Award.accepted_at, Award.since, Award.bid_id, Bid.reference, Bid.title,
            Bid.fund_id, Bid.place, Bid.version.label("bid_version"), Bid.state.label("bid_state"),
            Organisation.name.label("organisation"), Round.title.label("round"), Round.code,
        )
        .join(Bid, Bid.id == Award.bid_id)
        .join(Round, Round.id == Award.round_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(Bid.reference == reference)
    )  # fmt: skip
    return conn.execute(asked).one_or_none()


def letters(conn: Connection, round_id: int, after: int, limit: int) -> list[AnyRow]:
    """Awards of a round in the order of their bids, each with whether a letter was recorded."""
    lettered = exists().where(Letter.bid_id == Award.bid_id)
    asked = (
        select(
            Award.bid_id, Award.state, Award.amount_pence, Award.offered_at, Bid.reference, Bid.title,
            Organisation.name.label("organisation"), lettered.label("lettered"),
        )
        .join(Bid, Bid.id == Award.bid_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(Award.round_id == round_id, Award.bid_id > after)
        .order_by(Award.bid_id)
        .limit(limit)
    )  # fmt: skip
    return list(conn.execute(asked))


def cancelling(conn: Connection, bid: int, at: datetime) -> AnyRow | None:
    """The newest asking to cancel a bid's award that still may be confirmed: (reason, expires_at, asked_at)."""
    asked = (
        select(Cancellation.reason, Cancellation.expires_at, Cancellation.asked_at)
        .where(Cancellation.bid_id == bid, Cancellation.confirmed_at.is_(None), Cancellation.expires_at > at)
        .order_by(Cancellation.id.desc())
        .limit(1)
    )
    return conn.execute(asked).one_or_none()


def _within(asked: AnySelect, column: Any, funds: Sequence[int] | None) -> AnySelect:
    return asked if funds is None else asked.where(column.in_(funds))
