"""Awards for the treasurer: as CSV and as XLSX, where nothing that anybody typed can become a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TextIO

from fundapp.files import placing

if TYPE_CHECKING:
    import xlsxwriter  # type: ignore[import-untyped]

Cell = str | int | date | None


@dataclass(frozen=True)
class AwardRow:
    """One award; sums in pence. `applicant_name` only with the applicant's consent to be named, else None."""

    reference: str
    title: str
    organisation: str
    organisation_id: str | None
    applicant_name: str | None
    amount_pence: int
    requested_pence: int
    award_state: str
    awarded_on: date
    starts_on: date | None
    ends_on: date | None
    ward: str | None
    council: str | None
    region: str | None
    fund: str
    round_code: str
    paid_pence: int


COLUMNS: tuple[tuple[str, str, Callable[[AwardRow], Cell]], ...] = (
    ("Reference", "text", lambda row: row.reference),
    ("Title", "text", lambda row: row.title),
    ("Organisation", "text", lambda row: row.organisation),
    ("Organisation id", "text", lambda row: row.organisation_id),
    ("Applicant", "text", lambda row: row.applicant_name),
    ("Amount awarded (£)", "money", lambda row: row.amount_pence),
    ("Amount requested (£)", "money", lambda row: row.requested_pence),
    ("Amount paid (£)", "money", lambda row: row.paid_pence),
    ("State", "text", lambda row: row.award_state),
    ("Awarded on", "date", lambda row: row.awarded_on),
    ("Starts on", "date", lambda row: row.starts_on),
    ("Ends on", "date", lambda row: row.ends_on),
    ("Ward", "text", lambda row: row.ward),
    ("Council", "text", lambda row: row.council),
    ("Region", "text", lambda row: row.region),
    ("Fund", "text", lambda row: row.fund),
    ("Round", "text", lambda row: row.round_code),
)
"""Heading, kind (text, money in pence, date) and where it comes from, in the files' order."""

XLSX_CELL_CHARACTERS = 32_767
"""The most a cell may hold; xlsxwriter drops a longer text without a word."""

_CUT = " […]"

# Half of a surrogate pair cannot be written as UTF-8, the two non-characters cannot stand in XML.
_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")

# ASVS 5.0.0, 1.2.10, and OWASP's page on CSV injection; their full-width forms too. What stands before the
# sign and cannot be seen is passed over, since spreadsheet programs may trim it.
_DANGEROUS = re.compile(
    "[\\s\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]*"
    "[=+\\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b|%]|[\t\r\n\x00]"
)


def safe_cell(text: str) -> str:
    """Text that no spreadsheet program takes for a formula: what may be one gets a ' in front.

    For files that people open, never for a bank's file. Characters that no file can hold become U+FFFD.
    """
    clean = _UNWRITABLE.sub("\ufffd", text)
    return f"'{clean}" if _DANGEROUS.match(clean) else clean


def write_csv(rows: Iterable[AwardRow], stream: TextIO) -> int:
    """Write headings and rows to a text stream opened with newline=''; gives the number of rows.

    Texts are quoted, sums are pounds with two decimals, dates are YYYY-MM-DD.
    """
    out = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    out.writerow([heading for heading, _, _ in COLUMNS])
    count = 0
    for row in rows:
        out.writerow([_csv_cell(kind, value(row)) for _, kind, value in COLUMNS])
        count += 1
    return count


def save_csv(rows: Iterable[AwardRow], path: Path) -> int:
    """Write the CSV file, whole or not at all; gives the number of rows. Raises FileRefused.

    It starts with a byte order mark, without which Excel misreads every name that is not ASCII.
    """
    with placing(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as stream:
        return write_csv(rows, stream)


def write_xlsx(rows: Iterable[AwardRow], path: Path) -> int:
    """Write the XLSX file, whole or not at all, a row at a time; gives the number of rows.

    Raises FileRefused. Sums are numbers shown with two decimals, dates are dates, every text is a text cell.
    """
    import xlsxwriter

    with placing(path) as temporary, TemporaryDirectory() as spare:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": spare,
        }
        with xlsxwriter.Workbook(str(temporary), options) as book:
            return _fill(book, rows)


def _fill(book: xlsxwriter.Workbook, rows: Iterable[AwardRow]) -> int:
    formats = {
        "money": book.add_format({"num_format": "#,##0.00"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    heading_format = book.add_format({"bold": True, "bottom": 1})
    sheet = book.add_worksheet("Awards")
    sheet.freeze_panes(1, 1)
    for column, (heading, kind, _) in enumerate(COLUMNS):
        sheet.set_column(column, column, 18 if kind == "text" else 14)
        sheet.write_string(0, column, heading, heading_format)
    count = 0
    for count, row in enumerate(rows, start=1):
        for column, (_, kind, value) in enumerate(COLUMNS):
            cell = value(row)
            if cell is None:
                continue
            if kind == "money" and isinstance(cell, int):
                sheet.write_number(count, column, cell / 100, formats["money"])
            elif isinstance(cell, date):
                sheet.write_datetime(count, column, cell, formats["date"])
            else:
                sheet.write_string(count, column, _xlsx_text(str(cell)))
    return count


def _csv_cell(kind: str, cell: Cell) -> str | Decimal:
    if cell is None:
        return ""
    if kind == "money" and isinstance(cell, int):
        return Decimal(cell).scaleb(-2).quantize(Decimal("0.01"))
    if isinstance(cell, date):
        return cell.isoformat()
    return safe_cell(str(cell))


def _xlsx_text(text: str) -> str:
    clean = _UNWRITABLE.sub("\ufffd", text)
    if len(clean) > XLSX_CELL_CHARACTERS:
        return clean[: XLSX_CELL_CHARACTERS - len(_CUT)] + _CUT
    return clean
