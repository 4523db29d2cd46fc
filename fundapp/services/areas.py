"""Areas from a file: compared with the directory, then brought in, all of them or none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, tuple_, update

from fundapp.domain.areas import name_key
from fundapp.intake.areas import AreaFile, Place, code_for
from fundapp.intake.refusals import Problem
from fundapp.models import Area, WardConstituency
from fundapp.queries import areas as asks
from fundapp.queries import locks
from fundapp.services import ties
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.differences import Change, Differences

Told = Callable[[int, int], None]
#: Kinds in the order in which they are made: what holds others first.
_ORDER = ("nation", "region", "council", "constituency", "ward")
_CHUNK = 2000


@dataclass(slots=True)
class _Plan:
    said: Differences = field(default_factory=Differences)
    new: list[Place] = field(default_factory=list)
    #: Places by key that are known, with their ids.
    known: dict[str, int] = field(default_factory=dict)
    changed: list[tuple[int, Place]] = field(default_factory=list)
    relinked: list[Place] = field(default_factory=list)


def compare(conn: Connection, file: AreaFile) -> Differences:
    """What the file would change."""
    return _plan(conn, file).said


def bring_in(
    office: Office,
    actor: Actor,
    file: AreaFile,
    arrived: datetime,
    *,
    seal: str | None = None,
    told: Told | None = None,
) -> Differences:
    """Bring a file of areas in; what it changed. An area that the file leaves out stays as it is.

    `seal` is that of the differences that somebody agreed to. Raises DirectoryRefused.
    """
    with office.deed(actor, arrived) as deed:
        locks.directory(deed.conn)
        plan = _plan(deed.conn, file)
        plan.said.hold_to(seal)
        if not plan.said.nothing:
            _apply(deed, plan, told or (lambda done, whole: None))
            params = {"new": len(plan.said.new), "changed": len(plan.said.changed)}
            deed.note(f"person:{actor.person}", "areas.brought_in", params=params)
            ties.refresh_live(deed)
        return plan.said


def _plan(conn: Connection, file: AreaFile) -> _Plan:
    rows = asks.every(conn)
    by_id = {row.id: row for row in rows}
    by_code = {row.code: row for row in rows}
    by_name: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        by_name.setdefault((row.kind, name_key(row.name)), []).append(row)
    plan = _Plan(Differences(problems=list(file.problems)))
    said = plan.said
    rows_of: list[tuple[Place, Any]] = []
    for place in file.places:
        found = by_code.get(code_for(place) or "")
        if found is None and place.code is None:
            same = by_name.get((place.kind, name_key(place.name)), [])
            found = same[0] if len(same) == 1 else None
            if found is None and place.kind in ("council", "constituency"):
                code = f"{place.kind}_without_code" if not same else "area_not_certain"
                params = {"text": place.name, "kind": place.kind}
                said.problems.append(Problem(place.line, file.columns.get(place.kind, ""), code, params))
        if found is not None and found.kind != place.kind:
            column = file.columns.get(f"{place.kind}_code", "")
            params = {"text": found.code, "kind": found.kind}
            said.problems.append(Problem(place.line, column, "code_known_as_another_kind", params))
        if found is not None:
            plan.known[place.key] = found.id
        rows_of.append((place, found))
    if said.problems:
        said.problems.sort(key=lambda problem: problem.line)
        return plan
    names = {place.key: place.name for place in file.places}
    links = asks.constituencies_of(
        conn, [found.id for place, found in rows_of if found and place.kind == "ward"]
    )
    for place, found in rows_of:
        if found is None:
            plan.new.append(place)
            said.new.append(f"{place.name} ({code_for(place)})")
            if place.constituencies:
                plan.relinked.append(place)
            continue
        changes = _changes(plan, place, found, by_id, names)
        if changes:
            plan.changed.append((found.id, place))
        linked = {by_id[each].name for each in links.get(found.id, ())}
        wanted = {names[key] for key in place.constituencies}
        if wanted and {plan.known.get(key) for key in place.constituencies} != links.get(found.id, set()):
            plan.relinked.append(place)
            changes.append(("constituency", ", ".join(sorted(linked)), ", ".join(sorted(wanted))))
        if changes:
            said.changed.append(Change(place.line, f"{found.name} ({found.code})", tuple(changes)))
        else:
            said.unchanged += 1
    said.missing = _missing(file, plan, rows)
    return plan


def _changes(
    plan: _Plan, place: Place, found: Any, by_id: dict[int, Any], names: dict[str, str]
) -> list[tuple[str, str, str]]:
    changes = []
    # Of an area that the file names without a code, the name is how it was found: its spelling is not news.
    if place.code and found.name != place.name:
        changes.append(("name", found.name, place.name))
    if place.parent is not None and plan.known.get(place.parent) != found.parent_id:
        before = by_id[found.parent_id].name if found.parent_id else ""
        changes.append(("within", before, names[place.parent]))
    return changes


def _missing(file: AreaFile, plan: _Plan, rows: Sequence[Any]) -> list[str]:
    """Wards of the file's councils that it leaves out: a boundary review may have ended them."""
    wards = {plan.known.get(place.key) for place in file.places if place.kind == "ward"}
    councils = {plan.known.get(place.parent or "") for place in file.places if place.kind == "ward"} - {None}
    return [
        f"{row.name} ({row.code})"
        for row in rows
        if row.kind == "ward" and row.parent_id in councils and row.id not in wards
    ]


