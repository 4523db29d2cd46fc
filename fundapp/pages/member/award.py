"""The award: read its terms, accept it or turn it down, agree to a change of it or keep it as it is."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain.deadlines import civil_day
from fundapp.domain.recipients import RECIPIENTS
from fundapp.pages import acting, downloads, typed
from fundapp.pages.gate import gate
from fundapp.pages.member import blueprint, reach
from fundapp.queries import awards as asks
from fundapp.queries import awards_out, letters, owing, paying, rounds
from fundapp.services import awards, terms, variations
from fundapp.services.deed import Deed
from fundapp.services.transition import Refused
from fundapp.words import election_law, recipients, refusals
from fundapp.words.tongue import gettext as _

#: Characters of a reason and of a name.
MOST_REASON, MOST_NAME = 2000, 120

Page = Response | str | tuple[str, int]
Problems = list[dict[str, str]]


@blueprint.route("/my-bids/<ref>/award", methods=["GET", "POST"])
@gate("signed_in")
def award(ref: str) -> Page:
    """The award with its terms; while it is offered, the form that accepts it."""
    row, made = _fetch(ref)
    if request.method != "POST":
        return _award_page(row, made)
    given = _given()
    problems = _unsigned(given)
    if given["recipient"] not in RECIPIENTS:
        problems.insert(0, {"field": "recipient", "words": _("Choose who will hold the money.")})
    if problems:
        return _award_page(row, made, given, problems), 422
    version = acting.seen()
    acting.end_reading()
    signed = awards.Signed(given["name"], request.form.get("terms", ""), given["recipient"])
    try:
        awards.accept(acting.office(), acting.actor(), row.id, signed, g.arrived, version)
    except Refused as refused:
        row, made = _fetch(ref)
        return _award_page(row, made, given, _refused(refused, "agreed")), 409
    acting.nudge()
    flash(_("Thank you. The award is yours. Your copy of its terms is on this page and in your mail."))
    return redirect(url_for("member.award", ref=row.reference), 303)


@blueprint.route("/my-bids/<ref>/award/turn-down", methods=["GET", "POST"])
@gate("signed_in")
def turn_down(ref: str) -> Page:
    """Turn the award down, after one page that says what it means."""
    row, made = _fetch(ref)
    if request.method != "POST":
        return _turn_down_page(row, made)
    reason = typed.words("reason")
    if len(reason) > MOST_REASON:
        return _turn_down_page(row, made, reason, [_too_long("reason")]), 422
    version = acting.seen()
    acting.end_reading()
    try:
        awards.refuse(acting.office(), acting.actor(), row.id, g.arrived, version, reason)
    except Refused as refused:
        row, made = _fetch(ref)
        return _turn_down_page(row, made, reason, _refused(refused, "main")), 409
    acting.nudge()
    flash(_("The award is turned down. Thank you for telling us."))
    return redirect(url_for("member.bid", ref=row.reference), 303)


@blueprint.route("/my-bids/<ref>/award/change", methods=["GET", "POST"])
@gate("signed_in")
def change(ref: str) -> Page:
    """A change that an officer proposes: as it is and as it would be, to agree to or not."""
    row, made = _fetch(ref)
    if request.method != "POST":
        return _change_page(row, made)
    given = _given()
    do = request.form.get("do", "")
    problems: Problems = []
    if do == "agree":
        problems = _unsigned(given)
    elif do != "keep":
        problems = [{"field": "agreed", "words": _("Agree to the change, or keep the award as it is.")}]
    elif len(given["reason"]) > MOST_REASON:
        problems = [_too_long("reason")]
    if problems:
        return _change_page(row, made, given, problems), 422
    version = acting.seen()
    acting.end_reading()
    try:
        if do == "agree":
            signed = awards.Signed(given["name"], request.form.get("terms", ""))
            variations.agree(acting.office(), acting.actor(), row.id, signed, g.arrived, version)
        else:
            variations.keep(acting.office(), acting.actor(), row.id, given["reason"], g.arrived, version)
    except Refused as refused:
        row, made = _fetch(ref)
        field = "agreed" if do == "agree" else "reason"
        return _change_page(row, made, given, _refused(refused, field)), 409
    acting.nudge()
    flash(
        _("Thank you. The award is changed. The new letter and your copy of its terms are here.")
        if do == "agree"
        else _("The award stays as it is. We have told the fund’s officer.")
    )
    return redirect(url_for("member.award", ref=row.reference), 303)


@blueprint.get("/my-bids/<ref>/acceptance")
@gate("signed_in")
def acceptance(ref: str) -> Response:
    """The countersigned copy of the terms that were agreed to, as a PDF."""
    row = reach.fetch_own(ref)
    return downloads.letter(letters.acceptance(g.conn, row.id), row.reference)


def _fetch(ref: str) -> tuple[Any, Any]:
    """The bid, if it is this person's to act on, and its award; 404 without one."""
    row = reach.fetch_own(ref)
    made: Any = asks.of_bid(g.conn, row.id)
    if made is None:
        abort(404)
    return row, made


