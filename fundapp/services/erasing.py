"""What people wrote, taken out by the register: rows that are no evidence go, evidence is overwritten and says so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, update

from fundapp.audit import evidence
from fundapp.database import AnyRow, among
from fundapp.domain.keeping import NUMBERED, Words
from fundapp.domain.register import TABLES
from fundapp.domain.retention import Verdict, judge
from fundapp.models import EVIDENTIAL
from fundapp.models.base import Base
from fundapp.queries import documents
from fundapp.queries import keeping as asks
from fundapp.services import warrants
from fundapp.services.deed import Deed
from fundapp.services.documents import SWEPT_AFTER
from fundapp.storage import Files

#: Moments that are set with the words' going, where none was set before.
_STAMPS: Final[Mapping[str, str]] = {
    "bid": "erased_at", "document": "removed_at", "membership": "ended_at", "outbox": "done_at", "person": "erased_at",
}  # fmt: skip
#: In this order chains are locked, as everywhere.
_ORDER: Final = ("fund", "round", "bid", "person")


@dataclass(slots=True)
class Going:
    """What would go: of each table the rows with the columns that lose their words, and rows that are deleted."""

    blank: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    delete: dict[str, set[int]] = field(default_factory=dict)
    homes: dict[tuple[str, int], str] = field(default_factory=dict)
    #: Rows whose moment of going is set, as none was set before.
    stamped: set[tuple[str, int]] = field(default_factory=set)
    #: The bids whose words go.
    bids: tuple[int, ...] = ()
    #: Columns that go, where not all do.
    only: frozenset[str] | None = None

    @property
    def subjects(self) -> set[str]:
        """The chains in which it is recorded."""
        return set(self.homes.values()) | {f"bid:{bid}" for bid in self.bids}

    @property
    def rows(self) -> int:
        """How many rows are changed or deleted."""
        return sum(map(len, self.blank.values())) + sum(map(len, self.delete.values()))

    @property
    def tables(self) -> dict[str, int]:
        """How many rows of each table."""
        return {name: len(self.blank.get(name, ())) + len(self.delete.get(name, ()))
                for name in sorted({*self.blank, *self.delete})}  # fmt: skip

    def take(self, name: str, row: AnyRow, relation: str) -> None:
        """A row that tells of whoever goes, through one relation."""
        kept = TABLES[name]
        if kept.end == "delete":
            self.delete.setdefault(name, set()).add(row.id)
            return
        held = row._mapping
        columns = {
            column
            for column, words in kept.words.items()
            if relation in words.about
            and (self.only is None or column in self.only)
            and held[column] != _left(words, row.id)
        }
        if columns:
            self.blank.setdefault(name, {}).setdefault(row.id, set()).update(columns)
            if name in EVIDENTIAL:
                self.homes[name, row.id] = row.home
            if name in _STAMPS and held[_STAMPS[name]] is None:
                self.stamped.add((name, row.id))


@dataclass(frozen=True, slots=True)
class Stays:
    """A bid of which nothing goes now, and why (`Verdict`)."""

    bid: AnyRow
    verdict: Verdict


@dataclass(slots=True)
class Plan:
    """What a person's erasure would do: `going`, what stays, and what must end before (`going_on`)."""

    person: AnyRow
    going: Going
    stays: list[Stays]
    going_on: list[Stays]
    #: Rows of others' bids that tell of the person and stay with those: how many, by table.
    others: dict[str, int]


def verdict_of(row: AnyRow, zone: ZoneInfo) -> Verdict:
    """What stands in the way of a bid's words going, of a row as `queries.keeping.standing` gives it."""
    paid = [day for day in (row.paid_on, row.sent_at.astimezone(zone).date() if row.sent_at else None) if day]
    return judge(
        row.state, row.since, accepted=row.accepted_at is not None, last_paid=max(paid) if paid else None,
        held=row.held is not None, erased=row.erased_at is not None, zone=zone,
    )  # fmt: skip


def of_bids(
    conn: Connection,
    bids: Sequence[int],
    tables: Iterable[str] | None = None,
    columns: frozenset[str] | None = None,
) -> Going:
    """What of these bids would go, by the register; all of it, or only what stands in some columns of some tables."""
    going = Going(bids=tuple(bids), only=columns)
    for name in tables or TABLES:
        _take_bids(conn, going, name, bids)
    return going


def _take_bids(conn: Connection, going: Going, name: str, bids: Sequence[int]) -> None:
    kept = TABLES[name]
    if kept.end == "stay" or not kept.bid or "bid" not in kept.about:
        return
    for row in asks.hanging(conn, name, bids, _read(name)):
        going.take(name, row, "bid")


