"""Payments to approve: several at once, after one look at how many they are and what they come to."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row

from fundapp.domain import money
from fundapp.pages import acting
from fundapp.pages.gate import funds_for, gate
from fundapp.pages.officer import blueprint
from fundapp.pages.officer.forms import Page
from fundapp.queries import reading, runs, treasury
from fundapp.services.case import Step
from fundapp.services.transition import NotThere, Refused, fire_many
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: Payments looked at in one go.
MOST = 100


@blueprint.route("/payments", methods=["GET", "POST"])
@gate("officer")
def payments() -> Page:
    """What the treasurer prepared. A GET with `pay` shows the chosen ones and their sum; a POST approves them."""
    if request.method == "GET":
        return _page(_chosen(request.args.getlist("pay")))
    chosen = _chosen(request.form.getlist("pay"))
    rows = {row.id: row for row in _waiting()}
    if not chosen:
        return _page({}, [_("Choose at least one payment.")]), 422
    if not set(chosen) <= set(rows):
        funds = funds_for("officer")
        if funds is not None and any(row.fund_id not in funds for row in runs.chosen(g.conn, list(chosen))):
            acting.tried("not_yours")
        return _page(
            {}, [_("Some of these no longer wait for approval. Look at the list as it stands now.")]
        ), 409
    steps = [Step("payment", "approve", payment, seen=seen) for payment, seen in sorted(chosen.items())]
    acting.end_reading()
    try:
        fire_many(acting.office(), acting.actor(), steps, g.arrived)
    except Refused as refused:
        return _page({}, refusals.sentences(refused, acting.office().zone)), 409
    except NotThere:
        return _page(
            {}, [_("One of these payments is no longer there. Look at the list as it stands now.")]
        ), 409
    acting.nudge()
    pence = sum(rows[payment].amount_pence for payment in chosen)
    flash(
        ngettext(
            "One payment is approved, %(sum)s.", "%(num)s payments are approved, %(sum)s.", len(chosen),
            sum=money.pounds(pence),
        )
    )  # fmt: skip
    return redirect(url_for("officer.payments"), 303)


def _waiting() -> list[Row[Any]]:
    apart = reading.apart_from(g.conn, g.person.id)
    rows = treasury.payments(g.conn, funds_for("officer"), "scheduled", MOST)
    return [row for row in rows if row.bid_id not in apart]


def _chosen(pairs: list[str]) -> dict[int, int]:
    """Payment → version seen, of every box that was ticked; what is no pair of numbers is left out."""
    found: dict[int, int] = {}
    for text in pairs[:MOST]:
        number, _sep, seen = text.partition(":")
        if all(part.isascii() and part.isdigit() and len(part) < 10 for part in (number, seen)):
            found[int(number)] = int(seen)
    return found


def _page(chosen: dict[int, int], why: list[str] | None = None) -> str:
    rows = _waiting()
    own = [row for row in rows if row.scheduled_by == g.person.id]
    theirs = [row for row in rows if row.scheduled_by != g.person.id]
    looked = [row for row in theirs if chosen.get(row.id) == row.version]
    return render_template(
        "officer/payments.html", rows=theirs, own=own, looked=looked, chosen=set(chosen),
        total=sum(row.amount_pence for row in looked), all_total=sum(row.amount_pence for row in theirs),
        problems=[{"field": "list", "words": words} for words in why] if why else None,
    )  # fmt: skip
