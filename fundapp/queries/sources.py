"""Whom a fund's money comes from, what each gave in each year, and what was reported of it."""

from datetime import date

from sqlalchemy import Connection, case, extract, func, select, tuple_

from fundapp.database import AnyRow
from fundapp.domain import thresholds
from fundapp.models import DonationReport, Income, Permissibility, Round, Source


def listed(
    conn: Connection, fund: int, year: int, limit: int, *, after: tuple[str, int] | None = None
) -> list[AnyRow]:
    """Sources by name: (id, name, kind, gave_pence and gave in the year, reported_on: the newest report about that year)."""
    gave = (
        select(
            Income.source_id, func.sum(Income.amount_pence).label("pence"), func.count().label("gifts")
        )
        .where(
            Income.fund_id == fund, Income.kind == "donation", Income.voided_at.is_(None),
            Income.received_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .group_by(Income.source_id)
        .subquery()
    )  # fmt: skip
    told = (
        select(DonationReport.source_id, func.max(DonationReport.reported_on).label("reported_on"))
        .where(DonationReport.fund_id == fund, DonationReport.year == year)
        .group_by(DonationReport.source_id)
        .subquery()
    )
    asked = (
        select(
            Source.id, Source.name, Source.kind, func.coalesce(gave.c.pence, 0).label("gave_pence"),
            func.coalesce(gave.c.gifts, 0).label("gave"), told.c.reported_on,
        )
        .outerjoin(gave, gave.c.source_id == Source.id)
        .outerjoin(told, told.c.source_id == Source.id)
        .where(Source.fund_id == fund)
        .order_by(Source.name, Source.id)
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        asked = asked.where(tuple_(Source.name, Source.id) > tuple_(*after))
    return list(conn.execute(asked))


def years_of(conn: Connection, source: int) -> list[AnyRow]:
    """The years in which a source gave, the newest first: (year, pence, counted_pence, gifts).

    `counted_pence` is of donations over the limit of their day alone.
    """
    year = extract("year", Income.received_on)
    lines = thresholds.THRESHOLDS["check_over_pence"]
    limit = case(
        *((Income.received_on >= line.since, line.amount) for line in reversed(lines)), else_=lines[0].amount
    )
    asked = (
        select(
            year.label("year"), func.sum(Income.amount_pence).label("pence"),
            func.sum(case((Income.amount_pence > limit, Income.amount_pence), else_=0)).label("counted_pence"),
            func.count().label("gifts"),
        )
        .where(Income.source_id == source, Income.kind == "donation", Income.voided_at.is_(None))
        .group_by(year)
        .order_by(year.desc())
    )  # fmt: skip
    return list(conn.execute(asked))


def gifts_of(
    conn: Connection, source: int, year: int, limit: int, *, before: tuple[date, int] | None = None
) -> list[AnyRow]:
    """A source's donations of a year, the newest first: (id, received_on, amount_pence, words, round, outcome, returned_on)."""
    newest = select(func.max(Permissibility.id)).group_by(Permissibility.income_id)
    asked = (
        select(
            Income.id, Income.received_on, Income.amount_pence, Income.words, Round.title.label("round"),
            Permissibility.outcome, Permissibility.returned_on,
        )
        .outerjoin(Round, Round.id == Income.round_id)
        .outerjoin(Permissibility, (Permissibility.income_id == Income.id) & Permissibility.id.in_(newest))
        .where(
            Income.source_id == source, Income.kind == "donation", Income.voided_at.is_(None),
            Income.received_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .order_by(Income.received_on.desc(), Income.id.desc())
        .limit(limit)
    )  # fmt: skip
    if before is not None:
        asked = asked.where(tuple_(Income.received_on, Income.id) < tuple_(*before))
    return list(conn.execute(asked))


def reports_of(conn: Connection, source: int) -> list[AnyRow]:
    """What was reported of a source, the newest first: (year, reported_on, words, income_id, received_on: of that donation)."""
    asked = (
        select(
            DonationReport.year, DonationReport.reported_on, DonationReport.words, DonationReport.income_id,
            Income.received_on,
        )
        .join(Income, Income.id == DonationReport.income_id)
        .where(DonationReport.source_id == source)
        .order_by(DonationReport.reported_on.desc(), DonationReport.id.desc())
    )  # fmt: skip
    return list(conn.execute(asked))
