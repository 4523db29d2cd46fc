"""The money: the pot of each round, then trouble, the run that waits, and what is under way."""

from datetime import date, timedelta
from typing import Any

from flask import g, render_template, request
from sqlalchemy import Row

from fundapp.pages import typed
from fundapp.pages.gate import gate
from fundapp.pages.treasurer import blueprint, reach, runs
from fundapp.queries import pot, reading, rounds, treasury

#: Lines of a list before it says how many more there are.
SHOWN = 25


@blueprint.get("/money")
@gate("treasurer")
def money() -> str:
    """What is in, paid, promised and free; what went wrong; what waits for whom."""
    return page(typed.day(request.args.get("until", "")))


@blueprint.get("/money/payments")
@gate("treasurer")
def payments() -> str:
    """Every payment in one state, the earliest due first, a page at a time."""
    state = request.args.get("state", "scheduled")
    if state not in (*treasury.OPEN, "paid", "cancelled"):
        state = "scheduled"
    due, _sep, number = request.args.get("after", "").partition("_")
    day = typed.day(due)
    after = (day, int(number)) if day and number.isascii() and number.isdigit() and len(number) < 16 else None
    rows = treasury.payments(g.conn, reach.funds(), state, 51, after=after)
    older = f"{rows[49].due_on.isoformat()}_{rows[49].id}" if len(rows) > 50 else None
    shown = _own_left_out(rows[:50])
    next_due = shown[0].due_on if shown and after is None else None
    return render_template(
        "treasurer/payments.html",
        rows=shown, state=state, older=older, sums=treasury.sums(g.conn, reach.funds()), next_due=next_due,
        comes_on=next_due - timedelta(days=runs.REACHES) if next_due else None, today=reach.today(),
    )  # fmt: skip


def _own_left_out(rows: list[Row[Any]]) -> list[Row[Any]]:
    """Without bids in which this person has a part: they are another treasurer's."""
    apart = reading.apart_from(g.conn, g.person.id) if rows else frozenset()
    return [row for row in rows if row.bid_id not in apart]


def page(until: date | None, why: list[str] | None = None) -> str:
    """The page; `why` says what stood in the way of a run."""
    funds = reach.funds()
    reaches = until or reach.today() + timedelta(days=runs.REACHES)
    apart = reading.apart_from(g.conn, g.person.id)
    lists = {
        state: [row for row in treasury.payments(g.conn, funds, state, SHOWN) if row.bid_id not in apart]
        for state in ("failed", "sent", "scheduled")
    }
    found = runs.sections(reaches)
    sums = treasury.sums(g.conn, funds)
    approved = sums.get("approved", (0, 0))[0]
    latest = treasury.payments(g.conn, funds, "approved", 1) if approved and not found["runs"] else []
    held = {row.id: row.name for row in rounds.funds(g.conn) if funds is None or row.id in funds}
    pots = pot.of_funds(g.conn, list(held))
    listed: dict[int, list[Row[Any]]] = {fund: [] for fund in held}
    for row in rounds.all_of(g.conn):
        if row.fund_id in held and (row.state != "planned" or row.id in pots[row.fund_id][0].rounds):
            listed[row.fund_id].append(row)
    return render_template(
        "treasurer/money.html",
        funds=held, pots=pots, rounds=listed, runs=found["runs"], lists=lists, sums=sums, until=reaches, shown=SHOWN,
        later=approved - found["due"], theirs=found["theirs"], next_due=latest[0].due_on if latest else None,
        waiting=[row for row in treasury.waiting_awards(g.conn, funds, SHOWN + 1) if row.bid_id not in apart],
        problems=[{"field": "run", "words": words} for words in why or []] or None, today=reach.today(),
    )  # fmt: skip