def of_person(conn: Connection, person: AnyRow, zone: ZoneInfo) -> Plan:
    """What would go and what would stay, were everything about a person erased now."""
    mine = [Stays(row, verdict_of(row, zone)) for row in asks.bids_of(conn, person.id)]
    going = of_bids(conn, [each.bid.id for each in mine if each.verdict.code == "goes"])
    addresses = asks.addresses(conn, person.id)
    found: list[tuple[str, str, AnyRow]] = []
    for name, kept in TABLES.items():
        if kept.end == "stay":
            continue
        for relation in kept.about:
            if relation != "bid":
                rows = asks.telling(conn, name, relation, person.id, addresses, _read(name))
                found += [(name, relation, row) for row in rows]
    elsewhere = {row.of_bid for _, _, row in found if row.of_bid is not None}
    may_go = {
        row.id
        for row in asks.standing(conn, sorted(elsewhere))
        if verdict_of(row, zone).code in ("goes", "gone")
    }
    others: dict[str, int] = {}
    for name, relation, row in found:
        if row.of_bid is None or row.of_bid in may_go or relation.startswith("@"):
            going.take(name, row, relation)
        else:
            others[name] = others.get(name, 0) + 1
    stays = [each for each in mine if each.verdict.code in ("held", "money")]
    return Plan(person, going, stays, [each for each in mine if each.verdict.code == "going_on"], others)


def carry_out(
    deed: Deed, going: Going, why: str, *, person: int | None = None, whole: bool = True
) -> list[str]:
    """Take it out; the SHA-256 of the files that may go with it. `why`: asked, over, or bank.

    Every home of evidence that is overwritten has one event `erased` that names the rows; the person's own, where there
    is one, also counts what was deleted. `whole`: the bids show from now on that their words went.
    """
    conn = deed.conn
    if conn.dialect.name == "sqlite":
        # What is deleted is overwritten in the file, and not only let go.
        conn.exec_driver_sql("PRAGMA secure_delete = ON")
    contents = _contents(conn, going)
    subjects = set(going.homes.values()) | {f"bid:{bid}" for bid in going.bids if whole}
    if person is not None:
        subjects.add(f"person:{person}")
    hold(deed, subjects)
    named: dict[str, list[list[Any]]] = {subject: [] for subject in subjects}
    for name, rows in sorted(going.blank.items()):
        for row, columns in sorted(rows.items()):
            values = _values(deed, going, name, row, columns)
            if name == "bid":
                values["erased_why"] = why
            if name in EVIDENTIAL:
                subject = going.homes[name, row]
                evidence.erase_row(conn, deed.entry(subject), EVIDENTIAL[name], row, values)
                named[subject].append([name, row])
            else:
                table = Base.metadata.tables[name]
                conn.execute(update(table).where(table.c.id == row).values(values))
    _delete(conn, going)
    also = {name: count for name, count in going.tables.items() if name not in EVIDENTIAL}
    for subject in sorted(subjects, key=_place):
        params: dict[str, Any] = {"why": why, "rows": named[subject]}
        if subject == f"person:{person}" or (person is None and len(subjects) == 1):
            params["also"] = also
        if named[subject] or "also" in params:
            deed.note(subject, "erased", params=params)
    return contents


def hold(deed: Deed, subjects: Iterable[str]) -> None:
    """Hold the chains of these homes, and the bids among them, in the one order in which everything is held."""
    wanted = sorted(subjects, key=_place)
    deed.lock([each for each in wanted if each.startswith(("fund:", "round:"))])
    new = [int(each[4:]) for each in wanted if each.startswith("bid:") and deed.holds(each) is None]
    if new:
        warrants.hold_bids(deed, new)
    deed.lock([each for each in wanted if each.startswith("person:")])


def forget_contents(conn: Connection, files: Files, hashes: Sequence[str], at: datetime) -> int:
    """Delete files that nobody needs any more, at once; how many. What is left is swept a day later."""
    needed = documents.needed(conn, hashes) if hashes else set()
    return sum(files.delete(each, at + SWEPT_AFTER) for each in dict.fromkeys(hashes) if each not in needed)


def _left(words: Words, row: int) -> Any:
    return f"erased:{row}" if words.leaves is NUMBERED else words.leaves


def _read(name: str) -> list[str]:
    return [*TABLES[name].words, *([_STAMPS[name]] if name in _STAMPS else [])]


def _values(deed: Deed, going: Going, name: str, row: int, columns: Iterable[str]) -> dict[str, Any]:
    values: dict[str, Any] = {column: _left(TABLES[name].words[column], row) for column in sorted(columns)}
    if (name, row) in going.stamped:
        values[_STAMPS[name]] = deed.now
    return values


def _delete(conn: Connection, going: Going) -> None:
    """Rows that are no evidence, those that refer to others first."""
    for table in reversed(Base.metadata.sorted_tables):
        ids = sorted(going.delete.get(table.name, ()))
        if ids:
            conn.execute(delete(table).where(among(conn, table.c.id, ids)))


def _contents(conn: Connection, going: Going) -> list[str]:
    found: list[str] = []
    for name in ("document", "copy_paper", "letter_file", "minutes_paper", "letter_bundle"):
        ids = sorted({*going.blank.get(name, ()), *going.delete.get(name, ())})
        if ids:
            found += asks.contents(conn, name, ids)
    return found


def _place(subject: str) -> tuple[int, int]:
    kind, _, number = subject.partition(":")
    return _ORDER.index(kind), int(number)
