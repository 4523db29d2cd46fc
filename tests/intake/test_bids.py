"""Rows become bids exactly, and every bad row is named with its line, its column and what to do."""

from datetime import date
from pathlib import Path

import pytest

from fundapp.intake.bids import BidFile, BidRow, content_key, read_bids, sentence

MIN, MAX = 100_00, 20_000_00


def read(tmp_path: Path, text: str) -> BidFile:
    path = tmp_path / "bids.csv"
    path.write_bytes(text.encode())
    return read_bids(path, min_pence=MIN, max_pence=MAX)


def problems(tmp_path: Path, text: str) -> list[tuple[int, str, str]]:
    return [(found.line, found.column, found.code) for found in read(tmp_path, text).problems]


def words(tmp_path: Path, text: str) -> list[str]:
    return [sentence(found) for found in read(tmp_path, text).problems]


def test_a_full_row_is_read_exactly(tmp_path: Path) -> None:
    text = (
        "\ufeffGRANT_ID,Title,Summary,Organisation,Organisation ID,Charity number,Company Number,Amount (£),"
        "Postcode,Town,Ward,Ward code,Council,Council code,Region,Programme,Start,"
        "End,Colour\r\n"
        'B-1,Glan-yr-afon café,"Two lines\r\nof words",Cyfeillion Glan,GB-COH-00123456,1234567,123456,'
        '"£1,234.56",'
        "SY23 1AA,Aberystwyth,Canol,W05000358,Ceredigion,W06000008,Wales,Small,01/09/2027,"
        "31 August 2028,blue\r\n"
    )
    found = read(tmp_path, text)
    assert found.problems == ()
    assert found.rows == (
        BidRow(
            line=2,
            source_key="B-1",
            title="Glan-yr-afon café",
            summary="Two lines\nof words",
            organisation="Cyfeillion Glan",
            organisation_id="GB-COH-00123456",
            charity_number="1234567",
            company_number="00123456",
            amount_pence=123456,
            postcode="SY23 1AA",
            town="Aberystwyth",
            ward="Canol",
            ward_code="W05000358",
            council="Ceredigion",
            council_code="W06000008",
            region="Wales",
            programme="Small",
            starts_on=date(2027, 9, 1),
            ends_on=date(2028, 8, 31),
        ),
    )
    assert found.columns["amount"] == "Amount (£)"
    assert found.ignored == ("Colour",)


def test_only_title_organisation_and_amount_are_needed(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "amount,organisation,title\n500,Elm Street Hub,New roof\n").rows
    assert (row.title, row.organisation, row.amount_pence, row.summary) == (
        "New roof",
        "Elm Street Hub",
        50000,
        "",
    )
    assert (row.postcode, row.ward, row.starts_on, row.organisation_id) == (None, None, None, None)
    assert row.source_key == content_key("New roof", "Elm Street Hub", 50000, "")


def test_the_content_key_is_stable_and_tells_bids_apart() -> None:
    key = content_key("New roof", "Elm Street Hub", 50000, "ls3 1hh")
    # printf '%s' '["new roof", "elm street hub", 50000, "LS31HH"]' | sha256sum
    assert key == "sha256:819d9ddb60fe790f7d6e98ce8727f674561673516438ab37d2114e84e14438e5"
    assert key == content_key(" new  ROOF", "Elm Street hub", 50000, "LS31HH")
    others = {
        content_key("New roofs", "Elm Street Hub", 50000, "LS3 1HH"),
        content_key("New roof", "Elm Street", 50000, "LS3 1HH"),
        content_key("New roof", "Elm Street Hub", 50001, "LS3 1HH"),
        content_key("New roof", "Elm Street Hub", 50000, "LS3 1HJ"),
        content_key("New", "roof Elm Street Hub", 50000, "LS3 1HH"),
    }
    assert key not in others
    assert len(others) == 5


@pytest.mark.parametrize(
    ("amount", "pence"),
    [("1000", 100000), ("3239.34", 323934), ('"£1,200.50"', 120050), ("0.1e3", None), ("1000.5", 100050)],
)
def test_amounts(tmp_path: Path, amount: str, pence: int | None) -> None:
    found = read(tmp_path, f"title,organisation,amount\nA,B,{amount}\n")
    assert [row.amount_pence for row in found.rows] == ([] if pence is None else [pence])
    assert [problem.code for problem in found.problems] == (["money_unreadable"] if pence is None else [])


