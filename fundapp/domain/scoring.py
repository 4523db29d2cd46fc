"""Scores: whole marks from 0 to 5, weighted; totals in hundredths of a point."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def total(rubric: Sequence[Mapping[str, Any]], marks: Mapping[str, int]) -> int:
    """The weighted mean of one review in hundredths of a point, halves rounded up.

    `rubric`: criteria with `id` and `weight`; `marks`: one mark for each criterion.
    """
    weight: int = sum(criterion["weight"] for criterion in rubric)
    points: int = sum(criterion["weight"] * marks[criterion["id"]] for criterion in rubric)
    return (points * 200 + weight) // (2 * weight)


def spread(totals: Iterable[int]) -> int:
    """How far apart the highest and lowest totals lie, in hundredths; 0 for fewer than two."""
    known = list(totals)
    return max(known) - min(known) if known else 0


def mean(totals: Sequence[int]) -> int | None:
    """The plain mean of totals in hundredths, halves rounded up; None for none."""
    return (2 * sum(totals) + len(totals)) // (2 * len(totals)) if totals else None
