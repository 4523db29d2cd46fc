"""Writing events: a chain per subject, each event bound to the one before and signed under the audit key."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, select, update

from fundapp.database import among
from fundapp.guard import RECORDED
from fundapp.models.base import Base, canonical, iso

#: The version of the body's form.
BODY_VERSION = 1
EVENT_DOMAIN = b"communities fund audit event 1\n"
HEAD_DOMAIN = b"communities fund audit head 1\n"

EVENTS: Table = Base.metadata.tables["audit_event"]
HEADS: Table = Base.metadata.tables["audit_head"]

_ADD_EVENT = insert(EVENTS).inline().execution_options(recorded=RECORDED)
_ADD_HEAD = insert(HEADS).inline().execution_options(recorded=RECORDED)
_MOVE_HEAD = (
    update(HEADS)
    .where(HEADS.c.subject == bindparam("b_subject"), HEADS.c.number == bindparam("b_number"))
    .values(number=bindparam("n_number"), hash=bindparam("n_hash"), mac=bindparam("n_mac"))
    .execution_options(recorded=RECORDED)
)
_ANY_HEAD = select(HEADS.c.subject, HEADS.c.number, HEADS.c.hash, HEADS.c.mac).order_by(HEADS.c.id).limit(1)
_LOCK_HEAD = (
    select(HEADS.c.subject, HEADS.c.number, HEADS.c.hash, HEADS.c.mac)
    .where(HEADS.c.subject == bindparam("b_subject"))
    .with_for_update(key_share=True)
)


class RecordBroken(Exception):
    """The record of a subject does not fit its key or itself: nothing may be added to it. Verify it."""


@dataclass(slots=True)
class Event:
    """What was appended: its number in the subject's chain and its hash in hex."""

    subject: str
    number: int
    hash: str


@dataclass(slots=True)
class Entry:
    """An event being written. `rows` collects `[table, id, commitment]` of what its transaction wrote.

    `head_number` is where the stored head stands; for the second and later entries of one subject in one
    transaction (`then`) that is below `number - 1` until they are appended together, in order.
    """

    subject: str
    number: int
    previous: str | None
    head_number: int
    rows: list[list[Any]] = field(default_factory=list)
    before: "Entry | None" = None
    event: Event | None = None
    #: The mac of an event by its hash, by which the rows that this entry changes are known to be as they were left.
    mac_of: Callable[[str], str] | None = None
    #: (table, id) of rows that were read locked and found as their newest event left them.
    whole: set[tuple[str, int]] = field(default_factory=set)

    def then(self) -> "Entry":
        """The entry after this one in the same chain; append this one first, or both with `append_many`."""
        known = self.event.hash if self.event else None
        head = self.number if self.event else self.head_number
        return Entry(self.subject, self.number + 1, known, head, before=self, mac_of=self.mac_of)


@dataclass(slots=True)
class Act:
    """What `append_many` writes for one entry; the arguments of `append`."""

    entry: Entry
    action: str
    actor: str
    at: datetime
    role: str | None = None
    under: Sequence[Any] | None = None
    move: Mapping[str, Any] | None = None
    params: Mapping[str, Any] | None = None


