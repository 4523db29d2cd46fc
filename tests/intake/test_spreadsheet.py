"""Files are read by what they hold; one that cannot be read is refused with a sentence saying what to do."""

import io
import os
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from fundapp.intake import spreadsheet, workbook
from fundapp.intake.bids import BidFile, FileRefused, read_bids, sentence

HEADERS = ["title", "organisation", "amount", "start", "company number"]


def read(path: Path) -> BidFile:
    return read_bids(path, min_pence=1, max_pence=100_000_000)


def refusal(path: Path) -> tuple[str, str]:
    with pytest.raises(FileRefused) as caught:
        read(path)
    assert str(caught.value) == sentence(caught.value)
    return caught.value.code, str(caught.value)


def saved(tmp_path: Path, data: bytes, name: str = "bids.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def sheet(tmp_path: Path, fill: Callable[[xlsxwriter.Workbook, Any], None], name: str = "Sheet1") -> Path:
    path = tmp_path / "bids.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        fill(book, book.add_worksheet(name))
    return path


def replaced(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one part of its archive changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def three(_book: xlsxwriter.Workbook, page: Any) -> None:
    page.write_row(0, 0, ["title", "organisation", "amount"])
    page.write_row(1, 0, ["Roof", "Elm Hub", 500])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_marks_and_line_ends(tmp_path: Path, separator: str, mark: bytes, end: str) -> None:
    lines = [["title", "organisation", "amount"], ["Tŷ, to", "Elm; Hub", "500.5"], ["Oak", "Ash", "7"]]
    text = end.join(separator.join(f'"{cell}"' for cell in line) for line in lines)
    rows = read(saved(tmp_path, mark + text.encode())).rows
    assert [(row.line, row.title, row.organisation, row.amount_pence) for row in rows] == [
        (2, "Tŷ, to", "Elm; Hub", 50050),
        (3, "Oak", "Ash", 700),
    ]


def test_cells_of_a_workbook_by_type(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook, page: Any) -> None:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_row(0, 0, HEADERS)
        page.write_row(2, 0, ["Roof", "Elm", 3239.34])
        page.write_datetime(2, 3, datetime(2027, 9, 1, 10, 30), day)
        page.write_number(2, 4, 8253562)
        page.write_row(3, 0, ["=cmd()", "Elm", "£1,200.50", "1 September 2027", "IP28755R"])
        page.write_row(4, 0, [2027, "Elm", 700.0, ""])
        page.write_row(5, 0, ["Third", "Elm", 10 / 3])
        page.write_formula(6, 0, '="Sum of "&2', None, "Sum of 2")
        page.write_row(6, 1, ["Elm"])
        page.write_formula(6, 2, "=5*100", None, 500)
        page.write_row(7, 0, ["Late", "Elm", 1, 46266])
        page.write_row(8, 0, ["Yes", "Elm", True])

    found = read(sheet(tmp_path, fill))
    assert [(r.line, r.title, r.amount_pence, r.starts_on, r.company_number) for r in found.rows] == [
        (3, "Roof", 323934, date(2027, 9, 1), "08253562"),
        (4, "=cmd()", 120050, date(2027, 9, 1), "IP28755R"),
        (5, "2027", 70000, None, None),
        (7, "Sum of 2", 50000, None, None),
    ]
    assert [(problem.line, problem.column, problem.code) for problem in found.problems] == [
        (6, "amount", "money_too_fine"),
        (8, "start", "unreadable_date"),
        (9, "amount", "money_unreadable"),
    ]


def test_notes_beside_the_table_of_a_workbook_do_no_harm(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook, page: Any) -> None:
        three(book, page)
        page.write(1, 9, "ask Bo")

    assert [row.title for row in read(sheet(tmp_path, fill)).rows] == ["Roof"]


def test_escaped_line_ends_and_control_characters_of_a_workbook(tmp_path: Path) -> None:
    def fill(_book: xlsxwriter.Workbook, page: Any) -> None:
        page.write_row(0, 0, ["title", "summary", "organisation", "amount"])
        page.write_row(1, 0, ["Ro\x07of", "one\r\ntwo", "Elm", 5])

    (row,) = read(sheet(tmp_path, fill)).rows
    assert (row.title, row.summary) == ("Roof", "one\ntwo")


def test_the_sheet_of_bids_is_preferred_to_the_first(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook, page: Any) -> None:
        page.write(0, 0, "About this file")
        three(book, book.add_worksheet("Grants"))

    assert [row.title for row in read(sheet(tmp_path, fill, "Meta")).rows] == ["Roof"]


def test_what_a_workbook_says_of_its_size_is_not_believed(tmp_path: Path) -> None:
    path = replaced(
        sheet(tmp_path, three),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'ref="A1:C2"', b'ref="A1:A1"'),
    )
    with zipfile.ZipFile(path) as archive:
        assert b'ref="A1:A1"' in archive.read("xl/worksheets/sheet1.xml")
    assert [row.amount_pence for row in read(path).rows] == [50000]


def test_openpyxl_writes_what_we_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["title", "organisation", "amount", "start"])
    book.active.append(["Roof", "Elm", 0.1, date(2027, 9, 1)])
    book.save(tmp_path / "bids.xlsx")
    (row,) = read(tmp_path / "bids.xlsx").rows
    assert (row.amount_pence, row.starts_on) == (10, date(2027, 9, 1))


