"""A file of wards with the councils, regions and constituencies that they lie in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from fundapp.domain.areas import area_code, kind_of_code, made_up_code, name_key
from fundapp.intake.headers import Columns, Vocabulary, understand, vocabulary
from fundapp.intake.reading import Reading
from fundapp.intake.refusals import Problem
from fundapp.intake.spreadsheet import Sheet, check_headers, cut, read_sheet, source_name
from fundapp.intake.workbook import Cell

#: Years in the names of columns of the public lists of areas: WD24CD, LAD24NM.
_YEARS: Final = tuple(f"{year:02}" for year in range(15, 46))


def _yearly(*starts: str) -> tuple[str, ...]:
    return tuple(f"{start[:-2]}{year}{start[-2:]}" for start in starts for year in _YEARS)


#: What the public lists of areas and of councillors call a place.
PLACES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "ward": (
        ("Ward", "Ward name", "Electoral ward", "Division", "Electoral division", "Ward or division", "post_label"),
        _yearly("WDNM"),
    ),
    "ward_code": (
        ("Ward code", "Ward GSS code", "Ward GSS", "Division code", "Electoral ward code", "gss"),
        _yearly("WDCD"),
    ),
    "council": (
        (
            "Council", "Council name", "Local authority", "Local authority name", "District", "Borough", "Authority",
            "organisation_name",
        ),
        _yearly("LADNM"),
    ),
    "council_code": (
        ("Council code", "Local authority code", "District code", "Council GSS code", "Authority code"),
        _yearly("LADCD"),
    ),
    "region": (("Region", "Region name", "Nation or region"), _yearly("RGNNM")),
    "region_code": (("Region code", "Region GSS code"), _yearly("RGNCD")),
    "nation": (("Nation", "Country", "Nation name", "Country name"), _yearly("CTRYNM")),
    "nation_code": (("Nation code", "Country code"), _yearly("CTRYCD")),
    "constituency": (
        ("Constituency", "Constituency name", "Parliamentary constituency", "Westminster constituency"),
        _yearly("PCONNM"),
    ),
    "constituency_code": (
        ("Constituency code", "Constituency GSS code", "Parliamentary constituency code"),
        _yearly("PCONCD"),
    ),
}  # fmt: skip
AREAS: Final[Vocabulary] = vocabulary(
    PLACES, (), {"areas", "wards"}, "areas", ("ward", "ward_code", "council", "council_code")
)
#: The levels that a file names, lowest first, each with the levels that may hold it, the nearest first.
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "ward": ("council",),
    "council": ("region", "nation"),
    "constituency": ("region", "nation"),
    "region": ("nation",),
    "nation": (),
}


@dataclass(frozen=True)
class Place:
    """An area as a file tells it. `key` is its code, else 'council:name': an area that the file gives no code for.

    `parent` and `constituencies` are keys; no parent means that the file does not say.
    """

    line: int
    kind: str
    key: str
    code: str | None
    name: str
    parent: str | None
    constituencies: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AreaFile:
    """All that a file of areas says, those that hold others first. Take in none of it while there are `problems`."""

    places: tuple[Place, ...]
    problems: tuple[Problem, ...]
    columns: Mapping[str, str]
    ignored: tuple[str, ...]
    name: str
    rows: int


def read_areas(source: Path | bytes, name: str | None = None) -> AreaFile:
    """Read a CSV or XLSX file of areas, a ward (or a council or constituency by itself) a row.

    Every bad row is reported, with every reason. Raises FileRefused when the file as a whole cannot be read.
    """
    sheet = read_sheet(source, AREAS, name)
    columns = understand(sheet.headers, AREAS)
    check_headers(name or source_name(source), sheet, columns, AREAS)
    reading = _Reading(sheet, columns)
    for line, cells in sheet.rows:
        reading.row(line, cells)
    found = {meaning: sheet.headers[index] for meaning, index in columns.at.items()}
    reading.name_those_without_code()
    order = ("nation", "region", "council", "constituency", "ward")
    places = sorted(reading.places.values(), key=lambda place: (order.index(place.kind), place.line))
    problems = sorted(reading.problems, key=lambda problem: problem.line)
    return AreaFile(
        tuple(places), tuple(problems), found, columns.ignored, name or source_name(source), len(sheet.rows)
    )


class _Reading(Reading):
    """One pass over a sheet of areas; `places` by key, with what each row adds to them."""

    def __init__(self, sheet: Sheet, columns: Columns) -> None:
        super().__init__(sheet, columns)
        self.places: dict[str, Place] = {}

    def row(self, line: int, cells: tuple[Cell, ...]) -> None:
        """Take in what a row says of its areas, the highest first."""
        before = self.begin(line, cells)
        keys: dict[str, str] = {}
        for kind in ("nation", "region", "constituency", "council", "ward"):
            named, coded = self.text(kind), self.text(f"{kind}_code")
            if not named and not coded:
                continue
            code = self._code(kind, coded) if coded else None
            if not named:
                self.problem(f"{kind}_code" if coded else kind, "area_without_name", text=cut(coded))
            elif kind == "ward" and not coded:
                self.problem("ward", "ward_without_code", text=cut(named))
            elif code is not None or not coded:
                keys[kind] = self._place(kind, code, named, keys)
        if not keys and len(self.problems) == before:
            self.problems.append(Problem(line, "", "no_area"))

    def _code(self, kind: str, text: str) -> str | None:
        code = area_code(text)
        if code is None:
            self.problem(f"{kind}_code", "not_a_code", text=cut(text))
            return None
        said = kind_of_code(code)
        if said is not None and said != kind:
            self.problem(f"{kind}_code", "code_of_another_kind", text=code, kind=said)
            return None
        return code

    def _place(self, kind: str, code: str | None, named: str, keys: Mapping[str, str]) -> str:
        name = " ".join(named.split())
        key = code or f"{kind}:{name_key(name)}"
        parent = next((keys[above] for above in LEVELS[kind] if above in keys), None)
        within = frozenset({keys["constituency"]} if kind == "ward" and "constituency" in keys else ())
        known = self.places.get(key)
        if known is None:
            if kind == "ward" and parent is None:
                self.problem("council", "ward_without_council", text=cut(name))
            self.places[key] = Place(self.line, kind, key, code, name, parent, within)
            return key
        if known.kind != kind:
            self.problem(f"{kind}_code", "code_of_two_kinds", text=key, first=known.line, kind=known.kind)
        elif name_key(known.name) != name_key(name):
            self.problem(kind, "area_of_two_names", text=key, name=cut(known.name), first=known.line)
        elif parent is not None and known.parent not in (None, parent):
            above = self.places.get(known.parent or "")
            about: dict[str, str | int] = {"name": cut(above.name if above else ""), "first": known.line}
            self.problem(next(iter(LEVELS[kind])), "area_in_two_areas", text=key, **about)
        else:
            self.places[key] = replace(
                known, parent=known.parent or parent, constituencies=known.constituencies | within
            )
        return key

    def name_those_without_code(self) -> None:
        """An area without a code is the one of its kind that the file gives a code for elsewhere; a region is given one."""
        coded: dict[str, list[str]] = {}
        for place in self.places.values():
            if place.code:
                coded.setdefault(f"{place.kind}:{name_key(place.name)}", []).append(place.code)
        same = {key: codes[0] for key, codes in coded.items() if len(codes) == 1 and key in self.places}
        for key, code in same.items():
            bare = self.places.pop(key)
            full = self.places[code]
            self.places[code] = replace(full, parent=full.parent or bare.parent)
        for key, place in self.places.items():
            self.places[key] = replace(
                place,
                parent=same.get(place.parent or "", place.parent),
                constituencies=frozenset(same.get(each, each) for each in place.constituencies),
            )


def code_for(place: Place) -> str | None:
    """The code under which a new area is kept: its own, or one made of the name of a region or nation."""
    if place.code or place.kind not in ("region", "nation"):
        return place.code
    return made_up_code(place.kind, place.name)
