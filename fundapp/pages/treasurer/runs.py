"""Payment runs: chosen, looked at once, sent; their files for the bank; then what the bank says of each payment."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import Response as File
from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.domain import bank_text
from fundapp.domain.money import pounds
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.treasurer import blueprint, held, reach
from fundapp.queries import payers, reading
from fundapp.queries import runs as asks
from fundapp.services import holds, runs
from fundapp.services.runs import RunRefused
from fundapp.services.transition import NotThere, Refused, fire
from fundapp.services.vault import Forgotten, NoBankKey
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: Days ahead that a run reaches unless asked otherwise.
REACHES = 14
#: Runs of a page of the list.
PAGE = 50
MOST_REASON = 500

Page = Response | str | tuple[str, int]
Chosen = dict[int, int]


def sections(until: date) -> dict[str, Any]:
    """What the page of the money says of runs: for each fund what can be sent, what is held and why, and what is others'."""
    due = asks.due(g.conn, reach.funds(), until, runs.MOST)
    apart = reading.apart_from(g.conn, g.person.id) if due else frozenset()
    found = []
    for fund, rows in groupby((row for row in due if row.bid_id not in apart), key=lambda row: row.fund_id):
        every = list(rows)
        kept = holds.of_run(g.conn, fund, every, reach.today())
        ready = [row for row in every if row.id not in kept]
        back = [(row, [held.of(row, reason) for reason in kept[row.id]]) for row in every if row.id in kept]
        total = sum(row.amount_pence for row in ready)
        found.append(
            {
                "fund": fund,
                "name": every[0].fund,
                "rows": ready,
                "held": back,
                "total": total,
                "words": pounds(total),
            }
        )
    return {"runs": found, "due": len(due), "theirs": sum(row.bid_id in apart for row in due)}


@blueprint.get("/money/runs")
@gate("treasurer")
def run_list() -> str:
    """The runs that were made, the newest first, a page at a time."""
    text = request.args.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
    rows = asks.listed(g.conn, reach.funds(), before, PAGE + 1)
    return render_template(
        "treasurer/runs.html", rows=rows[:PAGE], older=rows[PAGE - 1].id if len(rows) > PAGE else None
    )


@blueprint.get("/money/runs/new")
@gate("treasurer")
def new_run() -> Page:
    """The chosen payments as they would go: whom to, how many, what they come to, from which account."""
    chosen = _chosen(request.args.getlist("pay"))
    fund = _fund(request.args.get("fund", ""))
    if not chosen or fund is None:
        flash(_("Choose at least one payment for the run."))
        return redirect(url_for("treasurer.money", _anchor="run"), 303)
    rows = _rows(fund, chosen)
    if len(rows) != len(chosen):
        flash(
            _(
                "Some of these payments have changed since you opened the page. Look at the run as it stands now."
            )
        )
        return redirect(url_for("treasurer.money", _anchor="run"), 303)
    return _look(fund, rows)


@blueprint.post("/money/run")
@gate("treasurer")
def run() -> Page:
    """Send the chosen payments in one run: all of them or none. Pressed twice, it is the same run."""
    chosen = _chosen(request.form.getlist("pay"))
    fund = _fund(request.form.get("fund", ""))
    if not chosen or fund is None:
        return _money([_("No payments were chosen. Look at the run as it stands now.")]), 422
    found = asks.chosen(g.conn, list(chosen))
    if {row.fund_id for row in found} != {fund} or len(found) != len(chosen):
        next((row for row in found if not reach.theirs(row.fund_id)), None)
        return _money([_("These payments are not all of this fund. Look at the run as it stands now.")]), 422
    text = request.form.get("pay_on", "").strip()
    day = typed.day(text) if text else None
    if text and (day is None or day > reach.today() + timedelta(days=366)):
        words = _("Give the day for the bank to pay, such as 26 March 2027.")
        return _look(fund, _rows(fund, chosen), [{"field": "pay_on", "words": words}], text), 422
    acting.end_reading()
    pairs = list(chosen.items())
    try:
        number, done = runs.send(acting.office(), acting.actor(), fund, pairs, g.arrived, day)
    except RunRefused as refused:
        return _not_sent(fund, chosen, each_refused(refused, {row.id: row for row in found}), text)
    except Refused as refused:
        return _not_sent(fund, chosen, refusals.sentences(refused, acting.office().zone), text)
    except NotThere:
        return _money([_("One of these payments is no longer there. Look at the run as it stands now.")]), 409
    except (NoBankKey, Forgotten):
        return _money([_unreadable()]), 409
    acting.nudge()
    flash(
        ngettext(
            "Run %(run)s is made: one payment. Give the bank its file, and say here when it has paid.",
            "Run %(run)s is made: %(num)s payments. Give the bank its file, and say here when it has paid.",
            len(done), run=number,
        )
    )  # fmt: skip
    made = runs.made_already(g.conn, g.person.id, pairs)
    return redirect(url_for("treasurer.show_run", run=made), 303)