def test_a_workbook_is_known_by_its_bytes_and_not_its_name(tmp_path: Path) -> None:
    data = sheet(tmp_path, three).read_bytes()
    assert len(read(saved(tmp_path, data, "bids.csv")).rows) == 1
    assert len(read(saved(tmp_path, b"title,organisation,amount\nA,B,1\n", "bids.xlsx")).rows) == 1


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (b"", "empty", "bids.csv is empty. It needs a row of headers, and rows of bids beneath it."),
        (
            b"\xef\xbb\xbf \n,,\n",
            "empty",
            "bids.csv is empty. It needs a row of headers, and rows of bids beneath it.",
        ),
        (
            b"title,organisation,amount\n,\n",
            "no_rows",
            "bids.csv has headers but no bids. Put one a row beneath the headers.",
        ),
        (b"\x00\xff\xfe binary", "binary", "bids.csv is not a spreadsheet. Save it as CSV UTF-8 or XLSX."),
        (
            b"a,b\n1,2\n",
            "no_header",
            "bids.csv has no row of headers that can be understood. Its first row says: 'a', 'b'."
            " Needed: title, organisation, amount.",
        ),
        (
            b"title,amount\n",
            "missing_columns",
            "bids.csv lacks a column for: organisation. Its headers are: 'title', 'amount'."
            " Needed: title, organisation, amount.",
        ),
        (
            b"title,Name of project,organisation,amount\na,b,c,1\n",
            "same_meaning",
            "In bids.csv the columns 'title', 'Name of project' mean the same."
            " Take out or rename all but one.",
        ),
        (
            b'title,organisation,amount\nA,B,1\nC,"D,1\nE,F,1\n',
            "broken_quotes",
            "In bids.csv the record that starts on line 3 is broken. Look for a quotation mark that is not"
            " closed, or a cell of more than 131,072 characters.",
        ),
    ],
)
def test_whole_files_refused(tmp_path: Path, data: bytes, code: str, says: str) -> None:
    assert refusal(saved(tmp_path, data)) == (code, says)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"title,organisation,amount\r\nA,B,1\r\nCaf\xe9,B,1\r\n", 3),
        ("title\torganisation\tamount\n".encode("utf-16"), 1),
    ],
)
def test_other_encodings_are_refused_with_the_line_and_the_way_out(
    tmp_path: Path, data: bytes, line: int
) -> None:
    code, says = refusal(saved(tmp_path, data))
    assert code == "not_utf8"
    assert f"line {line} cannot be read" in says
    assert "CSV UTF-8" in says


def test_a_huge_cell_is_refused(tmp_path: Path) -> None:
    data = b"title,organisation,amount\n" + b"x" * 200_000 + b",B,1\n"
    assert refusal(saved(tmp_path, data))[0] == "broken_quotes"


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 2)
    data = b"title,organisation,amount\nA,B,1\n\nC,B,1\n"
    assert len(read(saved(tmp_path, data)).rows) == 2
    says = "bids.csv has more than 2 rows. Split it into smaller files."
    assert refusal(saved(tmp_path, data + b"D,B,1\n")) == ("too_many_rows", says)

    def fill(book: xlsxwriter.Workbook, page: Any) -> None:
        three(book, page)
        page.write_row(2, 0, ["Oak", "Elm", 1])
        page.write_row(4, 0, ["Ash", "Elm", 1])

    assert refusal(sheet(tmp_path, fill))[0] == "too_many_rows"


