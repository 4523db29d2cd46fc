"""The directory: representatives and areas, one representative with every bid that hangs on them, terms and addresses."""

from datetime import date
from typing import Any, Final

from flask import abort, flash, g, redirect, render_template, request, url_for

from fundapp.domain.deadlines import civil_day
from fundapp.pages import acting
from fundapp.pages.gate import funds_for, gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.address import address_of
from fundapp.pages.officer.forms import Page, Problems
from fundapp.queries import people as asks
from fundapp.queries import places
from fundapp.queries import representatives as list_asks
from fundapp.services import representatives as acts
from fundapp.services.people import PersonRefused
from fundapp.words import refusals, states
from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

PAGE: Final = 50
#: Bids that one representative's page names.
MOST_BIDS: Final = 500
TAB_WORDS: Final = {
    "in_office": N_("In office"),
    "to_confirm": N_("Address to confirm"),
    "ended": N_("Term ended"),
}
KIND_WORDS: Final = {
    "ward": N_("Ward"),
    "council": N_("Council"),
    "constituency": N_("Constituency"),
    "region": N_("Region"),
    "nation": N_("Nation"),
}


def _words() -> str:
    return " ".join(request.args.get("words", "")[:100].split())


def _after() -> tuple[str, int] | None:
    """Where the page before ended: a name and an id."""
    name, text = request.args.get("after", "")[:300], request.args.get("id", "")
    return (name, int(text)) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _today() -> date:
    return civil_day(g.arrived, acting.office().zone)


@blueprint.get("/directory")
@gate("officer")
def representatives() -> str:
    """Representatives with their term, their address and how many bids wait for them."""
    tab = request.args.get("tab", "in_office")
    tab = tab if tab in list_asks.TABS else "in_office"
    words, after = _words(), _after()
    rows = list_asks.page(g.conn, list_asks.Wanted(tab, words, _today(), after), PAGE + 1)
    own: dict[str, Any] = {"tab": tab, "words": words or None}
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    counts = list_asks.counts(g.conn, _today())
    tabs = [
        {
            "label": _(label),
            "href": url_for("officer.representatives", tab=key),
            "count": counts[key],
            "current": key == tab,
        }
        for key, label in TAB_WORDS.items()
    ]
    tabs.append({"label": _("Areas"), "href": url_for("officer.areas"), "count": None, "current": False})
    return render_template(
        "officer/directory.html", rows=rows[:PAGE], tabs=tabs, tab=tab, words=words, titled=states.titled,
        older=url_for("officer.representatives", **own, after=last.name, id=last.id) if last else None,
        first=url_for("officer.representatives", **own) if after else None,
    )  # fmt: skip


@blueprint.get("/directory/areas")
@gate("officer")
def areas() -> str:
    """Areas with what they lie in and how many are in office for them."""
    words, after = _words(), _after()
    rows = list_asks.areas(g.conn, words, after, _today(), PAGE + 1)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    tabs = [
        {"label": _(label), "href": url_for("officer.representatives", tab=key), "current": False}
        for key, label in TAB_WORDS.items()
    ]
    tabs.append({"label": _("Areas"), "href": url_for("officer.areas"), "current": True})
    return render_template(
        "officer/areas.html", rows=rows[:PAGE], tabs=tabs, words=words, kinds=KIND_WORDS,
        older=url_for("officer.areas", words=words or None, after=last.key, id=last.id) if last else None,
        first=url_for("officer.areas", words=words or None) if after else None,
    )  # fmt: skip


@blueprint.get("/directory/<int:person>")
@gate("officer")
def holder(person: int) -> str:
    """One representative: their offices, and every bid that hangs on them."""
    return _holder(person)


def _holder(person: int, problems: Problems | None = None, given: dict[str, str] | None = None) -> str:
    row = asks.person(g.conn, person) if person < 2**53 else None
    offices = list_asks.offices_of(g.conn, person) if row is not None else []
    if row is None or not offices:
        abort(404)
    bids = list_asks.bids_on(g.conn, person, funds_for("officer"), g.person.id, MOST_BIDS)
    return render_template(
        "officer/holder.html", person=row, offices=offices, bids=[_bid(each) for each in bids],
        titled=states.titled,
        namings={each.id: places.namings_of(g.conn, each.id) for each in offices if not each.source},
        waiting=[bid for bid in bids if bid.state == "submitted"], problems=problems, errors=forms.errors(problems),
        given=given or {},
    )  # fmt: skip


def _bid(row: Any) -> dict[str, Any]:
    """A bid with its state in words."""
    sign = states.kind("bid", row.state, False)
    return {**row._mapping, "sign": sign, "words": states.label("bid", row.state, "staff")}


def _office_of(person: int, holding: int) -> Any:
    row = asks.holding(g.conn, holding) if holding < 2**53 else None
    if row is None or row.person_id != person:
        abort(404)
    return row


@blueprint.post("/directory/<int:person>/offices/<int:holding>/end")
@gate("officer")
def end_term(person: int, holding: int) -> Page:
    """Say on which day an office ends or ended."""
    _office_of(person, holding)
    field = f"ends-{holding}"
    text = forms.text("ends")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        words = _("Choose a day, or write it like 2027-09-01.")
        return _holder(person, [{"field": field, "words": words}], {field: text[:40]}), 422
    acting.end_reading()
    try:
        acts.end_term(acting.office(), acting.actor(), holding, day, g.arrived)
    except PersonRefused as refused:
        words = refusals.plain(refused.code, refused.params, acting.office().zone)
        return _holder(person, [{"field": field, "words": words}], {field: text}), 409
    flash(_("The day is on record."))
    return redirect(url_for("officer.holder", person=person), 303)


@blueprint.route("/directory/<int:person>/offices/<int:holding>/address", methods=["GET", "POST"])
@gate("officer")
def holder_address(person: int, holding: int) -> Page:
    """Put the address of an office on record with its source; requests that waited for it leave."""
    row = _office_of(person, holding)
    rep = states.titled(row.name, row.office)
    back = url_for("officer.holder", person=person)
    return address_of(holding, rep, (row.email or "", row.source or ""), [f"{rep}, {row.area}"], (rep, back))