@blueprint.get("/money/runs/<int:run>")
@gate("treasurer")
def show_run(run: int) -> str:
    """A run: its lines, its totals, its files, and what the bank said of each payment."""
    return _page(_fetch(run))


@blueprint.post("/money/runs/<int:run>/file/<kind>")
@gate("treasurer")
def run_file(run: int, kind: str) -> Page:
    """The bank's file of a run. It holds bank details, so that each taking out leaves an event."""
    row = _fetch(run)
    if kind not in runs.FORMATS:
        abort(404)
    members = asks.members(g.conn, [payment for payment, *_rest in row.lines])
    if {member.bid_id for member in members.values()} & reading.apart_from(g.conn, g.person.id):
        words = _("You have a part in a bid of this run: another treasurer takes out its files.")
        return _page(row, [{"field": "files", "words": words}]), 403
    acting.end_reading()
    try:
        made = runs.file_of(acting.office(), acting.actor(), row.id, kind, g.arrived, "treasurer")
    except runs.RunDiffers:
        words = _(
            "This run is no longer what it was when it was made, so no file is made of it. Send nothing to the bank, and tell"
            " the auditor."
        )
        return _page(_fetch(run), [{"field": "files", "words": words}]), 409
    except (NoBankKey, Forgotten):
        return _page(_fetch(run), [{"field": "files", "words": _unreadable()}]), 409
    response = File(made.content, content_type=made.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/money/runs/<int:run>/confirm")
@gate("treasurer")
def confirm_run(run: int) -> Page:
    """The bank paid the chosen payments of a run, all on one day."""
    row = _fetch(run)
    chosen = _chosen(request.form.getlist("pay"))
    text = request.form.get("paid_on", "").strip()
    day = typed.day(text)
    problems = []
    if not chosen:
        problems.append({"field": "confirm", "words": _("Choose the payments that the bank has made.")})
    if day is None:
        problems.append({"field": "paid_on", "words": _("Give the day, such as 26 March 2027.")})
    elif day > reach.today():
        words = _("A payment cannot have been paid on a day to come. Give the day the bank paid it.")
        problems.append({"field": "paid_on", "words": words})
    if problems or day is None:
        return _page(row, problems, paid_on=text), 422
    acting.end_reading()
    try:
        done = runs.confirm(acting.office(), acting.actor(), row.id, list(chosen.items()), day, g.arrived)
    except Refused as refused:
        why = refusals.sentences(refused, acting.office().zone)
        return _page(_fetch(run), [{"field": "confirm", "words": words} for words in why], paid_on=text), 409
    except NotThere:
        words = _("One of these payments is no longer in this run. Look at it as it stands now.")
        return _page(_fetch(run), [{"field": "confirm", "words": words}], paid_on=text), 409
    acting.nudge()
    flash(ngettext("One payment is marked as paid.", "%(num)s payments are marked as paid.", len(done)))
    return redirect(url_for("treasurer.show_run", run=run), 303)


@blueprint.post("/money/runs/<int:run>/fail")
@gate("treasurer")
def fail_run(run: int) -> Page:
    """One payment of a run came back from the bank, with what the bank said."""
    row = _fetch(run)
    chosen = _chosen([request.form.get("pay", "")])
    reason = request.form.get("reason", "").strip()
    problems = []
    if not chosen:
        problems.append({"field": "pay", "words": _("Choose the payment that came back.")})
    if not reason or len(reason) > MOST_REASON:
        words = _("Say what the bank told you, in at most 500 characters.")
        problems.append({"field": "reason", "words": words})
    if problems:
        return _page(row, problems, reason=reason), 422
    ((payment, seen),) = chosen.items()
    if asks.of_payments(g.conn, [payment]).get(payment, (None, 0))[0] != row.id:
        words = _("One of these payments is no longer in this run. Look at it as it stands now.")
        return _page(row, [{"field": "pay", "words": words}], reason=reason), 409
    acting.end_reading()
    try:
        fire(
            acting.office(), acting.actor(), "payment", "fail", payment, g.arrived, {"reason": reason}, seen=seen
        )  # fmt: skip
    except Refused as refused:
        why = refusals.sentences(refused, acting.office().zone)
        return _page(_fetch(run), [{"field": "pay", "words": words} for words in why], reason=reason), 409
    acting.nudge()
    flash(_("The payment is marked as failed. Schedule it again when you know what to mend."))
    return redirect(url_for("treasurer.payment", payment=payment), 303)


def _chosen(texts: list[str]) -> Chosen:
    """Payment → version seen of each, as the page listed them; none if any of them is no such pair, or they are too many."""
    found: Chosen = {}
    for text in texts:
        payment, _sep, seen = text.partition(":")
        if not all(part.isascii() and part.isdigit() and len(part) < 16 for part in (payment, seen)):
            return {}
        found[int(payment)] = int(seen)
    return found if len(found) <= runs.MOST else {}


def _fund(text: str) -> int | None:
    """The fund of that number, if its money is this person's to send."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    if request.method == "POST" and number and not reach.theirs(number):
        return None
    funds = reach.funds()
    return number if number and (funds is None or number in funds) else None


def _rows(fund: int, chosen: Chosen) -> list[Row[Any]]:
    """The chosen payments that may still go as the page had them."""
    apart = reading.apart_from(g.conn, g.person.id)
    return [
        row for row in asks.chosen(g.conn, list(chosen))
        if row.fund_id == fund and row.state == "approved" and row.version == chosen[row.id] and row.bid_id not in apart
    ]  # fmt: skip


def _fetch(run: int) -> Row[Any]:
    """The run; 404 if there is none, or it is not of a fund whose money this person holds."""
    row = asks.by_id(g.conn, run) if run < 2**53 else None
    funds = reach.funds()
    if row is None or (funds is not None and row.fund_id not in funds):
        abort(404)
    return row


def each_refused(refused: RunRefused, rows: Mapping[int, Row[Any]]) -> list[str]:
    """Each payment that stands in the way by its bid, with every reason."""
    zone = acting.office().zone
    said = []
    for each in refused.refused:
        row = rows.get(each.step.id or 0)
        why = " ".join(refusals.sentences(each, zone))
        said.append(
            _("%(bid)s, payment %(number)s: %(why)s", bid=row.reference, number=row.number, why=why)
            if row
            else why
        )
    return said


def _not_sent(fund: int, chosen: Chosen, why: list[str], pay_on: str) -> Page:
    """After a refusal: the very same press before this one may have made the run; else why not."""
    made = runs.made_already(acting.conn(), g.person.id, list(chosen.items()))
    if made is not None:
        return redirect(url_for("treasurer.show_run", run=made), 303)
    rows = _rows(fund, chosen)
    problems = [{"field": "run", "words": words} for words in why]
    return (_look(fund, rows, problems, pay_on) if len(rows) == len(chosen) else _money(why)), 409


def _unreadable() -> str:
    return _(
        "The service cannot read these bank details: the key that they were encrypted under is missing. Ask whoever runs the"
        " service; nothing was done."
    )


def _money(why: list[str]) -> str:
    from fundapp.pages.treasurer import money

    return money.page(None, why)


def _look(
    fund: int, rows: list[Row[Any]], problems: list[dict[str, str]] | None = None, pay_on: str = ""
) -> str:
    payer = payers.newest_confirmed(g.conn, fund)
    kept = holds.of_run(g.conn, fund, rows, reach.today())
    first = max([reach.today(), *(row.due_on for row in rows)])
    return render_template(
        "treasurer/new_run.html",
        fund=fund, rows=[(row, _name(row), [held.of(row, why) for why in kept.get(row.id, ())]) for row in rows],
        payer=payer, total=sum(row.amount_pence for row in rows), held=len(kept), first=first,
        pay_on=pay_on or first.isoformat(), problems=problems or None,
        errors={problem["field"]: problem["words"] for problem in problems or []},
    )  # fmt: skip


def _name(row: Row[Any]) -> str:
    """The payee's name as the bank will have it; as it was given where no bank carries it."""
    try:
        return bank_text.carried(row.holder_name)
    except bank_text.NotCarried:
        return str(row.holder_name)


def _page(
    row: Row[Any], problems: list[dict[str, str]] | None = None, paid_on: str | None = None, reason: str = ""
) -> str:
    members = asks.members(g.conn, [payment for payment, *_rest in row.lines])
    payees = asks.payees(g.conn, [payee for _payment, payee, *_rest in row.lines])
    apart = reading.apart_from(g.conn, g.person.id)
    lines = [
        {
            "payment": members[payment], "pence": pence, "reference": reference, "payee": payees[payee],
            "here": members[payment].run_id == row.id, "own": members[payment].bid_id in apart,
        }
        for payment, payee, pence, reference in row.lines
    ]  # fmt: skip
    return render_template(
        "treasurer/run.html", run=row, lines=lines, problems=problems or None, reason=reason, most=MOST_REASON,
        open=[line for line in lines if line["here"] and line["payment"].state == "sent" and not line["own"]],
        errors={problem["field"]: problem["words"] for problem in problems or []}, zone=acting.office().zone,
        paid_on=reach.today().isoformat() if paid_on is None else paid_on, today=reach.today(),
    )  # fmt: skip
