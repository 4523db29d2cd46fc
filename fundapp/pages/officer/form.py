"""The form of a round as its officer builds it: its questions in their parts, moved, taken away, copied, and frozen."""

from collections.abc import Mapping
from typing import Any, Final

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.domain import form_building as building
from fundapp.domain.forms import MOST_FILES
from fundapp.pages import acting, typed
from fundapp.pages.gate import funds_for, gate
from fundapp.pages.officer import blueprint, forms
from fundapp.pages.officer.forms import Page, Problems
from fundapp.pages.officer.rounds import fetch
from fundapp.queries import forms as asks
from fundapp.queries import reading
from fundapp.services import forms as acts
from fundapp.services.forms import FormRefused
from fundapp.words import forms as form_words
from fundapp.words import refusals
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext

#: What one button of the builder does to the form: the button's name, its value is the question or the section.
_ACTS: Final[dict[str, Any]] = {
    "up": lambda form, name: building.move(form, name, up=True),
    "down": lambda form, name: building.move(form, name, up=False),
    "section_up": lambda form, name: building.move_section(form, name, up=True),
    "section_down": lambda form, name: building.move_section(form, name, up=False),
    "put_back": lambda form, name: building.add(form, _usual(form, name)),
}


def _usual(questions: Any, name: str) -> dict[str, Any]:
    return building.find(building.taken_out(questions), name)


@blueprint.get("/rounds-desk/<code>/form")
@gate("officer")
def form(code: str) -> str:
    """The questions of a round, and what can still be done with them."""
    return draw(fetch(code))


@blueprint.post("/rounds-desk/<code>/form")
@gate("officer")
def arrange_form(code: str) -> Page:
    """One thing moved up or down, or a usual question put back."""
    row = fetch(code)
    act = next((name for name in _ACTS if name in request.form), None)
    if act is None:
        abort(404)
    target = typed.line(act)
    problems = change(row, lambda questions: _ACTS[act](questions, target))
    if problems:
        return draw(fetch(code), problems), 409
    return redirect(url_for("officer.form", code=code, _anchor="parts"), 303)


def change(row: Row[Any], edit: acts.Edit) -> Problems:
    """Change the round's form for this officer; what stands in its way, nothing once it is kept."""
    acting.end_reading()
    try:
        acts.change(acting.office(), acting.actor(), row.id, edit, acting.seen(), g.arrived)
    except FormRefused as refused:
        return problems_of(refused)
    except building.NotThere:
        return [{"field": "parts", "words": refusals.plain("form_stale", {}, acting.office().zone)}]
    return []


def problems_of(refused: FormRefused, mended_on: str = "") -> Problems:
    """Why a form is not kept: a sentence for each box of the question's page, or for the list of questions."""
    if not refused.complaints:
        words = refusals.plain(refused.code, refused.params, acting.office().zone)
        return [{"field": "label" if mended_on else "parts", "words": words}]
    return [
        {
            "field": form_words.box(each) if mended_on and each.question == mended_on else "label" if mended_on else "parts",
            "words": form_words.complaint(each, refused.questions, named=each.question != mended_on),
        }
        for each in refused.complaints
    ]  # fmt: skip


def draw(row: Row[Any], problems: Problems | None = None) -> str:
    """The builder; without its buttons where the form is frozen."""
    newest = asks.newest(g.conn, row.id)
    bids, first = asks.sent(g.conn, row.id)
    named = first.reference if first is not None else ""
    if first is not None and reading.stands_apart(g.conn, first.bid, g.person.id):
        named = _("the first bid")
    sections = [
        {
            "id": section,
            "name": form_words.section(section),
            "questions": [
                {
                    "question": question,
                    "kind": form_words.kind(question["kind"]),
                    "limits": _limits(question),
                    "condition": form_words.condition(question, newest.questions),
                    "fixed": question["id"] in building.FIXED,
                }
                for question in newest.questions
                if question["section"] == section
            ],
        }
        for section in building.sections_of(newest.questions)
    ]
    return render_template(
        "officer/form/form.html", round=row, form=newest, sections=sections, problems=problems, bids=bids, first=first,
        named=named, open=not bids and row.state in acts.OPEN, drafts=asks.being_written(g.conn, row.id),
        taken_out=building.taken_out(newest.questions), most=building.MOST_QUESTIONS,
    )  # fmt: skip


