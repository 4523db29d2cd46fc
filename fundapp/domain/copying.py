"""What of a bid's answers goes along when it is copied into another round."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

#: Given anew for each bid: promises, who is asked to back it, and files that were handed in with it.
GIVEN_ANEW: Final = frozenset({"declarations", "representative", "file", "files"})


def carried(
    asked_then: Sequence[Mapping[str, Any]],
    answers: Mapping[str, Any],
    asked_now: Sequence[Mapping[str, Any]],
) -> tuple[dict[str, Any], list[Mapping[str, Any]]]:
    """(answers for the new form, old questions whose answers stay behind), both in the order of their form.

    An answer goes along if the new form asks a question of the same id and kind and, of a choice, still offers what was chosen.
    """
    now = {question["id"]: question for question in asked_now}
    along: dict[str, Any] = {}
    behind: list[Mapping[str, Any]] = []
    for question in asked_then:
        answer = answers.get(question["id"])
        if answer in (None, "", [], {}):
            continue
        if _fits(question, answer, now.get(question["id"])):
            along[question["id"]] = answer
        else:
            behind.append(question)
    return {name: along[name] for name in now if name in along}, behind


def _fits(question: Mapping[str, Any], answer: Any, new: Mapping[str, Any] | None) -> bool:
    if new is None or new["kind"] != question["kind"] or question["kind"] in GIVEN_ANEW:
        return False
    options = new.get("options")
    return options is None or answer in options
