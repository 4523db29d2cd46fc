"""Payment runs: what may go into one, what one was made of, and the list of them."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Bid,
    Fund,
    Organisation,
    Payee,
    Payer,
    Payment,
    PaymentRun,
    Person,
    Report,
)
from fundapp.queries.locks import chunks


@cache
def _standing() -> AnySelect:
    """Payments with all that a page says of them, and what the rules of sending ask about: see `services.holds`."""
    preparer, approver, applicant = aliased(Person), aliased(Person), aliased(Person)
    standing, change, pinned = aliased(Payee), aliased(Payee), aliased(Payee)
    return (
        select(
            Payment.id, Payment.version, Payment.state, Payment.number, Payment.amount_pence, Payment.due_on,
            Payment.needs, Payment.milestone, Payment.payee_id, Payment.bid_id, Payment.scheduled_by,
            Bid.reference, Bid.title, Bid.fund_id, Bid.round_id, Fund.name.label("fund"),
            Organisation.name.label("organisation"), applicant.name.label("applicant"),
            preparer.name.label("prepared_by"), approver.name.label("approved_by"),
            Report.state.label("report_state"), Report.due_on.label("report_due_on"),
            standing.id.label("standing_payee"), standing.bank_answer, standing.vouched_by,
            change.id.label("asked_payee"), change.state.label("change_state"),
            change.cools_until, pinned.holder_name, pinned.account_ends, pinned.sealed,
        )
        .join(Bid, Bid.id == Payment.bid_id)
        .join(Fund, Fund.id == Bid.fund_id)
        .join(preparer, preparer.id == Payment.scheduled_by)
        .outerjoin(approver, approver.id == Payment.approved_by)
        .outerjoin(applicant, applicant.id == Bid.applicant_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(Report, Report.bid_id == Payment.bid_id)
        .outerjoin(standing, (standing.bid_id == Payment.bid_id) & (standing.state == "standing"))
        .outerjoin(change, (change.bid_id == Payment.bid_id) & change.state.in_(("asked", "confirmed")))
        .outerjoin(pinned, pinned.id == Payment.payee_id)
    )  # fmt: skip


def due(
    conn: Connection,
    funds: Sequence[int] | None,
    until: date,
    limit: int,
    *,
    states: Sequence[str] = ("approved",),
) -> list[AnyRow]:
    """Payments due by a day, by fund and then the earliest due first."""
    asked = _standing().where(Payment.state.in_(states), Payment.due_on <= until)
    if funds is not None:
        asked = asked.where(Bid.fund_id.in_(funds))
    return list(conn.execute(asked.order_by(Bid.fund_id, Payment.due_on, Payment.id).limit(limit)))


def chosen(conn: Connection, payments: Sequence[int]) -> list[AnyRow]:
    """These payments, in order of id."""
    found: list[AnyRow] = []
    for part in chunks(sorted(payments)):
        found += conn.execute(_standing().where(Payment.id.in_(part)).order_by(Payment.id))
    return found


def of_bid(conn: Connection, bid_id: int) -> list[AnyRow]:
    """A bid's payments in order."""
    return list(
        conn.execute(_standing().where(Payment.bid_id == bid_id).order_by(Payment.number, Payment.id))
    )


def held_by_reports(conn: Connection, funds: Sequence[int] | None, today: date) -> list[AnyRow]:
    """Payments that are scheduled or approved while their project's report is overdue."""
    asked = _standing().where(
        Payment.state.in_(("scheduled", "approved")),
        Report.state.in_(("due", "returned")),
        Report.due_on < today,
    )
    if funds is not None:
        asked = asked.where(Bid.fund_id.in_(funds))
    return list(conn.execute(asked.order_by(Report.due_on, Payment.id)))


