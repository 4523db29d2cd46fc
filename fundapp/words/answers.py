"""An answer in lines, as people read it: on pages, in the frozen copy, and where two copies are compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fundapp.domain import forms, money
from fundapp.words import forms as forms_said
from fundapp.words.tongue import gettext as _

_UNITS = ("bytes", "kB", "MB")


@dataclass(frozen=True, slots=True)
class Names:
    """How ids and days in answers read: a ward by its id, an office holding by its id, a day.

    A name that is not known is empty.
    """

    area: Callable[[Any], str]
    representative: Callable[[Any], str]
    day: Callable[[date], str]


def lines(question: Mapping[str, Any], answer: Any, names: Names) -> list[str]:
    """An answer in lines; none for an empty one.

    Sums are whole pence, days ISO dates, a choice the id of its option, files {name, size, sha256}.
    """
    kind = question["kind"]
    if forms.is_empty(answer) or not forms.fits(kind, answer):
        return []
    if kind == "pence":
        return [money.pounds_short(answer)]
    if kind == "budget":
        return [f"{line['what']}: {money.pounds_short(line['pence'])}" for line in answer]
    if kind in ("choice", "yes_no", "number", "funding", "file"):
        return forms_said.lines(question, answer)
    if kind == "declarations":
        return [_(question["statements"][code]) for code in answer if code in question["statements"]]
    if kind in ("area", "representative"):
        name = (names.area if kind == "area" else names.representative)(answer)
        # A ward whose name nobody knows any more is no reason to show nothing.
        return [name] if name or kind == "representative" else [str(answer)]
    if kind == "day":
        try:
            return [names.day(date.fromisoformat(answer))]
        except (TypeError, ValueError):
            return [str(answer)]
    return [part for part in str(answer).split("\n") if part.strip()]


def size(count: int) -> str:
    """A number of bytes: `812 bytes`, `48 kB`, `1.4 MB`."""
    value, place = float(count), 0
    while value >= 1000 and place < len(_UNITS) - 1:
        value, place = value / 1000, place + 1
    return f"{value:.1f} {_UNITS[place]}" if place == 2 and value < 10 else f"{value:.0f} {_UNITS[place]}"
