"""The form of a round while it is built: what may stand in it, and how questions come, go and move."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fundapp.domain.forms import DECIDING, FUND_QUESTIONS, YES_NO

#: Always there, with these kinds: the policy's guards read their answers.
CORE: Final[dict[str, str]] = {
    "title": "words", "organisation": "words", "amount_pence": "pence", "budget": "budget", "area": "area",
    "representative": "representative", "declarations": "declarations",
}  # fmt: skip
#: What the fund asks of every bid, and what its rubric scores: put in other words if need be, never left out.
OF_THE_FUND: Final[dict[str, str]] = dict.fromkeys(
    ("party_link", "helps_win", "new_approach", "leaders"), "text"
)
FIXED: Final[dict[str, str]] = {**CORE, **OF_THE_FUND}
#: What an officer may add, and what stands in a form once at most.
ADDABLE: Final = ("words", "text", "number", "pence", "day", "choice", "yes_no", "file", "funding")
ONCE: Final = frozenset({"budget", "area", "representative", "declarations", "funding"})
KINDS: Final = frozenset(ADDABLE) | ONCE

MOST_QUESTIONS: Final = 60
LONGEST_LABEL: Final = 200
LONGEST_HELP: Final = 600
LONGEST_SECTION: Final = 60
LONGEST_OPTION: Final = 120
MOST_OPTIONS: Final = 20
FEWEST_OPTIONS: Final = 2
MOST_NUMBER: Final = 10**9
#: The limits that a kind needs, each with the least and the most that it can be.
LIMITS: Final[dict[str, dict[str, tuple[int, int]]]] = {
    "words": {"max_length": (1, 500)},
    "text": {"max_words": (1, 2000)},
    "number": {"least": (-MOST_NUMBER, MOST_NUMBER), "most": (-MOST_NUMBER, MOST_NUMBER)},
    "file": {"most_files": (1, 10)},
}

Questions = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong with a form: the question's id (empty for the form itself), a code, its parameters."""

    question: str
    code: str
    params: Mapping[str, Any]


class NotThere(LookupError):
    """The form has no such question or section."""


def complaints(questions: Sequence[Mapping[str, Any]]) -> tuple[Complaint, ...]:
    """Everything that keeps a list of questions from being a form; nothing for a sound one."""
    found: list[Complaint] = []
    if len(questions) > MOST_QUESTIONS:
        found.append(
            Complaint("", "too_many_questions", {"limit": MOST_QUESTIONS, "questions": len(questions)})
        )
    earlier: dict[str, Mapping[str, Any]] = {}
    kinds: set[str] = set()
    sections: list[str] = []
    for question in questions:
        name, kind = _text(question.get("id")), _text(question.get("kind"))
        if not name or name in earlier:
            found.append(Complaint(name, "double_id", {"id": name}))
        if kind not in KINDS:
            found.append(Complaint(name, "unknown_kind", {"kind": kind}))
        elif kind in ONCE and kind in kinds:
            found.append(Complaint(name, "only_once", {}))
        kinds.add(kind)
        found += _wording(name, question)
        found += _limits(name, kind, question)
        found += _condition(name, question, earlier)
        found += _fixed(name, kind, question)
        section = _text(question.get("section"))
        if section in sections[:-1] and sections[-1] != section:
            found.append(Complaint(name, "scattered_section", {}))
        sections.append(section)
        earlier.setdefault(name, question)
    labels = {question["id"]: question["label"] for question in FUND_QUESTIONS}
    found += [
        Complaint(name, "core_missing", {"label": labels[name]}) for name in FIXED if name not in earlier
    ]
    return tuple(found)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _wording(name: str, question: Mapping[str, Any]) -> list[Complaint]:
    label, help_, section = (_text(question.get(part)).strip() for part in ("label", "help", "section"))
    found = []
    if not label:
        found.append(Complaint(name, "no_label", {}))
    if len(label) > LONGEST_LABEL:
        found.append(Complaint(name, "label_too_long", {"limit": LONGEST_LABEL, "length": len(label)}))
    if len(help_) > LONGEST_HELP:
        found.append(Complaint(name, "help_too_long", {"limit": LONGEST_HELP, "length": len(help_)}))
    if not section:
        found.append(Complaint(name, "no_section", {}))
    if len(section) > LONGEST_SECTION:
        found.append(Complaint(name, "section_too_long", {"limit": LONGEST_SECTION, "length": len(section)}))
    if not isinstance(question.get("required"), bool):
        found.append(Complaint(name, "limits_wrong", {}))
    return found


