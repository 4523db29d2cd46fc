"""What somebody of the panel is tied to, said before they open a bid: from it follows what they are not shown."""

from typing import Any, Final

from flask import abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.domain import areas, references, ties
from fundapp.domain.areas import name_key
from fundapp.pages import acting, typed
from fundapp.pages.gate import funds_for, gate
from fundapp.pages.reviewer import blueprint
from fundapp.queries import apart, interests, places
from fundapp.services import marks
from fundapp.services import ties as register
from fundapp.words import refusals
from fundapp.words import ties as words_of
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: More names than this are shown by their first letter.
AT_ONCE: Final = 60
#: Wards that one search shows.
WARDS: Final = 20

Page = Response | str | tuple[str, int]
Problems = list[dict[str, str]]


@blueprint.before_request
def before_the_first_bid() -> Response | None:
    """Who opens the first bid of a round says first what they are tied to: afterwards they have read it."""
    if request.endpoint != "reviewer.review" or request.method != "GET" or g.person is None:
        return None
    reference = str((request.view_args or {}).get("ref", ""))
    if interests.unasked(g.conn, g.person.id, reference):
        return redirect(url_for("reviewer.interests_page", next=reference))
    return None


@blueprint.route("/pile/interests", methods=["GET", "POST"])
@gate("reviewer", "chair")
def interests_page() -> Page:
    """Where they live, their local party, and the names of the round, each to be ticked; what they said before."""
    if request.method == "GET":
        return _page()
    doing = request.form.get("do", "")
    if doing == "live":
        return _live()
    if doing == "party":
        return _party()
    if doing == "ticked":
        return _ticked()
    if doing == "said":
        return _said()
    if doing == "none":
        return _kept([])
    abort(404)


@blueprint.post("/pile/interests/<int:tie>/end")
@gate("reviewer", "chair")
def end_tie(tie: int) -> Response:
    """A tie is over. What the panel read of it stays in the record."""
    acting.end_reading()
    try:
        register.end(acting.office(), acting.actor(), tie, g.arrived)
    except LookupError:
        abort(404)
    except register.TieRefused as refused:
        flash(refusals.plain(refused.code, refused.params, acting.office().zone))
    else:
        flash(_("It is over from today. The record keeps that you said it."))
    return redirect(url_for("reviewer.interests_page"), 303)


def _rounds() -> list[Any]:
    return interests.rounds(g.conn, funds_for("reviewer", "chair"))


def _next() -> str:
    """The bid that they were about to open, by its reference; empty if none."""
    text = request.values.get("next", "")
    try:
        return text if references.bid_id(text) else ""
    except references.ReferenceError_:
        return ""


def _kept(said: list[register.Said]) -> Page:
    """Put it down, say what follows, and lead on."""
    rounds = [row.id for row in _rounds()]
    following = _next()
    acting.end_reading()
    try:
        new, kept = register.declare(acting.office(), acting.actor(), said, rounds, g.arrived)
    except register.TieRefused as refused:
        words = refusals.plain(refused.code, refused.params, acting.office().zone)
        return _page([{"field": "key", "words": words}]), 409
    if new and kept:
        flash(
            ngettext(
                "Thank you. One bid is hidden from you by what you are tied to.",
                "Thank you. %(num)s bids are hidden from you by what you are tied to.", kept,
            )
        )  # fmt: skip
    elif new:
        flash(_("Thank you. No bid that the panel has now is hidden from you by it."))
    else:
        flash(_("Thank you. You can say more at any time."))
    if request.form.get("do") != "none":
        return redirect(url_for("reviewer.interests_page", next=following or None), 303)
    if following:
        return redirect(url_for("reviewer.review", ref=following), 303)
    return redirect(url_for("desk.desk"), 303)


def _live() -> Page:
    """Their ward, by postcode or name; the house too, where they give one."""
    place, house = typed.line("place")[:80], typed.line("house")[:200]
    chosen = typed.whole(request.form.get("ward", ""))
    given = {"place": place, "house": house}
    found: list[Any] = []
    if chosen is not None:
        ward = places.ward(g.conn, chosen)
        found = [ward] if ward is not None else []
    elif place:
        code = areas.postcode(place)
        if code is None:
            found = places.wards_named(g.conn, place, WARDS)
        else:
            ward = places.ward_of_postcode(g.conn, code)
            found = [ward] if ward is not None else []
    key = marks.household(acting.office().secret_key, house, place)
    if house and key is None:
        words = _("Give the house and its whole postcode, such as 12 Mill Lane, LS3 1HH. Or leave it empty.")
        return _page([{"field": "house", "words": words}], given), 422
    if len(found) > 1:
        return _page(given=given, wards=found)
    if not found and key is None:
        words = (
            _("We do not know that place. Search for the name of your ward or council.")
            if place
            else _("Give your postcode, or the name of your ward.")
        )
        return _page([{"field": "place", "words": words}], given), 422
    said = [register.Said(ties.area(row.id), "lives") for row in found]
    return _kept(said + ([register.Said(key, "lives")] if key else []))


