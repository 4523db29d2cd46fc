"""Money in: the pot of a fund, what came in, and what election law asks about it."""

from datetime import date
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.domain.money import MoneyError, parse_pounds
from fundapp.pages import acting, typed
from fundapp.pages.gate import funds_for, gate
from fundapp.pages.treasurer import blueprint, reach
from fundapp.queries import pot, rounds
from fundapp.services import incomes
from fundapp.services.transition import Refused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

#: Lines on a page of money in.
SHOWN = 50

Page = Response | str | tuple[str, int]


@blueprint.get("/money/in")
@gate("treasurer")
def money_in() -> str:
    """The pot of one fund, what is due about its donations, and what came in, the newest first."""
    return _list(chosen_fund(request.args.get("fund", "")))


@blueprint.post("/money/in")
@gate("treasurer")
def record_income() -> Page:
    """Record money that came in, from a source that stands or a new one."""
    fund = chosen_fund(request.form.get("fund", ""))
    form = {
        name: typed.line(name)
        for name in ("source", "name", "who", "kind", "amount", "day", "round", "words")
    }
    known = {row.id for row in pot.sources(g.conn, fund.id)}
    own = {row.id for row in rounds.all_of(g.conn, fund.id)}
    source, round_id = number(form["source"]), number(form["round"])
    day, pence = typed.day(form["day"]), _pence(form["amount"])
    wrong = []
    if source not in known and not (form["source"] == "new" and 0 < len(form["name"]) <= 200):
        wrong.append(
            {
                "field": "name" if form["source"] == "new" else "source",
                "words": _("Say who the money is from."),
            }
        )
    if form["source"] == "new" and form["who"] not in kinds_of_source():
        wrong.append({"field": "who", "words": _("Say what they are.")})
    if form["kind"] not in ("donation", "transfer"):
        wrong.append({"field": "kind", "words": _("Say whether it is a donation or our own money.")})
    if not pence:
        wrong.append({"field": "amount", "words": _("Give the amount, such as 1,000.00.")})
    if day is None or day > reach.today():
        wrong.append(
            {"field": "day", "words": _("Give the day it came, such as 26 March 2027; not a day to come.")}
        )
    if form["round"] and round_id not in own:
        wrong.append({"field": "round", "words": _("Choose one of the fund’s rounds.")})
    if len(form["words"]) > 500:
        wrong.append({"field": "words", "words": _("Say it in at most 500 characters.")})
    if wrong or day is None:
        return _list(fund, wrong, form), 422
    giver = source if source in known else incomes.Giver(form["name"], form["who"])
    came = incomes.Came(giver, form["kind"], pence, day, form["words"], round_id or None)
    acting.end_reading()
    try:
        made = incomes.record(acting.office(), acting.actor(), fund.id, came, g.arrived)
    except Refused as refused:
        again = recorded_already(refused)
        if again is not None:
            return again
        said = refusals.sentences(refused, acting.office().zone)
        return _list(fund, [{"field": "name", "words": words} for words in said], form), 409
    flash(_("The money is recorded."))
    return redirect(url_for("treasurer.income", income=made), 303)


def recorded_already(refused: Refused) -> Response | None:
    """Where a form that was sent twice leads: to what its first sending recorded. None for another refusal."""
    for refusal in refused.refusals:
        if refusal.code == "recorded_already":
            flash(refusals.sentence(refusal, acting.office().zone))
            return redirect(url_for("treasurer.income", income=refusal.params["income"]), 303)
    return None


@blueprint.get("/money/in/<int:income>")
@gate("treasurer", "officer")
def income(income: int) -> str:
    """One piece of money in, with its source's year."""
    return _one(_fetch(income, "treasurer", "officer"))


@blueprint.post("/money/in/<int:income>/void")
@gate("treasurer", "officer")
def void_income(income: int) -> Page:
    """Strike it out, with a reason; another person than who recorded it."""
    row = _fetch(income, "treasurer", "officer")
    held = funds_for("treasurer")
    reason = typed.words("reason")
    if not reason or len(reason) > 500:
        return _one(
            row, [{"field": "reason", "words": _("Say why, in at most 500 characters.")}], "void"
        ), 422
    role = "treasurer" if held is None or row.fund_id in held else "officer"
    acting.end_reading()
    try:
        incomes.void(acting.office(), acting.actor(), row.id, reason, g.arrived, role)
    except Refused as refused:
        said = refusals.sentences(refused, acting.office().zone)
        return _one(row, [{"field": "reason", "words": words} for words in said], "void"), 409
    flash(_("The money is struck out. It counts no more."))
    return redirect(url_for("treasurer.income", income=row.id), 303)


