"""The treasurer's files hold every award as it is, and no cell of them is a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundapp.exports.awards import COLUMNS, AwardRow, safe_cell, save_csv, write_csv, write_xlsx
from fundapp.files import FileRefused, placing
from tests.effort import times

ROW = AwardRow(
    reference="B-0142X",
    title="A weekly kitchen",
    organisation="Millbeck Growers",
    organisation_id="GB-CHC-1234567",
    applicant_name=None,
    amount_pence=485_001,
    requested_pence=500_000,
    award_state="offered",
    awarded_on=date(2027, 5, 20),
    starts_on=date(2027, 9, 1),
    ends_on=None,
    ward="Upper Millbeck",
    council="Millbeck",
    region=None,
    fund="Communities Fund",
    round_code="SPRING27",
    paid_pence=7,
)

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\x00=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "\u200b=1",
]
HOSTILE = st.one_of(
    st.sampled_from([*DANGEROUS, "{=1+1}", "http://x.example", "_x0041_", "12", '"', "a;=1", "a\n=1"]),
    st.text(max_size=40),
    st.builds(lambda sign, rest: sign + rest, st.sampled_from("=+-@\t\r\x00＝"), st.text(max_size=20)),
)


def _csv_back(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_may_be_a_formula_gets_a_quote_in_front(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Millbeck", "a=1", "Siân", "B-0142X", "3 + 4", "王小明", " two"])
def test_other_text_stays(text: str) -> None:
    assert safe_cell(text) == text


def test_csv_is_exact() -> None:
    stream = io.StringIO()
    assert write_csv([ROW], stream) == 1
    assert stream.getvalue().splitlines()[1] == (
        '"B-0142X","A weekly kitchen","Millbeck Growers","GB-CHC-1234567","",4850.01,5000.00,0.07,"offered",'
        '"2027-05-20","2027-09-01","","Upper Millbeck","Millbeck","","Communities Fund","SPRING27"'
    )
    assert list(_csv_back(stream.getvalue())[0]) == [heading for heading, _, _ in COLUMNS]


@given(st.lists(st.tuples(HOSTILE, HOSTILE, st.integers(0, 10**11)), max_size=4))
def test_csv_reads_back_and_starts_no_formula(drawn: list[tuple[str, str, int]]) -> None:
    rows = [replace(ROW, title=title, applicant_name=name, amount_pence=sum_) for title, name, sum_ in drawn]
    stream = io.StringIO(newline="")
    assert write_csv(rows, stream) == len(rows)
    back = _csv_back(stream.getvalue())
    assert len(back) == len(rows)
    for (title, name, pence), row in zip(drawn, back, strict=True):
        assert row["Title"] == safe_cell(title)
        assert row["Applicant"] == safe_cell(name)
        assert row["Amount awarded (£)"] == f"{pence // 100}.{pence % 100:02d}"
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "\x00", "＝", "＋", "－", "＠"))


def test_the_csv_file_opens_in_excel_with_its_names_whole(tmp_path: Path) -> None:
    path = tmp_path / "awards.csv"
    assert save_csv([replace(ROW, organisation="Siân 王")], path) == 1
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "Siân 王" in path.read_text("utf-8-sig")


def test_xlsx_is_exact(tmp_path: Path) -> None:
    path = tmp_path / "awards.xlsx"
    assert write_xlsx(iter([ROW, replace(ROW, reference="B-0002C", title="x" * 40_000)]), path) == 2
    sheet = openpyxl.load_workbook(path).active
    assert [cell.value for cell in sheet[1]] == [heading for heading, _, _ in COLUMNS]
    first = {heading: cell for (heading, _, _), cell in zip(COLUMNS, sheet[2], strict=True)}
    assert first["Reference"].value == "B-0142X"
    assert first["Amount awarded (£)"].value == 4850.01
    assert first["Amount awarded (£)"].number_format == "#,##0.00"
    assert first["Amount paid (£)"].value == 0.07
    assert first["Awarded on"].value == datetime(2027, 5, 20)
    assert first["Awarded on"].number_format == "yyyy-mm-dd"
    assert first["Applicant"].value is None
    # A longer text than a cell may hold says that it was cut.
    assert sheet["B3"].value == "x" * 32_763 + " […]"


# Each example writes and reads a workbook.
@settings(max_examples=times(60), deadline=None)
@given(title=HOSTILE, name=HOSTILE, pence=st.integers(0, 10**11))
def test_no_cell_of_an_xlsx_is_a_formula_or_a_link(
    tmp_path_factory: pytest.TempPathFactory, title: str, name: str, pence: int
) -> None:
    path = tmp_path_factory.mktemp("out") / "awards.xlsx"
    write_xlsx([replace(ROW, title=title, applicant_name=name, amount_pence=pence)], path)
    sheet = openpyxl.load_workbook(path).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    assert all(cell.data_type == "s" for cell in (sheet["B2"], sheet["E2"]) if cell.value is not None)
    assert round(sheet["F2"].value * 100) == pence
    with zipfile.ZipFile(path) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    if title.isprintable() and "_x" not in title and title:
        assert sheet["B2"].value == title


@pytest.mark.parametrize("save", [save_csv, write_xlsx])
def test_a_missing_folder_is_a_sentence(save: object, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="There is no folder") as refused:
        save([ROW], tmp_path / "none" / "awards")  # type: ignore[operator]
    assert refused.value.code == "folder_missing"
    with pytest.raises(FileRefused, match="is a folder"):
        save([ROW], tmp_path)  # type: ignore[operator]


@pytest.mark.parametrize("save", [save_csv, write_xlsx])
def test_an_error_half_way_leaves_the_file_before(save: object, tmp_path: Path) -> None:
    path = tmp_path / "awards"
    path.write_text("before")

    def rows() -> object:
        yield ROW
        raise LookupError("half way")

    with pytest.raises(LookupError):
        save(rows(), path)  # type: ignore[operator]
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "awards.csv"
    with placing(path) as temporary:
        temporary.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [path]
