"""Giving bids out: how many readers each, who would read what, and then it is done."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.domain.assignment import propose
from fundapp.pages import acting
from fundapp.pages.chair import blueprint, reach
from fundapp.pages.gate import gate
from fundapp.queries import panel as panel_queries
from fundapp.queries import people, ranking, reading
from fundapp.services import panel
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: Bids given out at once; the rest follow with the next press.
AT_ONCE = 200
MOST_READERS = 9


@blueprint.route("/panel/<code>/assign", methods=["GET", "POST"])
@gate("chair")
def assign(code: str) -> Response | str | tuple[str, int]:
    """A proposal that spreads the bids evenly, shown pair by pair before anything is given out."""
    row = reach.fetch_round(code)
    if request.method == "GET":
        return _page(row, _wanted(request.args.get("readers"), row.reviews_needed))
    wanted = _wanted(request.form.get("readers"), row.reviews_needed)
    pairs = _pairs()
    if not pairs:
        words = _("Choose at least one reader for one bid.")
        return _page(row, wanted, [{"field": "readers", "words": words}], set()), 422
    in_round = {bid.id for bid in panel_queries.table(g.conn, row.id, g.person.id)}
    if not {bid for bid, _reader in pairs} <= in_round or row.state != "panel":
        words = _("These bids are not all on this panel’s table now. Look at the proposal as it stands.")
        return _page(row, wanted, [{"field": "readers", "words": words}]), 409
    acting.end_reading()
    try:
        new = panel.assign(acting.office(), acting.actor(), pairs, g.arrived)
    except panel.AssignRefused as refused:
        problems = [{"field": "readers", "words": words} for words in _said(refused)]
        return _page(row, wanted, problems), 409
    acting.nudge()
    flash(ngettext("One bid has a new reader.", "%(num)s readings are given out.", new))
    return redirect(url_for("chair.round", code=code), 303)


def _said(refused: panel.AssignRefused) -> list[str]:
    """Why not, pair by pair; of a bid in which the chair has a part, without saying which."""
    apart = reading.apart_from(g.conn, g.person.id)
    bids = ranking.references(g.conn, [bid for bid, _person, _why in refused.refusals])
    names = people.names(g.conn, [person for _bid, person, _why in refused.refusals])
    told = {bid: str(_("another bid")) if bid in apart else reference for bid, reference in bids.items()}
    return refusals.assign_sentences(refused, told, names, acting.office().zone)


def _wanted(text: str | None, usual: int) -> int:
    found = int(text) if text and text.isascii() and text.isdigit() and len(text) < 3 else usual
    return min(max(found, 1), MOST_READERS)


def _pairs() -> list[tuple[int, int]]:
    """(bid, person) of every box that was ticked; what is no pair of numbers is left out."""
    found = []
    for text in request.form.getlist("pair")[: AT_ONCE * MOST_READERS]:
        bid, _sep, person = text.partition(":")
        if all(part.isascii() and part.isdigit() and len(part) < 16 for part in (bid, person)):
            found.append((int(bid), int(person)))
    return list(dict.fromkeys(found))


def _page(
    row: Row[Any],
    wanted: int,
    problems: list[dict[str, str]] | None = None,
    kept: set[tuple[int, int]] | None = None,
) -> str:
    bids, count = ranking.short_of_readers(g.conn, row.id, wanted, AT_ONCE)
    readers = ranking.reviewers(g.conn, row.fund_id, g.arrived)
    loads = ranking.loads(g.conn, row.id)
    standing = panel_queries.obstacles(g.conn, [bid.id for bid in bids], g.arrived)
    barred = (
        standing.assigned
        | standing.applicants
        | standing.endorsers
        | standing.conflicted
        | standing.see_names
    )
    pairs, lacking = propose(
        [(bid.id, wanted - bid.readers) for bid in bids],
        {person: loads.get(person, 0) for person in readers},
        barred,
    )
    apart = reading.apart_from(g.conn, g.person.id)
    of_bid: dict[int, list[int]] = {}
    gets: dict[int, int] = {}
    for bid, person in pairs:
        of_bid.setdefault(bid, []).append(person)
        gets[person] = gets.get(person, 0) + 1
    offered = [
        {
            "bid": bid, "hidden": bid.id in apart, "lacks": lacking.get(bid.id, 0),
            "readers": [(person, readers[person]) for person in of_bid.get(bid.id, ())],
        }
        for bid in bids
    ]  # fmt: skip
    spread = [
        {"name": name, "has": loads.get(person, 0), "gets": gets.get(person, 0)}
        for person, name in readers.items()
    ]
    return render_template(
        "chair/assign.html",
        round=row, wanted=wanted, most=MOST_READERS, offered=offered, count=count, pairs=len(pairs), spread=spread,
        mailed=[entry["name"] for entry in spread if entry["gets"]], problems=problems, kept=kept,
        short=sum(lacking.values()),
    )  # fmt: skip
