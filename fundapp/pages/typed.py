"""What people typed into a form, taken for what it is: text without control characters, whole numbers, ids."""

import unicodedata
from collections.abc import Sequence
from datetime import date

from flask import request

#: More digits than any id or count has.
_MOST_DIGITS = 12


def words(name: str) -> str:
    """A field as text of many lines: line ends made alike, control characters taken out, trimmed."""
    text = request.form.get(name, "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def line(name: str) -> str:
    """A field as one line, its stray spaces taken out."""
    return " ".join(words(name).split())


def whole(text: str) -> int | None:
    """A whole number in plain figures; None for anything else, among it figures of other scripts."""
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return int(text)
    return None


def day(text: str) -> date | None:
    """A day as a date field sends it, between 2000 and 2199; None for anything else."""
    try:
        found = date.fromisoformat(text.strip()) if len(text.strip()) == 10 else None
    except ValueError:
        return None
    return found if found is not None and 2000 <= found.year < 2200 else None


def ticked(given: Sequence[str], most: int) -> dict[str, int]:
    """Of `reference:version` boxes the references with the version that the page had before it; what is none is left out.

    One more than `most` is read, so that too many can be told from just enough.
    """
    found: dict[str, int] = {}
    for one in given[: most + 1]:
        reference, _sign, version = one.partition(":")
        number = whole(version)
        if number is not None and len(reference) <= 20:
            found[reference] = number
    return found
