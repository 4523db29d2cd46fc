"""One award: its payments, those still to schedule, and asking to cancel it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.domain import money
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.treasurer import blueprint, flags, held, reach
from fundapp.queries import awards as asks
from fundapp.queries import owing, paying, rounds, runs, treasury
from fundapp.services import awards, letter_facts
from fundapp.services.transition import Refused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: Lines in the form; a payment plan of more parts is made in two goes.
LINES = 4
#: Lines of a plan that is changed, two of them for what comes new.
MOST_LINES = 12
MOST_NEEDS = 200
#: What a payment may wait for beside its day.
MILESTONES = ("", "report")

Page = Response | str | tuple[str, int]
Problems = list[dict[str, str]]
Plan = list[awards.Instalment]


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
    lines = _typed(LINES)
    plan, problems = _plan(lines)
    if not problems and not plan:
        problems = [
            {"field": "amount-1", "words": _("Give at least one payment: how much, and when it is due.")}
        ]
    left = row.amount_pence - _planned(row)
    total = sum(part.amount_pence for part in plan)
    if not problems and total > left:
        words = _(
            "The payments add up to %(total)s, but only %(left)s of the award is not scheduled yet.",
            total=money.pounds(total), left=money.pounds(left),
        )  # fmt: skip
        problems = [{"field": "amount-1", "words": words}]
    if problems:
        return _page(row, problems, lines), 422
    done, why = _schedule(row, plan, [])
    if done is None:
        return _page(reach.fetch_award(ref), why, lines), 409
    flash(
        ngettext(
            "One payment is scheduled. An officer approves it before it can be sent.",
            "%(num)s payments are scheduled. An officer approves them before they can be sent.",
            done,
        )
    )
    return redirect(url_for("treasurer.award", ref=ref), 303)


@blueprint.route("/money/<ref>/plan", methods=["GET", "POST"])
@gate("treasurer")
def plan(ref: str) -> Page:
    """Change the payments that are planned and not sent. A line that stays as it is keeps its approval."""
    row = reach.fetch_award(ref)
    standing = _changeable(row)
    if row.state != "accepted" or not standing:
        return redirect(url_for("treasurer.award", ref=ref), 303)
    count = min(len(standing) + 2, MOST_LINES)
    if request.method == "GET":
        return _plan_page(row, [_as_line(payment) for payment in standing] + [dict(_BLANK)] * 2, [])
    lines = _typed(count)
    wanted, problems = _plan(lines)
    free = row.amount_pence - _planned(row) + sum(payment.amount_pence for payment in standing)
    total = sum(part.amount_pence for part in wanted)
    if not problems and total > free:
        words = _(
            "The payments add up to %(total)s, but only %(left)s of the award is not sent yet.",
            total=money.pounds(total), left=money.pounds(free),
        )  # fmt: skip
        problems = [{"field": "amount-1", "words": words}]
    if problems:
        return _plan_page(row, lines, problems), 422
    gone = []
    for payment in standing:
        same = awards.Instalment(payment.amount_pence, payment.due_on, payment.needs, payment.milestone)
        if same in wanted:
            wanted.remove(same)
        else:
            gone.append((payment.id, payment.version))
    if not wanted and not gone:
        flash(_("Nothing was changed."))
        return redirect(url_for("treasurer.award", ref=ref), 303)
    done, why = _schedule(row, wanted, gone)
    if done is None:
        return _plan_page(reach.fetch_award(ref), lines, why), 409
    flash(_("The plan is changed. An officer approves what is new in it before it can be sent."))
    return redirect(url_for("treasurer.award", ref=ref), 303)


def _schedule(row: Row[Any], parts: Plan, instead_of: list[tuple[int, int]]) -> tuple[int | None, Problems]:
    """Schedule these in place of those: (how many, nothing), or (None, why not)."""
    if acting.seen() != _version(row):
        words = _(
            "Payments of this award have changed since you opened the page. Look at it as it stands now."
        )
        return None, [{"field": "amount-1", "words": words}]
    acting.end_reading()
    try:
        done = awards.schedule(acting.office(), acting.actor(), row.bid_id, parts, g.arrived, instead_of)
    except Refused as refused:
        why = refusals.sentences(refused, acting.office().zone)
        return None, [{"field": "amount-1", "words": words} for words in why]
    acting.nudge()
    return len(done), []


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


_BLANK = {"amount": "", "due": "", "needs": "", "milestone": ""}


def _typed(count: int) -> list[dict[str, str]]:
    return [
        {name: request.form.get(f"{name}-{number}", "").strip() for name in _BLANK}
        for number in range(1, count + 1)
    ]


def _changeable(row: Row[Any]) -> list[Row[Any]]:
    """The award's payments that are planned and not sent, in order."""
    found = asks.payments_of(g.conn, row.bid_id)
    return [payment for payment in found if payment.state in ("scheduled", "approved")][: MOST_LINES - 2]


