"""Sending a bid back, and ruling one out."""

from typing import Any

from flask import render_template, request
from sqlalchemy import Row

from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _


@blueprint.route("/bids/<ref>/send-back", methods=["GET", "POST"])
@gate("officer")
def send_back(ref: str) -> Page:
    """Ask the applicant to change something; the reason is mailed to them."""
    row = forms.officers_bid(ref)
    reason = forms.text("reason")
    if request.method == "GET":
        return _page("send_back", row, reason)
    if not reason or len(reason) > forms.MOST:
        words = _("Say what to change, in at most %(most)s characters.", most=f"{forms.MOST:,}")
        return _page("send_back", row, reason, [{"field": "reason", "words": words}]), 422
    return _moved(
        "send_back", row, reason, _("%(bid)s is sent back. Its applicant is told.", bid=row.reference)
    )


@blueprint.route("/bids/<ref>/rule-out", methods=["GET", "POST"])
@gate("officer")
def rule_out(ref: str) -> Page:
    """End a bid that the round's rules leave out, for one of the round's own reasons."""
    row = forms.officers_bid(ref)
    reason = forms.text("reason")
    if request.method == "GET":
        return _page("rule_out", row, reason)
    if reason not in row.reasons:
        problems = [{"field": "reason", "words": _("Choose one of the round’s reasons.")}]
        return _page("rule_out", row, reason, problems), 422
    return _moved(
        "rule_out", row, reason, _("%(bid)s is ruled out. Its applicant is told why.", bid=row.reference)
    )


def _moved(move: str, row: Row[Any], reason: str, said: str) -> Page:
    done, why = acting.move("bid", move, row.id, {"reason": reason})
    if done is None:
        problems: Problems = [{"field": "reason", "words": words} for words in why]
        return _page(move, forms.officers_bid(row.reference), reason, problems), 409
    return forms.back_to(row, said)


def _page(move: str, row: Row[Any], reason: str, problems: Problems | None = None) -> str:
    verdict = acting.may("bid", row.id).get(move)
    zone = acting.office().zone
    return render_template(
        f"officer/{move}.html", bid=row, reason=reason, problems=problems, errors=forms.errors(problems), verdict=verdict,
        locks=[refusals.sentence(each, zone, officer=True) for each in verdict.refusals] if verdict is not None else [],
    )  # fmt: skip
