"""Marks: equal texts share all of them, unrelated ones none, a text of which a tenth is changed is found."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundapp.domain import likeness

WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9)
TEXT = st.lists(WORD, min_size=likeness.FEWEST_WORDS, max_size=150)


def bands(words: list[str]) -> set[str]:
    return set(likeness.bands(likeness.shingles(" ".join(words))))


def drawn(draw: random.Random, count: int, letters: str = "abcdefghijklmnopqrstuvwxyz") -> list[str]:
    return ["".join(draw.choices(letters, k=draw.randint(3, 9))) for _ in range(count)]


@given(TEXT)
@settings(max_examples=50, deadline=None)
def test_equal_texts_share_every_mark(words: list[str]) -> None:
    found = bands(words)
    assert len(found) == likeness.PERMUTATIONS // likeness.BAND
    assert bands(list(words)) == found
    whole = likeness.shingles(" ".join(words))
    assert likeness.resemblance(whole, whole) == 100


@given(TEXT)
@settings(max_examples=50, deadline=None)
def test_signs_capitals_and_lines_make_no_difference(words: list[str]) -> None:
    told = {"summary": ", ".join(words).upper() + "!\n"}
    assert likeness.marks(told) == likeness.marks({"summary": " ".join(words)})


def test_unrelated_texts_share_none() -> None:
    draw = random.Random(1997)
    for _ in range(200):
        assert not bands(drawn(draw, 120)) & bands(drawn(draw, 120))


def test_a_text_of_which_a_tenth_is_changed_is_found() -> None:
    draw = random.Random(1997)
    found, turns = 0, 300
    for _ in range(turns):
        words = drawn(draw, 200)
        changed = list(words)
        for place in draw.sample(range(200), 20):
            changed[place] = "".join(draw.choices("xyz", k=12))
        found += bool(bands(words) & bands(changed))
        pair = [likeness.shingles(" ".join(text), likeness.PAIR) for text in (words, changed)]
        alike = likeness.resemblance(pair[0], pair[1])
        assert alike >= likeness.ALIKE
    assert found >= turns * 98 // 100


@given(TEXT, TEXT)
@settings(max_examples=50, deadline=None)
def test_resemblance_is_a_share_and_the_same_both_ways(one: list[str], other: list[str]) -> None:
    a, b = likeness.shingles(" ".join(one)), likeness.shingles(" ".join(other))
    assert 0 <= likeness.resemblance(a, b) == likeness.resemblance(b, a) <= 100
    assert likeness.resemblance(frozenset(), frozenset()) == 0


@given(
    st.dictionaries(
        st.sampled_from(["organisation", "address", "phone", "summary", "area"]), st.text() | st.integers()
    )
)
@settings(deadline=None)
def test_marks_are_made_of_anything_and_hold_nothing_of_it(answers: dict[str, object]) -> None:
    for kind, mark in likeness.marks(answers):
        assert len(kind) <= 10
        assert len(mark) == 32
        assert set(mark) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (likeness.name("The Millbeck Growers Ltd."), "millbeck growers"),
        (likeness.name("Tenants’ Hall & Café CIC"), "tenants hall and cafe"),
        (likeness.name("The Limited"), "the limited"),
        (likeness.official("gb-chc-01168381"), "GBCHC1168381"),
        (likeness.phone("+44 (0)330 555 0142"), "03305550142"),
        (likeness.phone("0044 330 555 0142"), "03305550142"),
        (likeness.phone("ask Ann"), ""),
        (likeness.postcode("4 Tanner’s Row, Millbeck mb1 4aa"), "MB14AA"),
        (likeness.postcode("Millbeck"), ""),
        (likeness.bank("12-34-56", "1234 5678"), "12345612345678"),
        (likeness.bank("12-34", "12345678"), ""),
    ],
)  # fmt: skip
def test_what_is_written_in_many_ways_is_one(made: str, expected: str) -> None:
    assert made == expected


def test_a_short_text_has_no_marks_of_its_words() -> None:
    assert likeness.marks({"summary": "a table for all " * 4}) == set()