@blueprint.post("/money/in/<int:income>/<act>")
@gate("treasurer")
def donation(income: int, act: str) -> Page:
    """Record that a donation was checked, or that it was reported."""
    row = _fetch(income, "treasurer")
    if act not in ("check", "report"):
        abort(404)
    words, outcome = typed.words("words"), request.form.get("outcome", "")
    day, back = typed.day(request.form.get("day", "")), typed.day(request.form.get("back", ""))
    wrong = []
    if act == "check" and outcome not in ("permissible", "impermissible"):
        wrong.append({"field": "outcome", "words": _("Say what the check came to.")})
    if not 0 < len(words) <= 500:
        wrong.append({"field": act + "-words", "words": _("Say how you know, in at most 500 characters.")})
    if day is None or not row.received_on <= day <= reach.today():
        wrong.append(
            {"field": act + "-day", "words": _("Give the day; not before the money came, and not to come.")}
        )
    typed_back = request.form.get("back", "").strip() if outcome == "impermissible" else ""
    if act == "check" and typed_back and (back is None or not row.received_on <= back <= reach.today()):
        wrong.append(
            {"field": "back", "words": _("Give the day it went back; not before it came, and not to come.")}
        )
    if wrong or day is None:
        return _one(row, wrong, act), 422
    acting.end_reading()
    try:
        if act == "check":
            found = incomes.Check(outcome, words, day, back if outcome == "impermissible" else None)
            incomes.check(acting.office(), acting.actor(), row.id, found, g.arrived)
        else:
            incomes.report(acting.office(), acting.actor(), row.id, day, words, g.arrived)
    except Refused as refused:
        said = refusals.sentences(refused, acting.office().zone)
        return _one(row, [{"field": act + "-words", "words": why} for why in said], act), 409
    flash(_("It is on record."))
    return redirect(url_for("treasurer.income", income=row.id), 303)


def kinds_of_source() -> dict[str, str]:
    """What somebody whom money comes from may be."""
    return {
        "individual": _("A person"), "company": _("A company"), "union": _("A trade union"), "party": _("A party"),
        "association": _("An association"), "charity": _("A charity"), "own": _("Ourselves"), "other": _("Another body"),
    }  # fmt: skip


def number(text: str) -> int:
    """An id that was typed or stands in an address; 0 for none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _pence(text: str) -> int:
    try:
        return max(parse_pounds(text), 0)
    except MoneyError:
        return 0


def chosen_fund(text: str) -> Row[Any]:
    """The fund of that id, or the first that this treasurer has; 404 for none."""
    found = [row for row in mine() if not text or row.id == number(text)]
    if not found:
        abort(404)
    return found[0]


def mine() -> list[Row[Any]]:
    """The funds whose money this treasurer holds."""
    held = reach.funds()
    return [row for row in rounds.funds(g.conn) if held is None or row.id in held]


def _fetch(number: int, *roles: str) -> Row[Any]:
    held = funds_for(*roles)
    row = pot.income(g.conn, number) if number < 2**53 else None
    if row is None or (held is not None and row.fund_id not in held):
        abort(404)
    return row


def before_of(text: str) -> tuple[date, int] | None:
    """Where a page of money in begins: `2027-03-01_7` is before the one of that day and id."""
    day, _sep, last = text.partition("_")
    since = typed.day(day)
    return (since, number(last)) if since and number(last) else None


def _list(
    fund: Row[Any], problems: list[dict[str, str]] | None = None, given: dict[str, str] | None = None
) -> str:
    before = before_of(request.args.get("before", ""))
    rows = pot.incomes(g.conn, [fund.id], SHOWN + 1, before=before)
    last = rows[SHOWN - 1] if len(rows) > SHOWN else None
    return render_template(
        "treasurer/income_list.html",
        fund=fund, funds=mine(),
        pot_of=pot.of_fund(g.conn, fund.id), rows=rows[:SHOWN], kinds=kinds_of_source(), today=reach.today(),
        rounds=rounds.all_of(g.conn, fund.id), sources=pot.sources(g.conn, fund.id), due=pot.due(g.conn, [fund.id]),
        older=f"{last.received_on.isoformat()}_{last.id}" if last is not None else None, given=given or {},
        problems=problems or None, errors={one["field"]: one["words"] for one in problems or []},
    )  # fmt: skip


def _one(row: Row[Any], problems: list[dict[str, str]] | None = None, act: str = "") -> str:
    """The page; `act` is the form that came back."""
    source = pot.source(g.conn, row.source_id)
    return render_template(
        "treasurer/income.html",
        income=row, source=source, kinds=kinds_of_source(), today=reach.today(), problems=problems or None,
        year=row.received_on.year, gave=pot.year_of(g.conn, row.source_id, row.received_on.year),
        duties=[due.duty for due in pot.due(g.conn, [row.fund_id]) if due.duty.gift == row.id],
        given={act: request.form},
        treasurer=(funds_for("treasurer") is None or row.fund_id in (funds_for("treasurer") or [])),
        errors={one["field"]: one["words"] for one in problems or []},
    )  # fmt: skip