def test_a_file_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MAX_BYTES", 1024 * 1024)
    path = saved(tmp_path, b"x" * (1024 * 1024 + 1))
    assert refusal(path) == ("too_big", "bids.csv is larger than 1 MB. Split it into smaller files.")


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    says = "There is no file none.csv. Check the name and the folder."
    assert refusal(tmp_path / "none.csv") == ("not_found", says)
    assert refusal(tmp_path)[0] == "not_a_file"
    assert refusal(Path("."))[0] == "not_a_file"
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe")[0] == "not_a_file"
    assert refusal(tmp_path / "a\0b")[0] == "unreadable"
    assert refusal(tmp_path / ("x" * 5000))[0] == "unreadable"
    assert refusal(saved(tmp_path, b"") / "below.csv")[0] == "unreadable"


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may read everything, so the refusal of the system is played.
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = saved(tmp_path, b"title")
    monkeypatch.setattr(Path, "open", refuse)
    assert refusal(path)[0] == "not_allowed"


def test_archives_that_are_no_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "bids.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    assert refusal(path)[0] == "not_a_workbook"
    assert refusal(saved(tmp_path, b"PK\x03\x04 and no more", "bids.xlsx"))[0] == "damaged"
    assert refusal(saved(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "bids.xls"))[0] == "old_workbook"


def test_a_header_that_begins_like_an_archive(tmp_path: Path) -> None:
    assert len(read(saved(tmp_path, b"PK,title,organisation,amount\n1,A,B,1\n")).rows) == 1


def test_a_damaged_workbook(tmp_path: Path) -> None:
    says = "bids.xlsx is a damaged workbook. Open it in a spreadsheet program and save it as XLSX again."
    data = sheet(tmp_path, three).read_bytes()
    assert refusal(saved(tmp_path, data[: len(data) // 2], "bids.xlsx")) == ("damaged", says)
    cut = replaced(sheet(tmp_path, three), "xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2])
    assert refusal(cut) == ("damaged", says)


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = replaced(
        sheet(tmp_path, three), "xl/worksheets/sheet2.xml", lambda _xml: b" " * (workbook.MAX_UNPACKED + 1)
    )
    assert bomb.stat().st_size < 1024 * 1024

    def never(*_args: object) -> int:
        raise MemoryError

    monkeypatch.setattr(workbook, "_tags", never)
    assert refusal(bomb)[0] == "too_big"


def test_a_workbook_of_too_many_tags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sheet(tmp_path, three)
    assert len(read(path).rows) == 1
    monkeypatch.setattr(workbook, "MAX_TAGS", 20)
    assert refusal(path)[0] == "too_big"


def test_a_small_part_that_is_large(tmp_path: Path) -> None:
    path = replaced(sheet(tmp_path, three), "xl/styles.xml", lambda xml: xml + b" " * workbook.MAX_PART)
    assert refusal(path)[0] == "unsafe"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("trick", ["<!DOCTYPE x>", "<!ENTITY a 'b'>"])
def test_a_workbook_that_declares_entities(tmp_path: Path, encoding: str, trick: str) -> None:
    # It lies across the end of the first piece that is looked at.
    path = replaced(
        sheet(tmp_path, three),
        "xl/sharedStrings.xml",
        lambda xml: b" " * 1_048_570 + trick.encode(encoding) + xml,
    )
    assert refusal(path)[0] == "unsafe"


def test_a_row_numbered_beyond_every_sheet_ends(tmp_path: Path) -> None:
    path = replaced(
        sheet(tmp_path, three),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'r="2"', b'r="99999999999"', 1),
    )
    assert refusal(path)[0] == "damaged"


def test_a_way_of_packing_that_no_spreadsheet_uses(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
    assert refusal(saved(tmp_path, packed.getvalue(), "bids.xlsx"))[0] == "unsafe"