@cache
def _run() -> AnySelect:
    return (
        select(
            PaymentRun.id, PaymentRun.fund_id, PaymentRun.number, PaymentRun.made_at, PaymentRun.pay_on,
            PaymentRun.payments, PaymentRun.total_pence, PaymentRun.lines, PaymentRun.sha256, PaymentRun.payer_id,
            Fund.name.label("fund"), Fund.home.label("fund_home"), Person.name.label("maker"), PaymentRun.made_by,
            Payer.holder_name, Payer.account_ends,
        )
        .join(Fund, Fund.id == PaymentRun.fund_id)
        .join(Person, Person.id == PaymentRun.made_by)
        .outerjoin(Payer, Payer.id == PaymentRun.payer_id)
    )  # fmt: skip


@cache
def _by_id() -> AnySelect:
    return _run().where(PaymentRun.id == bindparam("run"))


def by_id(conn: Connection, run: int) -> AnyRow | None:
    """One run with its fund, who made it and the account that it pays from."""
    return conn.execute(_by_id(), {"run": run}).one_or_none()


def payer(conn: Connection, payer_id: int | None) -> AnyRow | None:
    """An account that a fund paid from: its columns, the numbers encrypted still."""
    return conn.execute(select(Payer.__table__).where(Payer.id == payer_id)).one_or_none()


def numbered(conn: Connection, number: int) -> list[AnyRow]:
    """The runs of that number, one of each fund at most: (id, fund)."""
    asked = select(PaymentRun.id, Fund.name.label("fund")).join(Fund, Fund.id == PaymentRun.fund_id)
    return list(conn.execute(asked.where(PaymentRun.number == number).order_by(Fund.id)))


def payees(conn: Connection, ids: Sequence[int]) -> dict[int, AnyRow]:
    """Bank details by id: (holder_name, account_ends, sealed)."""
    found: dict[int, AnyRow] = {}
    for part in chunks(sorted(set(ids))):
        asked = select(Payee.id, Payee.holder_name, Payee.account_ends, Payee.sealed).where(
            Payee.id.in_(part)
        )
        found.update((row.id, row) for row in conn.execute(asked))
    return found


def members(conn: Connection, ids: Sequence[int]) -> dict[int, AnyRow]:
    """Payments of runs by id, as they stand now, with their bid."""
    found: dict[int, AnyRow] = {}
    for part in chunks(sorted(set(ids))):
        asked = (
            select(
                Payment.id, Payment.version, Payment.state, Payment.number, Payment.run_id, Payment.paid_on,
                Payment.failure, Payment.bid_id, Bid.reference, Bid.title, Organisation.name.label("organisation"),
            )
            .join(Bid, Bid.id == Payment.bid_id)
            .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
            .where(Payment.id.in_(part))
        )  # fmt: skip
        found.update((row.id, row) for row in conn.execute(asked))
    return found


def of_payments(conn: Connection, payments: Sequence[int]) -> dict[int, tuple[int | None, int]]:
    """The run in which each payment stands now, and its version."""
    asked = select(Payment.id, Payment.run_id, Payment.version).where(Payment.id.in_(list(payments)))
    return {row.id: (row.run_id, row.version) for row in conn.execute(asked)}


def listed(conn: Connection, funds: Sequence[int] | None, before: int | None, limit: int) -> list[AnyRow]:
    """Runs, the newest first: how many payments and pence each, and how many are still with the bank or were paid."""

    def count(state: str) -> Any:
        asked = select(func.count()).where(Payment.run_id == PaymentRun.id, Payment.state == state)
        return asked.correlate(PaymentRun).scalar_subquery()

    asked = (
        select(
            PaymentRun.id, PaymentRun.number, PaymentRun.made_at, PaymentRun.pay_on, PaymentRun.payments,
            PaymentRun.total_pence, Fund.name.label("fund"), Person.name.label("maker"),
            count("sent").label("sent"), count("paid").label("paid"),
        )
        .join(Fund, Fund.id == PaymentRun.fund_id)
        .join(Person, Person.id == PaymentRun.made_by)
        .order_by(PaymentRun.id.desc())
        .limit(limit)
    )  # fmt: skip
    if before is not None:
        asked = asked.where(PaymentRun.id < before)
    if funds is not None:
        asked = asked.where(PaymentRun.fund_id.in_(funds))
    return list(conn.execute(asked))
