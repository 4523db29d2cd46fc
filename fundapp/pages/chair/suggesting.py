"""A set suggested to the chair: its terms, the set beside the decisions, and why a bid is in it or not."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from sqlalchemy import Row

from fundapp.domain import money
from fundapp.domain.candidates import Part, Rule, Terms, groups
from fundapp.domain.programme import Undecided
from fundapp.domain.selection import Chosen, Unmet, best_set, worth
from fundapp.domain.weighing import why as weigh
from fundapp.pages import acting, typed
from fundapp.pages.chair import blueprint, deciding, reach
from fundapp.pages.gate import gate
from fundapp.queries import reading
from fundapp.queries import suggestions as asks
from fundapp.queries.blind import unnamed
from fundapp.services import selection
from fundapp.services.selection import Field
from fundapp.words import refusals
from fundapp.words import selection as words
from fundapp.words.tongue import gettext as _

#: Floors and caps that the form has room for.
LIMITS = 4
#: What a limit may say: the rule's field.
SIDES = ("least_pence", "most_pence", "least_awards", "most_awards")
PARTS = ("", "50", "60", "75", "90")
#: A page waits no longer for its answer.
SECONDS = 10.0


@blueprint.post("/panel/<code>/suggest")
@gate("chair")
def suggest(code: str) -> deciding.Page:
    """Work the best set out under the terms given, keep it, and show it beside the decisions."""
    row = reach.fetch_round(code)
    given = {name: typed.line(name) for name in _names()}
    here = selection.field(g.conn, row)
    if row.state != "panel" or not here.candidates:
        said = _("A set is worked out while the panel is at work and bids have scores.")
        return deciding.page(row, [{"field": "bar", "words": said}], limits=given), 409
    if deciding.unsent_of(here.rows.values()):
        return deciding.page(row, [{"field": "bar", "words": _own_first()}], limits=given), 409
    terms, problems = _terms(row, here, given)
    if problems:
        return deciding.page(row, problems, limits=given), 422
    try:
        chosen = best_set(here.candidates, terms, seconds=SECONDS)
    except Unmet as unmet:
        named = _named(row, here)
        problems = [
            {"field": "limit-who-1", "words": words.unmet(code_, params, named)}
            for code_, params in unmet.reasons
        ]
        return deciding.page(row, problems, limits=given), 422
    except Undecided:
        said = _("No set was found in the time that a page has. Ask for fewer floors and caps.")
        return deciding.page(row, [{"field": "bar", "words": said}], limits=given), 422
    acting.end_reading()
    number, _set = selection.suggest(
        acting.office(), acting.actor(), row, terms, g.arrived, found=(here, chosen)
    )
    flash(_("The set is worked out. Nothing is decided by it."))
    return redirect(url_for("chair.deciding", code=code, suggestion=number), 303)


@blueprint.get("/panel/<code>/why/<int:number>/<ref>")
@gate("chair")
def why(code: str, number: int, ref: str) -> str:
    """Why this bid is in a suggested set, or why not, and what would have to go."""
    row = reach.fetch_round(code)
    bid = reach.fetch_bid(code, ref)
    kept = asks.of_round(g.conn, row.id, number)
    if kept is None:
        abort(404)
    here = selection.field(g.conn, row)
    terms = selection.read(kept.terms)
    by_id = {each.id: each for each in here.candidates}
    answer, sentences, unproven = None, [], False
    if deciding.unsent_of(here.rows.values()):
        sentences = [_own_first()]
    elif bid.id not in here.rows:
        sentences = [_("It is decided and released.")]
    elif bid.id not in by_id:
        sentences = [_("It has no score yet, so no set can have it.")]
    elif not selection.unchanged(kept, here):
        sentences = [_("Scores or bids have changed since. Have a new set worked out, then ask again.")]
    else:
        awards = tuple((each, pence) for each, pence in kept.result["awards"])
        chosen = Chosen(
            awards, worth(here.candidates, terms, awards), selection.kept(kept).bound, kept.result["proven"]
        )
        try:
            answer = weigh(here.candidates, terms, chosen, bid.id, seconds=SECONDS)
        except Undecided:
            sentences = [_("No answer was found in the time that a page has.")]
        else:
            left = terms.budget_pence - chosen.spent_pence
            sentences = words.why(answer, by_id[bid.id].score, terms.bar, left, _named(row, here))
            unproven = not answer.proven
    return render_template(
        "chair/why.html",
        round=row, bid=bid, number=number, sentences=sentences, answer=answer, unproven=unproven,
        titles=here.titles, apart=reading.apart_from(g.conn, g.person.id), rows=here.rows,
        title=here.titles.get(bid.id, bid.reference),
    )  # fmt: skip


def _own_first() -> str:
    return _("You have bids of this round to read yourself. A set is worked out once your own scores are in.")


def shown(
    row: Row[Any],
    here: Field,
    chosen: Row[Any] | None,
    hidden: Mapping[int, Row[Any]],
    limits: Mapping[str, str] | None,
) -> dict[str, Any]:
    """What the table shows of the set that is looked at, and the form for another."""
    named = _named(row, here)
    told: dict[str, Any] | None = None
    if chosen is not None:
        terms = selection.read(chosen.terms)
        found = selection.kept(chosen)
        told = {
            "number": chosen.number, "made_at": chosen.made_at, "awards": len(found.awards), "total": found.spent_pence,
            "left": terms.budget_pence - found.spent_pence, "value": words.points(found.value),
            "bound": words.points(found.bound), "proven": found.proven, "bar": words.points(terms.bar),
            "rules": [words.rule(rule, named) for rule in terms.rules], "part": terms.part,
            "unchanged": selection.unchanged(chosen, here),
            "apart": [pence for bid, pence in found.awards if bid in hidden],
        }  # fmt: skip
    shares = {part: _("from %(share)s per cent", share=part) for part in PARTS if part}
    return {
        "told": told, "limits_open": limits is not None, "limits": limits or _as_given(chosen), "limit_count": LIMITS,
        "scored": len(here.candidates), "who": _choices(row, here), "sides": [(side, _side(side)) for side in SIDES],
        "parts": [("", _("no, all or nothing")), *shares.items()],
    }  # fmt: skip


def _names() -> list[str]:
    return ["bar", "partial"] + [
        f"limit-{what}-{number}" for number in range(1, LIMITS + 1) for what in ("who", "side", "amount")
    ]


def _side(side: str) -> str:
    return {
        "least_pence": _("at least £"), "most_pence": _("at most £"),
        "least_awards": _("at least so many awards"), "most_awards": _("at most so many awards"),
    }[side]  # fmt: skip


def _choices(row: Row[Any], here: Field) -> list[tuple[str, str]]:
    """Whom a limit may be about. Organisations stand there all together; so do regions where the panel reads without names."""
    found = [("", _("nobody"))]
    called = {"region": here.regions, "theme": here.themes}
    for kind in ("region", "theme"):
        known = groups(here.candidates, kind)
        if known:
            found.append((f"{kind}:", words.group(kind, None, {})))
            if kind == "theme" or not unnamed(row):
                found += [(f"{kind}:{key}", called[kind].get(key, key)) for key in known]
    found.append(("organisation:", words.group("organisation", None, {})))
    return found


def _named(row: Row[Any], here: Field) -> words.Named:
    told = not unnamed(row)
    bodies = {str(each.organisation_id): each.organisation or "" for each in here.rows.values()}
    names = {"region": here.regions, "theme": here.themes, "organisation": bodies}

    def named(kind: str, key: str | None) -> str:
        return words.group(kind, key, names[kind], told=told or kind == "theme")

    return named


def _as_given(chosen: Row[Any] | None) -> dict[str, str]:
    """The form's fields as the terms of a kept set have them; empty without one."""
    if chosen is None:
        return {"bar": "", "partial": ""}
    terms = selection.read(chosen.terms)
    given = {"bar": words.points(terms.bar) if terms.bar else ""}
    given["partial"] = str(terms.part.least_percent) if terms.part else ""
    for number, rule in enumerate(terms.rules[:LIMITS], 1):
        side = next(side for side in SIDES if getattr(rule, side) is not None)
        amount = getattr(rule, side)
        given[f"limit-who-{number}"] = f"{rule.kind}:{rule.key or ''}"
        given[f"limit-side-{number}"] = side
        text = money.pounds_short(amount).removeprefix("£") if side.endswith("pence") else str(amount)
        given[f"limit-amount-{number}"] = text
    return given


