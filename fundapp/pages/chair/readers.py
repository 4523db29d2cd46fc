"""The panel's seats in a round: who reads how much, what they know, who drops out, a reading that goes to somebody else."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.pages import acting, typed
from fundapp.pages.chair import blueprint, reach
from fundapp.pages.chair.assign import said
from fundapp.pages.gate import gate
from fundapp.queries import bids as bid_asks
from fundapp.queries import ranking, reading
from fundapp.queries import seats as asks
from fundapp.queries import themes as theme_asks
from fundapp.queries.blind import unnamed
from fundapp.services import panel, seats
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: Themes and regions offered as boxes: those of most bids.
OFFERED = 40


@blueprint.get("/panel/<code>/readers")
@gate("chair")
def readers(code: str) -> str:
    """Everybody on the panel: given, read, limit, themes, regions."""
    row = reach.fetch_round(code)
    at_work = {entry.id: entry for entry in ranking.at_work(g.conn, row.id)}
    names = _names(row)
    sitting = asks.seats(g.conn, row.id)
    words = theme_asks.words(g.conn, row.id)
    ids = sorted({int(area) for seat in sitting.values() for area in seat.regions})
    areas = {area.id: area.name for area in asks.area_names(g.conn, ids)}
    rows = [
        {
            "person": person, "name": name, "given": work.given if work else 0, "read": work.read if work else 0,
            "most": seat.most if seat else None, "left": bool(seat and seat.left_at),
            "themes": [words.get(theme, theme) for theme in seat.themes] if seat else [],
            "regions": [areas[area] for area in seat.regions if area in areas] if seat else [],
        }
        for person, name in names.items()
        for seat, work in ((sitting.get(person), at_work.get(person)),)
    ]  # fmt: skip
    return render_template("chair/readers.html", round=row, rows=rows)


@blueprint.route("/panel/<code>/readers/<int:person>", methods=["GET", "POST"])
@gate("chair")
def reader(code: str, person: int) -> Response | str | tuple[str, int]:
    """One reader's seat: how many they take, what they know, where they are, and what they have to read."""
    row, name = _sits(code, person)
    if request.method == "GET":
        return _page(row, person, name)
    text = typed.line("most")
    most = typed.whole(text)
    if text and (most is None or most > seats.MOST_READINGS):
        words = refusals.plain("readings_at_most", {"most": seats.MOST_READINGS}, acting.office().zone)
        return _page(row, person, name, ("most", [words])), 422
    themes = [*request.form.getlist("themes"), *typed.line("other_themes").split(",")]
    regions = [area for text in request.form.getlist("regions") if (area := typed.whole(text)) is not None]
    offered = set(_offered(row, person)[1])
    if unnamed(row):  # regions are not asked for: what is kept of them stays
        seat = asks.seats(g.conn, row.id).get(person)
        regions = [int(area) for area in seat.regions] if seat else []
        offered = set(regions)
    acting.end_reading()
    try:
        seats.set_seat(
            acting.office(), acting.actor(), row.id, person, most, themes,
            [area for area in regions if area in offered], g.arrived,
        )  # fmt: skip
    except panel.PanelRefused as refused:
        return _page(row, person, name, ("most", [_words(refused)])), 409
    flash(_("Kept. Plans go by it from now on; what %(name)s has already stays.", name=name))
    return redirect(url_for("chair.readers", code=code), 303)


@blueprint.post("/panel/<code>/readers/<int:person>/give")
@gate("chair")
def give_reading(code: str, person: int) -> Response | str | tuple[str, int]:
    """One bid more for a reader, by its reference."""
    row, name = _sits(code, person)
    reference = typed.line("reference").upper()
    bid = bid_asks.by_reference(g.conn, reference) if reference else None
    if bid is None or bid.round_id != row.id or bid.id in reading.apart_from(g.conn, g.person.id):
        words = _("No bid of this round has that reference. Write it as the table shows it.")
        return _page(row, person, name, ("reference", [words])), 422
    acting.end_reading()
    try:
        new = panel.assign(acting.office(), acting.actor(), [(bid.id, person)], g.arrived)
    except panel.AssignRefused as refused:
        return _page(row, person, name, ("reference", said(row, refused))), 409
    acting.nudge()
    told = _("%(bid)s is given to %(name)s.") if new else _("%(name)s has %(bid)s to read already.")
    flash(told % {"bid": bid.reference, "name": name})
    return redirect(url_for("chair.reader", code=code, person=person), 303)


@blueprint.post("/panel/<code>/readers/<int:person>/move")
@gate("chair")
def move_reading(code: str, person: int) -> Response | str | tuple[str, int]:
    """One reading from this reader to another."""
    row, name = _sits(code, person)
    bid, to = (typed.whole(request.form.get(field, "")) or 0 for field in ("bid", "to"))
    theirs = {item.bid_id for item in asks.readings(g.conn, row.id, person)}
    names = ranking.reviewers(g.conn, row.fund_id, g.arrived)
    if bid not in theirs or bid in reading.apart_from(g.conn, g.person.id) or to not in names or to == person:
        words = _("Choose a bid from the list and who is to read it.")
        return _page(row, person, name, ("bid", [words])), 422
    acting.end_reading()
    try:
        seats.move(acting.office(), acting.actor(), bid, person, to, g.arrived)
    except panel.PanelRefused as refused:
        return _page(row, person, name, ("bid", [_words(refused)])), 409
    except panel.AssignRefused as refused_pair:
        return _page(row, person, name, ("bid", said(row, refused_pair))), 409
    acting.nudge()
    flash(_("%(to)s reads it now instead of %(name)s.", to=names[to], name=name))
    return redirect(url_for("chair.reader", code=code, person=person), 303)


