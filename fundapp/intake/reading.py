"""A sheet read row by row: cells by what they mean, and everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar

from fundapp.intake.dates import parse_date
from fundapp.intake.headers import Columns
from fundapp.intake.refusals import Problem
from fundapp.intake.spreadsheet import Sheet, cut, plain
from fundapp.intake.workbook import Cell

ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
_LONGEST_OTHERWISE = 200


class Reading:
    """One pass over a sheet, gathering what is wrong in `problems` and what is worth a look in `remarks`."""

    #: The most characters of a cell, where they are not 200.
    LONGEST: ClassVar[Mapping[str, int]] = {}
    #: Meanings whose cells may hold line breaks.
    LINES: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, sheet: Sheet, columns: Columns) -> None:
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []
        self.line = 0
        self._sheet = sheet
        self._at = columns.at
        self._cells: tuple[Cell, ...] = ()

    def begin(self, line: int, cells: tuple[Cell, ...]) -> int:
        """Turn to a row; how many problems there were before it."""
        self.line, self._cells = line, cells
        before = len(self.problems)
        width = len(self._sheet.headers)
        if self._sheet.delimited and any(plain(cell) for cell in cells[width:]):
            params = {"cells": len(cells), "headers": width}
            self.problems.append(Problem(line, "", "extra_cells", params))
        return before

    def header(self, meaning: str) -> str:
        """The header of a column as the file has it, empty where there is none."""
        return self._sheet.headers[self._at[meaning]] if meaning in self._at else ""

    def problem(self, meaning: str, code: str, **params: str | int) -> None:
        """Something is wrong with this row's cell of that meaning."""
        self.problems.append(Problem(self.line, self.header(meaning), code, params))

    def cell(self, meaning: str) -> Cell:
        """The cell of that meaning, empty where the row has none."""
        index = self._at.get(meaning, len(self._cells))
        return self._cells[index] if index < len(self._cells) else ""

    def text(self, meaning: str) -> str:
        """The cell as text."""
        text = plain(self.cell(meaning), lines=meaning in self.LINES)
        most = self.LONGEST.get(meaning, _LONGEST_OTHERWISE)
        if text in ERRORS:
            self.problem(meaning, "error_value", text=text)
        elif len(text) > most:
            self.problem(meaning, "too_long", length=len(text), most=most)
        return text

    def required(self, meaning: str) -> str:
        """The cell as text, which must not be empty."""
        text = self.text(meaning)
        if not text:
            self.problem(meaning, f"no_{meaning}")
        return text

    def day(self, meaning: str) -> date | None:
        """The cell as a day."""
        cell = self.cell(meaning)
        if isinstance(cell, date):
            return cell.date() if isinstance(cell, datetime) else cell
        text = plain(cell)
        day = parse_date(text)
        if text and day is None:
            self.problem(meaning, "unreadable_date", text=cut(text))
        return day
