"""Several bids at once: always first how many, which, and what mail goes out to whom."""

from typing import Any, Final

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row

from fundapp.pages import acting, typed
from fundapp.pages.formats import moment
from fundapp.pages.gate import gate
from fundapp.pages.mail_shown import sample
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.pages.officer.rounds import fetch
from fundapp.queries import several as asks
from fundapp.services import several as acts
from fundapp.words import refusals, states
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: The acts, with the states in which a bid can be part of each.
ACTS: Final[dict[str, tuple[str, ...]]] = {"rule_out": ("submitted", "endorsed"), "remind": ("submitted",)}


@blueprint.route("/rounds-desk/<code>/several", methods=["GET", "POST"])
@gate("officer")
def several(code: str) -> Page:
    """Rule several bids of the round out for one reason, or remind their representatives."""
    row = fetch(code)
    given = request.form if request.method == "POST" else request.args
    act = given.get("act", "")
    if act not in ACTS:
        abort(404)
    seen = typed.ticked(given.getlist("bid"), acts.MOST)
    reason = given.get("reason", "")
    if not seen or len(seen) > acts.MOST:
        words = (
            ngettext("Tick at most one bid at once.", "Tick at most %(num)s bids at once.", acts.MOST)
            if seen
            else _("No bid is ticked. Go back and tick those that you mean.")
        )
        return _page(row, act, {}, [], reason, [{"field": "bids", "words": words}]), 422
    rows = asks.look(g.conn, row.id, list(seen), g.person.id)
    if len(rows) < len(seen):
        abort(404)
    if request.method == "GET":
        return _page(row, act, seen, rows, reason)
    if act == "rule_out" and reason not in row.reasons:
        problems: Problems = [{"field": "reason", "words": _("Choose one of the round’s reasons.")}]
        return _page(row, act, seen, rows, reason, problems), 422
    versions = {each.id: seen[each.reference] for each in rows}
    acting.end_reading()
    try:
        if act == "rule_out":
            count = acts.rule_out(acting.office(), acting.actor(), versions, reason, g.arrived)
        else:
            count = acts.remind(acting.office(), acting.actor(), versions, g.arrived)
    except acts.SeveralRefused as refused:
        problems = _problems(refused, {each.id: each.reference for each in rows})
        rows = asks.look(g.conn, row.id, list(seen), g.person.id)
        return _page(row, act, seen, rows, reason, problems), 409
    acting.nudge()
    flash(_said(act, count))
    return redirect(url_for("staff.bids", round=row.code), 303)


def _problems(refused: acts.SeveralRefused, references: dict[int, str]) -> Problems:
    """Every bid that stands in the way, by its reference."""
    zone = acting.office().zone
    return [
        {
            "field": "bids",
            "words": f"{references[each.step.id or 0]}: "
            + " ".join(refusals.sentences(each, zone, g.arrived, officer=True)),
        }
        for each in refused.refused
    ]


def _said(act: str, count: int) -> str:
    if act == "rule_out":
        return ngettext("One bid is ruled out.", "%(num)s bids are ruled out.", count)
    if not count:
        return _("They were all reminded today already, so nobody was emailed again.")
    return ngettext("One reminder is on its way.", "%(num)s reminders are on their way.", count)


def _page(
    row: Row[Any],
    act: str,
    seen: dict[str, int],
    rows: list[Row[Any]],
    reason: str,
    problems: Problems | None = None,
) -> str:
    lines = [
        {
            "bid": each, "fits": each.state in ACTS[act] and seen[each.reference] == each.version,
            "state": states.label("bid", each.state, "staff"), "kind": states.kind("bid", each.state, False),
            "to": _reader(act, each),
        }
        for each in rows
    ]  # fmt: skip
    mailed = [line for line in lines if line["to"]]
    return render_template(
        "officer/several.html", round=row, act=act, seen=seen, lines=lines, reason=reason, problems=problems,
        errors=forms.errors(problems), count=len(rows), mails=len(mailed), sample=_sample(act, row, rows),
    )  # fmt: skip


def _reader(act: str, each: Row[Any]) -> str:
    """Who is mailed about this bid; empty for nobody."""
    if act == "rule_out":
        return each.applicant if each.applicant_email else ""
    return states.titled(each.representative, each.office) if each.reached else ""


def _sample(act: str, row: Row[Any], rows: list[Row[Any]]) -> dict[str, str]:
    """The mail as the first reader gets it."""
    first = next((each for each in rows if _reader(act, each)), None)
    if first is None:
        return {}
    if act == "rule_out":
        return sample(
            "ruled_out", f"/my-bids/{first.reference}", _reader(act, first), reference=first.reference, title=first.title,
            to_role="applicant", reason=_("(the reason that you choose)"),
        )  # fmt: skip
    return sample(
        "endorsement_reminder", "/answer/", _reader(act, first), reference=first.reference, title=first.title,
        organisation=_("(the group)"), applicant=first.applicant or _("(the applicant)"), amount=0, place=_("(the place)"),
        answer_by=moment(first.due_at) if first.due_at else _("(the deadline)"), office_words=_("(the office)"),
    )  # fmt: skip
