"""Triage: bids that are like others, looked at before anything is done about them."""

from typing import Final

from flask import flash, g, redirect, render_template, request, url_for

from fundapp.domain import money
from fundapp.pages import acting, typed
from fundapp.pages.gate import funds_for, gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.pages.officer.rounds import fetch
from fundapp.pages.staff import alike as likely
from fundapp.queries import likeness as asks
from fundapp.services import likeness as acts
from fundapp.words.tongue import gettext as _

PAGE: Final = 20
LONGEST: Final = 500


@blueprint.get("/rounds-desk/<code>/triage")
@gate("officer")
def triage(code: str) -> str:
    """The round's bids that share something with others and that nobody has looked at."""
    row = fetch(code)
    after = typed.whole(request.args.get("after", "")) or 0
    rows = asks.to_look_at(g.conn, row.id, g.person.id, funds_for("officer"), after, PAGE + 1)
    found = likely.hints([each.id for each in rows[:PAGE]]) if rows else {}
    lines = [
        (each, unseen, money.pounds_short(each.amount_pence))
        for each in rows[:PAGE]
        if (unseen := [hint for hint in found[each.id] if not hint.other.note])
    ]
    older = url_for("officer.triage", code=code, after=rows[PAGE - 1].id) if len(rows) > PAGE else None
    first = url_for("officer.triage", code=code) if after else None
    return render_template("officer/triage.html", round=row, lines=lines, older=older, first=first)


@blueprint.route("/bids/<ref>/alike", methods=["GET", "POST"])
@gate("officer")
def alike(ref: str) -> Page:
    """The bids that one bid is like; a likeness that is fine is noted, and stays to be read."""
    row = forms.officers_bid(ref)
    found = likely.hints([row.id])[row.id]
    if request.method == "GET":
        return render_template("officer/alike.html", bid=row, hints=found, problems=None, errors={}, given={})
    other = forms.text("other")
    note = forms.text("note")[:LONGEST]
    hint = next((hint for hint in found if hint.other.reference == other), None)
    problems: Problems = []
    if hint is None:
        problems = [
            {"field": "hints", "words": _("That likeness is not there any more. Look at those that are.")}
        ]
    elif not note:
        problems = [{"field": f"note-{other}", "words": _("Say in a few words why it is fine.")}]
    if problems or hint is None:
        page = render_template(
            "officer/alike.html", bid=row, hints=found, problems=problems, errors=forms.errors(problems),
            given={other: note},
        )  # fmt: skip
        return page, 422
    acting.end_reading()
    acts.looked(acting.office(), acting.actor(), row.id, hint.other.id, note, g.arrived)
    flash(_("Noted: %(one)s and %(other)s are looked at.", one=row.reference, other=other))
    return redirect(url_for("officer.alike", ref=ref), 303)
