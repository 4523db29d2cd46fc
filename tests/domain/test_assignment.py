"""Bids given out evenly, and never to somebody who may not read them."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from fundapp.domain.assignment import propose


def test_spreads_evenly_whoever_comes_first() -> None:
    pairs, lacking = propose([(bid, 2) for bid in range(1, 7)], {10: 0, 11: 0, 12: 0}, set())
    assert Counter(reader for _, reader in pairs) == {10: 4, 11: 4, 12: 4}
    assert lacking == {}


def test_who_has_more_gets_less() -> None:
    pairs, _ = propose([(1, 1), (2, 1), (3, 1)], {10: 5, 11: 3}, set())
    assert pairs == [(1, 11), (2, 11), (3, 10)]


def test_a_barred_pair_is_never_proposed_and_its_lack_is_said() -> None:
    pairs, lacking = propose([(1, 2)], {10: 0, 11: 0}, {(1, 10)})
    assert pairs == [(1, 11)]
    assert lacking == {1: 1}


def test_a_bid_that_few_may_read_chooses_first() -> None:
    barred = {(2, 11), (2, 12)}
    pairs, lacking = propose([(1, 1), (2, 1)], {10: 0, 11: 0, 12: 0}, barred)
    assert (2, 10) in pairs
    assert lacking == {}


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=12),
    st.dictionaries(st.integers(100, 108), st.integers(0, 6), min_size=1, max_size=8),
    st.sets(st.tuples(st.integers(0, 11), st.integers(100, 108)), max_size=40),
)
def test_nobody_twice_nobody_barred_and_nothing_forgotten(
    wanted: list[int], loads: dict[int, int], barred: set[tuple[int, int]]
) -> None:
    pairs, lacking = propose(list(enumerate(wanted)), loads, barred)
    assert len(set(pairs)) == len(pairs)
    assert not set(pairs) & barred
    got = Counter(bid for bid, _ in pairs)
    assert all(got[bid] + lacking.get(bid, 0) == number for bid, number in enumerate(wanted))
    assert {reader for _, reader in pairs} <= set(loads)
