"""A CSV or XLSX file as a row of headers and the rows beneath it, each with its line number."""

from __future__ import annotations

import csv
import io
import stat
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from fundapp.intake.headers import BIDS, Columns, Vocabulary, understand
from fundapp.intake.refusals import FileRefused
from fundapp.intake.workbook import Cell, read_workbook

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 50_000

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_SEPARATORS = ",;\t"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Sheet:
    """`rows` are those with something in them. `delimited`: a stray separator can shift a row's cells."""

    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    delimited: bool


def read_sheet(source: Path | bytes, words: Vocabulary = BIDS, name: str | None = None) -> Sheet:
    """Read the file by what it holds, whatever it is called; the first row that is not blank is the headers.

    `source` may be the content itself; `name` is then what sentences call it.

    A line is a row of the spreadsheet; in CSV, where a cell in quotes may hold line breaks, it is the line of
    the text on which the row starts. Raises FileRefused.
    """
    file = name or source_name(source)
    data = source if isinstance(source, bytes) else file_bytes(source, file)
    if len(data) > MAX_BYTES:
        raise FileRefused("too_big", {"file": file, "most": MAX_BYTES // 1024**2})
    delimited = not data.startswith(_ZIP)
    if delimited:
        lines = _delimited(_text(data, file), file, words)
    else:
        lines = iter(read_workbook(data, file, MAX_ROWS + 2, words.sheets))
    filled = ((line, cells) for line, cells in lines if any(plain(cell) for cell in cells))
    first = next(filled, None)
    if first is None:
        raise FileRefused("empty", {"file": file, "rows": words.rows})
    rows = []
    for row in filled:
        rows.append(row)
        if len(rows) > MAX_ROWS:
            raise FileRefused("too_many_rows", {"file": file, "most": MAX_ROWS})
    return Sheet(tuple(plain(cell) for cell in first[1]), tuple(rows), delimited)


@dataclass(frozen=True)
class LongSheet(Sheet):
    """A sheet whose rows are read as they are asked for, as often as one likes; `rows` holds the first of them only."""

    again: Callable[[], Iterator[tuple[int, tuple[Cell, ...]]]]


def open_sheet(path: Path, words: Vocabulary, most: int) -> LongSheet:
    """As `read_sheet`, for up to `most` rows: the bytes are held, the rows are not. Raises FileRefused, also later."""
    file = shown_name(path)
    data = file_bytes(path, file)
    delimited = not data.startswith(_ZIP)
    if delimited:
        text = _text(data, file)
        if _is_blank(text):
            raise FileRefused("empty", {"file": file, "rows": words.rows})
        separator, book = _separator(text, file, words), None
        del text
    else:
        separator, book = "", read_workbook(data, file, most + 2, words.sheets)

    def lines() -> Iterator[tuple[int, tuple[Cell, ...]]]:
        if book is not None:
            yield from book
        else:
            stream = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
            yield from _rows_of(stream, separator, file)

    def again() -> Iterator[tuple[int, tuple[Cell, ...]]]:
        filled = ((line, cells) for line, cells in lines() if any(plain(cell) for cell in cells))
        next(filled, None)
        for count, row in enumerate(filled, 1):
            if count > most:
                raise FileRefused("too_many_rows", {"file": file, "most": most})
            yield row

    headers = next((cells for _line, cells in lines() if any(plain(cell) for cell in cells)), None)
    if headers is None:
        raise FileRefused("empty", {"file": file, "rows": words.rows})
    first = next(again(), None)
    return LongSheet(
        tuple(plain(cell) for cell in headers), () if first is None else (first,), delimited, again
    )


def check_headers(file: str, sheet: Sheet, columns: Columns, words: Vocabulary) -> None:
    """Raises FileRefused for a sheet whose headers do not make it a file of this kind, or that has no rows."""
    about = {"file": file, "needed": ", ".join(header_words(meaning) for meaning in words.needed)}
    about["seen"] = ", ".join(f"'{cut(header)}'" for header in sheet.headers[:30] if header)
    if not columns.at:
        raise FileRefused("no_header", about)
    if columns.missing:
        missing = ", ".join(header_words(meaning) for meaning in columns.missing)
        raise FileRefused("missing_columns", {**about, "missing": missing})
    if columns.twice:
        twice = ", ".join(f"'{cut(header)}'" for header in columns.twice)
        raise FileRefused("same_meaning", {"file": file, "headers": twice})
    if not sheet.rows:
        raise FileRefused("no_rows", {"file": file, "rows": words.rows})


def header_words(meaning: str) -> str:
    """A meaning as the header of a column."""
    return meaning.removesuffix("_on").replace("_", " ")


def cut(text: str) -> str:
    """At most 60 characters of what a cell holds."""
    return text if len(text) <= 60 else f"{text[:59]}…"


def source_name(source: Path | bytes) -> str:
    """What sentences call a file that was given no other name."""
    return "the file" if isinstance(source, bytes) else shown_name(source)


def shown_name(path: Path) -> str:
    """The file's name as sentences show it."""
    return plain(path.name) or str(path)


def plain(cell: Cell, *, lines: bool = False) -> str:
    """A cell as text without control characters and outer space.

    Tabs become spaces, and so do line breaks unless `lines`. Text that shows nothing (only spaces
    and invisible marks) is ''. Numbers lose a trailing '.0'.
    """
    if isinstance(cell, Decimal):
        text = f"{cell:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(cell, date):
        return cell.isoformat()
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable():
        text = "".join(_kept(char, lines) for char in text)
        if all(char.isspace() or unicodedata.category(char) == "Cf" for char in text):
            return ""
    return text.strip()


def _kept(char: str, lines: bool) -> str:
    if char in "\n\t\v\f\x85\u2028\u2029":
        return char if lines and char == "\n" else " "
    return "" if unicodedata.category(char) in {"Cc", "Cs"} else char


def file_bytes(path: Path, file: str) -> bytes:
    """What the file holds, one byte more than is read at most. Raises FileRefused in the name `file`."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileRefused("not_a_file", {"file": file})
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise FileRefused("not_found", {"file": file}) from error
    except PermissionError as error:
        raise FileRefused("not_allowed", {"file": file}) from error
    except (OSError, ValueError) as error:
        # ValueError: a NUL in the name.
        reason = getattr(error, "strerror", None) or str(error)
        raise FileRefused("unreadable", {"file": file, "reason": reason}) from error
    return data


def _text(data: bytes, file: str) -> str:
    if data.startswith(_OLD_WORKBOOK):
        raise FileRefused("old_workbook", {"file": file})
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused("not_utf8", {"file": file, "line": 1})
    if b"\0" in data:
        raise FileRefused("binary", {"file": file})
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        raise FileRefused("not_utf8", {"file": file, "line": before.count(b"\n") + 1}) from error


def _delimited(text: str, file: str, words: Vocabulary) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    if _is_blank(text):
        return iter(())
    return _records(text, _separator(text, file, words), file)


def _is_blank(text: str) -> bool:
    return not text.strip(f"{_SEPARATORS} \r\n")


def _separator(text: str, file: str, words: Vocabulary) -> str:
    return max(_SEPARATORS, key=lambda separator: _fit(text, separator, file, words))


def _fit(text: str, separator: str, file: str, words: Vocabulary) -> tuple[int, int]:
    """How well a separator makes sense of the headers: meanings understood, then columns."""
    try:
        for _line, cells in _records(text, separator, file):
            headers = [plain(cell) for cell in cells]
            if any(headers):
                return len(understand(headers, words).at), len(headers)
    except FileRefused:
        pass
    return 0, 0


def _records(text: str, separator: str, file: str) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    return _rows_of(io.StringIO(text, newline=""), separator, file)


def _rows_of(stream: TextIO, separator: str, file: str) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    # Strict, because a lenient reader guesses where a broken quotation ends and shifts the cells after it.
    reader = csv.reader(stream, delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, tuple(cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused("broken_quotes", {"file": file, "line": line}) from error