def _as_line(payment: Row[Any]) -> dict[str, str]:
    return {
        "amount": money.pounds(payment.amount_pence).removeprefix("£"), "due": payment.due_on.isoformat(),
        "needs": payment.needs, "milestone": payment.milestone,
    }  # fmt: skip


def _plan_page(row: Row[Any], lines: list[dict[str, str]], problems: Problems) -> str:
    standing = _changeable(row)
    sure = _planned(row) - sum(payment.amount_pence for payment in standing)
    return render_template(
        "treasurer/plan.html",
        award=row, lines=lines, problems=problems or None, seen=_version(row), free=row.amount_pence - sure, sure=sure,
        errors={problem["field"]: problem["words"] for problem in problems}, most=MOST_NEEDS,
        planned=len(standing), approved=[payment for payment in standing if payment.state == "approved"],
    )  # fmt: skip


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
        if line["milestone"] not in MILESTONES:
            words = _("Payment %(number)s: choose when it is paid.", number=number)
            problems.append({"field": f"milestone-{number}", "words": words})
        elif amount > 0 and due is not None:
            plan.append(awards.Instalment(amount, due, line["needs"], line["milestone"]))
    return plan, problems


def _planned(row: Row[Any]) -> int:
    return sum(p.amount_pence for p in asks.payments_of(g.conn, row.bid_id) if p.state != "cancelled")


def _version(row: Row[Any]) -> int:
    """Rises with every payment made or moved: the second of two presses finds another number."""
    return int(row.version) + sum(payment.version for payment in asks.payments_of(g.conn, row.bid_id))


def _proposed(left: int, terms: Mapping[str, Any], made: int) -> list[dict[str, str]]:
    """What is left, by those parts of the fund's plan that are not scheduled: in ten days, then every half year."""
    if left <= 0:
        return [dict(_BLANK) for _line in range(LINES)]
    whole = list(zip(letter_facts.plan_of(terms), letter_facts.milestones_of(terms), strict=True))
    parts = (whole[made:] or whole[-1:])[:LINES]
    shares = money.instalments(left, [share for (*_words, share), _milestone in parts])
    today = reach.today()
    lines = [
        {
            "amount": money.pounds(pence).removeprefix("£"),
            "due": (today + timedelta(days=10 + 180 * number)).isoformat(), "needs": _(needs), "milestone": milestone,
        }
        for number, (pence, ((_label, _when, needs, _share), milestone)) in enumerate(zip(shares, parts, strict=True))
        if pence
    ]  # fmt: skip
    return lines + [dict(_BLANK) for _line in range(LINES - len(lines))]


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
    offered = _proposed(left, fund.terms if fund is not None else {}, len(standing))
    today = reach.today()
    waits = {payment.id: held.words(payment, today) for payment in runs.of_bid(g.conn, row.bid_id)}
    asked = treasury.cancelling(g.conn, row.bid_id, g.arrived)
    cancel = acting.may("bid", row.bid_id).get("ask_cancel")
    out = sum(p.amount_pence for p in payments if p.state in paying.OUT)
    return render_template(
        "treasurer/award.html",
        award=row, payments=payments, left=left, lines=lines or offered, problems=problems, seen=_version(row),
        errors={problem["field"]: problem["words"] for problem in problems or []}, reason=reason, asked=asked,
        cancel=cancel, waits=waits, paid=sum(p.amount_pence for p in payments if p.state == "paid"), most=MOST_NEEDS,
        out=out, change=paying.variations(g.conn, [row.bid_id]).get(row.bid_id) if row.state == "accepted" else None,
        ended=asks.cancelled(g.conn, row.bid_id) if row.state == "cancelled" else None,
        owing=owing.of_bid(g.conn, row.bid_id) if row.state == "cancelled" else None,
        flagged=bool(flags.of_bid(row.bid_id)),
    )  # fmt: skip