def _apply(deed: Deed, plan: _Plan, told: Told) -> None:
    conn, done, whole = deed.conn, 0, len(plan.new) + len(plan.changed)
    for kind in _ORDER:
        places = [place for place in plan.new if place.kind == kind]
        for start in range(0, len(places), _CHUNK):
            part = places[start : start + _CHUNK]
            values = [
                {
                    "kind": kind, "code": code_for(place), "name": place.name,
                    "parent_id": plan.known.get(place.parent or ""),
                }
                for place in part
            ]  # fmt: skip
            added = insert(Area).returning(Area.id, sort_by_parameter_order=True)
            ids = conn.execute(added, values).scalars()
            plan.known.update(zip((place.key for place in part), ids, strict=True))
            told(done := done + len(part), whole)
    named = [(area, place) for area, place in plan.changed if place.code]
    if named:
        changed = (
            update(Area)
            .where(Area.id == bindparam("area"))
            .values(name=bindparam("new"), key=bindparam("search"))
        )
        spelt = [{"area": area, "new": p.name, "search": name_key(p.name)} for area, p in named]
        conn.execute(changed, spelt)
    moved = [(area, place) for area, place in plan.changed if place.parent is not None]
    if moved:
        changed = update(Area).where(Area.id == bindparam("area")).values(parent_id=bindparam("new"))
        conn.execute(
            changed, [{"area": area, "new": plan.known[place.parent or ""]} for area, place in moved]
        )
    _relink(conn, plan)
    told(whole, whole)


def _relink(conn: Connection, plan: _Plan) -> None:
    wards = [plan.known[place.key] for place in plan.relinked]
    known = asks.constituencies_of(conn, wards) if wards else {}
    wanted = {
        plan.known[place.key]: {plan.known[key] for key in place.constituencies} for place in plan.relinked
    }
    gone = [(ward, each) for ward, those in known.items() for each in those - wanted[ward]]
    for start in range(0, len(gone), _CHUNK):
        pair = tuple_(WardConstituency.ward_id, WardConstituency.constituency_id)
        conn.execute(delete(WardConstituency).where(pair.in_(gone[start : start + _CHUNK])))
    new = [
        {"ward_id": ward, "constituency_id": each}
        for ward, those in wanted.items()
        for each in sorted(those - known.get(ward, set()))
    ]
    if new:
        conn.execute(insert(WardConstituency), new)
