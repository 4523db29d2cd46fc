"""The form of a round as data: its questions, what is still missing from the answers, and the hash of a copy."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson

#: Answers that say who is asked to back the bid; not part of the copy that is backed.
NOT_IN_COPY: Final = frozenset({"representative"})

#: The fund's own questions. `section` groups them in the task list: one of SECTIONS, or an officer's own words.
#: `kind`, with what it asks for beside label, help and required, and what its answer is kept as:
#: words (max_length; one line), text (max_words), pence, number (least, most; an int), day (ISO date), yes_no
#: ("yes" or "no"), choice (options: id to words, order: their ids; the id), budget ({what, pence} lines), funding
#: ({who, pence, certain} lines), file (most_files; {document, name, sha256, size} each), area, representative (ids),
#: declarations (statements: code to words; the codes).
#: A question may have a condition, `when`: {question, is}: it is asked where that earlier choice or yes_no question is
#: asked and its answer is among `is`.
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
    {"id": "other_funding", "section": "money", "kind": "funding", "label": "What other money is there?",
     "help": "Grants, gifts and what the group puts in itself. Leave it empty if there is none.", "required": False},
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
#: Kinds whose answers other questions may hang on.
DECIDING: Final = frozenset({"choice", "yes_no"})
YES_NO: Final = ("yes", "no")

Question = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lack:
    """One question that keeps the form from being complete: its id, a code and the code's parameters."""

    question: str
    code: str
    params: Mapping[str, Any]


def is_empty(answer: Any) -> bool:
    """Whether nothing was answered. No and nought are answers."""
    return answer is None or (isinstance(answer, str | list | dict) and not answer)


