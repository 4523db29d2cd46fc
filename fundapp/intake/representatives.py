"""A file of representatives: councillors and other elected people, as the public lists have them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from fundapp.domain.areas import area_code, name_key
from fundapp.intake.areas import PLACES
from fundapp.intake.headers import Columns, Vocabulary, understand, vocabulary
from fundapp.intake.reading import Reading
from fundapp.intake.refusals import Problem
from fundapp.intake.spreadsheet import check_headers, cut, plain, read_sheet, source_name
from fundapp.intake.workbook import Cell

REPRESENTATIVES: Final[Vocabulary] = vocabulary(
    {
        "name": (
            (
                "Name", "Full name", "Councillor", "Councillor name", "Member", "Member name", "Representative",
                "person_name", "Elected member",
            ),
        ),
        "first_name": (("First name", "Forename", "Given name", "Firstname"),),
        "last_name": (("Last name", "Surname", "Family name", "Lastname"),),
        "office": (("Office", "Role", "Post", "Position", "Elected office"),),
        "party": (("Party", "Party name", "Political party", "Group", "Political group"),),
        "email": (
            ("Email", "Email address", "E-mail", "E-mail address", "Council email", "Contact email", "Mail"),
        ),
        "from_on": (
            (
                "From", "Start", "Start date", "Term from", "Term start", "In office from", "Elected", "Elected on",
                "Date elected", "election_date",
            ),
        ),
        "to_on": (
            (
                "To", "Until", "End", "End date", "Term to", "Term end", "In office to", "In office until",
                "Term of office ends", "Next election",
            ),
        ),
        **PLACES,
    },
    (),
    {"representatives", "councillors", "members"},
    "representatives",
    ("name", "office", "ward_code", "email", "from_on", "to_on"),
)  # fmt: skip
_OFFICES: Final = {
    "councillor": "councillor", "cllr": "councillor", "ward councillor": "councillor", "borough councillor": "councillor",
    "city councillor": "councillor", "county councillor": "councillor", "district councillor": "councillor",
    "mayor": "mayor", "elected mayor": "mayor", "directly elected mayor": "mayor", "metro mayor": "mayor",
    "mp": "mp", "member of parliament": "mp", "ms": "ms", "as": "ms", "member of the senedd": "ms",
    "msp": "msp", "member of the scottish parliament": "msp", "mla": "mla",
    "member of the legislative assembly": "mla", "pcc": "pcc", "police and crime commissioner": "pcc",
}  # fmt: skip
_TITLE: Final = re.compile(r"(?:cllr|councillor|coun)\.?\s+", re.IGNORECASE)
#: The levels at which each office is held, the likeliest first.
LEVELS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "councillor": ("ward",),
    "mayor": ("council", "region"),
    "mp": ("constituency",),
    "ms": ("constituency", "region"),
    "msp": ("constituency", "region"),
    "mla": ("constituency",),
    "pcc": ("region", "council"),
}


@dataclass(frozen=True)
class RepresentativeRow:
    """One row as the file has it; '' or None where it says nothing or nothing that can be read.

    `office` is one of the services' OFFICES or ''. `places` are (name, code) of each level that the row names.
    """

    line: int
    name: str
    office: str
    party: str
    email: str
    from_on: date | None
    to_on: date | None
    places: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class RepresentativeFile:
    """All that a file says, its bad rows too, so that each can be told all that is wrong with it."""

    rows: tuple[RepresentativeRow, ...]
    problems: tuple[Problem, ...]
    columns: Mapping[str, str]
    ignored: tuple[str, ...]
    name: str


def read_representatives(source: Path | bytes, name: str | None = None) -> RepresentativeFile:
    """Read a CSV or XLSX file of representatives, one a row. Raises FileRefused when it cannot be read as a whole."""
    sheet = read_sheet(source, REPRESENTATIVES, name)
    columns = understand(sheet.headers, REPRESENTATIVES)
    needed = Columns(columns.at, columns.twice, columns.ignored, _needed(columns))
    check_headers(name or source_name(source), sheet, needed, REPRESENTATIVES)
    reading = _Reading(sheet, columns)
    rows = tuple(reading.row(line, cells) for line, cells in sheet.rows)
    found = {meaning: sheet.headers[index] for meaning, index in columns.at.items()}
    return RepresentativeFile(
        rows, tuple(reading.problems), found, columns.ignored, name or source_name(source)
    )


def _needed(columns: Columns) -> tuple[str, ...]:
    """A name in one column or two, and some place."""
    halves = "last_name" in columns.at or "first_name" in columns.at
    placed = any(meaning in columns.at for meaning in PLACES)
    return (("last_name", "first_name") if halves and "name" not in columns.at else ("name",)) + (
        () if placed else ("ward_code",)
    )


class _Reading(Reading):
    """One pass over a sheet of representatives."""

    def row(self, line: int, cells: tuple[Cell, ...]) -> RepresentativeRow:
        """What a row says; what is wrong with it goes to `problems`."""
        self.begin(line, cells)
        row = RepresentativeRow(
            line=line, name=self._name(), office=self._office(), party=self.text("party"), email=self.text("email"),
            from_on=self.day("from_on"), to_on=self.day("to_on"), places=self._places(),
        )  # fmt: skip
        if row.from_on and row.to_on and row.to_on < row.from_on:
            days = {"start": row.from_on.isoformat(), "end": row.to_on.isoformat()}
            self.problem("to_on", "term_ends_before_start", **days)
        return row

    def _name(self) -> str:
        whole = self.text("name") or f"{self.text('first_name')} {self.text('last_name')}"
        name = _TITLE.sub("", " ".join(whole.split()), count=1) if _TITLE.match(whole.strip()) else whole
        name = " ".join(name.split())
        if not name:
            self.problem("name" if "name" in self._at else "last_name", "no_name")
        return name

    def _office(self) -> str:
        text = self.text("office")
        if text:
            office = _OFFICES.get(name_key(text), "")
            if not office:
                self.problem("office", "unknown_office", text=cut(text))
            return office
        # The public lists of councillors have no such column: whoever stands for a ward is one.
        if plain(self.cell("ward")) or plain(self.cell("ward_code")):
            return "councillor"
        self.problem("office", "no_office")
        return ""

    def _places(self) -> dict[str, tuple[str, str]]:
        found = {}
        for kind in ("ward", "council", "constituency", "region"):
            name, coded = self.text(kind), self.text(f"{kind}_code")
            code = area_code(coded) if coded else ""
            if code is None:
                self.problem(f"{kind}_code", "not_a_code", text=cut(coded))
                code = ""
            if name or code:
                found[kind] = (" ".join(name.split()), code)
        return found
