"""Money is read, written, spelled and shared to the penny."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.domain.money import (
    MOST_PENCE,
    MoneyError,
    instalments,
    parse_pounds,
    pounds,
    pounds_plain,
    pounds_short,
    pounds_words,
)

SUMS = st.integers(0, MOST_PENCE)


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("£1,234.50", 123450),
        ("1234.5", 123450),
        (" 1 234 ", 123400),
        ("1\u00a0234\u00a0567.89", 123456789),
        ("GBP 12", 1200),
        ("gbp12.", 1200),
        (".5", 50),
        ("£ 0.01", 1),
        ("10.5000", 1050),
        ("0005", 500),
        ("0", 0),
        ("-5", -500),
        ("-£5.01", -501),
        ("£-5.01", -501),
        ("\u22125", -500),
        ("999,999,999.99", MOST_PENCE),
    ],
)
def test_reads_what_people_type(text: str, pence: int) -> None:
    assert parse_pounds(text) == pence


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "money_missing"),
        (" \t", "money_missing"),
        ("abc", "money_unreadable"),
        ("1,50", "money_unreadable"),
        ("1,2345", "money_unreadable"),
        ("12.345,67", "money_unreadable"),
        ("1 23", "money_unreadable"),
        ("1,234 567", "money_unreadable"),
        ("--5", "money_unreadable"),
        ("-£-5", "money_unreadable"),
        ("£", "money_unreadable"),
        (".", "money_unreadable"),
        ("1e3", "money_unreadable"),
        ("5k", "money_unreadable"),
        ("$5", "money_unreadable"),
        ("=5", "money_unreadable"),
        ("١٢٣", "money_unreadable"),
        ("nan", "money_unreadable"),
        ("1.005", "money_too_fine"),
        ("0.0001", "money_too_fine"),
        ("1000000000", "money_too_large"),
        ("9" * 10_000, "money_too_large"),
    ],
)
def test_refuses_what_it_cannot_be_sure_of(text: str, code: str) -> None:
    with pytest.raises(MoneyError) as refused:
        parse_pounds(text)
    assert refused.value.code == code
    assert len(str(refused.value.params.get("text", ""))) <= 60


@given(st.integers(-MOST_PENCE, MOST_PENCE))
def test_what_is_written_reads_the_same(pence: int) -> None:
    assert parse_pounds(pounds(pence)) == pence
    assert parse_pounds(pounds_short(pence)) == pence
    assert parse_pounds(pounds_plain(pence)) == pence


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        pence = parse_pounds(text)
    except MoneyError:
        return
    assert abs(pence) <= MOST_PENCE


def test_figures() -> None:
    assert pounds(485000) == "£4,850.00"
    assert pounds(-5) == "-£0.05"
    assert pounds_short(485000) == "£4,850"
    assert pounds_short(485050) == "£4,850.50"
    assert pounds_plain(485000) == "4850.00"
    assert pounds_plain(-123456701) == "-1234567.01"


@pytest.mark.parametrize(
    ("pence", "words"),
    [
        (0, "zero pounds"),
        (1, "one penny"),
        (50, "fifty pence"),
        (100, "one pound"),
        (101, "one pound and one penny"),
        (1599, "fifteen pounds and ninety-nine pence"),
        (10_500, "one hundred and five pounds"),
        (100_500, "one thousand and five pounds"),
        (485_000, "four thousand, eight hundred and fifty pounds"),
        (9_015_025, "ninety thousand, one hundred and fifty pounds and twenty-five pence"),
        (100_000_000, "one million pounds"),
        (100_001_200, "one million and twelve pounds"),
        (120_000_500, "one million, two hundred thousand and five pounds"),
        (
            MOST_PENCE,
            "nine hundred and ninety-nine million, nine hundred and ninety-nine thousand, nine hundred and"
            " ninety-nine pounds and ninety-nine pence",
        ),
    ],
)
def test_words(pence: int, words: str) -> None:
    assert pounds_words(pence) == words


@pytest.mark.parametrize("pence", [-1, MOST_PENCE + 1])
def test_no_words_outside_the_range(pence: int) -> None:
    with pytest.raises(ValueError, match="cannot be put into words"):
        pounds_words(pence)


@given(SUMS)
def test_words_read_back_to_the_same_sum(pence: int) -> None:
    assert _read_words(pounds_words(pence)) == pence


@given(SUMS, st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_instalments_add_up_and_are_fair(pence: int, shares: list[int]) -> None:
    parts = instalments(pence, shares)
    assert sum(parts) == pence
    assert len(parts) == len(shares)
    for part, share in zip(parts, shares, strict=True):
        assert abs(part * sum(shares) - pence * share) < sum(shares)


def test_odd_pennies_go_to_the_earlier_of_equals() -> None:
    assert instalments(485001, (1, 1)) == (242501, 242500)
    assert instalments(100, (1, 1, 1)) == (34, 33, 33)
    assert instalments(1000, (70, 30)) == (700, 300)


@pytest.mark.parametrize(("pence", "shares"), [(-1, (1,)), (1, ()), (1, (0, 0)), (1, (2, -1))])
def test_a_split_without_sense_is_refused(pence: int, shares: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="split by shares"):
        instalments(pence, shares)


def _read_words(words: str) -> int:
    """Read the words by a table of its own: every word adds, "hundred" and the large names multiply."""
    small = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
        sixteen seventeen eighteen nineteen"""
    tens = "twenty thirty forty fifty sixty seventy eighty ninety"
    names = {word: number for number, word in enumerate(small.split())}
    names |= {word: number * 10 for number, word in enumerate(tens.split(), start=2)}
    pence = group = total = 0
    for word in words.replace(",", "").replace("-", " ").split():
        if word in names:
            group += names[word]
        elif word == "hundred":
            group *= 100
        elif word in ("thousand", "million"):
            total += group * (1_000 if word == "thousand" else 1_000_000)
            group = 0
        elif word in ("pound", "pounds"):
            pence += (total + group) * 100
            total = group = 0
        elif word in ("penny", "pence"):
            pence += group
        else:
            assert word == "and"
    return pence


def test_a_sign_with_a_thousand_blanks_is_refused_as_soon_as_it_is_read() -> None:
    """Read blank by blank in every way that there is, this would go on for a day."""
    for text in ("-" + " " * 20_000 + "x", " " * 20_000 + "x", "£" + "\u00a0" * 20_000 + "-"):
        with pytest.raises(MoneyError, match="money_unreadable"):
            parse_pounds(text)
    assert parse_pounds(" " * 20_000 + "- £ 12 " + " " * 20_000) == -1200
