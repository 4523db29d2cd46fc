"""A directory of postcodes with the ward of each, read as a stream: such files have millions of rows."""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fundapp.domain.areas import area_code, postcode
from fundapp.intake.areas import PLACES
from fundapp.intake.headers import understand, vocabulary
from fundapp.intake.refusals import FileRefused
from fundapp.intake.spreadsheet import plain, shown_name

POSTCODES: Final = vocabulary(
    {
        # The public postcode directories give the same postcode three times, spaced in three ways.
        "postcode": (("Postcode", "pcds", "Post code"), ("pcd", "pcd7"), ("pcd2", "pcd8", "pcd_e")),
        "ward_code": (
            PLACES["ward_code"][0],
            (*PLACES["ward_code"][1], "osward", "admin_ward_code"),
            ("Ward",),
        ),
        "ended": (("doterm", "Date of termination", "Terminated"),),
    },
    ("postcode", "ward_code"),
    set(),
    "postcodes",
)
_SEPARATORS: Final = ",;\t"


@dataclass(frozen=True, slots=True)
class PostcodeRow:
    """A line of the file; `code` or `ward` is None where it cannot be read."""

    line: int
    text: str
    code: str | None
    ward: str | None


def read_postcodes(path: Path) -> Iterator[PostcodeRow]:
    """The postcodes of a CSV file in use, one by one, those without a ward left out. Raises FileRefused, while reading too."""
    file = shown_name(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FileRefused("not_a_file", {"file": file})
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield from _rows(stream, file)
    except FileNotFoundError as error:
        raise FileRefused("not_found", {"file": file}) from error
    except PermissionError as error:
        raise FileRefused("not_allowed", {"file": file}) from error
    except UnicodeDecodeError as error:
        raise FileRefused("not_utf8_anywhere", {"file": file}) from error
    except (OSError, ValueError) as error:
        # ValueError: a NUL in the name.
        reason = getattr(error, "strerror", None) or str(error)
        raise FileRefused("unreadable", {"file": file, "reason": reason}) from error


def _rows(stream: Iterator[str], file: str) -> Iterator[PostcodeRow]:
    first = ""
    for first in stream:
        if first.strip():
            break
    if not first.strip():
        raise FileRefused("empty", {"file": file, "rows": POSTCODES.rows})
    separator = max(_SEPARATORS, key=first.count)
    headers = [plain(cell) for cell in next(csv.reader([first], delimiter=separator))]
    columns = understand(headers, POSTCODES)
    if columns.missing:
        seen = ", ".join(f"'{header[:60]}'" for header in headers[:30] if header)
        about = {"file": file, "missing": ", ".join(columns.missing).replace("_", " "), "seen": seen}
        raise FileRefused("missing_columns", {**about, "needed": "postcode, ward code"})
    post, ward, ended = columns.at["postcode"], columns.at["ward_code"], columns.at.get("ended")
    reader = csv.reader(stream, delimiter=separator, strict=True)
    before, count = 1, 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num + 1
            if not any(cells):
                continue
            count += 1
            if ended is not None and len(cells) > ended and cells[ended].strip():
                continue
            text = cells[post].strip() if len(cells) > post else ""
            coded = cells[ward].strip() if len(cells) > ward else ""
            yield PostcodeRow(line, text[:20], postcode(text), area_code(coded) if coded else None)
    except csv.Error as error:
        raise FileRefused("broken_quotes", {"file": file, "line": before}) from error
    if not count:
        raise FileRefused("no_rows", {"file": file, "rows": POSTCODES.rows})
