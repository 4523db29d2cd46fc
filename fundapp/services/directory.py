"""Representatives from a file: each compared with the directory, then brought in, all of them or none."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, update

from fundapp.domain.areas import name_key
from fundapp.domain.deadlines import civil_day
from fundapp.intake.refusals import Problem
from fundapp.intake.representatives import RepresentativeFile
from fundapp.models import OfficeHolding, Person
from fundapp.queries import directory as asks
from fundapp.queries import locks
from fundapp.services import people
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.differences import Change, Differences
from fundapp.services.file_rows import Entry, entries

#: What the source of an address says that came with the directory: it needs no officer to confirm it.
SOURCE: Final = "directory"
Told = Callable[[int, int], None]
_CHUNK = 1000
_RE_ELECTED: Final = timedelta(days=180)


@dataclass(slots=True)
class _Plan:
    said: Differences = field(default_factory=Differences)
    #: New offices: what the file says, and whose they are: a person's id, or the key of somebody new.
    new: list[tuple[Entry, int | str]] = field(default_factory=list)
    #: Offices that change: the row as it stands, the columns that change.
    changed: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    #: New spellings of names by person.
    names: dict[int, str] = field(default_factory=dict)


def compare(
    conn: Connection, file: RepresentativeFile, on: date, zone: Any, start: date | None = None
) -> Differences:
    """What the file would change. `start` is the first day of office where the file gives none; `on` is today."""
    return _plan(conn, file, on, zone, start).said


def bring_in(
    office: Office,
    actor: Actor,
    file: RepresentativeFile,
    arrived: datetime,
    *,
    start: date | None = None,
    seal: str | None = None,
    told: Told | None = None,
) -> Differences:
    """Bring a file of representatives in; what it changed. Nobody's office is ended because the file leaves them out.

    An empty cell changes nothing. A request that waited for an address, or went to one that changed, is mailed.
    `seal` is that of the differences that somebody agreed to. Raises DirectoryRefused, RecordBroken.
    """
    with office.deed(actor, arrived) as deed:
        locks.directory(deed.conn)
        on = civil_day(arrived, office.zone)
        plan = _plan(deed.conn, file, on, office.zone, start)
        plan.said.hold_to(seal)
        if not plan.said.nothing:
            _apply(deed, plan, told or (lambda done, whole: None))
            params = {"new": len(plan.said.new), "changed": len(plan.said.changed)}
            deed.note(f"person:{actor.person}", "representatives.brought_in", params=params)
        return plan.said


def _plan(conn: Connection, file: RepresentativeFile, on: date, zone: Any, start: date | None) -> _Plan:
    plan = _Plan()
    said = plan.said
    found, areas, said.problems = entries(conn, file)
    standing = asks.standing(conn, {entry.area for entry in found})
    matched = _matched(found, standing)
    answers = asks.answers(conn, [held.id for held in matched.values()])
    owners = asks.people_by_address(conn, [e.email for e in found if e.email])
    spelt: dict[int, str] = {}
    for number, entry in enumerate(found):
        held = matched.get(number)
        earlier = [h for h in standing.get((entry.office, entry.area), ()) if _same(entry, h)]
        if held is not None and not _follows(entry, held):
            _compare_one(plan, file, entry, held, spelt, answers.get(held.id), zone)
            continue
        if held is None and earlier:
            held = earlier[0]
        _enter_one(plan, file, entry, held, owners, start)
    said.problems.sort(key=lambda problem: problem.line)
    said.remarks.sort(key=lambda problem: problem.line)
    waiting = [held.id for held, values in plan.changed if "source" in values]
    said.mails = len(asks.requests_open(conn, waiting)) if waiting else 0
    known = {held.id for held in matched.values()}
    said.missing = [
        f"{held.name}, {areas[held.area_id].name}"
        for held in asks.in_office(conn, _around(found, areas), {e.office for e in found}, on)
        if held.id not in known
    ]
    return plan


def _around(found: Iterable[Entry], areas: dict[int, Any]) -> set[int]:
    """The areas of the file and their neighbours in the same council: a list of one council says nothing of another."""
    own = {entry.area for entry in found}
    above = {(areas[area].kind, areas[area].parent_id) for area in own if areas[area].kind == "ward"}
    return own | {row.id for row in areas.values() if (row.kind, row.parent_id) in above and row.parent_id}


def _same(entry: Entry, held: Any) -> bool:
    return bool(entry.email and entry.email == held.email) or name_key(held.name) == entry.key


def _matched(found: list[Entry], standing: dict[tuple[str, int], list[Any]]) -> dict[int, Any]:
    """The office that each row of the file is, by its number: by address first, then by name; each office once."""
    matched: dict[int, Any] = {}
    taken: set[int] = set()
    for by_address in (True, False):
        for number, entry in enumerate(found):
            if number in matched:
                continue
            those = [
                held
                for held in standing.get((entry.office, entry.area), ())
                if held.id not in taken
                and (
                    bool(entry.email) and held.email == entry.email
                    if by_address
                    else name_key(held.name) == entry.key
                )
            ]
            those = [held for held in those if not _follows(entry, held)]
            if those:
                best = min(those, key=lambda held: (held.from_on != entry.from_on, -held.from_on.toordinal()))
                matched[number] = best
                taken.add(best.id)
    return matched


def _follows(entry: Entry, held: Any) -> bool:
    """Whether the file's term is another than the one that stands: it begins when that had ended, or the reverse."""
    if entry.from_on is None or entry.from_on == held.from_on:
        return False
    after = held.to_on is not None and entry.from_on >= held.to_on
    return after or (entry.to_on is not None and entry.to_on <= held.from_on)


