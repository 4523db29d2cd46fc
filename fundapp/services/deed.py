"""One act of one person: its transaction, the events it writes, the effects it asks for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from fundapp import outbox
from fundapp.audit import evidence, record
from fundapp.audit.record import Entry, Recorder
from fundapp.database import AnyRow, Database, database_now
from fundapp.domain import deadlines
from fundapp.models import Assignment, Evidential
from fundapp.queries import apart
from fundapp.services import marks, refused


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `token` is how the audit log knows them; `identified` how they were known (sign_in, link, command)."""

    person: int | None
    token: str
    identified: str = "sign_in"


#: The service itself, for what time does.
CLOCK: Final = Actor(None, "clock", "clock")


@dataclass(slots=True)
class Deed:
    """An open transaction in which one actor does something.

    `arrived` is when the request reached us: deadlines are held against it. `moment` is the database's clock, None
    until it was read.
    """

    conn: Connection
    recorder: Recorder
    actor: Actor
    arrived: datetime
    moment: datetime | None
    zone: ZoneInfo
    #: The service's own key: marks of what nobody is to read are made under it.
    secret_key: str = ""
    _entries: dict[str, Entry] = field(default_factory=dict)
    _effects: list[dict[str, Any]] = field(default_factory=list)
    _touched: marks.Touched = field(default_factory=marks.Touched)

    @property
    def now(self) -> datetime:
        """The one moment of all that this deed writes, by the database's clock."""
        if self.moment is None:
            self.moment = database_now(self.conn)
        return self.moment

    def read_now(self, moment: datetime) -> None:
        """Take the moment that a locking select brought along, if none was read before: it spares a statement."""
        if self.moment is None:
            self.moment = moment

    def take(self, row: AnyRow) -> Entry:
        """The entry of a subject whose row came with its audit head (subject, number, hash, mac), both just locked."""
        return self._known(self.recorder.entry_from_head(row.subject, row.number, row.hash, row.mac))

    def _known(self, entry: Entry) -> Entry:
        return self._entries.setdefault(entry.subject, entry)

    def holds(self, subject: str) -> Entry | None:
        """The entry of a subject whose head this deed has locked before."""
        entry = self._entries.get(subject)
        if entry is not None and entry.event is not None:
            entry = self._entries[subject] = entry.then()
        return entry

    def entry(self, subject: str) -> Entry:
        """The entry of a subject, its head locked if this deed had not read it yet."""
        return self.holds(subject) or self._known(self.recorder.open_entry(self.conn, subject))

    def lock(self, subjects: Iterable[str]) -> None:
        """Lock the heads of many subjects in one statement, those that this deed has not read yet."""
        new = [subject for subject in subjects if subject not in self._entries]
        if new:
            for entry in self.recorder.open_entries(self.conn, new).values():
                self._known(entry)

    def begin(self, subjects: Sequence[str]) -> list[Entry]:
        """Entries for subjects that begin with this deed."""
        return [self._known(entry) for entry in self.recorder.begin(self.conn, subjects)]

    def put(self, subject: str, model: type[Evidential], values: Mapping[str, Any]) -> int:
        """One evidential row, committed to in the subject's entry; its id."""
        self._touched.note(subject, model.__tablename__, values)
        return evidence.put(self.conn, self.entry(subject), model, values)

    def put_many(self, model: type[Evidential], rows: Sequence[tuple[str, Mapping[str, Any]]]) -> list[int]:
        """Many evidential rows (subject, values) of the same columns; their ids in order."""
        if len(rows) == 1:
            return [self.put(rows[0][0], model, rows[0][1])]
        for subject, values in rows:
            self._touched.note(subject, model.__tablename__, values)
        return evidence.put_many(
            self.conn, model, [(self.entry(subject), values) for subject, values in rows]
        )

    def change(self, subject: str, model: type[Evidential], row: int, values: Mapping[str, Any]) -> None:
        """One evidential row by its id. It is under its subject's lock, so that its version needs no asking."""
        self._touched.note(subject, model.__tablename__, values)
        changed = evidence.change_row(self.conn, self.entry(subject), model, row, None, values)
        if changed is None:
            raise LookupError(f"{model.__tablename__} {row} is gone")

    def change_many(
        self, model: type[Evidential], rows: Sequence[tuple[str, int, int | None, Mapping[str, Any]]]
    ) -> int:
        """Many evidential rows (subject, id, version seen or None, values); how many were changed.

        Rows that set different columns go in separate statements.
        """
        by_columns: dict[tuple[str, ...], list[tuple[Entry, int, int | None, Mapping[str, Any]]]] = {}
        for subject, row, seen, values in rows:
            self._touched.note(subject, model.__tablename__, values)
            item = (self.entry(subject), row, seen, values)
            by_columns.setdefault(tuple(values), []).append(item)
        changed = 0
        for items in by_columns.values():
            if len(items) == 1:
                changed += evidence.change_row(self.conn, items[0][0], model, *items[0][1:]) is not None
            else:
                changed += evidence.change_many(self.conn, model, items)
        return changed

    def effect(
        self,
        name: str,
        args: Mapping[str, Any],
        key: str,
        *,
        bid: int | None = None,
        not_before: datetime | None = None,
    ) -> None:
        """An effect to be delivered once this deed has committed."""
        self._effects.append(
            {
                "name": name,
                "args": dict(args),
                "key": key,
                "bid_id": bid,
                "not_before": not_before or self.now,
            }
        )

    def write_events(self, acts: Sequence[record.Act]) -> None:
        """Append the events of these entries."""
        self.recorder.append_many(self.conn, acts)

    def note(
        self,
        subject: str,
        action: str,
        *,
        role: str | None = None,
        under: Sequence[Any] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        """Write the event of something that moves no state: a role given, a reviewer assigned."""
        entry = self.entry(subject)
        self.recorder.append(
            self.conn,
            entry,
            action=action,
            actor=self.actor.token,
            at=self.now,
            role=role,
            under=under,
            params=params,
        )

    def note_many(
        self,
        subjects: Sequence[str],
        action: str,
        *,
        role: str | None = None,
        under: Sequence[Any] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        """The same event in the chains of several subjects, written together."""
        self.write_events(
            [
                record.Act(
                    self.entry(subject), action=action, actor=self.actor.token, at=self.now, role=role, under=under,
                    params=params,
                )
                for subject in subjects
            ]
        )  # fmt: skip

    def note_each(self, subjects: Sequence[str], action: str, params: Sequence[Mapping[str, Any]]) -> None:
        """The same kind of event in the chains of several subjects, each with its own parameters, written together."""
        self.write_events(
            [
                record.Act(self.entry(subject), action, self.actor.token, self.now, params=given)
                for subject, given in zip(subjects, params, strict=True)
            ]
        )

    def forget(self, subjects: Iterable[str]) -> None:
        """Let go of entries whose events are written: a deed on many thousands of people keeps none of them in memory.

        A subject that comes up again is read anew.
        """
        for subject in subjects:
            entry = self._entries.get(subject)
            if entry is not None and entry.event is not None:
                del self._entries[subject]

    def finish(self) -> None:
        """Make the marks follow that keep people and bids apart, end the turns that they forbid, and write the outbox
        rows; a row whose key stands already is left alone. Raises if an entry lacks its event.
        """
        self.settle_marks()
        touched = self._touched
        if touched.tied_bids or touched.tied_people:
            bids, people = sorted(touched.tied_bids), sorted(touched.tied_people)
            self.end_turns(apart.readers_kept_apart(self.conn, bids=bids, people=people))
        unwritten = [entry.subject for entry in self._entries.values() if entry.event is None and entry.rows]
        if unwritten:
            raise RuntimeError(f"rows were written without an event in {', '.join(unwritten)}")
        if self._effects:
            outbox.put_many(self.conn, self._effects, at=self.now)

    def settle_marks(self) -> None:
        """Make the marks of the bids and people that this deed has changed follow at once, not at its end."""
        if self._touched:
            today = deadlines.civil_day(self.now, self.zone)
            self._touched.settle(self.conn, self.secret_key, self.now, today)

    def end_turns(self, turns: Sequence[AnyRow]) -> None:
        """End the turns of readers who were found to be tied to their bids (`queries.apart.readers_kept_apart`).

        The bids are locked here, in order. What they have scored counts no more.
        """
        if not turns:
            return
        homes = sorted({turn.home for turn in turns})
        self.lock(homes)
        over = {"ended_at": self.now, "ended_why": "interest"}
        self.change_many(Assignment, [(turn.home, turn.id, None, over) for turn in turns])
        self.note_many(homes, "interest.found")


@dataclass(frozen=True, slots=True)
class Office:
    """What a service needs to act: the database, the recorder, the fund's zone, the service's own keys.

    Without the secret key no household is known by its address; without `bank_keys` no bank details are taken or read.
    `bank_weights` is the folder of the table for the modulus check; without a table there, no account is checked.
    """

    db: Database
    recorder: Recorder
    zone: ZoneInfo
    secret_key: str = ""
    bank_keys: tuple[bytes, ...] = field(default=(), repr=False)
    bank_weights: Path | None = None

    @contextmanager
    def deed(self, actor: Actor, arrived: datetime) -> Iterator[Deed]:
        """A deed in a transaction of its own: all of it commits, or nothing does.

        One that is refused because it is not the actor's to do goes on record as tried, in a transaction after it.
        """
        try:
            with self.db.write() as conn:
                deed = Deed(conn, self.recorder, actor, arrived, None, self.zone, self.secret_key)
                yield deed
                deed.finish()
        except refused.Refused as no:
            refused.put_on_record(self, actor, arrived, no)
            raise
