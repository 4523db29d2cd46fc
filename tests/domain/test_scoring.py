"""Totals of marks on any scale, beside the same sum written another way."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.domain import scoring


@st.composite
def marked(draw: st.DrawFn) -> tuple[list[dict[str, object]], dict[str, int]]:
    """A rubric of criteria on scales of their own, and a mark on each."""
    count = draw(st.integers(1, 12))
    rubric: list[dict[str, object]] = []
    marks: dict[str, int] = {}
    for number in range(count):
        top = draw(st.none() | st.integers(1, 10))
        code = f"c{number}"
        rubric.append({"id": code, "weight": draw(st.integers(1, 100))} | ({"top": top} if top else {}))
        marks[code] = draw(st.integers(0, top or 5))
    return rubric, marks


@given(marked())
def test_a_total_is_the_weighted_share_of_five_points_halves_up(
    given_marks: tuple[list[dict[str, object]], dict[str, int]],
) -> None:
    rubric, marks = given_marks
    shares = [(Fraction(c["weight"]), Fraction(marks[c["id"]], c.get("top", 5))) for c in rubric]  # type: ignore[arg-type,call-overload,index]
    exact = 500 * sum(weight * share for weight, share in shares) / sum(weight for weight, _ in shares)
    doubled = 2 * exact
    expected = int(exact) + 1 if doubled.denominator == 1 and doubled.numerator % 2 else round(exact)
    assert scoring.total(rubric, marks) == expected  # type: ignore[arg-type]
    assert 0 <= scoring.total(rubric, marks) <= 500  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rubric", "marks", "total"),
    [
        ([("a", 100, 3)], {"a": 2}, 333),
        ([("a", 100, 3)], {"a": 3}, 500),
        ([("a", 50, 10), ("b", 50, 5)], {"a": 7, "b": 4}, 375),
        ([("a", 1, 8), ("b", 1, 5)], {"a": 1, "b": 0}, 31),  # 31.25
        ([("a", 1, 5), ("b", 7, 5)], {"a": 1, "b": 0}, 13),  # 12.5 goes up
        ([("a", 100, 1)], {"a": 0}, 0),
    ],
)
def test_worked_by_hand(rubric: list[tuple[str, int, int]], marks: dict[str, int], total: int) -> None:
    criteria = [{"id": code, "weight": weight, "top": top} for code, weight, top in rubric]
    assert scoring.total(criteria, marks) == total


@given(st.lists(st.integers(0, 500), max_size=12))
def test_mean_and_spread(totals: list[int]) -> None:
    if not totals:
        assert (scoring.mean(totals), scoring.spread(totals)) == (None, 0)
        return
    exact = Decimal(sum(totals)) / len(totals)
    assert scoring.mean(totals) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert scoring.spread(totals) == max(totals) - min(totals)
