"""One award: its payments, those still to schedule, and asking to cancel it."""

from datetime import date, timedelta
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.domain import money
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.treasurer import blueprint, reach
from fundapp.queries import awards as asks
from fundapp.queries import rounds, treasury
from fundapp.services import awards, letter_facts
from fundapp.services.transition import Refused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: Lines in the form; a payment plan of more parts is made in two goes.
LINES = 4
MOST_NEEDS = 200

Page = Response | str | tuple[str, int]
Problems = list[dict[str, str]]
Plan = list[tuple[int, date, str]]


@blueprint.get("/money/<ref>")
@gate("treasurer")
def award(ref: str) -> str:
    """The award, what is paid of it, and what is still to be scheduled."""
    return _page(reach.fetch_award(ref))


@blueprint.post("/money/<ref>/schedule")
@gate("treasurer")
def schedule(ref: str) -> Page:
    """Schedule the payments of the form, all of them or none; another person approves them."""
    row = reach.fetch_award(ref)
    lines = [
        {name: request.form.get(f"{name}-{number}", "").strip() for name in ("amount", "due", "needs")}
        for number in range(1, LINES + 1)
    ]
    plan, problems = _plan(lines)
    if not problems and not plan:
        problems = [
            {"field": "amount-1", "words": _("Give at least one payment: how much, and when it is due.")}
        ]
    left = row.amount_pence - _planned(row)
    total = sum(amount for amount, _due, _needs in plan)
    if not problems and total > left:
        words = _(
            "The payments add up to %(total)s, but only %(left)s of the award is not scheduled yet.",
            total=money.pounds(total), left=money.pounds(left),
        )  # fmt: skip
        problems = [{"field": "amount-1", "words": words}]
    if problems:
        return _page(row, problems, lines), 422
    if acting.seen() != _version(row):
        words = _(
            "Payments of this award have changed since you opened the page. Look at it as it stands now."
        )
        return _page(row, [{"field": "amount-1", "words": words}], lines), 409
    acting.end_reading()
    try:
        done = awards.schedule(acting.office(), acting.actor(), row.bid_id, plan, g.arrived)
    except Refused as refused:
        why = refusals.sentences(refused, acting.office().zone)
        return _page(
            reach.fetch_award(ref), [{"field": "amount-1", "words": words} for words in why], lines
        ), 409
    acting.nudge()
    flash(
        ngettext(
            "One payment is scheduled. An officer approves it before it can be sent.",
            "%(num)s payments are scheduled. An officer approves them before they can be sent.",
            len(done),
        )
    )
    return redirect(url_for("treasurer.award", ref=ref), 303)


@blueprint.post("/money/<ref>/cancel")
@gate("treasurer")
def ask_cancel(ref: str) -> Page:
    """Ask that the award be cancelled; an officer, another person, confirms it."""
    row = reach.fetch_award(ref)
    reason = request.form.get("reason", "").strip()
    if not reason or len(reason) > 1000:
        words = _("Say why, in at most 1,000 characters. The officer decides by it.")
        return _page(row, [{"field": "reason", "words": words}], reason=reason), 422
    done, why = acting.move("bid", "ask_cancel", row.bid_id, {"reason": reason})
    if done is None:
        problems = [{"field": "reason", "words": words} for words in why]
        return _page(reach.fetch_award(ref), problems, reason=reason), 409
    flash(_("An officer has been asked to cancel this award. Until they confirm it, it stands."))
    return redirect(url_for("treasurer.award", ref=ref), 303)


def _plan(lines: list[dict[str, str]]) -> tuple[Plan, Problems]:
    """The payments that were typed, and what is wrong with them, in the form's order. Empty lines are no payment."""
    plan: Plan = []
    problems: Problems = []
    for number, line in enumerate(lines, 1):
        if not line["amount"]:
            if line["needs"]:
                words = _("Payment %(number)s: say how much it is, or empty its line.", number=number)
                problems.append({"field": f"amount-{number}", "words": words})
            continue
        try:
            amount = money.parse_pounds(line["amount"])
        except money.MoneyError as wrong:
            said = refusals.plain(wrong.code, wrong.params, acting.office().zone)
            problems.append({"field": f"amount-{number}", "words": said})
            continue
        due = typed.day(line["due"])
        if amount <= 0:
            words = _("Payment %(number)s: give more than nothing.", number=number)
            problems.append({"field": f"amount-{number}", "words": words})
        if due is None:
            words = _("Payment %(number)s: give the day it is due.", number=number)
            problems.append({"field": f"due-{number}", "words": words})
        if len(line["needs"]) > MOST_NEEDS:
            words = _(
                "Payment %(number)s: say what it waits for in %(most)s characters.",
                number=number,
                most=MOST_NEEDS,
            )
            problems.append({"field": f"needs-{number}", "words": words})
        if amount > 0 and due is not None:
            plan.append((amount, due, line["needs"]))
    return plan, problems


def _planned(row: Row[Any]) -> int:
    return sum(p.amount_pence for p in asks.payments_of(g.conn, row.bid_id) if p.state != "cancelled")


def _version(row: Row[Any]) -> int:
    """Rises with every payment made or moved: the second of two presses finds another number."""
    return int(row.version) + sum(payment.version for payment in asks.payments_of(g.conn, row.bid_id))


def _proposed(left: int, plan: list[list[Any]], made: int) -> list[dict[str, str]]:
    """What is left, by those parts of the letter's plan that are not scheduled: in ten days, then every half year."""
    blank = {"amount": "", "due": "", "needs": ""}
    if left <= 0:
        return [dict(blank) for _line in range(LINES)]
    parts = (plan[made:] or plan[-1:])[:LINES]
    shares = money.instalments(left, [share for *_words, share in parts])
    today = reach.today()
    lines = [
        {
            "amount": money.pounds(pence).removeprefix("£"),
            "due": (today + timedelta(days=10 + 180 * number)).isoformat(), "needs": _(needs),
        }
        for number, (pence, (_label, _when, needs, _share)) in enumerate(zip(shares, parts, strict=True))
        if pence
    ]  # fmt: skip
    return lines + [dict(blank) for _line in range(LINES - len(lines))]


def _page(
    row: Row[Any],
    problems: Problems | None = None,
    lines: list[dict[str, str]] | None = None,
    reason: str = "",
) -> str:
    payments = asks.payments_of(g.conn, row.bid_id)
    standing = [payment for payment in payments if payment.state != "cancelled"]
    left = row.amount_pence - _planned(row)
    fund = rounds.fund(g.conn, row.fund_id)
    plan = letter_facts.plan_of(fund.terms if fund is not None else {})
    offered = _proposed(left, plan, len(standing))
    asked = treasury.cancelling(g.conn, row.bid_id, g.arrived)
    cancel = acting.may("bid", row.bid_id).get("ask_cancel")
    return render_template(
        "treasurer/award.html",
        award=row, payments=payments, left=left, lines=lines or offered, problems=problems, seen=_version(row),
        errors={problem["field"]: problem["words"] for problem in problems or []}, reason=reason, asked=asked,
        cancel=cancel, paid=sum(p.amount_pence for p in payments if p.state == "paid"), most=MOST_NEEDS,
    )  # fmt: skip
