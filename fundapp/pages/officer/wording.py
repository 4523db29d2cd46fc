"""The words of the fund's letters: edited beside a real bid's letter, checked, every version kept."""

from types import SimpleNamespace
from typing import Any, Final

from flask import abort, flash, g, redirect, render_template, request, url_for
from markupsafe import Markup

from fundapp.domain import wording as domain
from fundapp.domain.changes import Span, changes
from fundapp.pages import acting, typed
from fundapp.pages.gate import funds_for, gate
from fundapp.pages.officer import blueprint
from fundapp.pages.officer.forms import Page, Problems
from fundapp.queries import wording as asks
from fundapp.services import wording as acts
from fundapp.services.deed import Deed
from fundapp.services.wording import WordingRefused
from fundapp.words import refusals
from fundapp.words import wording as words
from fundapp.words.tongue import gettext as _

#: So many bids are offered to look at the words on.
MOST_BIDS: Final = 30
_TEXT: Final = "text-"


@blueprint.get("/wording")
@gate("officer")
def wordings() -> str:
    """Each kind of letter of each fund that this person runs, with who edited its words last."""
    funds: dict[int, Any] = {}
    for row in asks.standing(g.conn, funds_for("officer")):
        fund = funds.setdefault(row.fund_id, SimpleNamespace(id=row.fund_id, name=row.fund, newest={}))
        if row.kind is not None:
            fund.newest[row.kind] = row
    return render_template("officer/wordings.html", funds=list(funds.values()), kinds=words.KINDS)


@blueprint.route("/wording/<int:fund>/<kind>", methods=["GET", "POST"])
@gate("officer")
def wording(fund: int, kind: str) -> Page:
    """Edit the words of a kind of letter, look at them on a bid, keep them."""
    of = _fund(fund, kind)
    now = acts.standing(g.conn, fund, kind)
    if request.method == "GET":
        return _page(of, kind, now.number, now.texts)
    texts = _typed(kind)
    before = acting.seen()
    if request.form.get("go") != "keep":
        return _page(of, kind, before if before is not None else now.number, texts)
    problems = _problems(kind, texts)
    if problems:
        return _page(of, kind, before or 0, texts, problems), 422
    return _keep(of, kind, texts, before if before is not None else -1)


@blueprint.post("/wording/<int:fund>/<kind>/look")
@gate("officer")
def look_at_wording(fund: int, kind: str) -> Page:
    """The letter of the chosen bid in the words as they are being typed, for the page's script; nothing is kept."""
    _fund(fund, kind)
    texts = _typed(kind)
    problems = _problems(kind, texts)
    if problems:
        return render_template("officer/_wording_wrong.html", problems=problems), 422
    bids = asks.shown_on(g.conn, fund, kind, g.person.id, MOST_BIDS)
    return render_template("officer/_wording_seen.html", seen=_seen(kind, texts, _chosen(bids)))


@blueprint.get("/wording/<int:fund>/<kind>/versions")
@gate("officer")
def wording_versions(fund: int, kind: str) -> str:
    """Every version: who made it, when, and which passages it changed."""
    of = _fund(fund, kind)
    rows = asks.versions(g.conn, fund, kind)
    before = [*(domain.complete(kind, row.texts) for row in rows[1:]), domain.usual(kind)]
    shown = [
        {"row": row, "changed": [change.question["label"] for change in _changes(kind, was, row.texts)]}
        for row, was in zip(rows, before, strict=False)
    ]
    return render_template(
        "officer/wording_versions.html", fund=of, kind=kind, kinds=words.KINDS, versions=shown
    )


@blueprint.route("/wording/<int:fund>/<kind>/versions/<int:number>", methods=["GET", "POST"])
@gate("officer")
def wording_version(fund: int, kind: str, number: int) -> Page:
    """One version with what it changed; to go back to it makes a new version of its words."""
    of = _fund(fund, kind)
    if number > domain.MOST_VERSIONS:
        abort(404)
    chosen = acts.version(g.conn, fund, kind, number)
    now = acts.standing(g.conn, fund, kind)
    if request.method == "POST":
        before = acting.seen()
        return _keep(of, kind, chosen.texts, before if before is not None else -1)
    earlier = acts.version(g.conn, fund, kind, number - 1).texts if number else chosen.texts
    row = asks.version(g.conn, fund, kind, number) if number else None
    return render_template(
        "officer/wording_version.html", fund=of, kind=kind, kinds=words.KINDS, version=chosen, row=row, newest=now,
        texts=[(words.label(kind, name), text) for name, text in chosen.texts.items() if text],
        changed=_shown(_changes(kind, earlier, chosen.texts)), going_back=_shown(_changes(kind, now.texts, chosen.texts)),
    )  # fmt: skip


