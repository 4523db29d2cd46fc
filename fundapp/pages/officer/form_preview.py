"""A round's form as an applicant will see it: the very same pages, and nothing that is typed is kept."""

from types import SimpleNamespace
from typing import Any

from flask import abort, g, redirect, request, url_for
from sqlalchemy import Row

from fundapp.domain import forms as domain
from fundapp.pages.gate import gate
from fundapp.pages.member import answers, asking
from fundapp.pages.member.form import tasks_page
from fundapp.pages.officer import blueprint
from fundapp.pages.officer.forms import Page
from fundapp.pages.officer.rounds import fetch
from fundapp.queries import forms as asks
from fundapp.words import forms as form_words

#: Answers on which other questions hang travel in the address under this mark: nothing else remembers them.
MARK = "a-"


@blueprint.get("/rounds-desk/<code>/form/preview")
@gate("officer")
def preview_form(code: str) -> str:
    """The task list of a bid that nobody has begun."""
    row = fetch(code)
    draft = _draft(row)
    return tasks_page(_bid(row), draft, _places(row, draft))


@blueprint.route("/rounds-desk/<code>/form/preview/<question>", methods=["GET", "POST"])
@gate("officer")
def preview_question(code: str, question: str) -> Page:
    """One question; its buttons go where an applicant's go."""
    row = fetch(code)
    draft = _draft(row)
    asked = next((each for each in draft.questions if each["id"] == question), None)
    if asked is None:
        abort(404)
    if request.method == "GET":
        return asking.draw(
            _bid(row), draft, asked, asking.Shown(draft.answers.get(question)), _places(row, draft)
        )
    try:
        answer = answers.read(asked)
    except answers.Unreadable as wrong:
        shown = asking.Shown(wrong.typed, wrong.problems)
        return asking.draw(_bid(row), draft, asked, shown, _places(row, draft)), 422
    if asked["kind"] in domain.DECIDING:
        draft.answers = {name: kept for name, kept in draft.answers.items() if name != question}
        draft.answers |= {question: answer} if answer else {}
    places = _places(row, draft)
    if request.form.get("go") == "later":
        return redirect(places.tasks, 303)
    if request.form.get("go") == "lines":
        return redirect(places.question(question) + ("&" if draft.answers else "?") + "lines=10", 303)
    return redirect(asking.onward(draft.questions, draft.answers, question, places), 303)


def _draft(row: Row[Any]) -> Any:
    """What stands for a draft: the newest form, and the answers that the address carries."""
    questions = asks.newest(g.conn, row.id).questions
    carried = {
        each["id"]: request.args[MARK + each["id"]]
        for each in questions
        if each["kind"] in domain.DECIDING and request.args.get(MARK + each["id"])
    }
    kept = {
        each["id"]: carried[each["id"]]
        for each in questions
        if carried.get(each["id"]) in {value for value, _words in _offered(each)}
    }
    return SimpleNamespace(questions=questions, answers=kept, revision=0, saved_at=g.arrived)


def _offered(question: dict[str, Any]) -> list[tuple[str, str]]:
    return form_words.options(question) if question["kind"] in domain.DECIDING else []


def _bid(row: Row[Any]) -> Any:
    return SimpleNamespace(id=0, reference=row.code, title="", state="draft", due_at=None, round_id=row.id)


def _places(row: Row[Any], draft: Any) -> asking.Places:
    carried = {MARK + name: answer for name, answer in draft.answers.items()}
    return asking.Places(
        url_for("officer.preview_form", code=row.code, **carried),
        url_for("officer.form", code=row.code),
        lambda name: url_for("officer.preview_question", code=row.code, question=name, **carried),
        {each["id"]: form_words.condition(each, draft.questions) for each in draft.questions},
    )
