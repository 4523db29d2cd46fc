"""Geometry for the drawings that the server makes: numbers in, positions out, no markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, radians, sin
from typing import Literal, NamedTuple

SeatKind = Literal["done", "next", "todo", "aside"]

# Beyond twelve the seats of a 72-unit ring would touch.
MOST_SEATS = 12


class Point(NamedTuple):
    """A place on a drawing; `angle` is degrees clockwise from three o'clock."""

    x: float
    y: float
    angle: float


class Seat(NamedTuple):
    """One seat round the small table and what it says."""

    x: float
    y: float
    kind: SeatKind


class Span(NamedTuple):
    """A stretch of a bar in percent of its width."""

    x: float
    width: float


class Block(NamedTuple):
    """One award in the bar of shares; `labelled` when its figure fits inside."""

    x: float
    width: float
    pence: int
    labelled: bool


@dataclass(frozen=True)
class Pot:
    """The three stretches of the pot's bar, in percent, left to right."""

    paid: Span
    committed: Span
    free: Span


@dataclass(frozen=True)
class ScoreMarks:
    """Where a bid's dot, whisker and raw average lie on the axis, in percent."""

    dot: float
    low: float
    high: float
    raw: float | None


@dataclass(frozen=True)
class LeniencyMarks:
    """A marker's dot and whisker on an axis with the panel's middle at 50, and the bar from there."""

    dot: float
    low: float
    high: float
    bar: Span


def ring(count: int, radius: float, cx: float, cy: float, start: float = -90.0) -> list[Point]:
    """Spread `count` points evenly round a circle, clockwise, the first at `start` degrees.

    Raises ValueError for a count below one.
    """
    if count < 1:
        raise ValueError("A ring needs at least one seat.")
    step = 360.0 / count
    points = []
    for number in range(count):
        angle = start + number * step
        points.append(
            Point(
                round(cx + radius * cos(radians(angle)), 2),
                round(cy + radius * sin(radians(angle)), 2),
                round(angle, 2),
            )
        )
    return points


def seats(kinds: Sequence[SeatKind]) -> list[Seat]:
    """Place seats round a table in a 72 by 72 box, the first at twelve o'clock.

    Raises ValueError for none or for more than twelve.
    """
    if len(kinds) > MOST_SEATS:
        raise ValueError(f"{len(kinds)} seats do not fit round the table; say the count in words instead.")
    places = ring(len(kinds), 26.0, 36.0, 36.0)
    return [Seat(place.x, place.y, kind) for place, kind in zip(places, kinds, strict=True)]


def pot(paid: int, committed: int, free: int) -> Pot:
    """Share a bar's width between paid, committed and free pence; an empty pot is all free.

    Raises ValueError for a negative sum: a pot that has gone below nothing cannot be drawn.
    """
    if min(paid, committed, free) < 0:
        raise ValueError("A pot cannot be drawn with less than nothing in a part of it.")
    whole = paid + committed + free
    if whole == 0:
        return Pot(Span(0.0, 0.0), Span(0.0, 0.0), Span(0.0, 100.0))
    first = round(100 * paid / whole, 3)
    second = round(100 * (paid + committed) / whole, 3)
    return Pot(
        Span(0.0, first), Span(first, round(second - first, 3)), Span(second, round(100.0 - second, 3))
    )


def shares(awards: Sequence[int], whole: int, fits: float = 5.0) -> list[Block]:
    """Lay awards (pence) side by side, largest first, on a bar that stands for `whole` pence.

    A block of at least `fits` percent carries its figure. Raises ValueError when the bar stands for nothing
    or the awards come to more than it.
    """
    if whole <= 0:
        raise ValueError("The bar of shares must stand for a sum above nothing.")
    if sum(awards) > whole:
        raise ValueError("The awards come to more than the bar stands for.")
    blocks, before = [], 0
    for pence in sorted(awards, reverse=True):
        width = round(100 * pence / whole, 3)
        blocks.append(Block(round(100 * before / whole, 3), width, pence, width >= fits))
        before += pence
    return blocks