def _limits(question: Mapping[str, Any]) -> str:
    """What an answer is held to, in a few words."""
    kind = question["kind"]
    if kind == "text":
        return _("up to %(most)s words", most=question["max_words"])
    if kind == "number":
        return _("from %(least)s to %(most)s", least=f"{question['least']:,}", most=f"{question['most']:,}")
    if kind == "choice":
        return ngettext("one answer", "%(num)s answers", len(question["options"]))
    if kind == "file":
        return ngettext("one file", "up to %(num)s files", question.get("most_files", MOST_FILES))
    return ""


@blueprint.route("/rounds-desk/<code>/form/part", methods=["GET", "POST"])
@gate("officer")
def name_part(code: str) -> Page:
    """Call a part of the form otherwise."""
    row = fetch(code)
    part = request.args.get("part", "")
    newest = asks.newest(g.conn, row.id)
    if part not in building.sections_of(newest.questions):
        abort(404)
    given = typed.line("name") if request.method == "POST" else form_words.section(part)
    if request.method == "GET":
        return _part(row, newest, part, given)
    names = {
        form_words.section(each).casefold() for each in building.sections_of(newest.questions) if each != part
    }
    problems: Problems = []
    if not given or len(given) > building.LONGEST_SECTION:
        words = _("Give it a name of at most %(most)s characters.", most=building.LONGEST_SECTION)
        problems = [{"field": "name", "words": words}]
    elif given.casefold() in names:
        problems = [
            {"field": "name", "words": _("Another part of the form is called this. Choose another name.")}
        ]
    if problems:
        return _part(row, newest, part, given, problems), 422
    if given == form_words.section(part):
        return redirect(url_for("officer.form", code=code), 303)
    problems = change(row, lambda questions: building.rename_section(questions, part, given))
    if problems:
        problems = [{"field": "name", "words": problem["words"]} for problem in problems]
        return _part(row, asks.newest(acting.conn(), row.id), part, given, problems), 409
    flash(_("The part is now called “%(name)s”.", name=given))
    return redirect(url_for("officer.form", code=code), 303)


def _part(row: Row[Any], newest: Any, part: str, given: str, problems: Problems | None = None) -> str:
    return render_template(
        "officer/form/part.html", round=row, form=newest, name=form_words.section(part), given=given, problems=problems,
        errors=forms.errors(problems), most=building.LONGEST_SECTION,
    )  # fmt: skip


@blueprint.route("/rounds-desk/<code>/form/copy", methods=["GET", "POST"])
@gate("officer")
def copy_form(code: str) -> Page:
    """Take over the form of another round in one step."""
    row = fetch(code)
    others = asks.others(g.conn, row.id, funds_for("officer"))
    if request.method == "GET":
        return _copy(row, others)
    source = next((each for each in others if each.id == forms.number("source")), None)
    if source is None:
        return _copy(row, others, [{"field": "source", "words": _("Choose a round.")}]), 422
    acting.end_reading()
    try:
        acts.copy(acting.office(), acting.actor(), row.id, source.id, acting.seen(), g.arrived)
    except FormRefused as refused:
        problems = [{"field": "source", "words": each["words"]} for each in problems_of(refused)]
        return _copy(fetch(code), others, problems), 409
    flash(_("The form is now that of %(title)s.", title=source.title))
    return redirect(url_for("officer.form", code=code), 303)


def _copy(row: Row[Any], others: list[Any], problems: Problems | None = None) -> str:
    return render_template(
        "officer/form/copy.html", round=row, form=asks.newest(g.conn, row.id), others=others, problems=problems,
        errors=forms.errors(problems), drafts=asks.being_written(g.conn, row.id),
    )  # fmt: skip


def back(code: str, words: str) -> Response:
    """To the builder, with what was done."""
    flash(words)
    return redirect(url_for("officer.form", code=code), 303)