def _served_on(begins: date, before: date) -> bool:
    """Whether a later first day is that of a re-election rather than a slip put right: then the earlier one stands."""
    return begins - before > _RE_ELECTED


def _compare_one(
    plan: _Plan,
    file: RepresentativeFile,
    entry: Entry,
    held: Any,
    spelt: dict[int, str],
    answered: tuple[datetime, datetime] | None,
    zone: Any,
) -> None:
    values: dict[str, Any] = {}
    told: list[tuple[str, str, str]] = []
    name = spelt.setdefault(held.person_id, entry.name)
    if name != held.name and plan.names.get(held.person_id) != name:
        plan.names[held.person_id] = name
        told.append(("name", held.name, name))
    if entry.party and entry.party != (held.party or ""):
        values["party"] = entry.party
        told.append(("party", held.party or "", entry.party))
    for column, day in (("from_on", entry.from_on), ("to_on", entry.to_on)):
        before = getattr(held, column)
        if day is not None and day != before and not (column == "from_on" and _served_on(day, before)):
            values[column] = day
            told.append((column, before.isoformat() if before else "", day.isoformat()))
    if entry.email and (entry.email != held.email or not held.source):
        values |= {"email": entry.email, "source": SOURCE}
        same = entry.email == held.email
        told.append(("confirmed", "", entry.email) if same else ("email", held.email or "", entry.email))
    begins, ends = values.get("from_on", held.from_on), values.get("to_on", held.to_on)
    column = file.columns.get("to_on" if "to_on" in values else "from_on", "")
    if ends is not None and ends < begins:
        days = {"start": begins.isoformat(), "end": ends.isoformat()}
        plan.said.problems.append(Problem(entry.line, column, "term_ends_before_start", days))
    for moment in answered or ():
        day = civil_day(moment, zone)
        if ("from_on" in values or "to_on" in values) and (day < begins or (ends is not None and day > ends)):
            about = {"day": day.isoformat()}
            plan.said.problems.append(Problem(entry.line, column, "term_leaves_answer_out", about))
            break
    if values:
        plan.changed.append((held, values))
    if told:
        plan.said.changed.append(Change(entry.line, f"{held.name}, {entry.place}", tuple(told)))
    else:
        plan.said.unchanged += 1


def _enter_one(
    plan: _Plan,
    file: RepresentativeFile,
    entry: Entry,
    earlier: Any,
    owners: dict[str, tuple[int, str]],
    start: date | None,
) -> None:
    begins = entry.from_on or start
    if begins is None:
        plan.said.problems.append(Problem(entry.line, file.columns.get("from_on", ""), "no_start"))
        return
    if entry.to_on is not None and entry.to_on < begins and entry.from_on is None:
        days = {"start": begins.isoformat(), "end": entry.to_on.isoformat()}
        column = file.columns.get("to_on", "")
        plan.said.problems.append(Problem(entry.line, column, "term_ends_before_start", days))
    owner = owners.get(entry.email) if entry.email else None
    if owner is not None and earlier is None and name_key(owner[1]) != entry.key:
        column = file.columns.get("email", "")
        plan.said.remarks.append(Problem(entry.line, column, "known_by_address", {"name": owner[1]}))
    whose: int | str = earlier.person_id if earlier is not None else owner[0] if owner else ""
    if not whose:
        # Two offices of one address are one person's; without an address each row is somebody.
        whose = f"email:{entry.email}" if entry.email else f"line:{entry.line}"
    plan.new.append((entry.since(begins), whose))
    plan.said.new.append(f"{entry.name}, {entry.place}")


