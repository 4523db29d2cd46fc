"""Membership numbers and names in the form in which they are compared; fingerprints that tell nothing."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.domain.membership import LONGEST, SHORTEST, Marks, clean_number, plain_name

SIGNS = string.ascii_uppercase + string.digits
numbers = st.text(SIGNS, min_size=SHORTEST, max_size=LONGEST)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("a1234567", "A1234567"), (" A 123-4567 ", "A1234567"), ("A/12.34", "A1234"), ("Ａ１２３", "A123"),
        ("A12\u200b3", "A123"), ("a–12—3", "A123"), ("123", "123"), ("12", None), ("", None), ("   ", None),
        ("A" * 20, "A" * 20), ("A" * 21, None), ("Ä123", None), ("A123!", None), ("A123;DROP", None),
        ("١٢٣٤", None), ("A12\x003", None), ("ß123", "SS123"),
    ],
)  # fmt: skip
def test_a_number_as_it_is_kept(text: str, number: str | None) -> None:
    # NFKC leaves ß; upper case makes two plain letters of it.
    assert clean_number(text) == number


@given(st.text(max_size=60))
def test_whatever_is_typed_a_number_is_plain_or_none(text: str) -> None:
    number = clean_number(text)
    if number is not None:
        assert set(number) <= set(SIGNS)
        assert SHORTEST <= len(number) <= LONGEST
        assert clean_number(number) == number


@given(numbers, st.data())
def test_case_and_what_stands_between_make_no_difference(number: str, data: st.DataObject) -> None:
    spaced = "".join(
        sign + data.draw(st.sampled_from(["", " ", "-", ".", "/", "\u2013", "\u00a0"])) for sign in number
    )
    assert clean_number(spaced.lower()) == number
    assert clean_number(f"  {spaced}") == number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siân O’Neill-Rees", "Dr ONEILL REES, Sian"), ("Łukasz Wiśniewski", "wisniewski lukasz"),
        ("Sunita  Rao", "RAO Sunita"), ("Cllr Ann Øst", "ann ost"), ("Mr", "MR."),
    ],
)  # fmt: skip
def test_names_that_are_the_same(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Ann Rao", "Anne Rao"), ("Ann Rao", "Ann"), ("", "Ann")])
def test_names_that_are_not(one: str, other: str) -> None:
    assert plain_name(one) != plain_name(other)


@given(st.text(max_size=80))
def test_a_plain_name_is_plain_already(name: str) -> None:
    assert plain_name(plain_name(name)) == plain_name(name)


def test_fingerprints() -> None:
    marks, other = Marks("k" * 40), Marks("l" * 40)
    assert marks.number("A1234567") == Marks("k" * 40).number("A1234567")
    made = {
        marks.number("A1234567"), other.number("A1234567"), marks.number("A1234568"), marks.email("A1234567"),
        marks.name("Sunita Rao", "A1234567"), marks.name("Sunita Rao", "A1234568"), marks.email("s@rao.example"),
    }  # fmt: skip
    assert len(made) == 7
    assert all(len(mark or "") == 64 for mark in made)
    assert marks.email(" S@Rao.Example ") == marks.email("s@rao.example")
    assert marks.name("RAO, Sunita", "A1234567") == marks.name("Sunita Rao", "A1234567")
    assert marks.email("") is marks.name("–", "A1234567") is None
    assert "k" * 40 not in repr(marks)
