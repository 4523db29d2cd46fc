"""Medians of interleaved rounds, percentiles, and the table that they are printed in."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

Sense = Literal["at_least", "at_most"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: the service's figure, the limit's, their ratio, and what it should be.

    `target` is held against the ratio where there is a limit, else against the figure itself.
    """

    what: str
    unit: str
    service: float
    limit: float | None = None
    target: float | None = None
    sense: Sense = "at_least"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Service to limit; None without a limit."""
        return self.service / self.limit if self.limit else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        held = self.ratio if self.ratio is not None else self.service
        return held >= self.target if self.sense == "at_least" else held <= self.target

    def cells(self) -> tuple[str, ...]:
        """The line's cells: what, service, limit, ratio, target, met, note."""
        sign = "≥" if self.sense == "at_least" else "≤"
        target = "" if self.target is None else f"{sign} {_shown(self.target)}" + (" ×" if self.limit else "")
        met = {None: "", True: "yes", False: "NO"}[self.met]
        limit = f"{_shown(self.limit)}" if self.limit is not None else ""
        ratio = f"{self.ratio:.2f}" if self.ratio is not None else ""
        return (
            self.what,
            f"{_shown(self.service)} {self.unit}".strip(),
            limit,
            ratio,
            target,
            met,
            self.note,
        )


HEADINGS = ("what", "service", "limit", "ratio", "target", "met", "note")


def table(lines: Sequence[Line]) -> str:
    """The lines as a Markdown table that is also readable on a terminal."""
    rows = [HEADINGS, *(line.cells() for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    shown = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(shown)


def _shown(number: float) -> str:
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return (
        f"{number:.0f}"
        if number == int(number)
        else f"{number:.1f}"
        if abs(number) >= 10
        else f"{number:.2f}"
    )


def interleaved(rounds: int, *measures: Callable[[int], float]) -> list[float]:
    """Each measure's median over `rounds` turns taken A B A B; a measure is given the number of its round."""
    found: list[list[float]] = [[] for _ in measures]
    for number in range(rounds):
        for measure, figures in zip(measures, found, strict=True):
            figures.append(measure(number))
    return [median(figures) for figures in found]


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes, by the wall clock."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def at_percent(values: Sequence[float], percent: float) -> float:
    """The value below which `percent` of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