def _party() -> Page:
    name = typed.line("party")[:100]
    key = ties.party(name)
    if key is None:
        words = _("Give the name of your local party, such as Millbeck.")
        return _page([{"field": "party", "words": words}], {"party": name}), 422
    return _kept([register.Said(key, "member", name)])


def _chosen() -> list[tuple[str, str, str]]:
    """What was ticked of what there is: (kind, key, name)."""
    ticked = set(request.form.getlist("key"))
    there = interests.things(g.conn, [row.id for row in _rounds()], g.person.id)
    return [each for each in there if each[1] in ticked]


def _ticked() -> Page:
    """One question for each that was ticked: how they are tied to it."""
    chosen = _chosen()
    if not chosen:
        words = _("Tick at least one name, or say that there is none.")
        return _page([{"field": "key", "words": words}]), 422
    return _how(chosen)


def _how(chosen: list[tuple[str, str, str]], problems: Problems | None = None) -> str:
    items = [
        {
            "key": key,
            "name": name,
            "options": [{"value": why, "words": _(text)} for why, text in words_of.SAID[kind]],
            "why": request.form.get(f"why-{key}", ""),
            "words": typed.line(f"words-{key}"),
        }
        for kind, key, name in chosen
    ]
    return render_template(
        "reviewer/how_tied.html", items=items, next=_next(), problems=problems, most=register.MOST_WORDS,
        errors={each["field"]: each["words"] for each in problems or []},
    )  # fmt: skip


def _said() -> Page:
    chosen = _chosen()
    if not chosen:
        return redirect(url_for("reviewer.interests_page", next=_next() or None), 303)
    said, problems = [], []
    for kind, key, name in chosen:
        why, words = request.form.get(f"why-{key}", ""), typed.line(f"words-{key}")
        if why not in dict(words_of.SAID[kind]):
            problems.append(
                {"field": f"why-{key}", "words": _("Say how you are tied to %(name)s.", name=name)}
            )
        if len(words) > register.MOST_WORDS:
            shorter = _("Shorten it to %(most)s characters.", most=register.MOST_WORDS)
            problems.append({"field": f"words-{key}", "words": shorter})
        said.append(register.Said(key, why, words))
    return (_how(chosen, problems), 422) if problems else _kept(said)


def _page(
    problems: Problems | None = None, given: dict[str, str] | None = None, wards: list[Any] | None = None
) -> str:
    rounds = _rounds()
    standing = [row for row in apart.standing_ties(g.conn, g.person.id) if ties.kind_of(row.key) != "round"]
    called = interests.names(g.conn, [row.key for row in standing])
    held = {row.key for row in standing}
    there = [
        each
        for each in interests.things(g.conn, [row.id for row in rounds], g.person.id)
        if each[1] not in held
    ]
    words, letter = request.args.get("words", "")[:80], request.args.get("letter", "")[:1].upper()
    shown, letters = _narrowed(there, words, letter)
    return render_template(
        "reviewer/interests.html",
        rounds=rounds, problems=problems, given=given or {}, wards=wards, next=_next(), words=words, letter=letter,
        errors={each["field"]: each["words"] for each in problems or []}, letters=letters, all=len(there),
        groups=[(kind, [each for each in shown if each[0] == kind]) for kind in ("person", "organisation", "area")],
        party=apart.local_party(g.conn, g.person.id), postcodes=places.postcodes_known(g.conn),
        asked=bool(rounds) and apart.was_asked(g.conn, g.person.id, [row.id for row in rounds]) >= {r.id for r in rounds},
        said=[
            {"id": row.id, "name": _name(row, called), "how": words_of.said(ties.kind_of(row.key), row.why), "row": row}
            for row in standing
        ],
    )  # fmt: skip


def _name(row: Any, called: dict[str, str]) -> str:
    kind = ties.kind_of(row.key)
    if kind == "home":
        return str(_("My address, kept so that nobody can read it"))
    return row.words if kind == "party" else called.get(row.key, str(_("somebody or something that is gone")))


def _narrowed(
    there: list[tuple[str, str, str]], words: str, letter: str
) -> tuple[list[tuple[str, str, str]], list[str]]:
    """What is shown, and the letters that names begin with where there are too many to show at once."""
    wanted = name_key(words).split()
    if wanted:
        return [each for each in there if all(word in name_key(each[2]) for word in wanted)], []
    if len(there) <= AT_ONCE:
        return there, []
    letters = sorted({_letter(name) for _kind, _key, name in there})
    if letter not in letters:
        letter = letters[0]
    return [each for each in there if _letter(each[2]) == letter], letters


def _letter(name: str) -> str:
    """The letter that a name stands under: its first, without accents; # for what begins with none."""
    first = name_key(name)[:1].upper()
    return first if first.isalpha() else "#"
