"""Money owed back of cancelled awards: what is still to come, and recording it when it came."""

from typing import Any, Final

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.domain.money import MoneyError, parse_pounds
from fundapp.domain.owing import Owing
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.treasurer import blueprint, reach
from fundapp.pages.treasurer.income import number, recorded_already
from fundapp.queries import awards, owing, reading
from fundapp.services import incomes
from fundapp.services.transition import Refused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

#: Awards on a page.
SHOWN: Final = 50
MOST_WORDS: Final = 500

Page = Response | str | tuple[str, int]
Problems = list[dict[str, str]]


@blueprint.get("/money/owed-back")
@gate("treasurer")
def owed_list() -> str:
    """Cancelled awards with money still to come, the newest first; or those that are settled."""
    settled = request.args.get("settled", "") == "yes"
    before = number(request.args.get("before", "")) or None
    rows = owing.listed(g.conn, reach.funds(), settled=settled, before=before, limit=SHOWN + 1)
    apart = reading.apart_from(g.conn, g.person.id) if rows else frozenset()
    found = [
        (row, Owing(int(row.paid), int(row.sent), int(row.returned)))
        for row in rows[:SHOWN]
        if row.bid_id not in apart
    ]
    return render_template(
        "treasurer/owed_list.html",
        rows=found, settled=settled, older=rows[SHOWN - 1].id if len(rows) > SHOWN else None,
        left=sum(each.left for _row, each in found),
    )  # fmt: skip


@blueprint.route("/money/<ref>/owed-back", methods=["GET", "POST"])
@gate("treasurer")
def owed_back(ref: str) -> Page:
    """What one cancelled award owes back and what came of it; records what came."""
    row = reach.fetch_award(ref)
    if row.state != "cancelled":
        abort(404)
    if request.method != "POST":
        return _page(row)
    form = {name: typed.line(name) for name in ("amount", "day", "words")}
    pence, day = _pence(form["amount"]), typed.day(form["day"])
    wrong: Problems = []
    if not pence:
        wrong.append({"field": "amount", "words": _("Give the amount that came, such as 250.00.")})
    if day is None or day > reach.today():
        wrong.append(
            {"field": "day", "words": _("Give the day it came, such as 26 March 2027; not a day to come.")}
        )
    if len(form["words"]) > MOST_WORDS:
        wrong.append({"field": "words", "words": _("Say it in at most 500 characters.")})
    if wrong or day is None:
        return _page(row, wrong, form), 422
    acting.end_reading()
    try:
        incomes.record_return(
            acting.office(), acting.actor(), row.bid_id, pence, day, form["words"], g.arrived
        )
    except Refused as refused:
        again = recorded_already(refused)
        if again is not None:
            return again
        said = refusals.sentences(refused, acting.office().zone)
        return _page(row, [{"field": "amount", "words": words} for words in said], form), 409
    flash(_("It is recorded. It is the round’s money again."))
    return redirect(url_for("treasurer.owed_back", ref=row.reference), 303)


def _pence(text: str) -> int:
    try:
        return max(parse_pounds(text), 0)
    except MoneyError:
        return 0


def _page(row: Row[Any], problems: Problems | None = None, given: dict[str, str] | None = None) -> str:
    return render_template(
        "treasurer/owed.html",
        award=row, owing=owing.of_bid(g.conn, row.bid_id), came=owing.returns(g.conn, row.bid_id),
        ended=awards.cancelled(g.conn, row.bid_id), given=given or {}, today=reach.today(), problems=problems or None,
        errors={one["field"]: one["words"] for one in problems or []}, most=MOST_WORDS,
    )  # fmt: skip
