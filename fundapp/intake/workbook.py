"""An XLSX workbook, which may be hostile, as rows of plain values."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from datetime import date
from decimal import Decimal

from fundapp.intake.refusals import FileRefused

Cell = str | Decimal | date
"""Text as it stands, a number exactly, a day or moment; nothing there is ''."""

MAX_UNPACKED = 128 * 1024 * 1024
MAX_PART = 8 * 1024 * 1024
MAX_TAGS = 12_000_000
MAX_LINE = 1_048_576
"""The last row that a spreadsheet program can show."""

_LARGE_PARTS = ("xl/worksheets/", "xl/sharedStrings")
_ENCODINGS = ("ascii", "utf-16-le", "utf-16-be")
_DECLARATIONS = [word.encode(way) for word in ("<!DOCTYPE", "<!ENTITY") for way in _ENCODINGS]
# Whatever stands in a broken workbook, openpyxl's parsers meet it unprepared: these are the families of what
# they raise on random and mutated files.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, SyntaxError, ValueError, TypeError, LookupError,
    AttributeError, ArithmeticError, RuntimeError, AssertionError,
)  # fmt: skip
# How the format writes control characters into text; Excel on a Mac ends lines with _x000D_.
_ESCAPED = re.compile(r"_x00(?:[01][0-9A-Fa-f]|7[Ff])_")


def read_workbook(
    data: bytes, file: str, most: int, titles: frozenset[str]
) -> list[tuple[int, tuple[Cell, ...]]]:
    """The rows of the sheet with one of these titles (lower case), else of the first sheet, each with its number from 1.

    Formulas give the value last calculated, text that looks like a formula stays text. Empty rows are left
    out, and so is all after the first `most`. Nothing is unpacked before its size is known. Raises
    FileRefused: `not_a_workbook`, `damaged`, `unsafe`, `too_big`.
    """
    _inspect(data, file)
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    rows: list[tuple[int, tuple[Cell, ...]]] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheets = book.worksheets
            named = [sheet for sheet in sheets if sheet.title.strip().casefold() in titles]
            sheet = (named or sheets)[0]
            # What a file says of its own size can be wrong; then rows would be left out, or made up.
            sheet.reset_dimensions()
            for line, row in enumerate(sheet.iter_rows(values_only=True), 1):
                if line > MAX_LINE:
                    raise FileRefused("damaged", {"file": file})
                if cells := tuple(_plain(value) for value in _trimmed(row)):
                    rows.append((line, cells))
                if len(rows) >= most:
                    break
    except (*_BROKEN, InvalidFileException) as error:
        raise FileRefused("damaged", {"file": file}) from error
    return rows


def _inspect(data: bytes, file: str) -> None:
    """Refuse archives that are no workbook, too large once unpacked, or that declare XML entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if "[Content_Types].xml" not in archive.namelist():
                raise FileRefused("not_a_workbook", {"file": file})
            if sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise FileRefused("too_big", {"file": file, "most": MAX_UNPACKED // 1024**2})
            if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
                raise FileRefused("unsafe", {"file": file})
            xml = [part for part in parts if part.filename.endswith((".xml", ".rels"))]
            tags = sum(_tags(archive, part, file) for part in xml)
    except _BROKEN as error:
        raise FileRefused("damaged", {"file": file}) from error
    if tags > MAX_TAGS:
        raise FileRefused("too_big", {"file": file, "most": MAX_UNPACKED // 1024**2})


def _tags(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str) -> int:
    """How many tags an XML part opens: each costs the parser far more memory than its bytes."""
    if part.file_size > MAX_PART and not part.filename.startswith(_LARGE_PARTS):
        raise FileRefused("unsafe", {"file": file})
    count, tail = 0, b""
    with archive.open(part) as stream:
        while chunk := stream.read(1024 * 1024):
            window = tail + chunk
            if any(declaration in window for declaration in _DECLARATIONS):
                raise FileRefused("unsafe", {"file": file})
            count += chunk.count(b"<")
            tail = window[-32:]
    return count


def _trimmed(row: tuple[object, ...]) -> tuple[object, ...]:
    """Without the empty cells at the end: a sheet formatted to the far right has sixteen thousand of them."""
    end = len(row)
    while end and row[end - 1] is None:
        end -= 1
    return row[:end]


def _plain(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[0][4:6], 16)), value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # The shortest digits that give the same float are those that the person typed.
        number = Decimal(repr(value))
        return number if number.is_finite() else "#NUM!"
    if isinstance(value, int):
        return Decimal(value)
    return value if isinstance(value, date) else str(value)
