"""Sort codes and account numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.domain import accounts

between = st.sampled_from(["", " ", "-", "–", ".", "\u00a0", " - ", "/"])


@pytest.mark.parametrize(
    ("text", "said"),
    [("12-34-56", "123456"), (" 123456 ", "123456"), ("12–34–56", "123456"), ("１２３４５６", "123456"),
     ("12-34-5", None), ("12-34-567", None), ("", None), ("12-34-5x", None), ("²²²²²²", "222222"), ("①" * 6, "111111")],
)  # fmt: skip
def test_sort_code(text: str, said: str | None) -> None:
    assert accounts.read_sort_code(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [("12345678", "12345678"), ("1234567", "01234567"), ("123456", "00123456"), ("1234 5678", "12345678"),
     ("12345", None), ("123456789", None), ("GB29NWBK", None), ("-", None)],
)  # fmt: skip
def test_account_number(text: str, said: str | None) -> None:
    assert accounts.read_account(text) == said


@given(st.text("0123456789", min_size=6, max_size=6), between, between)
def test_a_sort_code_in_any_writing_is_the_same(code: str, one: str, two: str) -> None:
    assert accounts.read_sort_code(code[:2] + one + code[2:4] + two + code[4:]) == code
    assert accounts.read_sort_code(accounts.written_sort_code(code)) == code
    assert accounts.masked_sort_code(code) == f"{code[:2]}-{code[2:4]}-••"


@given(st.text(max_size=40))
def test_whatever_is_typed_is_digits_or_nothing(text: str) -> None:
    for read, long in ((accounts.read_sort_code, 6), (accounts.read_account, 8)):
        digits = read(text)
        assert digits is None or (len(digits) == long and digits.isascii() and digits.isdigit())
