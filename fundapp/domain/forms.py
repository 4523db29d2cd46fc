"""The form of a round as data: its questions, what is still missing from the answers, and the hash of a copy."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson

#: Answers that say who is asked to back the bid; not part of the copy that is backed.
NOT_IN_COPY: Final = frozenset({"representative"})

#: The fund's own questions. `kind`: words (one line), text (with `max_words`), pence, budget, day, area,
#: representative, declarations. `section` groups them in the task list.
FUND_QUESTIONS: Final[list[dict[str, Any]]] = [
    {"id": "title", "section": "project", "kind": "words", "label": "What is the project called?",
     "help": "A few words that a neighbour would understand.", "max_length": 300, "required": True},
    {"id": "summary", "section": "project", "kind": "text", "label": "What will you do?",
     "help": "Say what happens, where, how often and for whom.", "max_words": 150, "required": True},
    {"id": "people", "section": "project", "kind": "words", "label": "Who is it for, and about how many people?",
     "help": "For example: 85 people in 40 families.", "max_length": 200, "required": True},
    {"id": "area", "section": "project", "kind": "area", "label": "Which ward is it in?",
     "help": "Where most of it happens.", "required": True},
    {"id": "starts_on", "section": "project", "kind": "day", "label": "When does it start?", "help": "", "required": True},
    {"id": "ends_on", "section": "project", "kind": "day", "label": "When does it end?", "help": "", "required": True},
    {"id": "organisation", "section": "group", "kind": "words", "label": "Which group runs it?",
     "help": "The name on its bank account.", "max_length": 200, "required": True},
    {"id": "organisation_id", "section": "group", "kind": "words", "label": "Charity or company number",
     "help": "Leave it empty if the group has none.", "max_length": 40, "required": False},
    {"id": "address", "section": "group", "kind": "text", "label": "Where do letters reach you?", "help": "",
     "max_words": 40, "required": True},
    {"id": "party_link", "section": "case", "kind": "text",
     "label": "How does it link the party and the community?", "help": "Who works with whom, and what stays after it.",
     "max_words": 200, "required": True},
    {"id": "helps_win", "section": "case", "kind": "text", "label": "How does it help to win?",
     "help": "What people here will see and say.", "max_words": 200, "required": True},
    {"id": "new_approach", "section": "case", "kind": "text", "label": "What is new about it?",
     "help": "What has not been tried here before.", "max_words": 200, "required": True},
    {"id": "leaders", "section": "case", "kind": "text", "label": "Who will lead, and what will they learn?",
     "help": "Name the people and the part each will take.", "max_words": 200, "required": True},
    {"id": "amount_pence", "section": "money", "kind": "pence", "label": "How much do you ask for?", "help": "",
     "required": True},
    {"id": "budget", "section": "money", "kind": "budget", "label": "What will it be spent on?",
     "help": "One line for each thing. The lines must add up to the amount.", "required": True},
    {"id": "representative", "section": "backing", "kind": "representative",
     "label": "Which elected representative will you ask to back it?",
     "help": "Somebody in office for the place where it happens.", "required": True},
    {"id": "declarations", "section": "backing", "kind": "declarations", "label": "What you declare", "help": "",
     "required": True, "statements": {
         "true": "What we wrote is true as far as we know.",
         "lawful": "No money will be spent on an election campaign.",
         "report": "We will say how it went when it is done.",
     }},
]  # fmt: skip

SECTIONS: Final = ("project", "group", "case", "money", "backing")


@dataclass(frozen=True, slots=True)
class Lack:
    """One question that keeps the form from being complete: its id, a code and the code's parameters."""

    question: str
    code: str
    params: Mapping[str, Any]


def lacks(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> tuple[Lack, ...]:
    """Everything that is missing or beyond its limits, in the form's order."""
    found = [lack for question in questions if (lack := _lack(question, answers.get(question["id"])))]
    starts, ends = answers.get("starts_on"), answers.get("ends_on")
    if _is_day(starts) and _is_day(ends) and str(ends) < str(starts):
        found.append(Lack("ends_on", "ends_before_start", {}))
    return tuple(found)


def _lack(question: Mapping[str, Any], answer: Any) -> Lack | None:
    name, kind = question["id"], question["kind"]
    empty = answer is None or answer == "" or answer == [] or answer == {}
    if kind == "declarations":
        open_ones = [code for code in question["statements"] if code not in (answer or ())]
        return Lack(name, "tick_every_one", {"count": len(open_ones)}) if open_ones else None
    if empty:
        return Lack(name, "answer_it", {}) if question["required"] else None
    if kind == "text" and words(answer) > question["max_words"]:
        return Lack(name, "too_many_words", {"limit": question["max_words"], "words": words(answer)})
    if kind == "words" and len(answer) > question["max_length"]:
        return Lack(name, "too_long", {"limit": question["max_length"], "length": len(answer)})
    if kind == "day" and not _is_day(answer):
        return Lack(name, "no_day", {})
    if kind == "pence" and answer <= 0:
        return Lack(name, "more_than_nothing", {})
    if kind == "budget" and any(not line["what"].strip() or line["pence"] <= 0 for line in answer):
        return Lack(name, "every_line_needs_both", {})
    return None


def _is_day(answer: Any) -> bool:
    try:
        return bool(answer) and bool(date.fromisoformat(answer))
    except (TypeError, ValueError):
        return False


def words(text: str) -> int:
    """How many words a text has, as a person would count them."""
    return len(text.split())


def budget_pence(answers: Mapping[str, Any]) -> int:
    """The sum of the budget lines, in pence."""
    return sum(line["pence"] for line in answers.get("budget") or ())


def documents(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[int]:
    """The ids of the files that are handed in as answers, in the form's order."""
    return [
        int(file["document"])
        for question in questions
        if question["kind"] == "file"
        for file in answers.get(question["id"]) or ()
    ]


def copy_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that a version freezes: everything but who was asked to back it."""
    return {name: value for name, value in answers.items() if name not in NOT_IN_COPY}


def sha256_of(answers: Mapping[str, Any]) -> str:
    """The hash of a copy: SHA-256 of its canonical JSON, in hex."""
    return hashlib.sha256(orjson.dumps(copy_of(answers), option=orjson.OPT_SORT_KEYS)).hexdigest()
