"""A reference names one bid, and no single slip in typing it names another."""

from __future__ import annotations

import string
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fundapp.domain import references
from fundapp.domain.references import ReferenceError_, bid_id, reference

IDS = st.one_of(st.integers(1, 99_999), st.integers(1, 2**62 // 10))
# Every character that a keyboard gives, and some that look like one of them.
TYPED = st.sampled_from(string.printable + "£ОВ０１−–\u00a0")


def test_examples() -> None:
    assert [reference(one) for one in (1, 2, 142, 9999, 10000)] == [
        "B-0001H",
        "B-0002C",
        "B-0142X",
        "B-9999E",
        "B-10000Y",
    ]


@given(IDS)
def test_names_its_bid(number: int) -> None:
    assert bid_id(reference(number)) == number


@given(IDS)
def test_case_the_dash_and_spaces_around_do_not_matter(number: int) -> None:
    tail = reference(number)[2:]
    for spelling in (f"b-{tail.lower()}", f"B{tail}", f"  B - {tail} ", f"B {tail}\n", f"B\u2013{tail}"):
        assert bid_id(spelling) == number


@given(IDS, st.data())
def test_finds_every_wrong_character(number: int, data: st.DataObject) -> None:
    right = reference(number)
    at = data.draw(st.integers(0, len(right) - 1))
    other = data.draw(TYPED)
    wrong = right[:at] + other + right[at + 1 :]
    # Case is no slip, and any dash or none is the same dash.
    assume(wrong.upper() != right and not (at == 1 and not other.isalnum()))
    with pytest.raises(ReferenceError_) as refused:
        bid_id(wrong)
    assert refused.value.code in ("reference_unreadable", "reference_wrong")


@given(IDS, st.data())
def test_finds_every_swap_of_neighbours(number: int, data: st.DataObject) -> None:
    right = reference(number)
    at = data.draw(st.integers(0, len(right) - 2))
    wrong = right[:at] + right[at + 1] + right[at] + right[at + 2 :]
    assume(wrong != right)
    with pytest.raises(ReferenceError_):
        bid_id(wrong)


def test_every_wrong_digit_and_swap_of_the_first_ten_thousand() -> None:
    for number in range(1, 10_000, 37):
        right = reference(number)
        for at, digit in product(range(2, 6), string.digits):
            if digit != right[at]:
                with pytest.raises(ReferenceError_):
                    bid_id(right[:at] + digit + right[at + 1 :])


def test_the_table_is_totally_anti_symmetric() -> None:
    table = [[int(one) for one in row] for row in references._DAMM]
    digits = range(10)
    assert all(sorted(row) == list(digits) for row in table)
    assert all(sorted(column) == list(digits) for column in zip(*table, strict=True))
    for before, one, two in product(digits, digits, digits):
        if one != two:
            assert table[table[before][one]][two] != table[table[before][two]][one]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "reference_unreadable"),
        ("NOPE-1", "reference_unreadable"),
        ("B-0142", "reference_unreadable"),
        ("B-01 42X", "reference_unreadable"),
        ("B-0142 X", "reference_unreadable"),
        ("B-00142X", "reference_unreadable"),
        ("B-0000A", "reference_unreadable"),
        ("B-٠١٤٢X", "reference_unreadable"),
        ("B-" + "9" * 5000 + "X", "reference_unreadable"),
        ("B-0142K", "reference_wrong"),
        ("B-0124X", "reference_wrong"),
    ],
)
def test_refuses(text: str, code: str) -> None:
    with pytest.raises(ReferenceError_) as refused:
        bid_id(text)
    assert refused.value.code == code


@pytest.mark.parametrize("number", [0, -1])
def test_ids_count_from_one(number: int) -> None:
    with pytest.raises(ValueError, match="count from 1"):
        reference(number)


def test_a_letter_with_many_blanks_is_refused_as_soon_as_it_is_read() -> None:
    with pytest.raises(ReferenceError_):
        bid_id("B" + " " * 200_000 + "x")