def asked(questions: Sequence[Question], answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The questions whose conditions hold, in the form's order.

    A condition on a question that is not asked itself, or that is not there, does not hold.
    """
    kept: list[dict[str, Any]] = []
    standing: dict[str, Any] = {}
    for question in questions:
        when = question.get("when")
        if when is None or standing.get(when["question"]) in when["is"]:
            kept.append(dict(question))
            if question["kind"] in DECIDING:
                standing[question["id"]] = answers.get(question["id"])
    return kept


def answered(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that count: those to what is asked, but for empty ones. What else was typed stays in the draft."""
    return {
        question["id"]: answers[question["id"]]
        for question in asked(questions, answers)
        if not is_empty(answers.get(question["id"]))
    }


def lacks(questions: Sequence[Question], answers: Mapping[str, Any]) -> tuple[Lack, ...]:
    """Everything that is missing or beyond its limits among what is asked, in the form's order."""
    now = asked(questions, answers)
    found = [lack for question in now if (lack := _lack(question, answers.get(question["id"])))]
    if {"starts_on", "ends_on"} <= {question["id"] for question in now}:
        starts, ends = answers.get("starts_on"), answers.get("ends_on")
        if _is_day(starts) and _is_day(ends) and str(ends) < str(starts):
            found.append(Lack("ends_on", "ends_before_start", {}))
    return tuple(found)


def _lack(question: Question, answer: Any) -> Lack | None:
    name, kind = question["id"], question["kind"]
    if kind == "declarations":
        ticked = answer if isinstance(answer, list) else ()
        open_ones = [code for code in question["statements"] if code not in ticked]
        return Lack(name, "tick_every_one", {"count": len(open_ones)}) if open_ones else None
    if is_empty(answer):
        return Lack(name, "answer_it", {}) if question["required"] else None
    if not fits(kind, answer):
        return Lack(name, "no_day", {}) if kind == "day" else Lack(name, "answer_it", {})
    limit = _LIMITS.get(kind)
    return limit(question, answer) if limit else None


def fits(kind: str, answer: Any) -> bool:
    """Whether an answer is of the shape that its kind of question keeps."""
    shape = _SHAPES.get(kind)
    return shape is not None and shape(answer)


def _is_text(answer: Any) -> bool:
    return isinstance(answer, str)


def _is_whole(answer: Any) -> bool:
    return isinstance(answer, int) and not isinstance(answer, bool)


def _is_day(answer: Any) -> bool:
    try:
        return bool(answer) and bool(date.fromisoformat(answer))
    except (TypeError, ValueError):
        return False


def _lines_of(text: str) -> Callable[[Any], bool]:
    def are_lines(answer: Any) -> bool:
        return isinstance(answer, list) and all(
            isinstance(line, dict) and _is_text(line.get(text)) and _is_whole(line.get("pence"))
            for line in answer
        )

    return are_lines


def _are_files(answer: Any) -> bool:
    return isinstance(answer, list) and all(
        isinstance(file, dict) and _is_whole(file.get("document")) and _is_text(file.get("name"))
        for file in answer
    )


_SHAPES: Final[dict[str, Callable[[Any], bool]]] = {
    "words": _is_text, "text": _is_text, "choice": _is_text, "yes_no": _is_text, "day": _is_day,
    "pence": _is_whole, "number": _is_whole, "area": _is_whole, "representative": _is_whole,
    "budget": _lines_of("what"), "funding": _lines_of("who"), "file": _are_files,
    "declarations": lambda answer: isinstance(answer, list),
}  # fmt: skip


def _text_limit(question: Question, answer: str) -> Lack | None:
    count, limit = words(answer), question["max_words"]
    return Lack(question["id"], "too_many_words", {"limit": limit, "words": count}) if count > limit else None


def _words_limit(question: Question, answer: str) -> Lack | None:
    limit = question["max_length"]
    return (
        Lack(question["id"], "too_long", {"limit": limit, "length": len(answer)})
        if len(answer) > limit
        else None
    )


def _pence_limit(question: Question, answer: int) -> Lack | None:
    return Lack(question["id"], "more_than_nothing", {}) if answer <= 0 else None


def _number_limit(question: Question, answer: int) -> Lack | None:
    least, most = question["least"], question["most"]
    return (
        Lack(question["id"], "beyond_limits", {"least": least, "most": most})
        if not least <= answer <= most
        else None
    )


def _choice_limit(question: Question, answer: str) -> Lack | None:
    return Lack(question["id"], "choose_one", {}) if answer not in question["options"] else None


def _yes_no_limit(question: Question, answer: str) -> Lack | None:
    return Lack(question["id"], "choose_one", {}) if answer not in YES_NO else None


def _file_limit(question: Question, answer: list[Any]) -> Lack | None:
    limit = question["most_files"]
    return (
        Lack(question["id"], "too_many_files", {"limit": limit, "files": len(answer)})
        if len(answer) > limit
        else None
    )


def _budget_limit(question: Question, answer: list[dict[str, Any]]) -> Lack | None:
    whole = all(line["what"].strip() and line["pence"] > 0 for line in answer)
    return None if whole else Lack(question["id"], "every_line_needs_both", {})


def _funding_limit(question: Question, answer: list[dict[str, Any]]) -> Lack | None:
    whole = all(line["who"].strip() and line["pence"] > 0 for line in answer)
    return None if whole else Lack(question["id"], "every_source_needs_both", {})


_LIMITS: Final[dict[str, Callable[[Question, Any], Lack | None]]] = {
    "text": _text_limit, "words": _words_limit, "pence": _pence_limit, "number": _number_limit,
    "choice": _choice_limit, "yes_no": _yes_no_limit, "file": _file_limit, "budget": _budget_limit,
    "funding": _funding_limit,
}  # fmt: skip


def options_of(question: Question) -> list[tuple[str, str]]:
    """(id, words) of each option of a choice, in the officer's order."""
    return [(code, question["options"][code]) for code in question["order"]]


def words(text: str) -> int:
    """How many words a text has, as a person would count them."""
    return len(text.split())


def budget_pence(answers: Mapping[str, Any]) -> int:
    """The sum of the budget lines, in pence."""
    return lines_pence(answers.get("budget"))


def lines_pence(lines: Any) -> int:
    """The sum of the lines of a budget or of other funding, in pence; nothing for what are no lines."""
    return (
        sum(line["pence"] for line in lines)
        if lines and (fits("budget", lines) or fits("funding", lines))
        else 0
    )


def documents(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]) -> list[int]:
    """The ids of the files that are handed in as answers, in the form's order."""
    return [
        int(file["document"])
        for question in questions
        if question["kind"] == "file"
        for file in answers.get(question["id"]) or ()
    ]


def copy_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that a version freezes: everything but who was asked to back it. Takes `answered` ones."""
    return {name: value for name, value in answers.items() if name not in NOT_IN_COPY}


def copy_bytes(answers: Mapping[str, Any]) -> bytes:
    """The canonical JSON of a copy (RFC 8785, UTF-8): the bytes whose hash names it."""
    return orjson.dumps(copy_of(answers), option=orjson.OPT_SORT_KEYS)


def sha256_of(answers: Mapping[str, Any]) -> str:
    """The hash of a copy: SHA-256 of its canonical JSON, in hex."""
    return hashlib.sha256(copy_bytes(answers)).hexdigest()
