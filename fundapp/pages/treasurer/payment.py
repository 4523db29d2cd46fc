"""One payment: who prepared it, who approved it, what became of it at the bank."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.treasurer import blueprint, held, reach
from fundapp.queries import runs
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

#: Moves made here, with the field that each asks for.
_MOVES = {"confirm": "paid_on", "fail": "reason", "reschedule": "due_on", "cancel": None}

Page = Response | str | tuple[str, int]


@blueprint.get("/money/payments/<int:payment>")
@gate("treasurer")
def payment(payment: int) -> str:
    """The payment as it stands, and what may be done with it now."""
    return _page(reach.fetch_payment(payment))


@blueprint.post("/money/payments/<int:payment>/<move>")
@gate("treasurer")
def move(payment: int, move: str) -> Page:
    """Confirm, fail, reschedule or cancel a payment."""
    row = reach.fetch_payment(payment)
    if move not in _MOVES:
        abort(404)
    field = _MOVES[move]
    given = request.form.get(field, "").strip() if field else ""
    inputs: dict[str, Any] = {}
    words = ""
    if field == "reason":
        inputs = {"reason": given}
        if not given or len(given) > 500:
            words = _("Say what the bank told you, in at most 500 characters.")
    elif field is not None:
        day = typed.day(given)
        inputs = {field: day}
        if day is None:
            words = _("Give the day, such as 26 March 2027.")
        elif field == "paid_on" and day > reach.today():
            words = _("A payment cannot have been paid on a day to come. Give the day the bank paid it.")
    if words:
        return _page(row, [{"field": field or move, "words": words}], given), 422
    done, why = acting.move("payment", move, row.id, inputs)
    if done is None:
        problems = [{"field": field or move, "words": words} for words in why]
        return _page(reach.fetch_payment(payment), problems, given), 409
    flash(
        {
            "confirm": _("The payment is marked as paid."),
            "fail": _("The payment is marked as failed. Schedule it again when you know what to mend."),
            "reschedule": _("The payment is scheduled again. An officer approves it before it can be sent."),
            "cancel": _("The payment is cancelled; its money can be scheduled again."),
        }[move]
    )
    return redirect(url_for("treasurer.payment", payment=payment), 303)


def _page(row: Row[Any], problems: list[dict[str, str]] | None = None, given: str = "") -> str:
    moves = acting.may("payment", row.id)
    zone = acting.office().zone
    return render_template(
        "treasurer/payment.html",
        payment=row, moves={name for name, verdict in moves.items() if verdict.granted and name in _MOVES},
        locks=[
            refusals.sentence(reason, zone, life="payment")
            for name, verdict in moves.items() if name in _MOVES and not verdict.granted
            for reason in verdict.refusals
        ],
        problems=problems, errors={problem["field"]: problem["words"] for problem in problems or []}, given=given,
        today=reach.today(), held=held.words(runs.chosen(g.conn, [row.id])[0], reach.today()),
    )  # fmt: skip
