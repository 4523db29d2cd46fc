"""What is written to a file of bids is read back the same, and no bytes do more than be refused."""

import csv
import io
import tempfile
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from fundapp.intake.bids import BidFile, FileRefused, read_bids, sentence
from tests.effort import times

ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}

# Text that needs no cleaning: nothing that controls, no outer space, none of the escapes of XLSX.
letters = st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"])
texts = st.text(letters, min_size=1, max_size=40).map(str.strip).filter(
    lambda text: text != "" and text not in ERRORS and "x005F_" not in text and "_x00" not in text
)  # fmt: skip
rows = st.lists(
    st.tuples(
        texts,
        texts,
        st.integers(1, 100_000_000_00 - 1),
        st.none() | st.dates(date(1900, 3, 1), date(2199, 12, 31)),
        st.sampled_from(["", "LS3 1HH", "SY23 1AA"]),
    ),
    min_size=1,
    max_size=8,
)
HEADERS = ["Identifier", "Title", "Organisation", "Amount", "Start date", "Postcode"]


def read(data: bytes, name: str) -> BidFile:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return read_bids(path, min_pence=1, max_pence=100_000_000_00)


def as_read(found: BidFile) -> list[tuple[Any, ...]]:
    assert found.problems == ()
    return [
        (
            row.line,
            row.source_key,
            row.title,
            row.organisation,
            row.amount_pence,
            row.starts_on,
            row.postcode or "",
        )
        for row in found.rows
    ]


def as_written(bids: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(at + 2, f"B{at}", *bid) for at, bid in enumerate(bids)]


def workbook(bids: list[tuple[Any, ...]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(0, 0, HEADERS)
        for at, (title, organisation, pence, starts, postcode) in enumerate(bids, 1):
            for column, text in enumerate([f"B{at - 1}", title, organisation]):
                page.write_string(at, column, text)
            page.write_number(at, 3, pence / 100)
            if starts:
                page.write_datetime(at, 4, starts, day)
            page.write_string(at, 5, postcode)
    return out.getvalue()


@given(rows, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
def test_csv_comes_back_as_it_went(
    bids: list[tuple[Any, ...]], separator: str, end: str, mark: bool, pretty: bool
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    writer.writerow(HEADERS)
    for at, (title, organisation, pence, starts, postcode) in enumerate(bids):
        pounds = Decimal(pence).scaleb(-2)
        amount = f"£{pounds:,.2f}" if pretty else f"{pounds:f}"
        day = starts and (f"{starts:%d/%m/}{starts.year:04d}" if pretty else starts.isoformat())
        writer.writerow([f"B{at}", title, organisation, amount, day or "", postcode])
    assert as_read(read(out.getvalue().encode("utf-8-sig" if mark else "utf-8"), "b.csv")) == as_written(bids)


@settings(deadline=None, max_examples=times(40))
@given(rows)
def test_xlsx_comes_back_as_it_went(bids: list[tuple[Any, ...]]) -> None:
    assert as_read(read(workbook(bids), "b.xlsx")) == as_written(bids)


def refused_or_read(data: bytes) -> None:
    """Any answer will do but another exception; every problem has its sentence."""
    assert all(said.endswith(".") and ("b.xlsx" in said or "Line " in said) for said in said_of(data))


def said_of(data: bytes) -> list[str]:
    try:
        found = read(data, "b.xlsx")
    except FileRefused as error:
        return [str(error)]
    return [sentence(problem) for problem in (*found.problems, *found.remarks)]


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"title,organisation,amount\n", b"PK\x03\x04", b"\xef\xbb\xbf"]),
)
def test_any_bytes(data: bytes, before: bytes) -> None:
    refused_or_read(before + data)


@given(st.text(max_size=200), st.sampled_from(["title,organisation,amount,start\n", "title;amount;group\n"]))
def test_any_text_beneath_headers(text: str, before: str) -> None:
    refused_or_read((before + text).encode("utf-8", "ignore"))


GOOD = workbook([("Roof", "Elm", 50000, date(2027, 9, 1), "LS3 1HH"), ("Oak", "Ash", 1, None, "")])


@settings(deadline=None, max_examples=times(100))
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=4))
def test_a_workbook_with_some_bytes_changed(at: int, change: bytes) -> None:
    refused_or_read(GOOD[:at] + change + GOOD[at + len(change) :])


with zipfile.ZipFile(io.BytesIO(GOOD)) as _archive:
    PARTS = {name: _archive.read(name) for name in _archive.namelist()}


@settings(deadline=None, max_examples=times(300))
@given(st.sampled_from(sorted(PARTS)), st.data())
def test_a_workbook_with_a_part_changed(part: str, data: st.DataObject) -> None:
    old = PARTS[part]
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, min(len(old), start + 30)))
    put = data.draw(
        st.binary(max_size=6) | st.sampled_from([b"", b"-1", b"1e999", b"9" * 30, b"<a>", b"ZZZZ9", b"s"])
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, held in PARTS.items():
            archive.writestr(name, old[:start] + put + old[end:] if name == part else held)
    refused_or_read(out.getvalue())
