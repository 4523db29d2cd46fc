"""Postcodes, codes and names of places come to one form, whatever way they are typed."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.domain.areas import area_code, kind_of_code, made_up_code, name_key, postcode, shown_postcode

INWARD = "ABDEFGHJLNPQRSTUWXYZ"
OUTWARD = st.one_of(
    *(
        st.from_regex(rf"\A{shape}\Z")
        for shape in (r"[A-Z][0-9]", r"[A-Z][0-9][0-9A-Z]", r"[A-Z]{2}[0-9]", r"[A-Z]{2}[0-9][0-9A-Z]")
    )
)
CODES = st.builds(
    lambda out, number, pair: f"{out}{number}{pair}",
    OUTWARD,
    st.integers(0, 9),
    st.text(INWARD, min_size=2, max_size=2),
)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("LS3 1HH", "LS31HH"), ("ls31hh", "LS31HH"), (" w1a  0ax ", "W1A0AX"), ("EC1A 1BB", "EC1A1BB"), ("M1 1AE", "M11AE"),
        ("GIR 0AA", "GIR0AA"), ("SY23\u00a01AA", "SY231AA"),
    ],
)  # fmt: skip
def test_postcodes(typed: str, code: str) -> None:
    assert postcode(typed) == code


@pytest.mark.parametrize(
    "typed",
    ["", "LS3", "LS3 1H", "LS3 1HK", "LS3 1CH", "1LS 3HH", "LS333 1HH", "LS3-1HH", "LS３ 1HH", "x" * 400],
)
def test_what_is_no_postcode(typed: str) -> None:
    assert postcode(typed) is None


@given(CODES, st.randoms())
def test_case_and_spaces_make_no_difference(code: str, random: object) -> None:
    spaced = "".join(f"{sign.lower() if number % 2 else sign} " for number, sign in enumerate(code))
    assert postcode(spaced) == code == postcode(shown_postcode(code))


@given(st.text(string.printable, max_size=12))
def test_a_postcode_is_never_made_up(typed: str) -> None:
    found = postcode(typed)
    if found is not None:
        assert found == "".join(typed.upper().split())
        assert postcode(found) == found


def test_codes() -> None:
    assert area_code(" e05000770 ") == "E05000770"
    assert area_code("REGION-NORTH-WEST") == "REGION-NORTH-WEST"
    assert [area_code(text) for text in ("", "E", "E05%", "-E05", "E" * 21, "É05")] == [None] * 6
    kinds = {"E05000770": "ward", "w06000008": "council", "S14000001": "constituency", "E12000002": "region"}
    assert {code: kind_of_code(code) for code in kinds} == kinds
    assert kind_of_code("X05000770") is kind_of_code("E0500077") is None
    assert made_up_code("region", "Yorkshire and the Humber") == "REGION-YORKSHIRE-AND"


@given(st.text(max_size=40))
def test_the_key_of_a_name_is_its_own(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


def test_names_are_the_same_however_they_are_spelt() -> None:
    assert name_key("St. Anne’s  & Llanfair-y-dŵr") == name_key("st annes and llanfair y DWR")
    assert name_key("Kersal") != name_key("Kersall")
