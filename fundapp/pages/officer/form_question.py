"""One question of a round's form: added, put otherwise, taken away."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row

from fundapp.domain import form_building as building
from fundapp.domain import forms as domain
from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.officer import blueprint, form, forms
from fundapp.pages.officer.form import back
from fundapp.pages.officer.forms import Page, Problems
from fundapp.pages.officer.rounds import fetch
from fundapp.queries import forms as asks
from fundapp.services import forms as acts
from fundapp.services.forms import FormRefused
from fundapp.words import forms as form_words
from fundapp.words.tongue import gettext as _

#: What a new question is held to until its officer says otherwise.
USUAL: Final[dict[str, dict[str, Any]]] = {
    "words": {"max_length": 120},
    "text": {"max_words": 150},
    "number": {"least": 0, "most": 1000},
    "choice": {"options": {}, "order": []},
    "file": {"most_files": 3},
}
#: Of a fund's own question, the part that a new one begins in.
_FIRST_PART: Final = "project"
#: Choosing this part means the one that is named beside it.
_NEW_PART: Final = "+"


#: The boxes of the page from top to bottom.
_ORDER: Final = (
    "label", "help", "max_words", "max_length", "least", "most", "most_files", "options", "section", "new_section",
    "required", "when",
)  # fmt: skip


def fresh_id() -> str:
    """An id that no question of any round had before: an old answer must never turn up under a new question."""
    return f"q{secrets.token_hex(5)}"


@blueprint.route("/rounds-desk/<code>/form/add", methods=["GET", "POST"])
@gate("officer")
def add_question(code: str) -> Page:
    """Choose what kind of question; then write it."""
    row = fetch(code)
    newest = asks.newest(g.conn, row.id)
    kind = request.args.get("kind", "")
    addable = [each for each in building.ADDABLE if each not in building.ONCE or each not in _kinds(newest)]
    if kind not in addable:
        if request.method == "POST":
            abort(404)
        kinds = [(each, form_words.KINDS[each]) for each in addable]
        return render_template(
            "officer/form/kind.html", round=row, kinds=kinds, wanted="kind" in request.args
        )
    question = {
        "id": "",
        "kind": kind,
        "section": _FIRST_PART,
        "label": "",
        "help": "",
        "required": True,
        "when": None,
    }
    question |= USUAL.get(kind, {})
    if request.method == "GET":
        return _page(row, newest, question)
    given, problems = _read(newest, question)
    given["id"] = fresh_id()
    problems = _all_wrong(problems, building.add(newest.questions, given), given) or _keep(
        row, given, lambda questions: building.add(questions, given)
    )
    if problems:
        return _page(fetch(code), asks.newest(g.conn, row.id), given | {"id": ""}, problems), 422
    return back(code, _("“%(question)s” is in the form.", question=given["label"]))


def _kinds(newest: Any) -> set[str]:
    return {question["kind"] for question in newest.questions}


@blueprint.route("/rounds-desk/<code>/form/question/<question>", methods=["GET", "POST"])
@gate("officer")
def edit_question(code: str, question: str) -> Page:
    """Put a question otherwise. Its kind stays: an answer that was typed must still be one."""
    row = fetch(code)
    newest = asks.newest(g.conn, row.id)
    before = _found(newest, question)
    if request.method == "GET":
        return _page(row, newest, before)
    given, problems = _read(newest, before)
    problems = _all_wrong(problems, building.change(newest.questions, given), given) or _keep(
        row, given, lambda questions: building.change(questions, given)
    )
    if problems:
        return _page(fetch(code), asks.newest(g.conn, row.id), given, problems), 422
    return back(code, _("“%(question)s” is changed.", question=_(given["label"])))


@blueprint.route("/rounds-desk/<code>/form/question/<question>/take-away", methods=["GET", "POST"])
@gate("officer")
def take_away(code: str, question: str) -> Page:
    """Take a question out of the form."""
    row = fetch(code)
    newest = asks.newest(g.conn, row.id)
    gone = _found(newest, question)
    problems: Problems = []
    if request.method == "POST":
        problems = form.change(row, lambda questions: building.take_away(questions, question))
        if not problems:
            flash(_("“%(question)s” is no longer asked.", question=_(gone["label"])))
            return redirect(url_for("officer.form", code=code), 303)
        problems = [{"field": "take-away", "words": problem["words"]} for problem in problems]
    page = render_template(
        "officer/form/take_away.html", round=fetch(code), form=newest, question=gone, problems=problems or None,
        fixed=question in building.FIXED, hanging=building.hanging_on(newest.questions, question),
        drafts=asks.being_written(g.conn, row.id), usual=question in {each["id"] for each in domain.FUND_QUESTIONS},
    )  # fmt: skip
    return (page, 409) if problems else page


def _found(newest: Any, question: str) -> dict[str, Any]:
    try:
        return building.find(newest.questions, question)
    except building.NotThere:
        abort(404)


def _all_wrong(unread: Problems, whole: building.Questions, given: dict[str, Any]) -> Problems:
    """What could not be read, and what else is wrong with this question: all of it is said at once, top to bottom."""
    if not unread:
        return []
    boxes = {problem["field"] for problem in unread}
    also = [each for each in building.complaints(whole) if each.question == given["id"]]
    problems = unread + [
        {"field": form_words.box(each), "words": form_words.complaint(each)}
        for each in also
        if form_words.box(each) not in boxes
    ]
    return sorted(problems, key=lambda problem: _ORDER.index(problem["field"]))


def _keep(row: Row[Any], given: dict[str, Any], edit: acts.Edit) -> Problems:
    acting.end_reading()
    try:
        acts.change(acting.office(), acting.actor(), row.id, edit, None, g.arrived)
    except FormRefused as refused:
        return form.problems_of(refused, str(given["id"]))
    except building.NotThere:
        words = _("This question was taken away meanwhile. Add it anew if it is wanted.")
        return [{"field": "label", "words": words}]
    return []


def _read(newest: Any, before: Mapping[str, Any]) -> tuple[dict[str, Any], Problems]:
    """The question as it was typed over the one before, and what cannot be read of it."""
    given, problems = dict(before), []
    given["label"] = typed.line("label")
    given["help"] = typed.words("help")
    part = typed.line("section")
    given["section"] = _part_of(newest, typed.line("new_section")) if part == _NEW_PART else part
    if part != _NEW_PART and part not in building.sections_of(newest.questions):
        given["section"] = ""
    if given["id"] not in building.FIXED:
        given["required"] = request.form.get("required") == "yes"
        given["when"], problem = _read_condition(newest, given["id"])
        problems += problem
        if given["when"] is None:
            del given["when"]
    for limit, (least, most) in building.LIMITS.get(given["kind"], {}).items():
        text = typed.line(limit).replace(",", "")
        number = typed.whole(text.removeprefix("-"))
        if number is None:
            words = _("Give a whole number from %(least)s to %(most)s.", least=f"{least:,}", most=f"{most:,}")
            problems.append({"field": limit, "words": words})
        else:
            given[limit] = -number if text.startswith("-") else number
    if given["kind"] == "choice":
        lines = [" ".join(line.split()) for line in typed.words("options").split("\n") if line.strip()]
        given |= building.options_from(lines, domain.options_of(before), lambda: f"a{secrets.token_hex(4)}")
    return given, problems


def _part_of(newest: Any, name: str) -> str:
    """The part that is called so; a new one's id is its name."""
    known = {form_words.section(each).casefold(): each for each in building.sections_of(newest.questions)}
    return known.get(name.casefold(), name)


