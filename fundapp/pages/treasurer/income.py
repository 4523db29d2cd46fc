"""Money in: the pot of a fund, what came in, and what election law asks about it."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.domain import donations
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
    return _list(_fund(request.args.get("fund", "")))


@blueprint.post("/money/in")
@gate("treasurer")
def record_income() -> Page:
    """Record money that came in, from a source that stands or a new one."""
    fund = _fund(request.form.get("fund", ""))
    form = {
        name: typed.line(name)
        for name in ("source", "name", "who", "kind", "amount", "day", "round", "words")
    }
    known = {row.id for row in pot.sources(g.conn, fund.id)}
    own = {row.id for row in rounds.all_of(g.conn, fund.id)}
    source, round_id = _number(form["source"]), _number(form["round"])
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
    acting.end_reading()
    if source not in known:
        source = incomes.add_source(
            acting.office(), acting.actor(), fund.id, form["name"], form["who"], g.arrived
        )
    came = incomes.Came(source, form["kind"], pence, day, form["words"], round_id or None)
    made = incomes.record(acting.office(), acting.actor(), fund.id, came, g.arrived)
    flash(_("The money is recorded."))
    return redirect(url_for("treasurer.income", income=made), 303)


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
        return _one(row, [{"field": "reason", "words": _("Say why, in at most 500 characters.")}]), 422
    role = "treasurer" if held is None or row.fund_id in held else "officer"
    acting.end_reading()
    try:
        incomes.void(acting.office(), acting.actor(), row.id, reason, g.arrived, role)
    except Refused as refused:
        said = refusals.sentences(refused, acting.office().zone)
        return _one(row, [{"field": "reason", "words": words} for words in said]), 409
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
    if wrong or day is None:
        return _one(row, wrong), 422
    acting.end_reading()
    try:
        if act == "check":
            found = incomes.Check(outcome, words, day, back if outcome == "impermissible" else None)
            incomes.check(acting.office(), acting.actor(), row.id, found, g.arrived)
        else:
            incomes.report(acting.office(), acting.actor(), row.id, day, words, g.arrived)
    except Refused as refused:
        said = refusals.sentences(refused, acting.office().zone)
        return _one(row, [{"field": act + "-words", "words": why} for why in said]), 409
    flash(_("It is on record."))
    return redirect(url_for("treasurer.income", income=row.id), 303)


def kinds_of_source() -> dict[str, str]:
    """What somebody whom money comes from may be."""
    return {
        "individual": _("A person"), "company": _("A company"), "union": _("A trade union"), "party": _("A party"),
        "association": _("An association"), "charity": _("A charity"), "own": _("Ourselves"), "other": _("Another body"),
    }  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _pence(text: str) -> int:
    try:
        return max(parse_pounds(text), 0)
    except MoneyError:
        return 0


def _fund(text: str) -> Row[Any]:
    found = [row for row in _mine() if not text or row.id == _number(text)]
    if not found:
        abort(404)
    return found[0]


def _mine() -> list[Row[Any]]:
    held = reach.funds()
    return [row for row in rounds.funds(g.conn) if held is None or row.id in held]


def _fetch(number: int, *roles: str) -> Row[Any]:
    held = funds_for(*roles)
    row = pot.income(g.conn, number) if number < 2**53 else None
    if row is None or (held is not None and row.fund_id not in held):
        abort(404)
    return row


def _duties(fund: int) -> list[donations.Duty]:
    gifts, reported = pot.gifts(g.conn, fund)
    return donations.duties(gifts, reported)


def _list(
    fund: Row[Any], problems: list[dict[str, str]] | None = None, given: dict[str, str] | None = None
) -> str:
    day, _sep, number = request.args.get("before", "").partition("_")
    since = typed.day(day)
    before = (since, _number(number)) if since and _number(number) else None
    rows = pot.incomes(g.conn, [fund.id], SHOWN + 1, before=before)
    last = rows[SHOWN - 1] if len(rows) > SHOWN else None
    return render_template(
        "treasurer/income_list.html",
        fund=fund, funds=_mine(),
        pot_of=pot.of_fund(g.conn, fund.id), rows=rows[:SHOWN], kinds=kinds_of_source(), today=reach.today(),
        rounds=rounds.all_of(g.conn, fund.id), sources=pot.sources(g.conn, fund.id), duties=_duties(fund.id),
        names={row.id: row.name for row in pot.sources(g.conn, fund.id)},
        older=f"{last.received_on.isoformat()}_{last.id}" if last is not None else None, given=given or {},
        problems=problems or None, errors={one["field"]: one["words"] for one in problems or []},
    )  # fmt: skip


def _one(row: Row[Any], problems: list[dict[str, str]] | None = None) -> str:
    source = pot.source(g.conn, row.source_id)
    return render_template(
        "treasurer/income.html",
        income=row, source=source, kinds=kinds_of_source(), today=reach.today(), problems=problems or None,
        year=row.received_on.year, gave=pot.year_of(g.conn, row.source_id, row.received_on.year),
        duties=[duty for duty in _duties(row.fund_id) if duty.gift == row.id], given=request.form,
        treasurer=(funds_for("treasurer") is None or row.fund_id in (funds_for("treasurer") or [])),
        errors={one["field"]: one["words"] for one in problems or []},
    )  # fmt: skip
