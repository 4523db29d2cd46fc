"""The rows of a file of representatives held against the areas that are known, and against each other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from fundapp.domain.areas import name_key
from fundapp.intake.refusals import Problem
from fundapp.intake.representatives import LEVELS_OF, RepresentativeFile, RepresentativeRow
from fundapp.queries import areas as asks
from fundapp.services import people


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that names an office, an area and a person. `key` is the name as names are compared."""

    line: int
    name: str
    key: str
    office: str
    area: int
    place: str
    party: str
    email: str | None
    from_on: date | None
    to_on: date | None

    def since(self, begins: date) -> "Entry":
        """The same with a first day."""
        return self if self.from_on == begins else replace(self, from_on=begins)


def entries(conn: Connection, file: RepresentativeFile) -> tuple[list[Entry], dict[int, Any], list[Problem]]:
    """(entries, areas by id, every problem) of a file. Rows without an office, an area or a name make no entry."""
    rows = asks.every(conn)
    areas = {row.id: row for row in rows}
    places = _Places(rows, areas, file.columns)
    found: list[Entry] = []
    for row in file.rows:
        area = places.area(row) if row.office else None
        email = _email(row, file, places.problems)
        if area is None or not row.name:
            continue
        found.append(
            Entry(
                row.line,
                row.name,
                name_key(row.name),
                row.office,
                area.id,
                area.name,
                row.party,
                email,
                row.from_on,
                row.to_on,
            )
        )
    problems = [*file.problems, *places.problems, *_twice(found, file.columns)]
    return found, areas, problems


def _email(row: RepresentativeRow, file: RepresentativeFile, problems: list[Problem]) -> str | None:
    if not row.email:
        return None
    try:
        return people.clean_email(row.email)
    except people.PersonRefused:
        column = file.columns.get("email", "")
        problems.append(Problem(row.line, column, "not_an_email", {"text": row.email[:60]}))
        return None


def _twice(found: list[Entry], columns: Mapping[str, str]) -> list[Problem]:
    """Rows that are the same office of the same person, and addresses that two people share."""
    problems: list[Problem] = []
    seen: dict[tuple[str, int, str], list[Entry]] = {}
    owners: dict[str, Entry] = {}
    for entry in found:
        marks = [mark for mark in (entry.email, f"name:{entry.key}") if mark]
        for mark in marks:
            those = seen.setdefault((entry.office, entry.area, mark), [])
            clash = next((other for other in those if _at_once(entry, other)), None)
            if clash is not None:
                problems.append(Problem(entry.line, "", "representative_twice", {"first": clash.line}))
                break
            those.append(entry)
        else:
            owner = owners.setdefault(entry.email, entry) if entry.email else entry
            if owner.key != entry.key:
                about: dict[str, str | int] = {"first": owner.line, "name": owner.name}
                problems.append(Problem(entry.line, columns.get("email", ""), "address_of_another", about))
    return problems


def _at_once(one: Entry, other: Entry) -> bool:
    """Whether two terms of an office overlap. A term without its first day may be any."""
    if one.from_on is None or other.from_on is None:
        return True
    first, second = sorted((one, other), key=lambda entry: entry.from_on or date.min)
    return (
        first.to_on is None or (second.from_on or date.min) < first.to_on or first.from_on == second.from_on
    )


class _Places:
    """The areas of the directory, found by code or by name."""

    def __init__(self, rows: list[Any], areas: Mapping[int, Any], columns: Mapping[str, str]) -> None:
        self.problems: list[Problem] = []
        self._areas, self._columns = areas, columns
        self._by_code = {row.code: row for row in rows}
        self._by_name: dict[tuple[str, str], list[Any]] = {}
        for row in rows:
            self._by_name.setdefault((row.kind, name_key(row.name)), []).append(row)

    def area(self, row: RepresentativeRow) -> Any | None:
        """The area for which a row's office is held; None after saying what is wrong."""
        levels = LEVELS_OF[row.office]
        kind = next((level for level in levels if level in row.places), None)
        if kind is None:
            column = self._columns.get(levels[0], "")
            self.problems.append(Problem(row.line, column, "no_place_for_office", {"kind": levels[0]}))
            return None
        name, code = row.places[kind]
        council = self._council(row) if kind == "ward" else None
        area = self._coded(row, kind, code) if code else self._named(row, kind, name, council)
        if area is not None and council is not None and area.parent_id not in (None, council.id):
            about = {"name": self._areas[area.parent_id].name, "text": area.name, "other": council.name}
            self.problems.append(Problem(row.line, self._columns.get("ward", ""), "other_council", about))
            return None
        return area

    def _coded(self, row: RepresentativeRow, kind: str, code: str) -> Any | None:
        area = self._by_code.get(code)
        if area is None or area.kind != kind:
            column = self._columns.get(f"{kind}_code", "")
            self.problems.append(Problem(row.line, column, "unknown_area", {"kind": kind, "text": code}))
            return None
        return area

    def _council(self, row: RepresentativeRow) -> Any | None:
        """The council that a ward's row names, where it is known: by its code, or by a name that only one has."""
        name, code = row.places.get("council", ("", ""))
        if code:
            found = self._by_code.get(code)
            return found if found is not None and found.kind == "council" else None
        those = self._by_name.get(("council", name_key(name)), []) if name else []
        return those[0] if len(those) == 1 else None

    def _named(self, row: RepresentativeRow, kind: str, name: str, council: Any | None) -> Any | None:
        those = self._by_name.get((kind, name_key(name)), [])
        if not those and kind == "ward":
            # Some lists write 'Bold Ward' for Bold, others Bold for 'Bold Ward'.
            key = name_key(name)
            other = key.removesuffix(" ward") if key.endswith(" ward") else f"{key} ward"
            those = self._by_name.get((kind, other), [])
        if council is not None:
            those = [each for each in those if each.parent_id == council.id]
        if len(those) == 1:
            return those[0]
        code = "unknown_area" if not those else "area_not_certain"
        column = self._columns.get(kind, "")
        self.problems.append(Problem(row.line, column, code, {"kind": kind, "text": name[:60]}))
        return None