def share_of(part: int, whole: int) -> float:
    """Give `part` of `whole` in percent, held between 0 and 100; nothing of nothing is 0."""
    if whole <= 0:
        return 0.0
    return round(min(100.0, max(0.0, 100 * part / whole)), 3)


def place(value: float, lowest: float, highest: float) -> float:
    """Give the percent at which `value` lies on an axis, held to its ends.

    Raises ValueError when the axis has no length.
    """
    if highest <= lowest:
        raise ValueError("An axis must end above where it begins.")
    share = (value - lowest) / (highest - lowest)
    return round(100 * min(1.0, max(0.0, share)), 2)


def axis(values: Sequence[float], step: float = 10.0) -> tuple[float, float]:
    """Choose the ends of an axis in whole steps so that every value lies within it."""
    if not values:
        return (0.0, step)
    lowest = floor(min(values) / step) * step
    highest = ceil(max(values) / step) * step
    return (lowest, highest if highest > lowest else lowest + step)


def ticks(lowest: float, highest: float, step: float = 10.0) -> list[tuple[float, float]]:
    """Give (value, percent) for each whole step on the axis, its ends included."""
    first = ceil(lowest / step)
    last = floor(highest / step)
    return [(n * step, place(n * step, lowest, highest)) for n in range(first, last + 1)]


def score_marks(
    score: float, low: float, high: float, raw: float | None, lowest: float, highest: float
) -> ScoreMarks:
    """Place one bid's calibrated score, likely range and raw average on the axis from lowest to highest."""
    return ScoreMarks(
        dot=place(score, lowest, highest),
        low=place(min(low, high), lowest, highest),
        high=place(max(low, high), lowest, highest),
        raw=None if raw is None else place(raw, lowest, highest),
    )


def leniency_marks(kinder: float, low: float, high: float, reach: float) -> LeniencyMarks:
    """Place one marker's leniency (points; kinder is above nought) on an axis from -reach to +reach."""
    dot = place(kinder, -reach, reach)
    return LeniencyMarks(
        dot=dot,
        low=place(min(low, high), -reach, reach),
        high=place(max(low, high), -reach, reach),
        bar=Span(min(dot, 50.0), round(abs(dot - 50.0), 2)),
    )


class Grown(NamedTuple):
    """How the record grew, in a box of 100 by 100 with nought at its foot: marks, the line through them, what lies under it."""

    marks: list[tuple[float, float]]
    line: str
    under: str


def grown(points: Sequence[tuple[float, int]]) -> Grown:
    """Place (moment in seconds, how many events) on a box, in order; between two the earlier number stands.

    Raises ValueError for no points.
    """
    if not points:
        raise ValueError("Growth cannot be drawn of nothing.")
    first, last = points[0][0], points[-1][0]
    most = max(1, max(count for _, count in points))
    marks = [
        (place(at, first, last) if last > first else 100.0, round(100 - 92 * count / most, 2))
        for at, count in points
    ]
    steps: list[tuple[float, float]] = [(0.0, marks[0][1])]
    for x, y in marks:
        steps += [(x, steps[-1][1]), (x, y)]
    line = " ".join(f"{x:g},{y:g}" for x, y in steps)
    return Grown(marks, line, f"0,100 {line} {marks[-1][0]:g},100")


def seal(size: float = 64.0, teeth: int = 12) -> str:
    """Give the `points` of a scalloped seal that fills a square of `size`."""
    half = size / 2
    outer = ring(teeth, half, half, half)
    inner = ring(teeth, half * 0.87, half, half, start=-90.0 + 180.0 / teeth)
    corners = [corner for pair in zip(outer, inner, strict=True) for corner in pair]
    return " ".join(f"{corner.x:g},{corner.y:g}" for corner in corners)


def chairs(radius: float, cx: float, cy: float) -> list[Point]:
    """Place eleven chairs round the large table from nine o'clock on; an odd count looks less like a dial."""
    return ring(11, radius, cx, cy, start=180.0)