@blueprint.route("/panel/<code>/readers/<int:person>/leave", methods=["GET", "POST"])
@gate("chair")
def leave(code: str, person: int) -> Response | str | tuple[str, int]:
    """What is freed when a reader leaves the panel; then they leave it."""
    row, name = _sits(code, person)
    if request.method == "GET":
        return _leaving(row, person, name)
    acting.end_reading()
    try:
        freed = seats.drop_out(acting.office(), acting.actor(), row.id, person, g.arrived)
    except panel.PanelRefused as refused:
        return _leaving(row, person, name, [_words(refused)]), 409
    flash(
        ngettext(
            "%(name)s has left the panel, and one bid is free for somebody else.",
            "%(name)s has left the panel, and %(num)s bids are free for somebody else.",
            len(freed),
            name=name,
        )
        if freed
        else _("%(name)s has left the panel. Nothing of theirs was unread.", name=name)
    )
    return redirect(url_for("chair.assign" if freed else "chair.readers", code=code), 303)


@blueprint.post("/panel/<code>/readers/<int:person>/return")
@gate("chair")
def come_back(code: str, person: int) -> Response | str | tuple[str, int]:
    """A reader who had left is on the panel again."""
    row, name = _sits(code, person)
    acting.end_reading()
    try:
        seats.come_back(acting.office(), acting.actor(), row.id, person, g.arrived)
    except panel.PanelRefused as refused:
        return _page(row, person, name, ("most", [_words(refused)])), 409
    flash(_("%(name)s is on the panel again.", name=name))
    return redirect(url_for("chair.reader", code=code, person=person), 303)


def _sits(code: str, person: int) -> tuple[Row[Any], str]:
    """The round, and the name of one of those who read for it; else 404."""
    row = reach.fetch_round(code)
    name = _names(row).get(person)
    if name is None:
        abort(404)
    return row, name


def _names(row: Row[Any]) -> dict[int, str]:
    """Everybody who may review in the fund, and who has something of the round to read without that role."""
    at_work = {entry.id: entry.name for entry in ranking.at_work(g.conn, row.id)}
    named = at_work | ranking.reviewers(g.conn, row.fund_id, g.arrived)
    return dict(sorted(named.items(), key=lambda item: (item[1], item[0])))


def _words(refused: panel.PanelRefused) -> str:
    return refusals.plain(refused.code, refused.params, acting.office().zone)


def _offered(row: Row[Any], person: int) -> tuple[dict[str, str], dict[int, str]]:
    """Themes and regions to choose from: those of the round's bids, the most frequent, and what the seat has.

    No regions where the panel reads without names: nobody is given bids by where those come from.
    """
    seat = asks.seats(g.conn, row.id).get(person)
    counts: dict[str, int] = {}
    for keys in theme_asks.of_bids(g.conn, row.id, ("endorsed",)).values():
        for key in keys:
            counts[key] = counts.get(key, 0) + 1
    words = theme_asks.words(g.conn, row.id)
    often = sorted({*counts, *words}, key=lambda key: (-counts.get(key, 0), key))[:OFFERED]
    themes = {key: words.get(key, key) for key in [*often, *(seat.themes if seat else ())]}
    if unnamed(row):
        return themes, {}
    places: dict[int, int] = {}
    for areas in asks.areas(g.conn, row.id).values():
        for area in areas:
            places[area] = places.get(area, 0) + 1
    near = sorted(places, key=lambda area: (-places[area], area))[:OFFERED]
    named = asks.area_names(g.conn, sorted({*near, *(seat.regions if seat else ())}))
    return themes, {area.id: area.name for area in named}


def _page(row: Row[Any], person: int, name: str, problems: tuple[str, list[str]] | None = None) -> str:
    themes, regions = _offered(row, person)
    apart = reading.apart_from(g.conn, g.person.id)
    field, words = problems or ("", [])
    names = ranking.reviewers(g.conn, row.fund_id, g.arrived)
    sitting = asks.seats(g.conn, row.id)
    there = {
        other: told for other, told in names.items() if not (other in sitting and sitting[other].left_at)
    }
    return render_template(
        "chair/reader.html",
        round=row, person=person, name=name, seat=sitting.get(person), themes=themes, regions=regions,
        readings=asks.readings(g.conn, row.id, person), apart=apart, others={k: v for k, v in there.items() if k != person},
        typed=request.form, problems=[{"field": field, "words": said_} for said_ in words],
    )  # fmt: skip


def _leaving(row: Row[Any], person: int, name: str, problems: list[str] | None = None) -> str:
    items = asks.readings(g.conn, row.id, person)
    return render_template(
        "chair/leave.html",
        round=row, person=person, name=name, apart=reading.apart_from(g.conn, g.person.id),
        freed=[item for item in items if not item.read and item.state == "endorsed"],
        read=sum(bool(item.read) for item in items), problems=[{"field": "leave", "words": w} for w in problems or ()],
    )  # fmt: skip
