"""A file of bids, read row by row: what can be taken in, and everything that is wrong with the rest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from fundapp.domain.areas import kind_of_code
from fundapp.domain.money import MoneyError, parse_pounds
from fundapp.intake.headers import BIDS, Columns, understand
from fundapp.intake.reading import ERRORS, Reading
from fundapp.intake.refusals import FileRefused, Problem, sentence
from fundapp.intake.spreadsheet import Sheet, check_headers, cut, plain, read_sheet, shown_name
from fundapp.intake.workbook import Cell

__all__ = ["BidFile", "BidRow", "FileRefused", "Problem", "read_bids", "sentence"]

# The most characters of each; 32,767 is what a cell of a spreadsheet program holds.
_LONGEST = {"title": 300, "organisation": 300, "identifier": 120, "organisation_id": 80, "summary": 32_767}


@dataclass(frozen=True)
class BidRow:
    """One bid as the file has it. Money in pence; `summary` may hold line breaks and be empty.

    `source_key` tells the bid apart within its file and is the same on every reading: the file's own
    identifier, else 'sha256:…' of title, organisation, amount and postcode.
    """

    line: int
    source_key: str
    title: str
    summary: str
    organisation: str
    organisation_id: str | None
    charity_number: str | None
    company_number: str | None
    amount_pence: int
    postcode: str | None
    town: str | None
    ward: str | None
    ward_code: str | None
    council: str | None
    council_code: str | None
    region: str | None
    programme: str | None
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class BidFile:
    """All that a file says. `rows` are the good ones; take in none of them while there are `problems`.

    `remarks` are worth a look and stop nothing: real files have projects that end before they start.
    `columns` gives each meaning the header that it was read from; `ignored` are the headers not used.
    """

    rows: tuple[BidRow, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]
    columns: Mapping[str, str]
    ignored: tuple[str, ...]


def read_bids(path: Path, *, min_pence: int, max_pence: int) -> BidFile:
    """Read a CSV or XLSX file of bids, whose amounts must be from `min_pence` to `max_pence`.

    Every bad row is reported, with every reason. Raises FileRefused when the file as a whole cannot be read.
    """
    sheet = read_sheet(path)
    columns = understand(sheet.headers)
    check_headers(shown_name(path), sheet, columns, BIDS)
    reading = _Reading(sheet, columns, min_pence, max_pence)
    rows = tuple(row for line, cells in sheet.rows if (row := reading.row(line, cells)) is not None)
    found = {meaning: sheet.headers[index] for meaning, index in columns.at.items()}
    return BidFile(rows, tuple(reading.problems), tuple(reading.remarks), found, columns.ignored)


class _Reading(Reading):
    """One pass over a sheet of bids, remembering which keys were seen on which line."""

    LONGEST = _LONGEST
    LINES = frozenset({"summary"})

    def __init__(self, sheet: Sheet, columns: Columns, min_pence: int, max_pence: int) -> None:
        super().__init__(sheet, columns)
        self._limits = (min_pence, max_pence)
        self._seen: dict[str, int] = {}

    def row(self, line: int, cells: tuple[Cell, ...]) -> BidRow | None:
        """The bid on this line, or None after adding everything that is wrong with it to `problems`."""
        before = self.begin(line, cells)
        title = self.required("title")
        organisation = self.required("organisation")
        amount = self._amount()
        identifier = self.text("identifier")
        postcode = self.text("postcode")
        row = BidRow(
            line=line,
            source_key=identifier or content_key(title, organisation, amount or 0, postcode),
            title=title,
            summary=self.text("summary"),
            organisation=organisation,
            organisation_id=self.text("organisation_id") or None,
            charity_number=self.text("charity_number") or None,
            company_number=_company_number(self.text("company_number")),
            amount_pence=amount or 0,
            postcode=postcode or None,
            town=self.text("town") or None,
            ward=self.text("ward") or None,
            ward_code=self.text("ward_code") or None,
            council=self.text("council") or None,
            council_code=self.text("council_code") or None,
            region=self.text("region") or None,
            programme=self.text("programme") or None,
            starts_on=self.day("starts_on"),
            ends_on=self.day("ends_on"),
        )
        row = _placed(row, self.text("place"), self.text("place_code"))
        # Rows that lack what the key is made of would all look the same.
        if identifier or (title and organisation and amount):
            self._check_unseen(row.source_key, identifier)
        if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
            days = {"start": row.starts_on.isoformat(), "end": row.ends_on.isoformat()}
            self.remarks.append(Problem(line, self.header("ends_on"), "ends_before_start", days))
        return row if len(self.problems) == before else None

    def _amount(self) -> int | None:
        currency = plain(self.cell("currency"))
        if currency.upper() not in {"", "GBP", "£"}:
            self.problem("currency", "other_currency", text=cut(currency))
        text = plain(self.cell("amount"))
        if text in ERRORS:
            self.problem("amount", "error_value", text=text)
            return None
        try:
            pence = parse_pounds(text)
        except MoneyError as error:
            code = "no_amount" if error.code == "money_missing" else error.code
            self.problem("amount", code, **error.params)
            return None
        least, most = self._limits
        if pence <= 0:
            self.problem("amount", "not_above_zero", amount_pence=pence)
        elif pence < least:
            self.problem("amount", "below_minimum", amount_pence=pence, limit_pence=least)
        elif pence > most:
            self.problem("amount", "above_maximum", amount_pence=pence, limit_pence=most)
        return pence

    def _check_unseen(self, key: str, identifier: str) -> None:
        first = self._seen.setdefault(key, self.line)
        if first == self.line:
            return
        if identifier:
            self.problem("identifier", "duplicate_identifier", text=cut(identifier), first=first)
        else:
            self.problems.append(Problem(self.line, "", "duplicate_bid", {"first": first}))


def content_key(title: str, organisation: str, amount_pence: int, postcode: str) -> str:
    """'sha256:…' of what tells two bids apart; case and spacing do not make a new bid of an old one."""
    words = [" ".join(text.casefold().split()) for text in (title, organisation)]
    told = json.dumps([*words, amount_pence, "".join(postcode.upper().split())])
    return f"sha256:{hashlib.sha256(told.encode()).hexdigest()}"


def _placed(row: BidRow, place: str, code: str) -> BidRow:
    """The row with a place of no stated kind put where its official code says; without one it is a town."""
    kind = kind_of_code(code) or "town"
    if kind == "nation":
        kind = "region"
    elif kind == "constituency":
        kind = "town"
    if not place or getattr(row, kind):
        return row
    if kind == "ward":
        return replace(row, ward=place, ward_code=row.ward_code or code)
    if kind == "council":
        return replace(row, council=place, council_code=row.council_code or code)
    return replace(row, region=place) if kind == "region" else replace(row, town=place)


def _company_number(text: str) -> str | None:
    """Companies House numbers have eight characters; spreadsheets drop the zeros in front."""
    return text.zfill(8) if text.isascii() and text.isdigit() else text or None
