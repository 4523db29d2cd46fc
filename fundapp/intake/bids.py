"""A file of bids, read row by row: what can be taken in, and everything that is wrong with the rest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from fundapp.domain.money import MoneyError, parse_pounds
from fundapp.intake.dates import parse_date
from fundapp.intake.headers import REQUIRED, Columns, understand
from fundapp.intake.refusals import FileRefused, Problem, sentence
from fundapp.intake.spreadsheet import Sheet, plain, read_sheet, shown_name
from fundapp.intake.workbook import Cell

__all__ = ["BidFile", "BidRow", "FileRefused", "Problem", "read_bids", "sentence"]

# The most characters of each; 32,767 is what a cell of a spreadsheet program holds.
_LONGEST = {"title": 300, "organisation": 300, "identifier": 120, "organisation_id": 80, "summary": 32_767}
_LONGEST_OTHERWISE = 200

_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}

# What an area's official code says it is, by its first three characters (ONS register of geographic codes).
_PLACES = {
    "ward": {"E05", "W05", "S13", "N08", "N10"},
    "council": {"E06", "E07", "E08", "E09", "W06", "S12", "N09"},
    "region": {"E12", "E92", "W92", "S92", "N92"},
}


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
    _check_headers(shown_name(path), sheet, columns)
    reading = _Reading(sheet, columns, min_pence, max_pence)
    rows = tuple(row for line, cells in sheet.rows if (row := reading.row(line, cells)) is not None)
    found = {meaning: sheet.headers[index] for meaning, index in columns.at.items()}
    return BidFile(rows, tuple(reading.problems), tuple(reading.remarks), found, columns.ignored)


def _check_headers(file: str, sheet: Sheet, columns: Columns) -> None:
    about = {"file": file, "needed": ", ".join(REQUIRED)}
    about["seen"] = ", ".join(f"'{_cut(header)}'" for header in sheet.headers[:30] if header)
    if not columns.at:
        raise FileRefused("no_header", about)
    if columns.missing:
        raise FileRefused("missing_columns", {**about, "missing": ", ".join(columns.missing)})
    if columns.twice:
        twice = ", ".join(f"'{_cut(header)}'" for header in columns.twice)
        raise FileRefused("same_meaning", {"file": file, "headers": twice})
    if not sheet.rows:
        raise FileRefused("no_bids", {"file": file})


class _Reading:
    """One pass over a sheet, gathering what is wrong and which keys were seen on which line."""

    def __init__(self, sheet: Sheet, columns: Columns, min_pence: int, max_pence: int) -> None:
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []
        self._sheet = sheet
        self._at = columns.at
        self._limits = (min_pence, max_pence)
        self._seen: dict[str, int] = {}
        self._line = 0
        self._cells: tuple[Cell, ...] = ()

    def row(self, line: int, cells: tuple[Cell, ...]) -> BidRow | None:
        """The bid on this line, or None after adding everything that is wrong with it to `problems`."""
        self._line, self._cells = line, cells
        before = len(self.problems)
        self._check_width()
        title = self._required("title")
        organisation = self._required("organisation")
        amount = self._amount()
        identifier = self._text("identifier")
        postcode = self._text("postcode")
        row = BidRow(
            line=line,
            source_key=identifier or content_key(title, organisation, amount or 0, postcode),
            title=title,
            summary=self._text("summary"),
            organisation=organisation,
            organisation_id=self._text("organisation_id") or None,
            charity_number=self._text("charity_number") or None,
            company_number=_company_number(self._text("company_number")),
            amount_pence=amount or 0,
            postcode=postcode or None,
            town=self._text("town") or None,
            ward=self._text("ward") or None,
            ward_code=self._text("ward_code") or None,
            council=self._text("council") or None,
            council_code=self._text("council_code") or None,
            region=self._text("region") or None,
            programme=self._text("programme") or None,
            starts_on=self._day("starts_on"),
            ends_on=self._day("ends_on"),
        )
        row = _placed(row, self._text("place"), self._text("place_code"))
        # Rows that lack what the key is made of would all look the same.
        if identifier or (title and organisation and amount):
            self._check_unseen(row.source_key, identifier)
        if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
            days = {"start": row.starts_on.isoformat(), "end": row.ends_on.isoformat()}
            self.remarks.append(Problem(line, self._header("ends_on"), "ends_before_start", days))
        return row if len(self.problems) == before else None

    def _header(self, meaning: str) -> str:
        return self._sheet.headers[self._at[meaning]] if meaning in self._at else ""

    def _problem(self, meaning: str, code: str, **params: str | int) -> None:
        self.problems.append(Problem(self._line, self._header(meaning), code, params))

    def _cell(self, meaning: str) -> Cell:
        index = self._at.get(meaning, len(self._cells))
        return self._cells[index] if index < len(self._cells) else ""

    def _text(self, meaning: str) -> str:
        text = plain(self._cell(meaning), lines=meaning == "summary")
        most = _LONGEST.get(meaning, _LONGEST_OTHERWISE)
        if text in _ERRORS:
            self._problem(meaning, "error_value", text=text)
        elif len(text) > most:
            self._problem(meaning, "too_long", length=len(text), most=most)
        return text

    def _required(self, meaning: str) -> str:
        text = self._text(meaning)
        if not text:
            self._problem(meaning, f"no_{meaning}")
        return text

    def _amount(self) -> int | None:
        currency = plain(self._cell("currency"))
        if currency.upper() not in {"", "GBP", "£"}:
            self._problem("currency", "other_currency", text=_cut(currency))
        text = plain(self._cell("amount"))
        if text in _ERRORS:
            self._problem("amount", "error_value", text=text)
            return None
        try:
            pence = parse_pounds(text)
        except MoneyError as error:
            code = "no_amount" if error.code == "money_missing" else error.code
            self._problem("amount", code, **error.params)
            return None
        least, most = self._limits
        if pence <= 0:
            self._problem("amount", "not_above_zero", amount_pence=pence)
        elif pence < least:
            self._problem("amount", "below_minimum", amount_pence=pence, limit_pence=least)
        elif pence > most:
            self._problem("amount", "above_maximum", amount_pence=pence, limit_pence=most)
        return pence

    def _day(self, meaning: str) -> date | None:
        cell = self._cell(meaning)
        if isinstance(cell, date):
            return cell.date() if isinstance(cell, datetime) else cell
        text = plain(cell)
        day = parse_date(text)
        if text and day is None:
            self._problem(meaning, "unreadable_date", text=_cut(text))
        return day

    def _check_width(self) -> None:
        width = len(self._sheet.headers)
        if self._sheet.delimited and any(plain(cell) for cell in self._cells[width:]):
            params = {"cells": len(self._cells), "headers": width}
            self.problems.append(Problem(self._line, "", "extra_cells", params))

    def _check_unseen(self, key: str, identifier: str) -> None:
        first = self._seen.setdefault(key, self._line)
        if first == self._line:
            return
        if identifier:
            self._problem("identifier", "duplicate_identifier", text=_cut(identifier), first=first)
        else:
            self.problems.append(Problem(self._line, "", "duplicate_bid", {"first": first}))


def content_key(title: str, organisation: str, amount_pence: int, postcode: str) -> str:
    """'sha256:…' of what tells two bids apart; case and spacing do not make a new bid of an old one."""
    words = [" ".join(text.casefold().split()) for text in (title, organisation)]
    told = json.dumps([*words, amount_pence, "".join(postcode.upper().split())])
    return f"sha256:{hashlib.sha256(told.encode()).hexdigest()}"


def _placed(row: BidRow, place: str, code: str) -> BidRow:
    """The row with a place of no stated kind put where its official code says; without one it is a town."""
    kind = next((kind for kind, starts in _PLACES.items() if code[:3].upper() in starts), "town")
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


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