def _limits(name: str, kind: str, question: Mapping[str, Any]) -> list[Complaint]:
    found = []
    for limit, (least, most) in LIMITS.get(kind, {}).items():
        given = question.get(limit)
        if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
            found.append(Complaint(name, "limit_beyond", {"limit": limit, "least": least, "most": most}))
    if kind == "number" and not found and question["least"] > question["most"]:
        found.append(Complaint(name, "limits_crossed", {}))
    if kind == "choice":
        found += _options(name, question)
    statements = question.get("statements")
    if kind == "declarations" and not (isinstance(statements, Mapping) and statements):
        found.append(Complaint(name, "limits_wrong", {}))
    return found


def _options(name: str, question: Mapping[str, Any]) -> list[Complaint]:
    options, order = question.get("options"), question.get("order")
    if (
        not isinstance(options, Mapping)
        or not isinstance(order, list)
        or sorted(map(str, order)) != sorted(options)
    ):
        return [Complaint(name, "limits_wrong", {})]
    said = [_text(words).strip() for words in options.values()]
    if len(options) < FEWEST_OPTIONS:
        return [Complaint(name, "too_few_options", {"least": FEWEST_OPTIONS})]
    if len(options) > MOST_OPTIONS:
        return [Complaint(name, "too_many_options", {"limit": MOST_OPTIONS, "options": len(options)})]
    if not all(said) or max(map(len, said)) > LONGEST_OPTION:
        return [Complaint(name, "option_too_long", {"limit": LONGEST_OPTION})]
    if len({words.casefold() for words in said}) < len(said):
        return [Complaint(name, "double_option", {})]
    return []


def _condition(
    name: str, question: Mapping[str, Any], earlier: Mapping[str, Mapping[str, Any]]
) -> list[Complaint]:
    when = question.get("when")
    if when is None:
        return []
    wanted = when.get("is") if isinstance(when, Mapping) else None
    decider = earlier.get(_text(when.get("question"))) if isinstance(when, Mapping) else None
    if decider is None:
        return [Complaint(name, "condition_not_earlier", {})]
    if _text(decider.get("kind")) not in DECIDING:
        return [Complaint(name, "condition_of_no_choice", {})]
    if not isinstance(wanted, list) or not wanted:
        return [Complaint(name, "condition_without_answers", {})]
    options = decider.get("options")
    known = (
        set(YES_NO)
        if decider["kind"] == "yes_no"
        else set(options)
        if isinstance(options, Mapping)
        else set()
    )
    if not {str(value) for value in wanted} <= known:
        return [Complaint(name, "condition_answer_gone", {})]
    return []


def _fixed(name: str, kind: str, question: Mapping[str, Any]) -> list[Complaint]:
    if name not in FIXED:
        return []
    found = []
    if kind != FIXED[name]:
        found.append(Complaint(name, "core_kind", {}))
    if question.get("when") is not None or question.get("required") is not True:
        found.append(Complaint(name, "core_must_answer", {}))
    return found


def sections_of(questions: Sequence[Mapping[str, Any]]) -> list[str]:
    """The sections in their order."""
    return list(dict.fromkeys(str(question["section"]) for question in questions))