def _apply(deed: Deed, plan: _Plan, told: Told) -> None:
    whole, done = len(plan.new) + len(plan.changed), 0
    persons: dict[str, int] = {}
    for start in range(0, len(plan.new), _CHUNK):
        part = plan.new[start : start + _CHUNK]
        _enter(deed, part, persons)
        told(done := done + len(part), whole)
    renamed = list(plan.names)
    if renamed:
        spelling = update(Person).where(Person.id == bindparam("whose")).values(name=bindparam("new"))
        deed.conn.execute(spelling, [{"whose": each, "new": plan.names[each]} for each in renamed])
    homes: dict[str, list[tuple[Any, dict[str, Any]]]] = {f"person:{each}": [] for each in renamed}
    for held, values in plan.changed:
        homes.setdefault(held.home, []).append((held, values))
    subjects = sorted(homes)
    for start in range(0, len(subjects), _CHUNK):
        part_of = subjects[start : start + _CHUNK]
        _change(deed, part_of, homes)
        told(done := min(whole, done + len(part_of)), whole)
    _mail(deed, [held.id for held, values in plan.changed if "source" in values])
    told(whole, whole)


def _enter(deed: Deed, part: list[tuple[Entry, int | str]], persons: dict[str, int]) -> None:
    """One chunk of new offices, with the people who are new."""
    strangers: dict[str, Entry] = {}
    for entry, whose in part:
        if isinstance(whose, str) and whose not in persons:
            strangers.setdefault(whose, entry)
    made = (
        people.enter(deed, [people.Newcomer(e.name, e.email) for e in strangers.values()])
        if strangers
        else []
    )
    persons.update(zip(strangers, made, strict=True))
    owners = [persons[whose] if isinstance(whose, str) else whose for _entry, whose in part]
    subjects = sorted({f"person:{owner}" for owner in owners})
    deed.lock(subjects)
    deed.put_many(
        OfficeHolding,
        [
            (
                f"person:{owner}",
                {
                    "person_id": owner, "office": entry.office, "area_id": entry.area, "party": entry.party or None,
                    "from_on": entry.from_on, "to_on": entry.to_on, "email": entry.email,
                    "source": SOURCE if entry.email else None,
                    "confirmed_by": deed.actor.person if entry.email else None,
                },
            )
            for (entry, _whose), owner in zip(part, owners, strict=True)
        ],
    )  # fmt: skip
    deed.note_many(subjects, "office.entered")
    deed.forget(subjects)


def _change(deed: Deed, subjects: list[str], homes: dict[str, list[tuple[Any, dict[str, Any]]]]) -> None:
    """One chunk of people whose offices or names change."""
    deed.lock(subjects)
    rows = []
    for subject in subjects:
        for held, values in homes[subject]:
            confirmed = {"confirmed_by": deed.actor.person} if "source" in values else {}
            rows.append((subject, held.id, None, {**values, **confirmed}))
    changed = deed.change_many(OfficeHolding, rows) if rows else 0
    if changed != len(rows):
        raise LookupError("an office of the directory is gone")
    told = [
        sorted({name for _held, values in homes[subject] for name in values}) or ["name"]
        for subject in subjects
    ]
    deed.note_each(subjects, "office.changed", [{"fields": names} for names in told])
    deed.forget(subjects)


def _mail(deed: Deed, holdings: list[int]) -> None:
    """Who waits for an answer from an address that is only now known, or changed, is asked there."""
    if not holdings:
        return
    for row in asks.requests_open(deed.conn, holdings):
        key = f"endorsement_request:bid:{row.bid_id}:{row.holding_id}:{deed.now.isoformat()}"
        deed.effect("endorsement_request", dict(row.args), key, bid=row.bid_id)
