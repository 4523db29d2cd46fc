"""Changing an accepted award: what it is beside what it would be, proposed to the applicant, or taken back."""

from typing import Any

from flask import abort, g, render_template, request
from sqlalchemy import Row

from fundapp.domain import money
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.queries import awards, paying
from fundapp.services import terms, variations
from fundapp.services.deed import Deed
from fundapp.services.transition import Refused
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _

#: Characters of conditions and of a reason.
MOST = 2000
_FIELDS = ("amount", "conditions", "starts_on", "ends_on", "reason")


@blueprint.route("/bids/<ref>/vary", methods=["GET", "POST"])
@gate("officer")
def vary(ref: str) -> Page:
    """Propose a change of an accepted award, in two steps; or take back one that waits."""
    row, award = _fetch(ref)
    if request.method == "GET":
        return _page(row, award)
    do = request.form.get("do", "")
    given = {name: forms.text(name) for name in _FIELDS}
    if do == "take_back":
        return _take_back(row, award)
    if do == "again":
        return _page(row, award, given)
    change, problems = _read(award, given)
    if change is None:
        return _page(row, award, given, problems), 422
    if do != "propose":
        return _page(row, award, given, sure=change)
    seen = acting.seen()
    acting.end_reading()
    try:
        variations.propose(acting.office(), acting.actor(), row.id, change, g.arrived, seen)
    except Refused as refused:
        return _refused(ref, refused, given)
    acting.nudge()
    return forms.back_to(row, _("The change is proposed. The applicant is asked whether they agree."))


def _take_back(row: Row[Any], award: Row[Any]) -> Page:
    seen = acting.seen()
    acting.end_reading()
    try:
        variations.take_back(acting.office(), acting.actor(), row.id, g.arrived, seen)
    except Refused as refused:
        return _refused(row.reference, refused, None)
    acting.nudge()
    return forms.back_to(
        row, _("The change is taken back. The award stays as it is, and its applicant is told.")
    )


def _refused(ref: str, refused: Refused, given: dict[str, str] | None) -> Page:
    row, award = _fetch(ref)
    why = refusals.sentences(refused, acting.office().zone, officer=True)
    return _page(row, award, given, [{"field": "amount", "words": words} for words in why]), 409


def _fetch(ref: str) -> tuple[Row[Any], Row[Any]]:
    row = forms.officers_bid(ref)
    award = awards.of_bid(g.conn, row.id)
    if award is None:
        abort(404)
    return row, award


def _read(award: Any, given: dict[str, str]) -> tuple[variations.Change | None, Problems]:
    """What was typed, and what is wrong with it, in the form's order."""
    problems: Problems = []
    amount = 0
    try:
        amount = money.parse_pounds(given["amount"])
    except money.MoneyError as wrong:
        said = refusals.plain(wrong.code, wrong.params, acting.office().zone)
        problems.append({"field": "amount", "words": said})
    else:
        if amount <= 0:
            problems.append({"field": "amount", "words": _("Give more than nothing.")})
        elif amount > award.amount_pence:
            words = _(
                "An award can only be lowered. Give %(now)s or less.", now=money.pounds(award.amount_pence)
            )
            problems.append({"field": "amount", "words": words})
    days = {}
    for name in ("starts_on", "ends_on"):
        days[name] = typed.day(given[name]) if given[name] else getattr(award, name)
        if given[name] and days[name] is None:
            problems.append({"field": name, "words": _("Give a day, like 2027-03-31.")})
    if days["starts_on"] and days["ends_on"] and days["starts_on"] > days["ends_on"]:
        problems.append(
            {"field": "ends_on", "words": _("The last day is before the first. Change one of them.")}
        )
    for name in ("conditions", "reason"):
        if len(given[name]) > MOST:
            words = _("Shorten this to %(most)s characters.", most=f"{MOST:,}")
            problems.append({"field": name, "words": words})
    if not given["reason"]:
        problems.append({"field": "reason", "words": _("Say why. The applicant decides by it.")})
    if problems:
        return None, problems
    change = variations.Change(
        amount, given["reason"], given["conditions"], days["starts_on"], days["ends_on"]
    )
    terms_now = (award.amount_pence, award.conditions.strip(), award.starts_on, award.ends_on)
    if (change.amount_pence, change.conditions, change.starts_on, change.ends_on) == terms_now:
        return None, [
            {"field": "amount", "words": _("This is the award as it stands. Change something, or leave it.")}
        ]
    return change, []


def _page(
    row: Row[Any],
    award: Row[Any],
    given: dict[str, str] | None = None,
    problems: Problems | None = None,
    sure: variations.Change | None = None,
) -> str:
    verdicts = acting.may("award", award.id)
    waiting = paying.variations(g.conn, [row.id]).get(row.id) if award.state == "accepted" else None
    verdict = verdicts.get("take_back" if waiting is not None else "propose")
    # Of an award that is over there is nothing to put side by side: the page says why it cannot be changed.
    open_ = verdict is not None and not verdict.refusals
    shown = waiting or (sure if open_ and not problems else None)
    zone = acting.office().zone
    planned = [each for each in awards.payments_of(g.conn, row.id) if each.state != "cancelled"]
    as_it_is = {
        "amount": money.pounds_plain(award.amount_pence), "conditions": award.conditions, "reason": "",
        "starts_on": award.starts_on.isoformat() if award.starts_on else "",
        "ends_on": award.ends_on.isoformat() if award.ends_on else "",
    }  # fmt: skip
    return render_template(
        "officer/vary.html", bid=row, award=award, waiting=waiting, given=given or as_it_is, problems=problems,
        errors=forms.errors(problems), verdict=verdict, most=MOST, least=sum(each.amount_pence for each in planned),
        rows=_beside(row, award, shown) if shown is not None else [],
        locks=[refusals.sentence(each, zone, life="award", officer=True) for each in verdict.refusals] if verdict else [],
    )  # fmt: skip


def _beside(row: Row[Any], award: Row[Any], change: Any) -> list[terms.Pair]:
    office = acting.office()
    deed = Deed(acting.conn(), office.recorder, acting.actor(), g.arrived, g.arrived, office.zone)
    now = terms.standing(g.conn, row.id)
    return terms.beside(now, terms.proposed(deed, award, change)) if now is not None else []
