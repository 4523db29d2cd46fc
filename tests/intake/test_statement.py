"""Banks' statements: each bank's headers, signs, days and letters; every bad row named, by line and reason."""

import codecs
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundapp.domain.reconcile import Line
from fundapp.intake.refusals import FileRefused, sentence
from fundapp.intake.statement import Statement, read_statement
from tests.effort import REPEATABLE, times

TODAY = date(2027, 3, 31)
TWO = (
    Line(2, date(2027, 3, 2), -120_050, "Millbeck Caffè · B-0142X-1"),
    Line(3, date(2027, 3, 3), 5_000, "Gift"),
)


def read(text: str | bytes) -> Statement:
    return read_statement(text if isinstance(text, bytes) else text.encode(), TODAY, "march.csv")


ONE_SIGNED = (
    "Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP)\n"
    "02/03/2027,Millbeck Caffè,B-0142X-1,FPS,-1200.50,3\n"
    "03/03/2027,,Gift,FPS,50.00,53\n"
)
OUT_AND_IN = (
    "Transaction Date,Transaction Type,Sort Code,Payee,Transaction Description,Debit Amount,Credit Amount,Balance\n"
    '2027-03-02,FPO,309634,Millbeck Caffè,B-0142X-1,"1,200.50",,3\n'
    "2027-03-03,FPI,309634,,Gift,0.00,50.00,53\n"
)
SIDES = (
    "Booking date;Payee;Narrative;DR/CR;Value\n"
    "02 Mar 2027;Millbeck Caffè;B-0142X-1;DR;1200.5\n"
    "03 Mar 2027;;Gift;CR;50\n"
)
POUNDS = (
    "Date\tPayee\tDescription\tPaid out\tPaid in\tBalance\n"
    "02 Mar 2027\tMillbeck Caffè\tB-0142X-1\t£1,200.50\t\t£3.00\n"
    "03 Mar 2027\t\tGift\t\t£50.00\t£53.00\n"
)


@pytest.mark.parametrize("text", [ONE_SIGNED, OUT_AND_IN, SIDES, POUNDS])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_same_lines_however_a_bank_writes_them(text: str, encoding: str) -> None:
    for ending in ("\n", "\r\n"):
        found = read(text.replace("\n", ending).encode(encoding))
        assert (found.problems, found.lines) == ((), TWO)


def test_what_stands_before_the_headers_is_passed_over() -> None:
    found = read(
        codecs.BOM_UTF8
        + ('"Account name:","Communities Fund"\n"Account balance:","£53.00"\n\n' + ONE_SIGNED).encode()
    )
    assert [(line.line, line.pence) for line in found.lines] == [(5, -120_050), (6, 5_000)]


def test_a_file_from_the_disk_has_the_hash_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "march.csv"
    path.write_bytes(ONE_SIGNED.encode("cp1252"))
    assert read_statement(path, TODAY) == read(path.read_bytes())


def test_every_bad_row_is_named_and_nothing_is_read() -> None:
    found = read(
        "Date,Description,Amount,Money out,Money in,Currency\n"
        "02/03/2027,Right,-5,5,,GBP\n"
        "31/02/2027,Day,1,,,\n"
        ",No day,1,,,\n"
        "01/04/2027,To come,1,,,\n"
        "02/03/2027,Sum,1.005,,,\n"
        "02/03/2027,Word,lots,,,\n"
        "02/03/2027,None,,,,\n"
        "02/03/2027,Both,,1,1,\n"
        "02/03/2027,Differ,5,5,,\n"
        "02/03/2027,Below,,,-3,\n"
        "02/03/2027,Euro,1,,,EUR\n"
        "02/03/2027,Wide,1,,,GBP,more\n"
    )  # fmt: skip
    assert found.lines == ()
    assert [(each.line, each.code) for each in found.problems] == [
        (3, "unreadable_date"), (4, "no_date"), (5, "date_to_come"), (6, "money_too_fine"), (7, "money_unreadable"),
        (8, "nothing_moved"), (9, "out_and_in"), (10, "amounts_differ"), (11, "below_nothing"), (12, "other_currency"),
        (13, "extra_cells"),
    ]  # fmt: skip
    assert sentence(found.problems[2]) == (
        "Line 5, column 'Date': 2027-04-01 is still to come. A statement says what has happened: check the day."
    )
    sides = read("Date,Amount,DR/CR\n02/03/2027,1,maybe\n")
    assert [each.code for each in sides.problems] == ["neither_side"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("Date,Description,Amount\n", "no_rows"),
        ("Date,Description\n02/03/2027,x\n", "missing_columns"),
        ("Date,Paid out\n02/03/2027,3\n", "missing_columns"),
        ("Colour,Taste\nred,sour\n", "no_header"),
        ("Date,Amount,Amount\n02/03/2027,1,1\n", "same_meaning"),
        ('Date,Amount\n02/03/2027,"1\n', "broken_quotes"),
        (b"\0\1\2", "binary"),
    ],
)
def test_a_file_that_is_no_statement(text: str | bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(text)
    assert refused.value.code == code
    assert "march.csv" in str(refused.value)


def test_a_line_on_which_nothing_moved_is_none() -> None:
    assert read("Date,Description,Amount\n02/03/2027,Fee waived,0.00\n").lines == ()


@settings(max_examples=times(100), derandomize=REPEATABLE, deadline=None)
@given(
    st.lists(
        st.tuples(st.dates(date(2020, 1, 1), TODAY), st.integers(-(10**9), 10**9).filter(bool)),
        min_size=1,
        max_size=6,
    )
)
def test_signed_or_apart_it_is_the_same_to_the_penny(rows: list[tuple[date, int]]) -> None:
    signed = "Date,Amount\n" + "".join(
        f"{day:%d/%m/%Y},{'-' * (p < 0)}{abs(p) // 100}.{abs(p) % 100:02}\n" for day, p in rows
    )
    apart = "Date;In;Out\n" + "".join(
        f"{day};{f'£{p / 100:,.2f}' if p > 0 else ''};{f'£{-p / 100:,.2f}' if p < 0 else ''}\n"
        for day, p in rows
    )
    expected = tuple(Line(n, day, pence, "") for n, (day, pence) in enumerate(rows, 2))
    assert (read(signed).lines, read(apart).lines) == (expected, expected)
