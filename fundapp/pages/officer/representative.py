"""Naming who is asked to back a bid, and confirming the address that they are asked at."""

from typing import Any

from flask import abort, g, render_template, request, url_for
from sqlalchemy import Row

from fundapp.domain.deadlines import civil_day
from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.address import address_of
from fundapp.pages.officer.forms import Page, Problems
from fundapp.queries import directory, people
from fundapp.services import representatives
from fundapp.services.people import PersonRefused
from fundapp.services.transition import Refused
from fundapp.words import refusals, states
from fundapp.words.tongue import gettext as _

#: Representatives that the page lists; more are found by words.
SHOWN = 50
_NEW = ("name", "office", "area", "email", "source")


@blueprint.route("/bids/<ref>/representative", methods=["GET", "POST"])
@gate("officer")
def representative(ref: str) -> Page:
    """Choose from the directory, or enter somebody new with the source of their address."""
    row = forms.officers_bid(ref)
    given = {name: forms.text(name)[:500] for name in (*_NEW, "holding")}
    if request.method == "GET":
        return _page(row, given)
    if given["holding"] != "new":
        holding = forms.number("holding")
        if holding is None:
            words = _("Choose who is asked, or enter somebody new.")
            return _page(row, given, [{"field": "holding", "words": words}]), 422
        done, why = acting.move("bid", "name_endorser", row.id, {"holding_id": holding})
        if done is None:
            problems = [{"field": "holding", "words": words} for words in why]
            return _page(forms.officers_bid(ref), given, problems), 409
        return forms.back_to(row, _said(row))
    return _named_new(row, given)


def _named_new(row: Row[Any], given: dict[str, str]) -> Page:
    areas = {area.id for area in directory.areas_around(g.conn, row.area_id)}
    area = forms.number("area")
    problems: Problems = []
    for field, wrong, words in (
        ("name", not given["name"], _("Give their name.")),
        ("office", given["office"] not in representatives.OFFICES, _("Choose the office that they hold.")),
        ("area", area not in areas, _("Choose the area that they are elected for.")),
        ("source", not given["source"], _("Say where you have the address from.")),
    ):
        if wrong:
            problems.append({"field": field, "words": words})
    if problems:
        return _page(row, given, problems), 422
    on = civil_day(g.arrived, acting.office().zone)
    who = representatives.NewRepresentative(
        given["name"], given["office"], area or 0, given["email"], given["source"], on
    )
    seen = acting.seen()
    acting.end_reading()
    try:
        representatives.name_new(acting.office(), acting.actor(), row.id, who, g.arrived, seen)
    except PersonRefused as refused:
        words = refusals.plain(refused.code, refused.params, acting.office().zone)
        return _page(row, given, [{"field": _field(refused.code), "words": words}]), 422
    except Refused as refused:
        words_of = refusals.sentences(refused, acting.office().zone)
        fresh = forms.officers_bid(row.reference)
        return _page(fresh, given, [{"field": "holding", "words": words} for words in words_of]), 409
    acting.nudge()
    return forms.back_to(row, _said(row))


def _field(code: str) -> str:
    return {"no_name": "name", "name_too_long": "name", "no_source": "source"}.get(code, "email")


def _said(row: Row[Any]) -> str:
    return str(_("The representative for %(bid)s is named, and is asked to back it.", bid=row.reference))


def _page(row: Row[Any], given: dict[str, str], problems: Problems | None = None) -> str:
    zone = acting.office().zone
    verdict = acting.may("bid", row.id).get("name_endorser")
    words = request.args.get("words", "")[:100].strip().lower()
    known = people.representatives(g.conn, row.area_id, civil_day(g.arrived, zone), row.id)
    found = [one for one in known if words in f"{one.name} {one.area}".lower()]
    return render_template(
        "officer/representative.html",
        bid=row, known=[(one, states.titled(one.name, one.office)) for one in found[:SHOWN]], words=words,
        more=len(found) - SHOWN, areas=directory.areas_around(g.conn, row.area_id), given=given, verdict=verdict,
        offices=[(key, states.office_title(key)) for key in representatives.OFFICES], problems=problems,
        errors=forms.errors(problems), today=g.arrived,
        locks=[refusals.sentence(each, zone, officer=True) for each in verdict.refusals] if verdict is not None else [],
    )  # fmt: skip


@blueprint.route("/bids/<ref>/address", methods=["GET", "POST"])
@gate("officer")
def address(ref: str) -> Page:
    """Put a representative's address on record with its source; requests that waited for it leave."""
    row = forms.officers_bid(ref)
    if row.holding_id is None:
        abort(404)
    back = url_for("staff.bid", ref=row.reference)
    rep = states.titled(row.representative or "", row.office)
    on_record = (row.rep_email or "", row.rep_source or "")
    return address_of(
        row.holding_id, rep, on_record, [row.reference, f"{rep}, {row.rep_area}"], (row.reference, back)
    )