def test_all_bad_rows_are_reported_at_once(tmp_path: Path) -> None:
    text = (
        "Ref,Project title,Organisation,Amount,Start date,End date\n"
        "1,,Elm Hub,500,,\n"
        "2,Roof,,500,,\n"
        "3,Roof,Elm Hub,,,\n"
        "4,Roof,Elm Hub,lots,,\n"
        "5,Roof,Elm Hub,0,,\n"
        "6,Roof,Elm Hub,-5,,\n"
        "7,Roof,Elm Hub,99.99,,\n"
        "8,Roof,Elm Hub,20000.01,,\n"
        "9,Roof,Elm Hub,500,31/02/2027,soon\n"
        "10,Roof,Elm Hub,500.001,,\n"
        "7,Roof,Elm Hub,500,,\n"
        "11,,,,,\n"
        "12,Good,Elm Hub,500,2027-01-01,2027-02-01\n"
    )
    assert problems(tmp_path, text) == [
        (2, "Project title", "no_title"),
        (3, "Organisation", "no_organisation"),
        (4, "Amount", "no_amount"),
        (5, "Amount", "money_unreadable"),
        (6, "Amount", "not_above_zero"),
        (7, "Amount", "not_above_zero"),
        (8, "Amount", "below_minimum"),
        (9, "Amount", "above_maximum"),
        (10, "Start date", "unreadable_date"),
        (10, "End date", "unreadable_date"),
        (11, "Amount", "money_too_fine"),
        (12, "Ref", "duplicate_identifier"),
        (13, "Project title", "no_title"),
        (13, "Organisation", "no_organisation"),
        (13, "Amount", "no_amount"),
    ]
    said = words(tmp_path, text)
    assert said[0] == "Line 2, column 'Project title': there is no title. Give the project a title."
    assert said[5] == "Line 7, column 'Amount': the amount is -£5. It must be more than zero."
    assert (
        said[6] == "Line 8, column 'Amount': the amount is £99.99. The least that this round gives is £100."
    )
    assert said[7] == (
        "Line 9, column 'Amount': the amount is £20,000.01. The most that this round gives is £20,000."
    )
    assert said[8] == (
        "Line 10, column 'Start date': '31/02/2027' is not a date."
        " Write it like 2027-09-01, 01/09/2027 or 1 September 2027."
    )
    assert said[11] == "Line 12, column 'Ref': '7' is on line 8 already. Give each bid its own."
    assert [row.source_key for row in read(tmp_path, text).rows] == ["12"]


def test_the_limits_themselves_are_allowed(tmp_path: Path) -> None:
    found = read(tmp_path, "title,organisation,amount\nA,B,100\nA,B,20000\n")
    assert [row.amount_pence for row in found.rows] == [MIN, MAX]


def test_the_same_bid_twice_without_identifiers_is_named_with_both_lines(tmp_path: Path) -> None:
    text = "title,organisation,amount,postcode\nRoof,Elm,500,LS3 1HH\nroof,ELM,500.00,ls31hh\nRoof,Elm,500,\n"
    assert words(tmp_path, text) == [
        "Line 3: it has the same title, organisation, amount and postcode as line 2. Take one of them out,"
        " or add a column 'Identifier' that tells them apart."
    ]


def test_rows_without_a_title_are_not_called_duplicates(tmp_path: Path) -> None:
    text = "title,organisation,amount\n,Elm,500\n,Elm,500\n"
    assert problems(tmp_path, text) == [(2, "title", "no_title"), (3, "title", "no_title")]


def test_an_end_before_the_start_is_remarked_on_and_stops_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, "title,organisation,amount,start,end\nA,B,500,2027-02-01,2027-01-31\n")
    assert found.problems == ()
    assert [sentence(remark) for remark in found.remarks] == [
        "Line 2, column 'end': the project ends on 2027-01-31, before its start on 2027-02-01."
        " Check the dates."
    ]
    assert (found.rows[0].starts_on, found.rows[0].ends_on) == (date(2027, 2, 1), date(2027, 1, 31))


def test_a_comma_in_unquoted_text_does_not_shift_the_cells_unseen(tmp_path: Path) -> None:
    text = "title,organisation,amount\nRoof, again,Elm,500\n"
    assert (2, "", "extra_cells") in problems(tmp_path, text)


def test_other_currencies_are_refused(tmp_path: Path) -> None:
    text = "title,organisation,amount,currency\nA,B,500,EUR\nC,B,500,gbp\nD,B,500,\n"
    assert problems(tmp_path, text) == [(2, "currency", "other_currency")]


