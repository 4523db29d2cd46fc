"""Check codes: drawn at random, read however they are typed, and never read as another."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundapp.domain import letter_codes
from tests.effort import times

CODES = st.lists(st.sampled_from(letter_codes.SIGNS), min_size=12, max_size=12).map(
    lambda signs: "-".join("".join(signs[start : start + 4]) for start in (0, 4, 8))
)


@given(CODES, st.text(" -–.\t\n", max_size=3), st.booleans())
@settings(max_examples=times(150))
def test_a_code_is_read_whatever_stands_between_its_signs(code: str, between: str, small: bool) -> None:
    typed = between.join(code.replace("-", ""))
    assert letter_codes.read(typed.lower() if small else typed) == code
    assert letter_codes.read(f"https://fund.example/check/{typed}") == code


@given(st.text(string.printable + "ıſK–", max_size=20))
@settings(max_examples=times(150))
def test_what_is_read_is_a_code(text: str) -> None:
    code = letter_codes.read(text)
    assert code is None or letter_codes.read(code) == code


@pytest.mark.parametrize(
    "text", ["", "K7QM-4TXA-9WE", "K7QM-4TXA-9WEHH", "K7QM-4TXA-9WE0", "K7QM-4TXA-9WEı", "x" * 10_000]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert letter_codes.read(text) is None
