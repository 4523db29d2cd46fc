"""Money in and the pot as the treasurer sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, case, func, select, tuple_

from fundapp.database import AnyRow
from fundapp.domain import thresholds
from fundapp.domain.donations import Duty, Gift, duties
from fundapp.domain.pot import Pot, balance
from fundapp.models import (
    Award,
    Bid,
    DonationReport,
    Income,
    Payment,
    Permissibility,
    Round,
    Source,
)  # fmt: skip
from fundapp.queries import paying

#: Awards whose money is promised as far as it has not left.
PROMISED = ("offered", "accepted")

#: Payments that stand in an award's plan and have not left.
PLANNED = ("scheduled", "approved", "failed")


@dataclass(frozen=True, slots=True)
class Promises:
    """What a fund has paid and promised: `made` payments are paid, `to_come` payments of `to_come_pence` are planned.

    `offered_pence` waits for applicants to accept; `unplanned_pence` was accepted and stands in no payment yet.
    """

    made: int = 0
    to_come: int = 0
    to_come_pence: int = 0
    offered_pence: int = 0
    unplanned_pence: int = 0


def of_fund(conn: Connection, fund: int) -> Pot:
    """The whole pot of a fund, to the penny."""
    return of_funds(conn, [fund])[fund][0]


def of_funds(conn: Connection, funds: Sequence[int]) -> dict[int, tuple[Pot, Promises]]:
    """The whole pot of each fund, to the penny, and what its promises are made of: two statements for any number."""
    came = paying.came_in(conn, funds)
    states = {"paid": ("paid",), "sent": ("sent",), "planned": PLANNED}
    moved = (
        select(
            Payment.award_id,
            *(
                func.sum(case((Payment.state.in_(of), Payment.amount_pence), else_=0)).label(name)
                for name, of in states.items()
            ),
            func.sum(case((Payment.state == "paid", 1), else_=0)).label("made"),
            func.sum(case((Payment.state.in_(PLANNED), 1), else_=0)).label("to_come"),
        )
        .group_by(Payment.award_id)
        .subquery()
    )
    paid, sent, planned, made, to_come = (
        func.coalesce(moved.c[name], 0) for name in ("paid", "sent", "planned", "made", "to_come")
    )
    rest = Award.amount_pence - paid - sent
    asked = (
        select(
            Round.fund_id, Award.round_id, func.sum(paid), func.sum(sent),
            func.sum(case((Award.state.in_(PROMISED), rest), else_=0)), func.sum(made),
            func.sum(case((Award.state == "accepted", to_come), else_=0)),
            func.sum(case((Award.state == "accepted", planned), else_=0)),
            func.sum(case((Award.state == "offered", rest), else_=0)),
            func.sum(case((Award.state == "accepted", rest - planned), else_=0)),
        )
        .join(Round, Round.id == Award.round_id)
        .outerjoin(moved, moved.c.award_id == Award.id)
        .where(Round.fund_id.in_(funds))
        .group_by(Round.fund_id, Award.round_id)
    )  # fmt: skip
    taken: dict[int, dict[int, tuple[int, int, int]]] = {fund: {} for fund in funds}
    parts: dict[int, list[tuple[int, ...]]] = {fund: [] for fund in funds}
    for fund, round_id, *sums in conn.execute(asked):
        paid_pence, sent_pence, promised, *rest_of = (int(one) for one in sums)
        taken[fund][round_id] = (paid_pence, sent_pence, promised)
        parts[fund].append(tuple(rest_of))
    return {
        fund: (
            balance(*came[fund], taken[fund]),
            Promises(*(sum(column) for column in zip(*parts[fund], strict=True))),
        )
        for fund in funds
    }


def incomes(
    conn: Connection, funds: Sequence[int] | None, limit: int, *, before: tuple[date, int] | None = None
) -> list[AnyRow]:
    """Money in, the newest first, voided or not, with its source and round."""
    asked = (
        select(Income.__table__, Source.name.label("source"), Round.title.label("round"))
        .join(Source, Source.id == Income.source_id)
        .outerjoin(Round, Round.id == Income.round_id)
        .order_by(Income.received_on.desc(), Income.id.desc())
        .limit(limit)
    )
    if before is not None:
        asked = asked.where(tuple_(Income.received_on, Income.id) < tuple_(*before))
    if funds is not None:
        asked = asked.where(Income.fund_id.in_(funds))
    return list(conn.execute(asked))


def income(conn: Connection, income_id: int) -> AnyRow | None:
    """One row of money in."""
    return conn.execute(select(Income.__table__).where(Income.id == income_id)).one_or_none()


def source(conn: Connection, source_id: int) -> AnyRow | None:
    """Somebody whom money comes from."""
    return conn.execute(select(Source.__table__).where(Source.id == source_id)).one_or_none()


def sources(conn: Connection, fund: int) -> list[AnyRow]:
    """Everybody whom a fund's money comes from, by name."""
    asked = select(Source.__table__).where(Source.fund_id == fund).order_by(Source.name, Source.id)
    return list(conn.execute(asked))


