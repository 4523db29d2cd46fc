"""The drawings' geometry: exact places for known numbers."""

from __future__ import annotations

import pytest

from fundapp.pages import drawings
from fundapp.pages.drawings import Block, LeniencyMarks, Point, Pot, ScoreMarks, Span


def test_ring_begins_at_twelve_and_goes_clockwise() -> None:
    assert drawings.ring(4, 10.0, 50.0, 50.0) == [
        Point(50.0, 40.0, -90.0),
        Point(60.0, 50.0, 0.0),
        Point(50.0, 60.0, 90.0),
        Point(40.0, 50.0, 180.0),
    ]


def test_ring_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one seat"):
        drawings.ring(0, 10.0, 0.0, 0.0)


def test_seats_keep_their_order_and_kind() -> None:
    places = drawings.seats(["done", "next", "todo", "aside"])
    assert [seat.kind for seat in places] == ["done", "next", "todo", "aside"]
    assert (places[0].x, places[0].y) == (36.0, 10.0)
    assert (places[1].x, places[1].y) == (62.0, 36.0)


def test_thirteen_seats_are_refused() -> None:
    with pytest.raises(ValueError, match="13 seats do not fit"):
        drawings.seats(["todo"] * 13)


def test_twelve_seats_do_not_touch() -> None:
    places = drawings.seats(["done"] * 12)
    apart = ((places[0].x - places[1].x) ** 2 + (places[0].y - places[1].y) ** 2) ** 0.5
    assert apart > 12.0


def test_pot_is_shared_by_the_pence() -> None:
    assert drawings.pot(1_147_500, 4_797_500, 55_000) == Pot(
        Span(0.0, 19.125), Span(19.125, 79.958), Span(99.083, 0.917)
    )


def test_empty_pot_is_all_free() -> None:
    assert drawings.pot(0, 0, 0) == Pot(Span(0.0, 0.0), Span(0.0, 0.0), Span(0.0, 100.0))


def test_pot_below_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        drawings.pot(100, 0, -1)


def test_shares_are_laid_largest_first_and_label_what_fits() -> None:
    assert drawings.shares([4_000, 50_000, 26_000], 100_000) == [
        Block(0.0, 50.0, 50_000, True),
        Block(50.0, 26.0, 26_000, True),
        Block(76.0, 4.0, 4_000, False),
    ]


@pytest.mark.parametrize(("awards", "whole"), [([1], 0), ([60, 60], 100)])
def test_shares_that_cannot_be_drawn_are_refused(awards: list[int], whole: int) -> None:
    with pytest.raises(ValueError, match="bar"):
        drawings.shares(awards, whole)


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(1, 4, 25.0), (5, 4, 100.0), (-1, 4, 0.0), (1, 0, 0.0), (461, 485, 95.052)]
)
def test_share_of_stays_on_the_bar(part: int, whole: int, percent: float) -> None:
    assert drawings.share_of(part, whole) == percent


@pytest.mark.parametrize(
    ("value", "percent"), [(50.0, 0.0), (58.7, 21.75), (90.0, 100.0), (95.0, 100.0), (10.0, 0.0)]
)
def test_place_is_held_to_the_axis(value: float, percent: float) -> None:
    assert drawings.place(value, 50.0, 90.0) == percent


def test_axis_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="end above"):
        drawings.place(1.0, 5.0, 5.0)


@pytest.mark.parametrize(
    ("values", "ends"),
    [([54.1, 87.9], (50.0, 90.0)), ([60.0], (60.0, 70.0)), ([], (0.0, 10.0)), ([-3.0], (-10.0, 0.0))],
)
def test_axis_takes_in_every_value(values: list[float], ends: tuple[float, float]) -> None:
    assert drawings.axis(values) == ends


def test_ticks_include_both_ends() -> None:
    assert drawings.ticks(50.0, 90.0) == [(50, 0.0), (60, 25.0), (70, 50.0), (80, 75.0), (90, 100.0)]
    assert drawings.ticks(0.0, 5.0, 1.0)[-1] == (5.0, 100.0)


def test_score_marks_put_the_range_in_order() -> None:
    assert drawings.score_marks(70.0, 75.0, 65.0, None, 50.0, 90.0) == ScoreMarks(50.0, 37.5, 62.5, None)
    assert drawings.score_marks(70.0, 65.0, 75.0, 60.0, 50.0, 90.0).raw == 25.0


def test_leniency_bar_runs_from_the_middle() -> None:
    assert drawings.leniency_marks(5.0, 3.0, 7.0, 10.0) == LeniencyMarks(75.0, 65.0, 85.0, Span(50.0, 25.0))
    assert drawings.leniency_marks(-7.0, -8.0, -6.0, 10.0).bar == Span(15.0, 35.0)


def test_seal_alternates_long_and_short_corners() -> None:
    corners = drawings.seal(64.0, 12).split(" ")
    assert len(corners) == 24
    assert corners[0] == "32,0"
    assert corners[6] == "64,32"


def test_eleven_chairs_begin_at_nine_o_clock() -> None:
    places = drawings.chairs(80.0, 100.0, 100.0)
    assert len(places) == 11
    assert places[0] == Point(20.0, 100.0, 180.0)
