"""Awards, payments and reports."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Area,
    Award,
    Bid,
    Cancellation,
    Fund,
    Organisation,
    Payment,
    PaymentRun,
    Person,
    Report,
    Round,
)


@dataclass(frozen=True, slots=True)
class Hanging:
    """What ends with a cancelled bid."""

    awards: tuple[int, ...]
    cancellable: tuple[int, ...]
    reports: tuple[int, ...]


def hanging(conn: Connection, bid: int) -> Hanging:
    """The award, the payments not yet sent and the report not yet accepted of a bid."""
    awards = select(Award.id).where(Award.bid_id == bid, Award.state.in_(("offered", "accepted")))
    payments = select(Payment.id).where(
        Payment.bid_id == bid, Payment.state.in_(("scheduled", "approved", "failed"))
    )
    reports = select(Report.id).where(Report.bid_id == bid, Report.state.in_(("due", "filed", "returned")))
    return Hanging(
        tuple(conn.scalars(awards)),
        tuple(conn.scalars(payments.order_by(Payment.id))),
        tuple(conn.scalars(reports)),
    )


def of_bid(conn: Connection, bid: int) -> AnyRow | None:
    """A bid's award."""
    return conn.execute(_of_bid(), {"bid": bid}).one_or_none()


@cache
def _of_bid() -> AnySelect:
    return select(Award.__table__).where(Award.bid_id == bindparam("bid"))


def cancelled(conn: Connection, bid: int) -> AnyRow | None:
    """The newest asking to cancel a bid's award: (reason, confirmed_at), the second once confirmed."""
    return conn.execute(_cancelled(), {"bid": bid}).one_or_none()


@cache
def _cancelled() -> AnySelect:
    return (
        select(Cancellation.reason, Cancellation.confirmed_at)
        .where(Cancellation.bid_id == bindparam("bid"))
        .order_by(Cancellation.id.desc())
        .limit(1)
    )


def report_of(conn: Connection, bid: int) -> AnyRow | None:
    """A bid's report."""
    return conn.execute(_report_of(), {"bid": bid}).one_or_none()


@cache
def _report_of() -> AnySelect:
    return select(Report.__table__).where(Report.bid_id == bindparam("bid"))


def payments_of(conn: Connection, bid: int) -> list[AnyRow]:
    """A bid's payments in order."""
    return list(conn.execute(_payments_of(), {"bid": bid}))


@cache
def _payments_of() -> AnySelect:
    return select(Payment.__table__).where(Payment.bid_id == bindparam("bid")).order_by(Payment.number)


def runs(conn: Connection, fund: int) -> int:
    """How many payment runs a fund has made."""
    return int(conn.execute(select(func.count()).where(PaymentRun.fund_id == fund)).scalar_one())


def exported(conn: Connection, round_id: int) -> Iterator[AnyRow]:
    """Every award of a round for the treasurer's file, streamed in order of bids."""
    ward, council, region = aliased(Area), aliased(Area), aliased(Area)
    paid = (
        select(func.coalesce(func.sum(Payment.amount_pence), 0))
        .where(Payment.award_id == Award.id, Payment.state == "paid")
        .scalar_subquery()
    )
    asked = (
        select(
            Bid.reference, Bid.title, Organisation.name.label("organisation"), Organisation.official_id,
            Person.name.label("applicant"), Person.show_name, Award.amount_pence,
            Bid.amount_pence.label("requested_pence"), Award.state, Award.offered_at, Award.starts_on, Award.ends_on,
            ward.name.label("ward"), council.name.label("council"), region.name.label("region"), Fund.name.label("fund"),
            Round.code, paid.label("paid_pence"),
        )
        .select_from(Award)
        .join(Bid, Bid.id == Award.bid_id)
        .join(Round, Round.id == Award.round_id)
        .join(Fund, Fund.id == Round.fund_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(Person, Person.id == Bid.applicant_id)
        .outerjoin(ward, ward.id == Bid.area_id)
        .outerjoin(council, council.id == ward.parent_id)
        .outerjoin(region, region.id == council.parent_id)
        .where(Award.round_id == round_id)
        .order_by(Award.bid_id)
        .execution_options(stream_results=True)
    )  # fmt: skip
    yield from conn.execute(asked)
