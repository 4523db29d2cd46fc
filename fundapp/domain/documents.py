"""The files that answers name."""

from collections.abc import Iterator, Mapping
from typing import Any


def entries(answer: Any) -> list[dict[str, Any]]:
    """The files of one answer, {"document", "name", "sha256", "size"} each; none for an answer of another kind."""
    if not isinstance(answer, list):
        return []
    return [entry for entry in answer if isinstance(entry, dict) and isinstance(entry.get("document"), int)]


def named(answers: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The files of all answers, in no order that means anything."""
    for answer in answers.values():
        yield from entries(answer)


def numbers(answers: Mapping[str, Any]) -> list[int]:
    """The documents that answers name, each once, in order."""
    return sorted({entry["document"] for entry in named(answers)})
