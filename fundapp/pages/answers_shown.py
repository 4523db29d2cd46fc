"""Answers as pages show them: with the names that their ids stand for."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import g

from fundapp.domain import forms
from fundapp.pages import formats
from fundapp.queries import people, reading
from fundapp.words import answers as said
from fundapp.words import states
from fundapp.words.tongue import gettext as _


def _representative(holding: Any) -> str:
    named = people.holding(g.conn, holding)
    return f"{states.titled(named.name, named.office)}, {named.area}" if named else ""


#: How ids and days in answers read on the pages of a request.
NAMES: Final = said.Names(lambda area: reading.area_name(g.conn, area), _representative, formats.day)


def lines(question: Mapping[str, Any], answer: Any) -> list[str]:
    """An answer in lines; none for an empty one."""
    return said.lines(question, answer, NAMES)


def rows(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A frozen copy, question by question: [{label, lines, budget}]; `budget` its lines {what, pence}, else empty.

    Who was asked to back it is no part of a copy.
    """
    found = []
    for question in forms.asked(questions, answers):
        if question["id"] in forms.NOT_IN_COPY:
            continue
        answer = answers.get(question["id"])
        budget = (answer or []) if question["kind"] == "budget" else []
        found.append({"label": _(question["label"]), "lines": lines(question, answer), "budget": budget})
    return found
