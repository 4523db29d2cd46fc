"""The page of one question, as an applicant fills it in and as an officer previews it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import g, render_template, request

from fundapp.domain import forms, money
from fundapp.pages import typed
from fundapp.pages.kept import mark
from fundapp.pages.member import answers, reach
from fundapp.queries import rounds
from fundapp.words import forms as form_words
from fundapp.words import states

#: The text box that a line of this kind begins with.
FIRST_BOX = {"budget": "what", "funding": "who"}


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a form are: its task list, the check before it is sent, each question by its id.

    `preview` says for each question when it is asked, in words; None where an applicant fills it in.
    """

    tasks: str
    check: str
    question: Callable[[str], str]
    preview: Mapping[str, str] | None = None


@dataclass(slots=True)
class Shown:
    """What stands in the question's boxes: `value`, or what was typed and could not be kept, with its `problems`."""

    value: Any
    problems: list[dict[str, str]] = field(default_factory=list)
    #: What another window saved meanwhile, in lines.
    theirs: list[str] | None = None


def first_box(asked: Mapping[str, Any]) -> str:
    """The id of the question's first box."""
    start = FIRST_BOX.get(asked["kind"])
    return f"{start}-1" if start else str(asked["id"])


def onward(
    questions: Sequence[Mapping[str, Any]], given: Mapping[str, Any], name: str, places: Places
) -> str:
    """The next question that is asked after this one; after the last the check before it is sent.

    From a question that the form no longer has, the task list.
    """
    behind = [each["id"] for each in questions]
    if name not in behind:
        return places.tasks
    asked_now = {each["id"] for each in forms.asked(questions, given)}
    later = [each for each in behind[behind.index(name) + 1 :] if each in asked_now]
    return places.question(later[0]) if later else places.check


def draw(bid: Any, draft: Any, asked: dict[str, Any], shown: Shown, places: Places) -> str:
    """The page of one question."""
    value = shown.value
    if not shown.problems and not forms.fits(asked["kind"], value):
        value = None
    now = [each["id"] for each in forms.asked(draft.questions, draft.answers)]
    area = draft.answers.get("area")
    return render_template(
        "member/question.html", bid=bid, draft=draft, asked=asked, value=value, problems=shown.problems or None,
        theirs=shown.theirs, as_shown=mark(draft.answers.get(asked["id"])), places=places,
        errors={p["field"]: p["words"] for p in shown.problems}, lines=_lines(asked, value),
        round=rounds.by_id(g.conn, bid.round_id),
        choices=answers.choices(asked, area, bid.id) if asked["kind"] in ("area", "representative") else [],
        options=form_words.options(asked) if asked["kind"] in forms.DECIDING else [],
        ward=answers.ward(value) if asked["kind"] == "area" else None,
        titled=states.titled, office_title=states.office_title, area=area,
        number=now.index(asked["id"]) + 1 if asked["id"] in now else len(now), whole=len(now),
        title=reach.title_of(bid, draft.answers),
        asked_pence=_pence(draft.answers.get("amount_pence")), placed_pence=forms.budget_pence(draft.answers),
        other_pence=forms.lines_pence(value) if asked["kind"] == "funding" else 0,
    )  # fmt: skip


def _pence(answer: Any) -> int:
    return answer if forms.fits("pence", answer) else 0


def _lines(asked: Mapping[str, Any], value: Any) -> list[dict[str, Any]]:
    """The lines of a budget or of other funding with empty ones to fill in: {words, pounds, certain}."""
    start = FIRST_BOX.get(asked["kind"])
    if start is None:
        return []
    room = max(answers.LINES, len(value or []) + 1, typed.whole(request.args.get("lines", "")) or 0)
    lines = [
        {
            "words": line[start],
            "pounds": line.get("typed", money.pounds_plain(line.get("pence", 0)) if line.get("pence") else ""),
            "certain": bool(line.get("certain")),
        }
        for line in value or []
    ]  # fmt: skip
    return lines + [{"words": "", "pounds": "", "certain": False}] * (
        min(room, answers.MOST_LINES) - len(lines)
    )
