"""An answer in lines, as people read it: on pages, in the frozen copy, and where two copies are compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fundapp.domain import money
from fundapp.words.marks import N_
from fundapp.words.tongue import gettext as _

#: What a yes-or-no answer is kept as, in words.
_YES_NO = {"yes": N_("Yes"), "no": N_("No"), True: N_("Yes"), False: N_("No")}
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
    if answer in (None, "", [], {}):
        return []
    kind = question["kind"]
    if kind == "pence":
        return [money.pounds_short(answer)]
    if kind == "budget":
        return [f"{line['what']}: {money.pounds_short(line['pence'])}" for line in answer]
    if kind == "funding":
        return [funding_line(line) for line in answer]
    if kind == "file":
        return [file_line(file) for file in answer]
    if kind == "declarations":
        return [_(question["statements"][code]) for code in answer if code in question["statements"]]
    if kind == "choice":
        chosen = answer if isinstance(answer, list) else [answer]
        return [_(question["options"].get(one, str(one))) for one in chosen]
    if kind == "yes_no":
        return [_(_YES_NO[answer]) if answer in _YES_NO else str(answer)]
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


def funding_line(line: Mapping[str, Any]) -> str:
    """`Millbeck Town Council: £500, certain`."""
    said = {"who": line["who"], "sum": money.pounds_short(line["pence"])}
    if line.get("certain"):
        return _("%(who)s: %(sum)s, certain", **said)
    return _("%(who)s: %(sum)s, not certain yet", **said)


def file_line(file: Mapping[str, Any]) -> str:
    """`quote.pdf, 48 kB`."""
    return f"{file['name']}, {size(file['size'])}"


def size(count: int) -> str:
    """A number of bytes: `812 bytes`, `48 kB`, `1.4 MB`."""
    value, place = float(count), 0
    while value >= 1000 and place < len(_UNITS) - 1:
        value, place = value / 1000, place + 1
    return f"{value:.1f} {_UNITS[place]}" if place == 2 and value < 10 else f"{value:.0f} {_UNITS[place]}"
