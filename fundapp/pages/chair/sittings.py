"""The panel's meetings: who was there, and who left the room for which bid."""

from datetime import UTC, datetime, time
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row

from fundapp.pages import acting, typed
from fundapp.pages.chair import blueprint, reach
from fundapp.pages.gate import gate, held_roles
from fundapp.queries import people, reading
from fundapp.queries import sittings as asks
from fundapp.queries.ranking import PANEL_STATES
from fundapp.services import minutes as made
from fundapp.services import sittings
from fundapp.services.transition import Refused
from fundapp.words import refusals
from fundapp.words import sittings as said
from fundapp.words.tongue import gettext as _

#: Who may read of sittings and the minutes; who may record one.
READERS = ("chair", "officer", "auditor")
RECORDERS = ("chair", "officer")
Problems = list[dict[str, str]]
Page = Any


@blueprint.get("/panel/<code>/sittings")
@gate(*READERS)
def sittings_of(code: str) -> str:
    """Every sitting on record, the newest first, corrected ones among them."""
    row = reach.fetch_round(code, *READERS)
    rows = asks.of_round(g.conn, row.id)
    names = _names(row, sorted({bid for one in rows for _person, bid in one.left_for}))
    everybody = people.names(g.conn, sorted({person for one in rows for person in one.present}))
    seats = asks.seats(g.conn, row.fund_id, row.opens_at, g.arrived)
    instead = {asks.corrects(one): one.number for one in rows}
    shown = [
        {
            "row": one, "corrects": asks.corrects(one), "corrected_by": instead.get(one.number),
            "present": [
                (everybody.get(person, ""), said.parts(sittings.parts_at(seats, one).get(person, ())))
                for person in sorted(one.present, key=lambda person: (everybody.get(person, ""), person))
            ],
            "left": [
                (everybody.get(person, ""), [names.get(bid, "") for who, bid in one.left_for if who == person])
                for person in sorted({who for who, _bid in one.left_for})
            ],
        }
        for one in reversed(rows)
    ]  # fmt: skip
    return render_template(
        "chair/sittings.html", round=row, sittings=shown, back=_back(row), records=_records(row),
        draft=row.state not in made.RELEASED,
    )  # fmt: skip


@blueprint.route("/panel/<code>/sittings/new", methods=["GET", "POST"])
@gate(*RECORDERS)
def sitting(code: str) -> Page:
    """Record one that was held."""
    return _recording(reach.fetch_round(code, *RECORDERS), None)


@blueprint.route("/panel/<code>/sittings/<int:number>/correct", methods=["GET", "POST"])
@gate(*RECORDERS)
def correct_sitting(code: str, number: int) -> Page:
    """Say better what was recorded of one; both stay on record."""
    row = reach.fetch_round(code, *RECORDERS)
    found = next((one for one in asks.of_round(g.conn, row.id) if one.number == number), None)
    if found is None:
        abort(404)
    return _recording(row, found)


def _recording(row: Row[Any], before: Row[Any] | None) -> Page:
    if request.method == "GET":
        return _page(row, before, _as_recorded(before), [])
    given: dict[str, Any] = {name: typed.words(name) for name in ("place", "words")} | {
        name: typed.line(name) for name in ("day", "time")
    }
    given["present"] = [number for text in request.form.getlist("present") if (number := typed.whole(text))]
    given["left"] = _pairs()
    held_at, problems = _moment(given)
    if held_at is None:
        return _page(row, before, given, problems), 422
    present = tuple(given["present"])
    # The boxes of somebody who is not ticked as present say nothing.
    left = tuple(pair for pair in given["left"] if pair[0] in present)
    held = sittings.Held(held_at, given["place"], present, left, given["words"])
    acting.end_reading()
    try:
        number = sittings.record(
            acting.office(), acting.actor(), row.id, held, g.arrived,
            seen=acting.seen(), corrects=before.number if before is not None else None,
        )  # fmt: skip
    except sittings.SittingRefused as refused:
        return _refused(row, before, given, refused)
    except Refused as refused:
        words = refusals.sentences(refused, acting.office().zone)
        return _page(row, before, given, [{"field": "day", "words": one} for one in words]), 409
    flash(_("Sitting %(number)s is on record.", number=number))
    return redirect(url_for("chair.sittings_of", code=row.code), 303)