def find(questions: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """A question by its id. Raises NotThere."""
    for question in questions:
        if question["id"] == name:
            return dict(question)
    raise NotThere(name)


def deciders(questions: Sequence[Mapping[str, Any]], before: str | None) -> list[dict[str, Any]]:
    """The choices and yes-or-no questions on which a question may hang: those that stand before it."""
    names = [question["id"] for question in questions]
    until = names.index(before) if before in names else len(names)
    return [dict(question) for question in questions[:until] if question["kind"] in DECIDING]


def hanging_on(questions: Sequence[Mapping[str, Any]], name: str) -> list[dict[str, Any]]:
    """The questions that are asked only for some answers to this one."""
    return [dict(q) for q in questions if (q.get("when") or {}).get("question") == name]


def add(questions: Sequence[Mapping[str, Any]], question: Mapping[str, Any]) -> Questions:
    """The form with one more question, at the end of its section; a new section comes before the last one."""
    return _placed([dict(each) for each in questions], dict(question))


def _placed(rest: Questions, question: dict[str, Any]) -> Questions:
    own = [place for place, each in enumerate(rest) if each["section"] == question["section"]]
    if own:
        place = own[-1] + 1
    else:
        last = sections_of(rest)[-1:]
        place = next((n for n, each in enumerate(rest) if [each["section"]] == last), len(rest))
    return [*rest[:place], question, *rest[place:]]


def change(questions: Sequence[Mapping[str, Any]], question: Mapping[str, Any]) -> Questions:
    """The form with a question put otherwise; where its section is another, at that section's end. Raises NotThere."""
    before = find(questions, str(question["id"]))
    if before["section"] == question["section"]:
        return [dict(question) if each["id"] == question["id"] else dict(each) for each in questions]
    return _placed([dict(each) for each in questions if each["id"] != question["id"]], dict(question))


def take_away(questions: Sequence[Mapping[str, Any]], name: str) -> Questions:
    """The form without a question. Raises NotThere. What must not go is for `complaints` to say."""
    find(questions, name)
    return [dict(each) for each in questions if each["id"] != name]


def move(questions: Sequence[Mapping[str, Any]], name: str, up: bool) -> Questions:
    """The form with a question one place up or down in its section; at the section's end it stays. Raises NotThere."""
    moved = [dict(each) for each in questions]
    place = next((n for n, each in enumerate(moved) if each["id"] == name), None)
    if place is None:
        raise NotThere(name)
    other = place + (-1 if up else 1)
    if 0 <= other < len(moved) and moved[other]["section"] == moved[place]["section"]:
        moved[place], moved[other] = moved[other], moved[place]
    return moved


def move_section(questions: Sequence[Mapping[str, Any]], section: str, up: bool) -> Questions:
    """The form with a whole section one place up or down. Raises NotThere."""
    order = sections_of(questions)
    if section not in order:
        raise NotThere(section)
    place = order.index(section)
    other = place + (-1 if up else 1)
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return [dict(each) for part in order for each in questions if each["section"] == part]


def rename_section(questions: Sequence[Mapping[str, Any]], section: str, name: str) -> Questions:
    """The form with a section called otherwise. Raises NotThere."""
    if section not in sections_of(questions):
        raise NotThere(section)
    return [dict(each) | ({"section": name} if each["section"] == section else {}) for each in questions]


def options_from(
    lines: Sequence[str], before: Sequence[tuple[str, str]], fresh: Callable[[], str]
) -> dict[str, Any]:
    """The options and their order from the lines that an officer wrote; `before` is (id, words) as they stood.

    An option that reads as before keeps its id, and so the answers that were given; where there are as many lines as
    before, so does one that was put otherwise in its place.
    """
    known = {words.casefold(): code for code, words in before}
    said = {line.casefold() for line in lines}
    left = [code if words.casefold() not in said else None for code, words in before]
    options: dict[str, str] = {}
    for place, line in enumerate(lines):
        code = known.pop(line.casefold(), None)
        if code is None and len(lines) == len(before):
            code = left[place]
        options[code or fresh()] = line
    return {"options": options, "order": list(options)}


def taken_out(questions: Sequence[Mapping[str, Any]]) -> Questions:
    """The usual questions that this form does not ask: they can be put back as they were."""
    there = {question["id"] for question in questions}
    once = {question["kind"] for question in questions} & ONCE
    return [dict(each) for each in FUND_QUESTIONS if each["id"] not in there and each["kind"] not in once]
