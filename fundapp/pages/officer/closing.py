"""The end of a bid: its report read, the bid closed, or its award cancelled."""

from typing import Any

from flask import abort, g, render_template, request
from sqlalchemy import Row

from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.queries import awards, staff
from fundapp.services import awards as acts
from fundapp.services.transition import Refused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _


@blueprint.route("/bids/<ref>/report", methods=["GET", "POST"])
@gate("officer")
def report(ref: str) -> Page:
    """Read the report, accept it or send it back; once all is paid, close the bid."""
    row = forms.officers_bid(ref)
    found = awards.report_of(g.conn, row.id)
    if found is None:
        abort(404)
    reason = forms.text("reason")
    if request.method == "GET":
        return _report(row, "")
    do = request.form.get("do", "")
    if do == "return" and (not reason or len(reason) > forms.MOST):
        words = _("Say what to change, in at most %(most)s characters.", most=f"{forms.MOST:,}")
        return _report(row, reason, [{"field": "reason", "words": words}]), 422
    if do in ("accept", "return"):
        done, why = acting.move("report", do, found.id, {"reason": reason})
        if done is None:
            return _report(row, reason, [{"field": "do", "words": words} for words in why]), 409
        said = _("The report is accepted.") if do == "accept" else _("The report is sent back to its author.")
        return forms.back_to(row, said)
    if do == "finish":
        seen = acting.seen()
        acting.end_reading()
        try:
            acts.finish(acting.office(), acting.actor(), row.id, g.arrived, seen)
        except Refused as refused:
            why = refusals.sentences(refused, acting.office().zone)
            return _report(
                forms.officers_bid(ref), reason, [{"field": "do", "words": words} for words in why]
            ), 409
        acting.nudge()
        return forms.back_to(
            row, _("%(bid)s is closed. Thank you letters are on their way.", bid=row.reference)
        )
    return _report(row, reason, [{"field": "do", "words": _("Choose what to do with the report.")}]), 422


def _report(row: Row[Any], reason: str, problems: Problems | None = None) -> str:
    found = awards.report_of(g.conn, row.id)
    if found is None:
        abort(404)
    zone = acting.office().zone
    verdicts = acting.may("report", found.id) | {"finish": acting.may("bid", row.id).get("report")}
    return render_template(
        "officer/report.html", bid=row, report=found, award=awards.of_bid(g.conn, row.id), verdicts=verdicts,
        reason=reason, problems=problems, errors=forms.errors(problems),
        locks={
            name: [refusals.sentence(each, zone, life="bid" if name == "finish" else "report") for each in v.refusals]
            for name, v in verdicts.items() if v is not None
        },
    )  # fmt: skip


@blueprint.route("/bids/<ref>/cancel", methods=["GET", "POST"])
@gate("officer")
def cancel(ref: str) -> Page:
    """Confirm that an award is cancelled: what the treasurer asked, and all that ends with it."""
    row = forms.officers_bid(ref)
    if request.method == "GET":
        return _cancel(row)
    if request.form.get("read") != "yes":
        words = _("Read what ends with the award, then tick that you have.")
        return _cancel(row, [{"field": "read", "words": words}]), 422
    seen = acting.seen()
    acting.end_reading()
    try:
        acts.cancel(acting.office(), acting.actor(), row.id, g.arrived, seen)
    except Refused as refused:
        why = refusals.sentences(refused, acting.office().zone)
        problems = [{"field": "read", "words": words} for words in why]
        return _cancel(forms.officers_bid(ref), problems), 409
    acting.nudge()
    return forms.back_to(
        row, _("The award of %(bid)s is cancelled, and what was not paid is free.", bid=row.reference)
    )


def _cancel(row: Row[Any], problems: Problems | None = None) -> str:
    award = awards.of_bid(g.conn, row.id)
    if award is None:
        abort(404)
    zone = acting.office().zone
    verdict = acting.may("bid", row.id).get("confirm_cancel")
    payments = awards.payments_of(g.conn, row.id)
    return render_template(
        "officer/cancel.html", bid=row, award=award, asked=staff.asked_to_cancel(g.conn, row.id), verdict=verdict,
        ends=[each for each in payments if each.state in ("scheduled", "approved", "failed")],
        paid=sum(each.amount_pence for each in payments if each.state in ("sent", "paid")),
        problems=problems, errors=forms.errors(problems),
        locks=[refusals.sentence(each, zone, officer=True) for each in verdict.refusals] if verdict is not None else [],
    )  # fmt: skip