def _refused(
    row: Row[Any], before: Row[Any] | None, given: dict[str, Any], refused: sittings.SittingRefused
) -> Page:
    problems = [
        {"field": "day" if field == "held" else field, "words": said.sentence(code, params)}
        for field, code, params in refused.faults
    ]
    late = {"another_recorded", "no_such_sitting", "panel_not_begun"}
    status = 409 if late & {code for _field, code, _params in refused.faults} else 422
    return _page(row, before, given, problems), status


def _moment(given: dict[str, Any]) -> tuple[datetime | None, Problems]:
    """When it was held, as UTC; None with what is wrong."""
    problems: Problems = []
    on = typed.day(given["day"])
    if on is None:
        problems.append({"field": "day", "words": said.sentence("day_unreadable", {})})
    try:
        at = time.fromisoformat(given["time"].replace(".", ":"))
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None:
        problems.append({"field": "time", "words": said.sentence("time_unreadable", {})})
        return None, problems
    if on is None:
        return None, problems
    return datetime.combine(on, at, acting.office().zone).astimezone(UTC), []


def _pairs() -> list[tuple[int, int]]:
    """(person, bid) of every ticked box; what is no pair of numbers is left out."""
    found = []
    for text in request.form.getlist("left")[:5000]:
        person, _sep, bid = text.partition(":")
        who, what = typed.whole(person), typed.whole(bid)
        if who is not None and what is not None:
            found.append((who, what))
    return found


def _as_recorded(before: Row[Any] | None) -> dict[str, Any]:
    """The boxes as they stand: empty, with everybody leaving for their bids; or as the sitting was recorded."""
    if before is None:
        return {"day": "", "time": "", "place": "", "words": "", "present": [], "left": None}
    local = before.held_at.astimezone(acting.office().zone)
    return {
        "day": local.date().isoformat(), "time": local.strftime("%H:%M"), "place": before.place, "words": before.words,
        "present": list(before.present), "left": [(person, bid) for person, bid in before.left_for],
    }  # fmt: skip


def _page(row: Row[Any], before: Row[Any] | None, given: dict[str, Any], problems: Problems) -> str:
    seats = asks.seats(g.conn, row.fund_id, row.opens_at, g.arrived)
    parts = sittings.parts_on(seats, g.arrived)
    pairs = asks.apart(g.conn, row.id, list(parts))
    names = _names(row, sorted({bid for _person, bid in pairs}))
    chosen = pairs if given["left"] is None else set(given["left"])
    everybody = [
        {
            "id": person, "name": name, "part": said.parts(parts[person]), "present": person in given["present"],
            "bids": [
                {"value": f"{person}:{bid}", "words": names[bid], "checked": (person, bid) in chosen}
                for who, bid in sorted(pairs) if who == person
            ],
        }
        for person, name in dict.fromkeys((seat.id, seat.name) for seat in seats)
    ]  # fmt: skip
    return render_template(
        "chair/sitting.html",
        round=row, earlier=before, given=given, everybody=everybody, problems=problems or None,
        errors={problem["field"]: problem["words"] for problem in problems},
        last=asks.last_number(g.conn, row.id), most_words=sittings.LONGEST_WORDS, most_place=sittings.LONGEST_PLACE,
    )  # fmt: skip


def _names(row: Row[Any], bids: list[int]) -> dict[int, str]:
    """What bids of the round are called to this person; another bid where they stand apart from it."""
    rows = asks.bids(g.conn, row.id, bids)
    apart = reading.apart_from(g.conn, g.person.id) if rows else frozenset()
    titles = made.titles_of(g.conn, row, rows)
    return {
        bid: made.called(None if bid in apart else one, titles[bid], one.amount_pence) for bid, one in rows.items()
    }  # fmt: skip


def _records(row: Row[Any]) -> bool:
    return bool(held_roles() & set(RECORDERS)) and row.state in PANEL_STATES


def _back(row: Row[Any]) -> tuple[str, str]:
    """(address, words) of where this person came from: the table, the officer's round, the record."""
    roles = held_roles()
    if "chair" in roles:
        return url_for("chair.round", code=row.code), _("Where the money reaches")
    if "officer" in roles:
        return url_for("officer.round", code=row.code), row.title
    return url_for("auditor.record"), _("The record")
