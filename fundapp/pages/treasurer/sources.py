"""Whom a fund's money comes from: what each gave in each year, and what was reported of it."""

from typing import Any, Final

from flask import abort, g, render_template, request
from sqlalchemy import Row

from fundapp.domain import donations, thresholds
from fundapp.pages.gate import gate
from fundapp.pages.treasurer import blueprint, reach
from fundapp.pages.treasurer.income import before_of, chosen_fund, kinds_of_source, mine, number
from fundapp.queries import pot
from fundapp.queries import sources as asks

#: Lines on a page.
SHOWN: Final = 50


@blueprint.get("/money/in/sources")
@gate("treasurer")
def sources() -> str:
    """Everybody whom a fund's money comes from by name, with what they gave this year, or the year asked for."""
    fund = chosen_fund(request.args.get("fund", ""))
    this = reach.today().year
    year = number(request.args.get("year", "")) or this
    if not 2000 <= year < 2200:
        abort(404)
    name, _sep, last = request.args.get("after", "").rpartition("_")
    after = (name[:400], number(last)) if number(last) else None
    rows = asks.listed(g.conn, fund.id, year, SHOWN + 1, after=after)
    following = rows[SHOWN - 1] if len(rows) > SHOWN else None
    due = {one.duty.source for one in pot.due(g.conn, [fund.id]) if one.received_on.year == year}
    return render_template(
        "treasurer/sources.html",
        fund=fund, funds=mine(), rows=rows[:SHOWN], year=year, this=this, due=due, kinds=kinds_of_source(),
        older=f"{following.name}_{following.id}" if following is not None else None,
    )  # fmt: skip


@blueprint.get("/money/in/sources/<int:source>")
@gate("treasurer")
def source(source: int) -> str:
    """One source: its years, the donations of one of them, what is due and what was reported."""
    row = _fetch(source)
    years = asks.years_of(g.conn, row.id)
    newest = int(years[0].year) if years else reach.today().year
    year = number(request.args.get("year", "")) or newest
    if not 2000 <= year < 2200:
        abort(404)
    rows = asks.gifts_of(g.conn, row.id, year, SHOWN + 1, before=before_of(request.args.get("before", "")))
    last = rows[SHOWN - 1] if len(rows) > SHOWN else None
    return render_template(
        "treasurer/source.html",
        source=row, years=years, year=year, rows=rows[:SHOWN], kinds=kinds_of_source(), today=reach.today(),
        reports=asks.reports_of(g.conn, row.id),
        due=[one.duty for one in pot.due(g.conn, [row.fund_id]) if one.duty.source == row.id],
        over={gift.id for gift in rows if donations.over(gift.amount_pence, gift.received_on)},
        limit=thresholds.on("check_over_pence", reach.today()),
        older=f"{last.received_on.isoformat()}_{last.id}" if last is not None else None,
    )  # fmt: skip


def _fetch(number: int) -> Row[Any]:
    held = reach.funds()
    row = pot.source(g.conn, number) if number < 2**53 else None
    if row is None or (held is not None and row.fund_id not in held):
        abort(404)
    return row