def test_long_text_is_refused_at_one_more_than_the_limit(tmp_path: Path) -> None:
    text = f"title,organisation,amount,ref\n{'x' * 300},B,500,{'r' * 120}\n{'x' * 301},B,500,{'r' * 121}\n"
    assert problems(tmp_path, text) == [(3, "title", "too_long"), (3, "ref", "too_long")]
    assert words(tmp_path, text)[0] == "Line 3, column 'title': it is 301 characters long. Shorten it to 300."


def test_control_characters_go_and_formulas_stay_text(tmp_path: Path) -> None:
    text = 'title,summary,organisation,amount\n"=cmd()|\x07 /C","a\x1b[31m\tb\nc",+El\x7fm,500\n'
    (row,) = read(tmp_path, text).rows
    assert (row.title, row.summary, row.organisation) == ("=cmd()| /C", "a[31m b\nc", "+Elm")


def test_text_that_shows_nothing_is_no_title(tmp_path: Path) -> None:
    assert problems(tmp_path, "title,organisation,amount\n\u200b \u00a0\u200f,B,500\n") == [
        (2, "title", "no_title")
    ]


def test_errors_of_a_spreadsheet_are_not_taken_for_text(tmp_path: Path) -> None:
    text = "title,organisation,amount,start\n#REF!,B,#N/A,#VALUE!\n"
    assert problems(tmp_path, text) == [
        (2, "title", "error_value"),
        (2, "amount", "error_value"),
        (2, "start", "unreadable_date"),
    ]


def test_lines_are_those_of_the_text_and_blank_rows_are_passed_over(tmp_path: Path) -> None:
    text = '\n , \ntitle,organisation,amount\n\n"A",B,500\n,,\n"C\nC","D\n\nD",500\nE,F,500\n'
    assert [(row.line, row.title) for row in read(tmp_path, text).rows] == [(5, "A"), (7, "C C"), (11, "E")]


def test_every_sentence_can_be_translated(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, "title,organisation,amount\nA,B,0\n").problems
    welsh = {
        "the amount is %(amount)s. It must be more than zero.": "y swm yw %(amount)s.",
        "Line %(line)s, column '%(column)s': %(what)s": "Llinell %(line)s, %(column)s: %(what)s",
    }
    assert sentence(problem, welsh.__getitem__) == "Llinell 2, amount: y swm yw £0."


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("E05001429", {"ward": "Moor Top", "ward_code": "E05001429"}),
        ("W06000008", {"council": "Moor Top", "council_code": "W06000008"}),
        ("E12000003", {"region": "Moor Top"}),
        ("", {"town": "Moor Top"}),
    ],
)
def test_360giving_titles(tmp_path: Path, code: str, expected: dict[str, str]) -> None:
    text = (
        "Identifier,Title,Description,Currency,Amount Applied For,Amount Awarded,Award Date,"
        "Recipient Org:0:Identifier,Recipient Org:0:Name,Recipient Org:Charity Number,"
        "Recipient Org:Company Number,Recipient Org:Postal Code,Beneficiary Location:0:Name,"
        "Beneficiary Location:0:Geographic Code,"
        "Planned Dates:0:Start Date,Planned Dates:0:End Date,Grant Programme:0:Title,Funding Org:0:Name\n"
        "360G-x-1,Roof,Slates,GBP,900,700,2027-01-01,GB-CHC-1,Elm,1,00000002,LS3 1HH,"
        f"Moor Top,{code},2027-02-01T00:00:00Z,2027-03-01,Small grants,A fund\n"
    )
    found = read(tmp_path, text)
    assert found.problems == ()
    (row,) = found.rows
    assert (row.source_key, row.title, row.summary, row.amount_pence) == ("360G-x-1", "Roof", "Slates", 90000)
    assert (row.organisation, row.organisation_id) == ("Elm", "GB-CHC-1")
    assert (row.charity_number, row.company_number) == ("1", "00000002")
    assert (row.starts_on, row.ends_on, row.programme) == (date(2027, 2, 1), date(2027, 3, 1), "Small grants")
    places = ("town", "ward", "ward_code", "council", "council_code", "region")
    assert {name: value for name in places if (value := getattr(row, name)) is not None} == expected
    assert found.ignored == ("Amount Awarded", "Award Date", "Funding Org:0:Name")