def _read_condition(newest: Any, name: str) -> tuple[dict[str, Any] | None, Problems]:
    """The condition out of the ticks: they must all be answers of one question."""
    ticked = {
        decider["id"]: request.form.getlist(f"when-{decider['id']}")
        for decider in building.deciders(newest.questions, name)
    }
    chosen = {decider: values for decider, values in ticked.items() if values}
    if not chosen:
        return None, []
    decider, values = next(iter(chosen.items()))
    condition = {"question": decider, "is": sorted(set(values))}
    if len(chosen) > 1:
        words = _(
            "Tick answers of one question only. Where it should depend on two, let one depend on the other."
        )
        return condition, [{"field": "when", "words": words}]
    return condition, []


def _page(row: Row[Any], newest: Any, question: dict[str, Any], problems: Problems | None = None) -> str:
    parts = [(each, form_words.section(each)) for each in building.sections_of(newest.questions)]
    known = question["section"] in {part for part, _name in parts}
    when = question.get("when") or {"question": "", "is": []}
    deciders = [
        {
            "id": decider["id"],
            "label": _(decider["label"]),
            "options": [{"value": value, "words": words} for value, words in form_words.options(decider)],
            "chosen": when["is"] if decider["id"] == when["question"] else [],
        }
        for decider in building.deciders(newest.questions, question["id"])
        if decider["id"] != question["id"]
    ]
    typed_limits = {name: typed.line(name) for name in building.LIMITS.get(question["kind"], {})}
    return render_template(
        "officer/form/question.html", round=row, form=newest, question=question, problems=problems,
        errors=forms.errors(problems), kind=form_words.kind(question["kind"]), fixed=question["id"] in building.FIXED,
        core=question["id"] in building.CORE, parts=[*parts, (_NEW_PART, _("A new part, named below"))],
        part=question["section"] if known else _NEW_PART if question["section"] else "",
        new_part="" if known else question["section"], deciders=deciders,
        limits=typed_limits if problems else {name: str(question[name]) for name in typed_limits},
        options="\n".join(words for _code, words in domain.options_of(question)) if question["kind"] == "choice" else "",
        open=not asks.sent(g.conn, row.id)[0] and row.state in acts.OPEN, building=building,
    )  # fmt: skip