def _fund(fund: int, kind: str) -> Any:
    """The fund, if this person runs it; 404 for any other, and for no kind of letter."""
    funds = {row.fund_id: row.fund for row in asks.standing(g.conn, funds_for("officer"))}
    if kind not in domain.KINDS or fund not in funds:
        abort(404)
    return SimpleNamespace(id=fund, name=funds[fund])


def _typed(kind: str) -> dict[str, str]:
    return {name: typed.words(_TEXT + name) for name in domain.passages(kind)}


def _problems(kind: str, texts: dict[str, str]) -> Problems:
    return [
        {"field": _TEXT + each.passage, "words": words.complaint(kind, each)}
        for each in domain.complaints(kind, texts)
    ]


def _keep(of: Any, kind: str, texts: dict[str, str], before: int) -> Page:
    acting.end_reading()
    try:
        number = acts.save(acting.office(), acting.actor(), of.id, kind, texts, before, g.arrived)
    except WordingRefused as refused:
        now = acts.standing(g.conn, of.id, kind)
        said = refusals.plain(refused.code, {}, acting.office().zone)
        return _page(of, kind, now.number, texts, [{"field": _TEXT + "opening", "words": said}]), 409
    if number == before:
        flash(_("These are the words that stand. Nothing was changed."))
    else:
        flash(_("Version %(number)s stands. Letters from now on are written in it; those already written stay as they are.",
                number=number))  # fmt: skip
    return redirect(url_for("officer.wording", fund=of.id, kind=kind), 303)


def _page(of: Any, kind: str, number: int, texts: dict[str, str], problems: Problems | None = None) -> str:
    found = problems or (_problems(kind, texts) if request.method == "POST" else [])
    bids = asks.shown_on(g.conn, of.id, kind, g.person.id, MOST_BIDS)
    chosen = _chosen(bids)
    mended = texts if not _problems(kind, texts) else None
    return render_template(
        "officer/wording.html", fund=of, kind=kind, kinds=words.KINDS, number=number, problems=found or None,
        errors=_by_field(found), most=domain.LONGEST, bids=bids, chosen=chosen, changing=kind in acts.CHANGING,
        changed=_changed(), seen=_seen(kind, mended, chosen) if mended is not None else None,
        passages=[
            {
                "field": _TEXT + passage.name, "label": words.label(kind, passage.name),
                "hint": _(words.PASSAGES[kind][passage.name][1]), "text": texts[passage.name],
                "placeholders": passage.placeholders,
            }
            for passage in domain.KINDS[kind]
        ],
        stand_for={name: _(said) for name, said in words.PLACEHOLDERS.items() if name in _of_kind(kind)},
    )  # fmt: skip


def _by_field(problems: Problems) -> dict[str, str]:
    """All that is wrong with each box, one sentence after another."""
    found: dict[str, str] = {}
    for problem in problems:
        found[problem["field"]] = f"{found.get(problem['field'], '')} {problem['words']}".strip()
    return found


def _of_kind(kind: str) -> set[str]:
    return {name for passage in domain.KINDS[kind] for name in passage.placeholders}


def _chosen(bids: list[Any]) -> Any:
    """The bid that the words are looked at on: the one asked for, else the first; None where there is none."""
    asked = request.values.get("bid", "")
    return next((bid for bid in bids if bid.reference == asked), bids[0] if bids else None)


def _changed() -> bool:
    return request.values.get("changed") == "yes"


def _seen(kind: str, texts: dict[str, str], bid: Any) -> Markup | None:
    if bid is None:
        return None
    office = acting.office()
    deed = Deed(g.conn, office.recorder, acting.actor(), g.arrived, g.arrived, office.zone)
    return acts.shown(deed, bid.id, kind, texts, changed=_changed())


def _changes(kind: str, before: dict[str, str], after: Any) -> list[Any]:
    questions = [
        {"id": name, "label": words.label(kind, name), "kind": "text"} for name in domain.passages(kind)
    ]
    return changes(questions, before, questions, domain.complete(kind, after))


def _shown(found: list[Any]) -> list[dict[str, Any]]:
    """For `templates/parts/changes.html`: a passage that was empty, or is now, is one stretch of words."""
    shown = []
    for change in found:
        spans = list(change.spans)
        if not spans:
            spans += [Span("gone", change.before)] if change.before else []
            spans += [Span("new", change.after)] if change.after else []
        shown.append(
            {
                "label": change.question["label"],
                "kind": change.kind,
                "spans": spans,
                "lines": [],
                "others": 0,
            }
        )
    return shown