def _given() -> dict[str, str]:
    form = request.form
    return {
        "agreed": form.get("agreed", ""), "name": typed.line("name"), "recipient": form.get("recipient", ""),
        "reason": typed.words("reason"),
    }  # fmt: skip


def _unsigned(given: dict[str, str]) -> Problems:
    """What is missing of a signature, in the form's order."""
    problems: Problems = []
    if given["agreed"] != "yes":
        problems.append({"field": "agreed", "words": _("Read the terms, then tick that you agree to them.")})
    if not given["name"]:
        problems.append({"field": "name", "words": _("Type your name, as you would sign it.")})
    elif len(given["name"]) > MOST_NAME:
        words = _("Shorten your name to %(most)s characters.", most=MOST_NAME)
        problems.append({"field": "name", "words": words})
    return problems


def _too_long(field: str) -> dict[str, str]:
    return {"field": field, "words": _("Shorten this to %(most)s characters.", most=f"{MOST_REASON:,}")}


def _refused(refused: Refused, field: str) -> Problems:
    return [{"field": field, "words": w} for w in refusals.sentences(refused, acting.office().zone)]


def _errors(problems: Problems | None) -> dict[str, str]:
    return {problem["field"]: problem["words"] for problem in problems or []}


def _award_page(
    row: Any, made: Any, given: dict[str, str] | None = None, problems: Problems | None = None
) -> str:
    open_to = [
        {"value": each, "words": recipients.label(each), "hint": recipients.hint(each)} for each in RECIPIENTS
    ]
    return render_template(
        "member/award.html", bid=row, award=made, terms=terms.standing(g.conn, row.id), recipients=open_to,
        given=given or {}, problems=problems, errors=_errors(problems), round=rounds.by_id(g.conn, row.round_id),
        moves=acting.may("award", made.id), copy=letters.acceptance(g.conn, row.id), most_name=MOST_NAME,
        change=_waiting(row, made), ended=asks.cancelled(g.conn, row.id) if made.state == "cancelled" else None,
        owing=owing.of_bid(g.conn, row.id) if made.state == "cancelled" else None, law=_law(row, made),
        bank=reach.bank_of(row, made),
    )  # fmt: skip


def _law(row: Any, made: Any) -> list[str]:
    """What election law asks of who holds this award, if what they said of themselves makes it a donation to them."""
    if made.state not in ("accepted", "complete"):
        return []
    holder = awards_out.holder(g.conn, row.id)
    day = civil_day(made.accepted_at or made.offered_at, acting.office().zone)
    return election_law.of_recipient(holder, made.amount_pence, day)


def _turn_down_page(row: Any, made: Any, reason: str = "", problems: Problems | None = None) -> str:
    verdict = acting.may("award", made.id).get("refuse")
    if verdict is None and not problems:
        abort(404)
    zone = acting.office().zone
    return render_template(
        "member/turn_down.html", bid=row, award=made, reason=reason, problems=problems, errors=_errors(problems),
        open=verdict is not None and verdict.granted, most=MOST_REASON,
        why=[refusals.sentence(each, zone, life="award") for each in verdict.refusals] if verdict is not None else [],
    )  # fmt: skip


def _change_page(
    row: Any, made: Any, given: dict[str, str] | None = None, problems: Problems | None = None
) -> str:
    waiting = _waiting(row, made)
    office = acting.office()
    deed = Deed(acting.conn(), office.recorder, acting.actor(), g.arrived, g.arrived, office.zone)
    then = terms.proposed(deed, made, waiting) if waiting is not None else None
    now = terms.standing(g.conn, row.id)
    return render_template(
        "member/change_award.html", bid=row, award=made, variation=waiting, now=now, then=then,
        rows=terms.beside(now, then) if now is not None and then is not None else [],
        given=given or {}, problems=problems, errors=_errors(problems), most=MOST_REASON, most_name=MOST_NAME,
        moves=acting.may("award", made.id),
    )  # fmt: skip


def _waiting(row: Any, made: Any) -> Any:
    """The change that waits for this applicant; None of an award that ended meanwhile."""
    return paying.variations(g.conn, [row.id]).get(row.id) if made.state == "accepted" else None
