"""Masked copies: which of a round are confirmed, and one bid's copy beside what was sent."""

from typing import Any, Final

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row

from fundapp.pages import acting, downloads, typed
from fundapp.pages.gate import gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.pages.officer.rounds import fetch
from fundapp.pages.staff.bid import file_of
from fundapp.queries import blind
from fundapp.queries import masking as asks
from fundapp.queries import rounds as round_asks
from fundapp.services import masking as acts
from fundapp.words import refusals
from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

PAGE: Final = 50
#: What stood where something is masked, in words.
LABELS: Final = {
    "name": N_("a name"), "group": N_("a group"), "place": N_("a place"), "contact": N_("a contact")
}  # fmt: skip


@blueprint.get("/rounds/<code>/masked")
@gate("officer")
def masked_copies(code: str) -> str:
    """Every bid that the panel of a round reads without names: confirmed, or waiting for an officer."""
    row = _round(code)
    after = typed.whole(request.args.get("after", "")) or 0
    rows = asks.listed(g.conn, row.id, g.person.id, after, PAGE + 1)
    done, count = asks.progress(g.conn, row.id)
    return render_template(
        "officer/masked_copies.html", round=row, rows=rows[:PAGE], done=done, count=count,
        next=asks.next_waiting(g.conn, row.id, g.person.id, 0),
        older=url_for("officer.masked_copies", code=code, after=rows[PAGE - 1].id) if len(rows) > PAGE else None,
        first=url_for("officer.masked_copies", code=code) if after else None,
    )  # fmt: skip


@blueprint.route("/bids/<ref>/masked", methods=["GET", "POST"])
@gate("officer")
def masked_copy(ref: str) -> Page:
    """One bid: what was sent with what was masked, the copy to be confirmed beside it, its files."""
    row = forms.officers_bid(ref)
    round_ = _round(row.code)
    if row.state not in asks.FOR_PANEL:
        abort(404)
    if request.method == "GET":
        return _page(row)
    given = _given()
    acting.end_reading()
    try:
        number = acts.confirm(acting.office(), acting.actor(), row.id, given, g.arrived)
    except acts.MaskRefused as refused:
        if refused.code == "known_words_stand":
            return _page(row, given, refused.standing), 422
        stale = refused.code == "copy_changed"
        problems = [
            {
                "field": "text-title",
                "words": refusals.plain(refused.code, refused.params, acting.office().zone),
            }
        ]
        return _page(row, None if stale else given, problems=problems), 409
    following = asks.next_waiting(acting.conn(), round_.id, g.person.id, row.id)
    if following is None:
        flash(_("Copy %(number)s of %(bid)s is confirmed. No other copy waits.", number=number, bid=ref))
        return redirect(url_for("officer.masked_copies", code=row.code), 303)
    flash(_("Copy %(number)s of %(bid)s is confirmed. Here is the next.", number=number, bid=ref))
    return redirect(url_for("officer.masked_copy", ref=following), 303)


def _round(code: str) -> Row[Any]:
    """A round whose panel reads without names; 404 for any other."""
    row = fetch(code)
    if not row.blind:
        abort(404)
    return row


def _given() -> acts.Given:
    texts = {
        name.removeprefix("text-"): typed.words(name) for name in request.form if name.startswith("text-")
    }
    cleared = [number for text in request.form.getlist("cleared") if (number := typed.whole(text))]
    purpose = frozenset(words.casefold() for words in request.form.getlist("purpose"))
    version, number = (typed.whole(request.form.get(name, "")) for name in ("version", "number"))
    return acts.Given(version or 0, number or 0, texts, cleared, purpose)


def _page(
    row: Row[Any],
    given: acts.Given | None = None,
    standing: dict[str, Any] | None = None,
    problems: Problems | None = None,
) -> str:
    conn = acting.conn()
    proposal = acts.propose(conn, row.id)
    if proposal is None:
        abort(404)
    before = blind.copy(conn, row.id)
    round_ = round_asks.by_id(conn, row.round_id)
    done, count = asks.progress(conn, row.round_id)
    entries = [
        _entry(text, proposal, before, given, (standing or {}).get(text.key, [])) for text in proposal.texts
    ]
    asked = list(dict.fromkeys(words for each in (standing or {}).values() for words in each))
    if standing:
        problems = [
            {"field": f"text-{entry['key']}", "words": _("%(label)s still says %(words)s.", label=entry["label"],
             words=", ".join(f"“{each}”" for each in entry["standing"]))}
            for entry in entries if entry["standing"]
        ]  # fmt: skip
    cleared = given.cleared if given else before.cleared if before else []
    href = file_of(row)
    files = [
        {"number": entry["document"], "title": entry["name"], "href": href(entry["document"]),
         "under": downloads.under(entry["name"], entry["size"]), "cleared": entry["document"] in cleared}
        for entry in proposal.files
    ]  # fmt: skip
    return render_template(
        "officer/masked_copy.html",
        bid=row, entries=entries, files=files, version=proposal.version, number=proposal.number, before=before,
        done=done, count=count, asked=asked, purpose=given.purpose if given else frozenset(), problems=problems,
        over=round_ is None or round_.state in (*blind.OVER, "releasing"), labels=LABELS,
        stale=before is None and proposal.number > 0,
    )  # fmt: skip


def _entry(
    text: acts.Text,
    proposal: acts.Proposal,
    before: Row[Any] | None,
    given: acts.Given | None,
    standing: list[str],
) -> dict[str, Any]:
    """One text for the template: what was sent in pieces, and what the box holds: typed, confirmed before, or proposed."""
    label = _(text.label) if text.label else _("Title") if text.key == "title" else _("What they want to do")
    if text.line:
        label = _("%(label)s Line %(number)s", label=label, number=text.line)
    words = text.proposed
    if given is not None:
        words = given.texts.get(text.key, "")
    elif before is not None:
        words = acts.confirmed_text(before, text)
    return {
        "key": text.key, "label": label, "pieces": proposal.masker.pieces(text.sent), "words": words, "standing": standing,
        "rows": min(12, max(1 if len(text.sent) < 80 else 2, len(text.sent) // 55 + text.sent.count("\n") + 1)),
    }  # fmt: skip
