"""The money: the pot of each round, then trouble, the run that waits, and what is under way."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.domain.money import pounds
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.treasurer import blueprint, reach
from fundapp.queries import reading, treasury
from fundapp.services import awards
from fundapp.services.transition import NotThere, Refused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: Payments that one run may hold.
IN_RUN = 200
#: Lines of a list before it says how many more there are.
SHOWN = 25
#: Days ahead that a run reaches unless asked otherwise.
REACHES = 14


@blueprint.get("/money")
@gate("treasurer")
def money() -> str:
    """What is in, paid, promised and free; what went wrong; what waits for whom."""
    return _page(typed.day(request.args.get("until", "")))


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
        comes_on=next_due - timedelta(days=REACHES) if next_due else None, today=reach.today(),
    )  # fmt: skip


@blueprint.post("/money/run")
@gate("treasurer")
def run() -> Response | tuple[str, int]:
    """Send the approved payments that the page listed, in one run: all of them or none."""
    chosen = _chosen(request.form.getlist("pay"))
    fund = request.form.get("fund", "")
    held = reach.funds()
    number = int(fund) if fund.isascii() and fund.isdigit() and len(fund) < 16 else 0
    if not chosen or not number or (held is not None and number not in held):
        return _page(None, [_("No payments were chosen. Look at the run as it stands now.")]), 422
    if set(treasury.funds_of_payments(g.conn, [payment for payment, _seen in chosen]).values()) != {number}:
        return _page(
            None, [_("These payments are not all of this fund. Look at the run as it stands now.")]
        ), 422
    acting.end_reading()
    try:
        sent, done = awards.send_run(acting.office(), acting.actor(), number, chosen, g.arrived)
    except Refused as refused:
        return _page(None, refusals.sentences(refused, acting.office().zone)), 409
    except NotThere:
        return _page(
            None, [_("One of these payments is no longer there. Look at the run as it stands now.")]
        ), 409
    acting.nudge()
    flash(
        ngettext(
            "Run %(run)s is sent: one payment. Confirm it when the bank has paid.",
            "Run %(run)s is sent: %(num)s payments. Confirm each when the bank has paid.",
            len(done), run=sent,
        )
    )  # fmt: skip
    return redirect(url_for("treasurer.money"), 303)


def _chosen(texts: list[str]) -> list[tuple[int, int]]:
    """(payment, version seen) of each, as the page listed them; none if any of them is no such pair."""
    found: dict[int, int] = {}
    for text in texts:
        payment, _sep, seen = text.partition(":")
        if not all(part.isascii() and part.isdigit() and len(part) < 16 for part in (payment, seen)):
            return []
        found[int(payment)] = int(seen)
    return list(found.items()) if len(found) <= IN_RUN else []


def _own_left_out(rows: list[Row[Any]]) -> list[Row[Any]]:
    """Without bids in which this person has a part: they are another treasurer's."""
    apart = reading.apart_from(g.conn, g.person.id) if rows else frozenset()
    return [row for row in rows if row.bid_id not in apart]


def _page(until: date | None, why: list[str] | None = None) -> str:
    funds = reach.funds()
    reaches = until or reach.today() + timedelta(days=REACHES)
    due = treasury.payments(g.conn, funds, "approved", IN_RUN, until=reaches)
    apart = reading.apart_from(g.conn, g.person.id)
    lists = {
        state: [row for row in treasury.payments(g.conn, funds, state, SHOWN) if row.bid_id not in apart]
        for state in ("failed", "sent", "scheduled")
    }
    ready = sorted((row for row in due if row.bid_id not in apart), key=lambda row: row.fund_id)
    runs = []
    for fund, rows in groupby(ready, key=lambda row: row.fund_id):
        pays = list(rows)
        total = sum(row.amount_pence for row in pays)
        runs.append(
            {"fund": fund, "name": pays[0].fund, "rows": pays, "total": total, "words": pounds(total)}
        )
    sums = treasury.sums(g.conn, funds)
    approved = sums.get("approved", (0, 0))[0]
    latest = treasury.payments(g.conn, funds, "approved", 1) if approved and not ready else []
    pots = treasury.pots(g.conn, funds)
    busy = [pot.id for pot in pots if pot.promised_pence > pot.paid_pence]
    first = (busy or [pot.id for pot in pots])[:2]
    return render_template(
        "treasurer/money.html",
        pots=pots, first=first, runs=runs, lists=lists, sums=sums, until=reaches, shown=SHOWN,
        later=approved - len(due), theirs=len(due) - len(ready), next_due=latest[0].due_on if latest else None,
        waiting=[row for row in treasury.waiting_awards(g.conn, funds, SHOWN + 1) if row.bid_id not in apart],
        problems=[{"field": "run", "words": words} for words in why or []] or None, today=reach.today(),
    )  # fmt: skip
