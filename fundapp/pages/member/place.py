"""Where a project is, found by postcode or name; and a representative whom the directory does not know yet."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain import areas, deadlines
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.kept import mark
from fundapp.pages.member import answers, blueprint, reach
from fundapp.queries import places
from fundapp.services import drafts, naming
from fundapp.services.people import PersonRefused
from fundapp.services.representatives import OFFICES
from fundapp.words import refusals, states
from fundapp.words.tongue import gettext as _

#: Wards that a search shows.
SHOWN = 30
_FIELD = {"no_name": "name", "name_too_long": "name", "not_an_email": "email", "no_source": "found"}


@blueprint.get("/my-bids/<ref>/place")
@gate("signed_in")
def place(ref: str) -> Response | str:
    """Find the ward; choosing one is the answer to the form's question of kind area."""
    bid, draft = reach.fetch_draft(ref)
    name = request.args.get("question", "area")
    asked = next((q for q in draft.questions if q["kind"] == "area" and q["id"] == name), None)
    if asked is None:
        abort(404)
    if bid.state not in ("draft", "returned"):
        return redirect(url_for("member.bid", ref=bid.reference), 303)
    words = " ".join(request.args.get("words", "")[:80].split())
    found, why = _found(words) if words else ([], "")
    before = draft.answers.get(asked["id"])
    return render_template(
        "member/place.html", bid=bid, draft=draft, asked=asked, words=words, found=found[:SHOWN], more=len(found) > SHOWN,
        why=why, as_shown=mark(before), postcodes=places.postcodes_known(g.conn), now=answers.ward(before),
        title=reach.title_of(bid, draft.answers), area=draft.answers.get(asked["id"]),
    )  # fmt: skip


def _found(words: str) -> tuple[list[Any], str]:
    """(wards, why there are none)."""
    code = areas.postcode(words)
    if code is None:
        found = places.wards_named(g.conn, words, SHOWN + 1)
        if found:
            return found, ""
        if areas.begins_postcode(words) and places.postcodes_known(g.conn):
            return [], str(_("Give the whole postcode, or the name of the ward or council."))
        return [], str(_("No ward or council we know has “%(words)s” in its name.", words=words))
    ward = places.ward_of_postcode(g.conn, code)
    if ward is not None:
        return [ward], ""
    shown = areas.shown_postcode(code)
    return [], str(
        _("We do not know which ward %(postcode)s is in. Search by its name instead.", postcode=shown)
    )


@blueprint.route("/my-bids/<ref>/name-representative", methods=["GET", "POST"])
@gate("signed_in")
def name_representative(ref: str) -> Response | str | tuple[str, int]:
    """Name somebody in office whom the directory does not know; an officer confirms their address.

    Of a bid that waits for backing, they are then chosen on the page that asks a different representative.
    """
    bid, draft = reach.fetch_draft(ref)
    sent = bid.state == "submitted" and acting.may("bid", bid.id).get("name_endorser") is not None
    if bid.state not in ("draft", "returned") and not sent:
        return redirect(url_for("member.bid", ref=bid.reference), 303)
    asked = next((q["id"] for q in draft.questions if q["kind"] == "representative"), None)
    if asked is None and not sent:
        abort(404)
    area = bid.area_id if sent else draft.answers.get("area")
    if not isinstance(area, int):
        if sent:
            abort(404)
        flash(_("Say first where the project is. Then name who represents it."))
        return redirect(url_for("member.question", ref=bid.reference, question="area"), 303)
    given = {name: typed.line(name)[:500] for name in ("name", "office", "area", "email", "found")}
    if request.method != "POST":
        return _naming(bid, draft, area, given)
    problems = _wrong(given, area)
    if problems:
        return _naming(bid, draft, area, given, problems), 422
    who = naming.Named(
        given["name"], given["office"], typed.whole(given["area"]) or 0, given["email"], given["found"]
    )
    office = acting.office()
    on = deadlines.civil_day(g.arrived, office.zone)
    acting.end_reading()
    try:
        holding, new = naming.name_unknown(office, acting.actor(), bid.id, who, on, g.arrived)
    except PersonRefused as refused:
        words = refusals.plain(refused.code, refused.params, office.zone)
        problem = {"field": _FIELD.get(refused.code, "name"), "words": words}
        return _naming(bid, draft, area, given, [problem]), 422
    except drafts.NotWritable:
        abort(404)
    if sent:
        flash(
            _("They are named, and nobody is asked yet. Choose them below.")
            if new
            else _("We know them already. Choose them below.")
        )
        return redirect(url_for("member.representative", ref=bid.reference, named=holding), 303)
    return _chosen(bid, str(asked), holding, new)


def _chosen(bid: Any, question: str, holding: int, new: bool) -> Response:
    """They are the answer now; where the draft is being saved elsewhere, they stand in the list to be chosen."""
    _bid, fresh = reach.fetch_draft(bid.reference)
    acting.end_reading()
    try:
        drafts.save(acting.office(), acting.actor(), bid.id, {question: holding}, fresh.revision, g.arrived)
    except drafts.DraftConflict:
        flash(_("They are named. Choose them in the list below."))
    else:
        flash(
            _(
                "They are named. We confirm their address before we write to them; you can send your bid meanwhile."
            )
            if new
            else _("We know them already: they are chosen.")
        )
    return redirect(url_for("member.question", ref=bid.reference, question=question), 303)


def _wrong(given: dict[str, str], area: int) -> list[dict[str, str]]:
    over = {str(row.id) for row in places.areas_over(g.conn, area)}
    return [
        {"field": field, "words": words}
        for field, wrong, words in (
            ("name", not given["name"], _("Give their name.")),
            ("office", given["office"] not in OFFICES, _("Choose the office that they hold.")),
            ("area", given["area"] not in over, _("Choose what they are elected for.")),
            ("found", not given["found"], _("Say where you found them, so that we can check it.")),
        )
        if wrong
    ]


def _naming(
    bid: Any, draft: Any, area: int, given: dict[str, str], problems: list[dict[str, str]] | None = None
) -> str:
    kinds = {
        "ward": _("ward"), "council": _("council"), "constituency": _("constituency"), "region": _("region"),
        "nation": _("nation"),
    }  # fmt: skip
    return render_template(
        "member/name_representative.html", bid=bid, given=given, problems=problems,
        errors={p["field"]: p["words"] for p in problems or []}, title=reach.title_of(bid, draft.answers),
        offices=[(key, states.office_title(key)) for key in OFFICES],
        known_at=url_for("member.representative", ref=bid.reference)
        if bid.state == "submitted"
        else url_for("member.question", ref=bid.reference, question="representative"),
        areas=[(str(row.id), f"{row.name} ({kinds[row.kind]})") for row in places.areas_over(g.conn, area)],
    )  # fmt: skip