def _terms(row: Row[Any], here: Field, given: Mapping[str, str]) -> tuple[Terms, deciding.Problems]:
    """The terms that the form gives, and what is to be mended in it."""
    problems: deciding.Problems = []
    bar = _points(given["bar"])
    if bar is None:
        problems.append({"field": "bar", "words": _("Give the bar as points from 0 to 5, like 3 or 3.25.")})
    rules = []
    known = {key for key, _words in _choices(row, here)} - {""}
    for number in range(1, LIMITS + 1):
        who, side, text = (given[f"limit-{what}-{number}"] for what in ("who", "side", "amount"))
        if who not in known and not text:
            continue
        rule = _rule(who, side, text) if who in known and side in SIDES else None
        if isinstance(rule, Rule):
            rules.append(rule)
            continue
        said = rule or _("Choose whom this limit is about, and what it is.")
        where = "amount" if rule else "who"
        problems.append({"field": f"limit-{where}-{number}", "words": said})
    part = Part(int(given["partial"])) if given["partial"] in PARTS[1:] else None
    return Terms(row.budget_pence, bar or 0, tuple(rules), part), problems


def _rule(who: str, side: str, text: str) -> Rule | str:
    kind, _sep, key = who.partition(":")
    if side.startswith("least") and not key:
        return _("A floor is about one region or theme by name; for each of them only a cap can be set.")
    if side.endswith("awards"):
        number = typed.whole(text)
        if number is None:
            return _("Give a whole number of awards.")
        return Rule(kind, key or None, **{side: number})
    try:
        pence = money.parse_pounds(text)
    except money.MoneyError as wrong:
        return refusals.plain(wrong.code, wrong.params, acting.office().zone)
    return Rule(kind, key or None, **{side: pence}) if pence >= 0 else _("A limit is not below nothing.")


def _points(text: str) -> int | None:
    """Points out of five as hundredths; an empty field is no bar."""
    if not text:
        return 0
    whole, _dot, part = text.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) == 1 and len(part) <= 2):
        return None
    if part and not (part.isascii() and part.isdigit()):
        return None
    found = int(whole) * 100 + int(part.ljust(2, "0") or 0)
    return found if found <= 500 else None
