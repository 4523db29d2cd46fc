"""Leaves come in any order, and stand in theirs; what is made up costs only its own room."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.audit.standalone.leaves import MOST, TOGETHER, Leaves

#: Around the edges of blocks, and far beyond what else is there: the newest event of a large log may be read first.
POSITIONS = st.one_of(st.integers(0, 3 * TOGETHER), st.integers(0, MOST - 1))


def _leaf(position: int, kind: int = 0) -> bytes:
    return position.to_bytes(16, "big") * 2 if kind == 0 else bytes([kind]) * 32


@given(st.permutations(range(2 * TOGETHER + 3)), st.sets(POSITIONS, max_size=9))
def test_any_order_gives_the_same(order: list[int], taken_away: set[int]) -> None:
    leaves = Leaves()
    stays = [position for position in order if position not in taken_away]
    assert all(leaves.put(position, _leaf(position)) for position in stays)
    held = next(position for position in range(len(order) + 1) if position not in set(stays))
    assert (leaves.count, leaves.held()) == (len(stays), held)
    assert list(leaves) == [_leaf(position) for position in range(held)]


@given(st.lists(st.tuples(POSITIONS, st.integers(1, 255)), max_size=40))
def test_the_last_of_several_in_one_place_stands_and_the_second_is_told(given: list[tuple[int, int]]) -> None:
    leaves, model = Leaves(), dict[int, int]()
    for position, kind in given:
        assert leaves.put(position, _leaf(position, kind)) is (position not in model)
        model[position] = kind
    held = next(position for position in range(len(model) + 1) if position not in model)
    assert list(leaves) == [_leaf(position, model[position]) for position in range(held)]
    assert leaves.count == len(model)


@pytest.mark.parametrize("position", [-1, MOST, 1.0, "1", None])
def test_what_is_no_position_is_refused(position: object) -> None:
    with pytest.raises(ValueError, match="is no position"):
        Leaves().put(position, _leaf(0))  # type: ignore[arg-type]


def test_a_position_far_out_takes_no_room_before_it() -> None:
    leaves = Leaves()
    leaves.put(MOST - 1, _leaf(1))
    kept = sum(sys.getsizeof(block) for block in leaves._blocks.values())
    assert kept < 50 * TOGETHER
