"""What changed between two versions of a bid: question by question, word by word, line by line."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal

#: A word with the blanks behind it; blanks that begin a text stand alone.
_WORD: Final = re.compile(r"\S+\s*|\s+")
#: Pairs of equal words that are looked at; a text beyond that is shown as replaced from its first to its last change.
MOST_PAIRS: Final = 30_000
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: in both versions (`kept`), only in the earlier (`gone`), only in the later (`new`)."""

    kind: Literal["kept", "gone", "new"]
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a budget or of other funding; a sum in whole pence is None where the line does not stand."""

    what: str
    was: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One question whose answer is another one.

    `question` is the later form's, the earlier's for one that is asked no more. `spans` are filled for texts,
    `lines` for budgets and funding; both are empty for all other kinds, where `before` and `after` say it.
    """

    question: Mapping[str, Any]
    kind: Literal["added", "removed", "changed"]
    before: Any
    after: Any
    spans: tuple[Span, ...] = ()
    lines: tuple[Line, ...] = ()


def changes(
    questions_before: Sequence[Mapping[str, Any]],
    before: Mapping[str, Any],
    questions_after: Sequence[Mapping[str, Any]],
    after: Mapping[str, Any],
) -> list[Change]:
    """Every question that is answered otherwise, in the later form's order; then those that are asked no more.

    An answer that is empty, in whatever way, is no answer.
    """
    asked = {question["id"]: question for question in questions_before}
    asked = {question["id"]: question for question in questions_after} | {
        name: question
        for name, question in asked.items()
        if name not in {question["id"] for question in questions_after}
    }
    found = []
    for name, question in asked.items():
        was, now = before.get(name), after.get(name)
        if was == now or (was in _EMPTY and now in _EMPTY):
            continue
        found.append(_change(question, was, now))
    return found


def _change(question: Mapping[str, Any], was: Any, now: Any) -> Change:
    kind: Literal["added", "removed", "changed"] = "changed"
    if was in _EMPTY:
        kind = "added"
    elif now in _EMPTY:
        kind = "removed"
    if question["kind"] in ("budget", "funding"):
        name = "what" if question["kind"] == "budget" else "who"
        return Change(question, kind, was, now, lines=money_lines(was or [], now or [], name))
    if question["kind"] in ("text", "words") and kind == "changed":
        return Change(question, kind, was, now, spans=spans(str(was), str(now)))
    return Change(question, kind, was, now)


def spans(before: str, after: str) -> tuple[Span, ...]:
    """Two texts as stretches: the kept and the gone in order are the earlier text, the kept and the new the later."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    head = 0
    while head < min(len(old), len(new)) and old[head].rstrip() == new[head].rstrip():
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail].rstrip() == new[-1 - tail].rstrip():
        tail += 1
    found: list[Span] = []
    _same(found, old[:head], new[:head])
    _between(found, old[head : len(old) - tail], new[head : len(new) - tail])
    _same(found, old[len(old) - tail :], new[len(new) - tail :])
    return tuple(found)


def _between(found: list[Span], old: list[str], new: list[str]) -> None:
    """The stretch from the first word that differs to the last."""
    before, after = [word.rstrip() for word in old], [word.rstrip() for word in new]
    counts = Counter(before)
    if sum(counts[word] for word in after) > MOST_PAIRS:
        _add(found, "gone", "".join(old))
        _add(found, "new", "".join(new))
        return
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            _same(found, old[a:b], new[c:d])
        else:
            _add(found, "gone", "".join(old[a:b]))
            _add(found, "new", "".join(new[c:d]))


def _same(found: list[Span], old: Sequence[str], new: Sequence[str]) -> None:
    """The same words; the blanks behind them may differ."""
    for was, now in zip(old, new, strict=True):
        word = was.rstrip()
        if was == now:
            _add(found, "kept", was)
            continue
        _add(found, "kept", word)
        _add(found, "gone", was[len(word) :])
        _add(found, "new", now[len(word) :])


def _add(found: list[Span], kind: Literal["kept", "gone", "new"], words: str) -> None:
    if words and found and found[-1].kind == kind:
        found[-1] = Span(kind, found[-1].words + words)
    elif words:
        found.append(Span(kind, words))


def money_lines(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], name: str = "what"
) -> tuple[Line, ...]:
    """Two budgets line by line: the later one's lines in its order, then those that are gone.

    Lines of one name are taken as the same line, in their order; among them those of the same sum first.
    """
    left: dict[str, list[int]] = {}
    for line in before:
        left.setdefault(line[name], []).append(int(line["pence"]))
    matched: list[int | None] = [None] * len(after)
    for place, line in enumerate(after):  # a line that did not change is never told as moved money
        sums = left.get(line[name], [])
        if int(line["pence"]) in sums:
            sums.remove(int(line["pence"]))
            matched[place] = int(line["pence"])
    for place, line in enumerate(after):
        sums = left.get(line[name], [])
        if matched[place] is None and sums:
            matched[place] = sums.pop(0)
    found = [Line(str(line[name]), was, int(line["pence"])) for line, was in zip(after, matched, strict=True)]
    return (*found, *(Line(str(what), was, None) for what, sums in left.items() for was in sums))