class Recorder:
    """The writer of the record; holds the audit key, which is never in the database."""

    def __init__(self, key: bytes) -> None:
        """`key`: 32 random bytes or more (ValueError if fewer than 16)."""
        if len(key) < 16:
            raise ValueError("the audit key must have at least 16 bytes")
        self._key = key
        self._fits = False

    def event_mac(self, event_hash: str) -> str:
        """HMAC in hex of an event, by its hash in hex."""
        return hmac.digest(self._key, EVENT_DOMAIN + event_hash.encode(), "sha256").hex()

    def head_mac(self, subject: str, number: int, last_hash: str) -> str:
        """HMAC in hex of where a subject's chain ends."""
        return hmac.digest(self._key, HEAD_DOMAIN + canonical([subject, number, last_hash]), "sha256").hex()

    def entry_from_head(self, subject: str, number: int, last_hash: str, mac: str) -> Entry:
        """An entry on a head that the caller has read and locked; RecordBroken if its mac is not ours."""
        if not hmac.compare_digest(self.head_mac(subject, number, last_hash), mac):
            raise RecordBroken(f"The head of {subject} in the audit log was not written by this service.")
        return Entry(subject, number + 1, last_hash, number, mac_of=self.event_mac)

    def open_entry(self, conn: Connection, subject: str) -> Entry:
        """Locks the head of one subject. Raises RecordBroken if it has none or its mac is not ours."""
        head = conn.execute(_LOCK_HEAD, {"b_subject": subject}).one_or_none()
        if head is None:
            raise RecordBroken(f"{subject} has no head in the audit log.")
        return self.entry_from_head(*head)

    def open_entries(self, conn: Connection, subjects: Iterable[str]) -> dict[str, Entry]:
        """Locks the heads of many subjects, in order of their names, in one statement."""
        wanted = sorted(set(subjects))
        found = conn.execute(
            select(HEADS.c.subject, HEADS.c.number, HEADS.c.hash, HEADS.c.mac)
            .where(among(conn, HEADS.c.subject, wanted))
            .order_by(HEADS.c.subject)
            .with_for_update(key_share=True)
        )
        entries = {head.subject: self.entry_from_head(*head) for head in found}
        for subject in wanted:
            if subject not in entries:
                raise RecordBroken(f"{subject} has no head in the audit log.")
        return entries

    def begin(self, conn: Connection, subjects: Sequence[str]) -> list[Entry]:
        """Heads, at number 0, for subjects that have none yet; IntegrityError if one has.

        RecordBroken where the record was begun under another key.
        """
        if subjects:
            self._fit(conn)
            conn.execute(
                _ADD_HEAD,
                [
                    {"subject": subject, "number": 0, "hash": "", "mac": self.head_mac(subject, 0, "")}
                    for subject in subjects
                ],
            )
        return [Entry(subject, 1, "", 0, mac_of=self.event_mac) for subject in subjects]

    def _fit(self, conn: Connection) -> None:
        """Chains that begin under a wrong key would never verify: look at one that stands, once for each recorder."""
        if self._fits:
            return
        head = conn.execute(_ANY_HEAD).one_or_none()
        if head is None:
            return
        if not hmac.compare_digest(self.head_mac(head.subject, head.number, head.hash), head.mac):
            raise RecordBroken(
                f"The audit log was written under another AUDIT_KEY than this service has, or the head of {head.subject} "
                "was changed. Nothing was written. Set the right key, then verify the record."
            )
        self._fits = True

    def append(
        self,
        conn: Connection,
        entry: Entry,
        *,
        action: str,
        actor: str,
        at: datetime,
        role: str | None = None,
        under: Sequence[Any] | None = None,
        move: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Event:
        """Writes one event and moves the head on. No personal data in `params`.

        `actor` is a person's token or `clock`; `under` `[table, id]` of the row that gave the role; `move`
        `{life, of: [table, id], policy: [name, version], name, from, to, guards}`. Raises RecordBroken when
        the head is no longer where the entry found it.
        """
        return self.append_many(conn, [Act(entry, action, actor, at, role, under, move, params)])[0]

    def append_many(self, conn: Connection, acts: Sequence[Act]) -> list[Event]:
        """Writes many events with two set-based statements; those of one subject in order of number."""
        events: list[Event] = []
        rows: list[dict[str, Any]] = []
        heads: dict[str, tuple[int, Event]] = {}
        for act in acts:
            event, row = self._event(act)
            events.append(event)
            rows.append(row)
            start = heads[event.subject][0] if event.subject in heads else act.entry.head_number
            heads[event.subject] = (start, event)
        if not rows:
            return events
        conn.execute(_ADD_EVENT, rows if len(rows) > 1 else rows[0])
        moves = [
            {
                "b_subject": subject,
                "b_number": start,
                "n_number": last.number,
                "n_hash": last.hash,
                "n_mac": self.head_mac(subject, last.number, last.hash),
            }
            for subject, (start, last) in heads.items()
        ]
        moved = conn.execute(_MOVE_HEAD, moves if len(moves) > 1 else moves[0])
        if moved.rowcount != len(moves):
            raise RecordBroken(
                "The audit log moved on under this transaction. Nothing was written; try again."
            )
        return events

    def _event(self, act: Act) -> tuple[Event, dict[str, Any]]:
        entry = act.entry
        if entry.event is not None:
            raise RecordBroken(f"Event {entry.number} of {entry.subject} was written already.")
        if entry.before is not None and entry.before.event is None:
            raise RecordBroken(f"Event {entry.number} of {entry.subject} comes before the one it follows.")
        previous = entry.before.event.hash if entry.before and entry.before.event else entry.previous
        body = canonical(
            {
                "v": BODY_VERSION,
                "subject": entry.subject,
                "number": entry.number,
                "prev": previous,
                "action": act.action,
                "actor": act.actor,
                "at": iso(act.at),
                "role": act.role,
                "under": act.under,
                "move": act.move,
                "params": act.params or {},
                "rows": entry.rows,
            }
        )
        entry.event = Event(entry.subject, entry.number, hashlib.sha256(body).hexdigest())
        return entry.event, {
            "subject": entry.subject,
            "number": entry.number,
            "actor": act.actor,
            "action": act.action,
            "at": act.at,
            "body": body.decode(),
            "hash": entry.event.hash,
            "mac": self.event_mac(entry.event.hash),
        }