def year_of(conn: Connection, source_id: int, year: int) -> int:
    """What a source gave in a calendar year as donations, in pence."""
    asked = select(func.coalesce(func.sum(Income.amount_pence), 0)).where(
        Income.source_id == source_id, Income.kind == "donation", Income.voided_at.is_(None),
        Income.received_on.between(date(year, 1, 1), date(year, 12, 31)),
    )  # fmt: skip
    return int(conn.execute(asked).scalar_one())


def round_of(conn: Connection, fund: int, round_id: int) -> bool:
    """Whether a round is of this fund."""
    asked = select(Round.id).where(Round.id == round_id, Round.fund_id == fund)
    return conn.execute(asked).first() is not None


def bid_of(conn: Connection, fund: int, bid_id: int) -> bool:
    """Whether a bid is of this fund."""
    return conn.execute(select(Bid.id).where(Bid.id == bid_id, Bid.fund_id == fund)).first() is not None


def alike(
    conn: Connection,
    source: int,
    kind: str,
    pence: int,
    day: date,
    words: str,
    round_id: int | None,
    bid: int | None,
) -> int | None:
    """Money in that stands and is the same in all of these."""
    asked = select(Income.id).where(
        Income.source_id == source, Income.kind == kind, Income.amount_pence == pence, Income.received_on == day,
        Income.words == words, Income.round_id.is_not_distinct_from(round_id), Income.bid_id.is_not_distinct_from(bid),
        Income.voided_at.is_(None),
    )  # fmt: skip
    return conn.scalars(asked.order_by(Income.id).limit(1)).one_or_none()


@dataclass(frozen=True, slots=True)
class Due:
    """A duty about a donation of a fund: whose it is, by name, and when and how much it was."""

    fund: int
    duty: Duty
    source: str
    received_on: date
    amount_pence: int


def due(conn: Connection, funds: Sequence[int] | None) -> list[Due]:
    """What is still to be done about the donations of these funds (None: of all), the earliest first."""
    newest = select(func.max(Permissibility.id)).group_by(Permissibility.income_id)
    asked = (
        select(
            Income.id, Income.source_id, Income.amount_pence, Income.received_on, Permissibility.outcome,
            Permissibility.checked_on, Permissibility.returned_on, Income.fund_id, Source.name,
        )
        .join(Source, Source.id == Income.source_id)
        .outerjoin(Permissibility, (Permissibility.income_id == Income.id) & Permissibility.id.in_(newest))
        .where(
            Income.kind == "donation", Income.voided_at.is_(None),
            Income.amount_pence > thresholds.lowest("check_over_pence"),
        )
    )  # fmt: skip
    reports = select(DonationReport.income_id)
    if funds is not None:
        asked, reports = (
            asked.where(Income.fund_id.in_(funds)),
            reports.where(DonationReport.fund_id.in_(funds)),
        )
    rows = list(conn.execute(asked))
    reported = frozenset(conn.execute(reports).scalars()) if rows else frozenset()
    known = {row.id: row for row in rows}
    # A source is of one fund, so that duties of several funds can be worked out together.
    found = duties((Gift(*row[:7]) for row in rows), reported)
    return [
        Due(row.fund_id, duty, row.name, row.received_on, row.amount_pence)
        for duty, row in ((duty, known[duty.gift]) for duty in found)
    ]


def checked_so(
    conn: Connection, income_id: int, outcome: str, words: str, checked_on: date, returned_on: date | None
) -> int | None:
    """The newest check of a donation, if it says the same."""
    asked = (
        select(Permissibility.__table__)
        .where(Permissibility.income_id == income_id)
        .order_by(Permissibility.id.desc())
        .limit(1)
    )
    row = conn.execute(asked).one_or_none()
    if row is None:
        return None
    same = (row.outcome, row.words, row.checked_on, row.returned_on) == (
        outcome,
        words,
        checked_on,
        returned_on,
    )
    return int(row.id) if same else None


def reported_so(conn: Connection, income_id: int, reported_on: date, words: str) -> int | None:
    """A report up to a donation that says the same."""
    asked = select(DonationReport.id).where(
        DonationReport.income_id == income_id, DonationReport.reported_on == reported_on,
        DonationReport.words == words,
    )  # fmt: skip
    return conn.scalars(asked.order_by(DonationReport.id).limit(1)).one_or_none()
