"""Lists of members: however the headers are spelt, every bad row named, long ones in little memory."""

import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from fundapp.intake.members import MemberFile, MemberRow, read_members
from fundapp.intake.refusals import FileRefused, sentence
from tests.effort import times


def read(folder: Path, content: bytes | str, name: str = "list.csv") -> MemberFile:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_members(path)


def said(found: MemberFile) -> list[str]:
    return [sentence(problem) for problem in found.problems]


ROW = MemberRow(2, "A1234567", "Sunita Rao", "s@rao.example", "Netherdale CLP")


@pytest.mark.parametrize(
    "content",
    [
        "number,name,email,local party\na 123-4567,Sunita Rao,S@Rao.example,Netherdale CLP\n",
        "\ufeffMembership No;CLP;Forename;Surname;E-mail\r\nA1234567;Netherdale  CLP;Sunita;Rao;s@rao.example\r\n",
        "MEMBER_ID\tFull name\tBranch\tEmail address\tPhone\nA1234567\tSunita Rao\tNetherdale CLP\ts@rao.example\t1\n",
        "ID,Member,Constituency,CLP,Mail\nA1234567,Sunita Rao,Netherdale North,Netherdale CLP,s@rao.example\n",
    ],
)
def test_headers_however_they_are_spelt(tmp_path: Path, content: str) -> None:
    found = read(tmp_path, content)
    assert said(found) == []
    assert found.count == 1
    # As often as one likes: the rows are not held.
    assert list(found.rows()) == list(found.rows()) == [ROW]


def test_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("About").write_row(0, 0, ["nothing", "here"])
        page = book.add_worksheet("Members")
        page.write_row(0, 0, ["Number", "Name", "Email", "CLP"])
        page.write_row(1, 0, ["A1234567", "Sunita Rao", "s@rao.example", "Netherdale CLP"])
        page.write_row(2, 0, [1234567, "Tom Ash", "", "Netherdale CLP"])
        page.write_string(3, 1, "=cmd()")
    found = read_members(path)
    assert [row.number for row in found.rows()] == ["A1234567", "1234567"]
    assert said(found)[0] == (
        "Line 4, column 'Number': there is no membership number. Give it, or take the row out."
    )


def test_every_bad_row_is_named(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "number,name,email,clp\nA1234567,Sunita Rao,,X CLP\n,No Number,,X CLP\nA1,Short,,X CLP\na-1234567,Twice,,X CLP\n"
        "A1234568,,,X CLP\nA1234569,No Party,,\nA1234570,Bad Address,nobody,X CLP\nA1234571,Wide,,X CLP,more\n"
        "#REF!,Broken,,X CLP\n",
    )
    assert said(found) == [
        "Line 3, column 'number': there is no membership number. Give it, or take the row out.",
        "Line 4, column 'number': 'A1' is not a membership number. It has 3 to 20 letters and figures.",
        "Line 5, column 'number': the number A1234567 stands on line 2 already. Take one of the two out.",
        "Line 6: there is neither a name nor an address, so nobody could be known by it. Give one, or take the row out.",
        "Line 7, column 'clp': there is no local party. Give the CLP or the branch.",
        "Line 8, column 'email': 'nobody' is not an email address. Check it for slips, such as a missing @.",
        "Line 9: it has 5 cells where the first row has 4. Put quotation marks around text that contains the character"
        " between the columns.",
        "Line 10, column 'number': the spreadsheet shows the error #REF!. Put the value there.",
        "Line 10, column 'number': '#REF!' is not a membership number. It has 3 to 20 letters and figures.",
    ]
    assert found.count == 1


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "is empty"), (b"\n\n ,\n", "is empty"), (b"number,name,clp\n", "headers but no members"),
        (b"a,b\n1,2\n", "can be understood"), (b"number,name\nA123,B\n", "lacks a column for: local party"),
        (b"number,clp\nA123,B\n", "lacks a column for: name or email"), (b"number,no\xff,clp\nA,B,C\n", "not UTF-8"),
        (b"number,name,clp,member no\nA123,B,C,D\n", "mean the same"), (b"PK\x03\x04 no workbook", "workbook"),
        (b'number,name,clp\nA123,"B,C\n', "quotation mark"), (b"\x00\x01\x02", "not a spreadsheet"),
        (b"\xd0\xcf\x11\xe0 old", "older"),
    ],
)  # fmt: skip
def test_what_is_no_list(tmp_path: Path, content: bytes, word: str) -> None:
    with pytest.raises(FileRefused, match=word):
        read(tmp_path, content)


def test_a_quotation_that_breaks_far_below_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    rows = "".join(f"A{at:07},Name {at},CLP\n" for at in range(3000))
    with pytest.raises(FileRefused, match="starts on line 3002"):
        read(tmp_path, f'number,name,clp\n{rows}A99,"Name,CLP\n')


def test_a_list_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fundapp.intake.members.MOST_ROWS", 2)
    rows = "number,name,clp\nA001,A,C\nA002,B,C\n"
    assert read(tmp_path, rows).count == 2
    with pytest.raises(FileRefused, match="more than 2 rows"):
        read(tmp_path, rows + "A003,B,C\n")


def test_the_rows_of_a_long_list_are_not_held(tmp_path: Path) -> None:
    """Reading once more holds the bytes, the numbers seen and one row, not the rows."""
    rows = "".join(
        f"A{at:07},Some Longer Name {at},name{at}@example.org,Netherdale CLP\n" for at in range(20_000)
    )
    found = read(tmp_path, "number,name,email,clp\n" + rows)
    tracemalloc.start()
    count = sum(1 for _row in found.rows())
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    # A tuple of the rows alone would take over 10 MB.
    assert most < 6_000_000


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(max_examples=times(100), deadline=None)
@given(st.lists(st.tuples(cells, cells, cells, cells), max_size=6))
def test_whatever_the_cells_hold_a_row_is_read_or_named(rows: list[tuple[str, str, str, str]]) -> None:
    import csv
    import io
    import tempfile

    out = io.StringIO()
    csv.writer(out).writerows([("number", "name", "email", "clp"), ("A000000", "Somebody", "", "CLP"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        if "\0" in out.getvalue():
            with pytest.raises(FileRefused, match="not a spreadsheet"):
                read(Path(folder), out.getvalue())
            return
        found = read(Path(folder), out.getvalue())
        filled = found.count + len({problem.line for problem in found.problems})
        assert 1 <= filled <= 1 + len(rows)
        if not found.problems:
            assert sum(1 for _row in found.rows()) == found.count


@settings(max_examples=times(60), deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for start in (b"", b"number,name,clp\n", b"PK\x03\x04"):
            with suppress(FileRefused):
                read(Path(folder), start + data)
