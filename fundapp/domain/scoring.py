"""Scores: whole marks on each criterion's scale, weighted; totals in hundredths of a point out of five, whatever the scales."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Any, Final

#: Totals are out of so many points, and so is a criterion's scale where its rubric says nothing.
TOP: Final = 5


def tops(rubric: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The highest mark of each criterion, by its id."""
    return {criterion["id"]: criterion.get("top", TOP) for criterion in rubric}


def total(rubric: Sequence[Mapping[str, Any]], marks: Mapping[str, int]) -> int:
    """The weighted mean of one review in hundredths of a point out of five, halves rounded up.

    `rubric`: criteria with `id`, `weight` and, where their scale does not end at 5, `top`; `marks`: one mark for each criterion.
    """
    weight: int = sum(criterion["weight"] for criterion in rubric)
    points = sum(
        Fraction(criterion["weight"] * marks[criterion["id"]] * TOP, criterion.get("top", TOP))
        for criterion in rubric
    )
    return floor(points * 100 / weight + Fraction(1, 2))


def spread(totals: Iterable[int]) -> int:
    """How far apart the highest and lowest totals lie, in hundredths; 0 for fewer than two."""
    known = list(totals)
    return max(known) - min(known) if known else 0


def mean(totals: Sequence[int]) -> int | None:
    """The plain mean of totals in hundredths, halves rounded up; None for none."""
    return (2 * sum(totals) + len(totals)) // (2 * len(totals)) if totals else None
