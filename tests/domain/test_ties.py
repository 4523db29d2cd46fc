"""Keys of what people and bids are tied to: the same for what is the same however it is written, and for nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.domain import ties

NAMES = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=9).filter(
        lambda word: word not in {"labour", "local", "party", "branch", "constituency", "association", "cooperative"}
    ),
    min_size=1, max_size=3,
).map(" ".join)  # fmt: skip
CODES = st.sampled_from(["LS3 1HH", "M1 1AE", "EC1A 1BB", "CF10 4UW", "B33 8TH"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Leeds North CLP", "leeds  north"),
        ("Leeds North Constituency Labour Party", "LEEDS NORTH CLP"),
        ("Ynys Môn", "Ynys Mon Labour Party"),
        ("King's Lynn & Wisbech", "Kings Lynn and Wisbech CLP"),
        ("The Millbeck Branch Labour Party", "Millbeck"),
        ("Llanfair-y-dŵr", "llanfair y dwr clp"),
    ],
)
def test_a_local_party_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert ties.party(one) == ties.party(other) is not None


@pytest.mark.parametrize(
    ("one", "other"), [("Leeds North", "Leeds South"), ("Millbeck", "Millbeck East"), ("Hull", "Hulme")]
)
def test_other_local_parties_are_others(one: str, other: str) -> None:
    assert ties.party(one) != ties.party(other)


@pytest.mark.parametrize("name", ["", "CLP", "Constituency Labour Party", "—", "the Labour party"])
def test_a_name_that_says_nothing_of_which_is_no_party(name: str) -> None:
    assert ties.party(name) is None


@given(NAMES)
def test_case_signs_and_endings_count_for_nothing(name: str) -> None:
    whole = ties.party(name)
    assert whole == f"party:{name}"
    for ending in (" CLP", " Constituency Labour Party", ", CLP", " Labour Party"):
        assert ties.party(name.title() + ending) == whole
    assert ties.party(ties.plain_party(name)) == whole


@given(st.text(max_size=60))
def test_any_text_at_all_gives_a_key_that_fits_or_none(text: str) -> None:
    key = ties.party(text)
    assert key is None or (len(key) <= 120 and ties.kind_of(key) == "party" and len(key) > len("party:"))
    again = ties.plain_party(text)
    assert ties.plain_party(again) == again


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        (("12 Mill Lane, Millbeck", "ls3 1hh"), "LS31HH 12"),
        (("12 Mill Lane\nMillbeck\nLS3 1HH",), "LS31HH 12"),
        (("LS31HH, 12B Mill Lane",), "LS31HH 12b"),
        (("12 b, Mill Lane, LS3 1HH",), "LS31HH 12b"),
        (("Flat 3, 12 Mill Lane, LS3 1HH",), "LS31HH flat 3 12"),
        (("Rose Cottage, Mill Lane", "LS3 1HH"), "LS31HH rose cottage"),
        (("Rose Cottage\nMill Lane\nLS3 1HH",), "LS31HH rose cottage"),
    ],
)
def test_an_address_is_its_postcode_and_its_house(address: tuple[str, ...], plain: str) -> None:
    assert ties.plain_address(*address) == plain


@pytest.mark.parametrize(
    "address",
    [("LS3 1HH",), ("Mill Lane, LS3 1HH",), ("12 Mill Lane",), ("",), (None,), ("12 Mill Lane, LS33 1",)],
)
def test_a_postcode_alone_or_a_street_is_no_household(address: tuple[str | None, ...]) -> None:
    assert ties.plain_address(*address) is None


@given(
    st.integers(1, 9999),
    st.sampled_from(["", "a", "b"]),
    CODES,
    st.sampled_from(["Mill Lane", "High Street"]),
)
def test_the_way_an_address_is_written_counts_for_nothing(
    number: int, letter: str, code: str, street: str
) -> None:
    whole = f"{number}{letter} {street}, Millbeck, {code}"
    plain = ties.plain_address(whole)
    assert plain == f"{code.replace(' ', '')} {number}{letter}"
    assert ties.plain_address(whole.upper()) == plain
    assert ties.plain_address(whole.lower().replace(", ", "\n")) == plain
    assert ties.plain_address(f"{number}{letter} {street}", code.replace(" ", "")) == plain
    assert ties.plain_address(f"{number + 1}{letter} {street}, {code}") != plain


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_none(text: str) -> None:
    assert ties.plain_address(text) is None or " " in str(ties.plain_address(text))


@pytest.mark.parametrize(
    ("key", "said", "why"),
    [
        ("person:9", "knows", "person"), ("person:9", "gives", "donor"), ("person:9", "works", "person"),
        ("organisation:7", "belongs", "organisation"), ("organisation:7", "works", "organisation"),
        ("organisation:7", "gives", "donor"), ("area:12", "lives", "ward"), ("area:12", "belongs", "area"),
        ("party:leeds north", "member", "local_party"), ("home:ab12", "lives", "household"), ("round:3", "other", None),
        ("else:1", "knows", None),
    ],
)  # fmt: skip
def test_the_reason_follows_from_what_was_said_of_what(key: str, said: str, why: str | None) -> None:
    assert ties.why_of(key, said) == why
    assert why is None or why in ties.REASONS


def test_keys_name_rows() -> None:
    assert ties.number_of(ties.person(9)) == 9
    assert ties.number_of(ties.area(12)) == 12
    assert ties.number_of(ties.organisation(7)) == 7
    assert ties.number_of(ties.asked(3)) == 3
    assert ties.number_of(ties.home("12")) is None
    assert ties.number_of("party:12") is None
