"""Whom an award is paid to: masked until the treasurer looks, which goes on record; what the bank said of the name."""

from typing import Any

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.domain import accounts
from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.treasurer import blueprint, reach
from fundapp.queries import payees
from fundapp.services import bank_details, vault
from fundapp.words import bank
from fundapp.words.tongue import gettext as _
from workflows.guards.paying import BANK_ANSWERS

Page = Response | str | tuple[str, int]
Problems = list[dict[str, str]]


@blueprint.get("/money/<ref>/bank")
@gate("treasurer")
def bank_account(ref: str) -> str:
    """The bank details of an award, masked."""
    return _page(reach.fetch_award(ref))


@blueprint.post("/money/<ref>/bank/look")
@gate("treasurer")
def look_at_bank(ref: str) -> Page:
    """The account in full, once; that this person looked is put on record first."""
    row = reach.fetch_award(ref)
    standing = _standing(payees.of_bid(g.conn, row.bid_id))
    if standing is None:
        abort(404)
    acting.end_reading()
    try:
        shown = bank_details.look(
            acting.office(), acting.actor(), row.bid_id, standing.id, "treasurer", g.arrived
        )
    except (vault.NoBankKey, vault.Forgotten, ValueError) as trouble:
        current_app.logger.error("bank details %s cannot be read: %s", standing.id, type(trouble).__name__)
        words = _(
            "These bank details cannot be read: the service has not the key that they were encrypted under. "
            "Ask the operator to run `fundapp doctor`."
        )
        return _page(reach.fetch_award(ref), None, [{"field": "main", "words": words}]), 503
    return _page(reach.fetch_award(ref), shown)


@blueprint.post("/money/<ref>/bank/answer")
@gate("treasurer")
def bank_answer(ref: str) -> Page:
    """Note what the bank said of the account's name."""
    row = reach.fetch_award(ref)
    standing = _standing(payees.of_bid(g.conn, row.bid_id))
    if standing is None:
        abort(404)
    answer = request.form.get("answer", "")
    if answer not in BANK_ANSWERS:
        words = _("Choose what the bank said of the name.")
        return _page(row, None, [{"field": "answer", "words": words}]), 422
    done, why = acting.move("payee", "note_bank", standing.id, {"answer": answer})
    if done is None:
        problems = [{"field": "answer", "words": words} for words in why]
        return _page(reach.fetch_award(ref), None, problems), 409
    flash(_("It is noted."))
    return redirect(url_for("treasurer.bank_account", ref=row.reference), 303)


def _standing(rows: list[Any]) -> Any:
    return next((one for one in rows if one.state == "standing"), None)


def _page(row: Row[Any], shown: bank_details.Account | None = None, problems: Problems | None = None) -> str:
    rows = payees.of_bid(g.conn, row.bid_id)
    standing = _standing(rows)
    keys = acting.office().bank_keys
    return render_template(
        "treasurer/bank.html", award=row, standing=standing, shown=shown, problems=problems,
        change=next((one for one in rows if one.state in payees.UNDER_WAY), None),
        sort_code=accounts.written_sort_code(shown.sort_code) if shown
        else bank_details.masked(g.conn, keys, [standing.id]).get(standing.id) if standing else None,
        kinds=bank.KINDS, checks=bank.CHECKED_FOR_STAFF, said=bank.BANK_SAID,
        errors={p["field"]: p["words"] for p in problems or []},
        answers=[{"value": answer, "words": _(bank.BANK_SAID[answer])} for answer in BANK_ANSWERS],
    )  # fmt: skip
