"""Changing a round: its parts, one page each, and the look at whom a change of its dates is mailed to."""

from typing import Any, Final

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row

from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.mail_shown import sample
from fundapp.pages.officer import blueprint, forms, term_rubric
from fundapp.pages.officer.forms import Page, Problems
from fundapp.pages.officer.rounds import fetch
from fundapp.pages.officer.term_fields import SILENT, Field, Read
from fundapp.pages.officer.term_parts import FIRST_FIELD, PARTS, Part
from fundapp.services import round_rules, round_terms
from fundapp.services.round_terms import Outlook
from fundapp.services.transition import Refused
from fundapp.words import moments, refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

_OVER: Final = ("releasing", "released", "archived")
#: Bids that the look before a change names; the rest is counted.
NAMED: Final = 30


@blueprint.get("/rounds-desk/<code>/edit")
@gate("officer")
def terms(code: str) -> str:
    """What of the round can be changed."""
    row = fetch(code)
    return render_template("officer/terms.html", round=row, parts=PARTS, over=row.state in _OVER)


@blueprint.route("/rounds-desk/<code>/edit/<part>", methods=["GET", "POST"])
@gate("officer")
def term(code: str, part: str) -> Page:
    """One part of the round: as it stands, changed, and first shown where people are mailed."""
    row = fetch(code)
    shown = PARTS.get(part)
    if shown is None:
        abort(404)
    if request.method == "GET":
        return _page(row, part)
    read = Read({}, [])
    shown.read(row, read)
    if read.problems:
        return _page(row, part, read.problems), 422
    if request.form.get("go") == "preview" and part == "rubric":
        return _page(row, part, preview=read.given["rubric"])
    seen = acting.seen()
    if seen is None or seen != row.version:
        return _page(row, part, [{"field": "", "words": _stale()}]), 409
    office, actor = acting.office(), acting.actor()
    mails = typed.whole(request.form.get("mails", ""))
    acting.end_reading()
    try:
        outlook = round_terms.look(office, row.id, read.given, g.arrived)
        count = outlook.members + outlook.representatives
        if count and mails != count:
            return _sure(row, part, read, outlook)
        outlook = round_terms.change(office, actor, row.id, read.given, g.arrived, seen, mails=count)
    except round_rules.TermsRefused as refused:
        return _page(row, part, _problems(shown, refused, shown.fields(row))), 422
    except Refused as refused:
        words = refusals.sentences(refused, office.zone, officer=True)
        return _page(row, part, [{"field": "", "words": each} for each in words]), 409
    acting.nudge()
    flash(_said(outlook))
    return redirect(url_for("officer.terms", code=code), 303)


def _stale() -> str:
    return refusals.plain("changed_meanwhile", {}, acting.office().zone)


def _said(outlook: Outlook) -> str:
    if not outlook.columns:
        return _("Nothing was different, so nothing was changed.")
    mails = outlook.members + outlook.representatives
    if not mails:
        return _("It is changed. Nobody was emailed.")
    return ngettext(
        "It is changed. One email is on its way.", "It is changed. %(num)s emails are on their way.", mails
    )


def _problems(part: Part, refused: round_rules.TermsRefused, fields: list[Field]) -> Problems:
    zone = acting.office().zone
    names = {field.name for field in fields}
    found: Problems = []
    for column, refusal in refused.refusals:
        field = column if column in names else FIRST_FIELD.get(column, fields[0].name)
        found.append({"field": field, "words": refusals.sentence(refusal, zone, life="round", officer=True)})
    order = [field.name for field in fields]
    return sorted(
        found, key=lambda problem: order.index(problem["field"]) if problem["field"] in order else -1
    )


def _page(
    row: Row[Any], part: str, problems: Problems | None = None, preview: list[dict[str, Any]] | None = None
) -> str:
    """The part with what was typed, or as the round stands; what somebody else changed meanwhile is shown as it stands.

    `preview`: criteria that were typed and not saved, drawn as a reader gets them.
    """
    shown = PARTS[part]
    stale = any(not problem["field"] for problem in problems or [])
    if stale:
        row = fetch(row.code)
    fields = shown.fields(row)
    first = next(field.name for field in fields if field.kind not in SILENT)
    problems = [{**problem, "field": problem["field"] or first} for problem in problems or []]
    keep = request.method == "POST" and not stale
    values = {field.name: request.form.get(field.name, "") if keep else field.value for field in fields}
    errors = forms.errors(problems) if not stale else {}
    return render_template(
        "officer/term.html", round=row, part=part, shown=shown, fields=fields, values=values, over=row.state in _OVER,
        frozen=part == "rubric" and row.state == "panel", problems=problems, errors=errors, preview=preview,
        folds=term_rubric.folds(fields, errors),
    )  # fmt: skip


def _sure(row: Row[Any], part: str, read: Read, outlook: Outlook) -> str:
    """How many hear of it, which bids, and the mail itself; nothing is changed yet."""
    fields = [field for field in PARTS[part].fields(row) if field.kind not in SILENT]
    given = [(field.name, request.form.get(field.name, "")) for field in fields]
    return render_template(
        "officer/term_sure.html", round=row, part=part, given=given, outlook=outlook, new=read.given, named=NAMED,
        mails=_mails(row, read, outlook), count=outlook.members + outlook.representatives,
    )  # fmt: skip


def _mails(row: Row[Any], read: Read, outlook: Outlook) -> list[dict[str, Any]]:
    """One of each kind of mail, as its first reader gets it: [{to, subject, text}]."""
    zone = acting.office().zone
    found: dict[tuple[str, str], dict[str, Any]] = {}
    kinds = [("applicant", bid, column) for bid, column in outlook.told if bid.applicant_id is not None]
    kinds += [
        ("representative", bid, column)
        for bid, column in outlook.told
        if bid.writes and column == "endorse_by"
    ]
    for role, bid, column in kinds:
        kind = (role, column)
        if kind in found:
            found[kind]["count"] += 1
            continue
        until = moments.moment(read.given[column], zone)
        shown = sample(
            "deadline_moved", f"/my-bids/{bid.reference}", _("their name"), to_role=role, reference=bid.reference,
            title=bid.title or "", what=bid.state, until=until,
        )  # fmt: skip
        found[kind] = {"to": role, **shown, "count": 1}
    return list(found.values())
