"""Random tamperings with a sealed record, by somebody who has the database, and sometimes the audit key."""

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from fundapp.audit.commitment import commitment, plain
from fundapp.audit.keys import sign
from fundapp.audit.record import EVENTS, HEADS
from fundapp.audit.sealed import CHECKPOINTS, LEAVES, NODES
from fundapp.audit.standalone.tree import Tree, leaf_hash
from fundapp.models import EVIDENTIAL
from fundapp.models.base import Base, canonical
from tests.audit import sealing
from tests.databases import RECORDER

#: Columns that mean nothing by themselves: handles, and when a checkpoint was signed, which is told, not proved.
HANDLES = {("audit_event", "id"), ("audit_head", "id"), ("audit_checkpoint", "at")}
BINDING = ("home", "event_no", "salt")


@dataclass
class Tampering:
    """What was done, in words; whether it reaches what the outside checkpoint covers, and whether the audit key was used.

    `whole`: what is left is a state in which the record once stood, so that nothing inside it can tell.
    """

    words: str
    witnessed: bool
    key: bool = False
    whole: bool = False

    @property
    def must_be_found(self) -> bool:
        """Everything at or before the outside checkpoint, and of what came later whatever was made without the key."""
        return self.witnessed or not (self.key or self.whole)


@dataclass
class Tamperer:
    """Tampers in one transaction. `witness`: how many events the outside checkpoint covers."""

    conn: Connection
    rng: random.Random
    witness: int

    def tamper(self) -> Tampering:
        """One tampering, chosen at random, that really changes something."""
        ways: list[Callable[[], Tampering | None]] = [
            self.edit, self.edit, self.edit, self.edit, self.delete, self.delete, self.insert, self.insert, self.swap,
            self.cut_tail, self.remove_subject, self.rewrite, self.rewrite, self.rewrite_everything, self.add_with_key,
        ]  # fmt: skip
        while True:
            way = self.rng.choice(ways)
            try:
                with self.conn.begin_nested():
                    done = way()
            except DBAPIError:
                # A uniqueness stood in the way: somebody who tampers would try something else.
                continue
            if done is not None:
                return done

    # Without the key.

    def edit(self) -> Tampering | None:
        """One cell."""
        table, row = self._row()
        column = self._column(table)
        value = self._other(row[column])
        if value == row[column]:
            return None
        self.conn.execute(update(table).where(*self._is(table, row)).values({column: value}))
        return Tampering(f"edit {table.name}.{column} of {self._name(table, row)}", self._reaches(table, row))

    def delete(self) -> Tampering | None:
        """One row."""
        table, row = self._row()
        self.conn.execute(delete(table).where(*self._is(table, row)))
        return Tampering(f"delete {table.name} {self._name(table, row)}", self._reaches(table, row))

    def insert(self) -> Tampering | None:
        """A row like another, under a handle of its own."""
        table, row = self._row()
        fresh = dict(row)
        if "id" in row:
            fresh["id"] = 10_000 + self.rng.randrange(1000)
        elif table is LEAVES:
            fresh |= {"position": row["position"] + 1000}
        else:
            fresh |= {"place": row["place"] + 1000}
        for constraint in table.constraints:
            for column in constraint.columns:
                name = column.name
                if name != "id" and fresh.get(name) == row.get(name) and name not in ("home", "event_no"):
                    fresh[name] = self._other(fresh[name]) if self.rng.random() < 0.7 else fresh[name]
        self.conn.execute(insert(table).values(**fresh))
        return Tampering(f"insert into {table.name} like {self._name(table, row)}", False)

    def swap(self) -> Tampering | None:
        """A value of two rows."""
        table = self._table()
        rows = [dict(row) for row in self.conn.execute(select(table)).mappings()]
        if len(rows) < 2:
            return None
        one, other = self.rng.sample(rows, 2)
        column = self._column(table)
        if one[column] == other[column]:
            return None
        aside = self._other(one[column])
        self.conn.execute(update(table).where(*self._is(table, one)).values({column: aside}))
        self.conn.execute(update(table).where(*self._is(table, other)).values({column: one[column]}))
        self.conn.execute(update(table).where(*self._is(table, one)).values({column: other[column]}))
        return Tampering(
            f"swap {table.name}.{column}", self._reaches(table, one) or self._reaches(table, other)
        )

    def cut_tail(self) -> Tampering | None:
        """The newest events, and their leaves if they are sealed."""
        count = self.rng.randint(1, 12)
        handles = (
            self.conn.execute(select(EVENTS.c.id).order_by(EVENTS.c.id.desc()).limit(count)).scalars().all()
        )
        positions = self._positions(handles)
        if self.rng.random() < 0.5:
            self.conn.execute(delete(LEAVES).where(LEAVES.c.event_id.in_(handles)))
        self.conn.execute(delete(EVENTS).where(EVENTS.c.id.in_(handles)))
        return Tampering(f"cut the last {count} events", min(positions, default=self.witness) < self.witness)

    def remove_subject(self) -> Tampering | None:
        """A subject with all its rows; sometimes with its leaves."""
        subject = self.rng.choice(self.conn.execute(select(HEADS.c.subject)).scalars().all())
        handles = self.conn.execute(select(EVENTS.c.id).where(EVENTS.c.subject == subject)).scalars().all()
        positions = self._positions(handles)
        for name in EVIDENTIAL:
            table = Base.metadata.tables[name]
            self.conn.execute(delete(table).where(table.c.home == subject))
        if self.rng.random() < 0.5:
            self.conn.execute(delete(LEAVES).where(LEAVES.c.event_id.in_(handles)))
        self.conn.execute(delete(EVENTS).where(EVENTS.c.subject == subject))
        self.conn.execute(delete(HEADS).where(HEADS.c.subject == subject))
        witnessed = min(positions, default=self.witness) < self.witness
        return Tampering(f"remove {subject}", witnessed, whole=not positions)

    # With the key.

    def rewrite(self) -> Tampering | None:
        """An event or row changed, and all that follows from it made right again under the key."""
        subject = self.rng.choice(self.conn.execute(select(HEADS.c.subject)).scalars().all())
        events = [dict(row) for row in self.conn.execute(
            select(EVENTS).where(EVENTS.c.subject == subject).order_by(EVENTS.c.number)).mappings()]  # fmt: skip
        if not events:
            return None
        start = self.rng.randrange(len(events))
        body = json.loads(events[start]["body"])
        words = self._bend(body, subject, start == len(events) - 1)
        if words is None:
            return None
        self._rechain(events, start, body)
        positions = self._positions([event["id"] for event in events[start:]])
        how, sealed = self._reseal() if positions and self.rng.random() < 0.8 else ("", True)
        # Under the seals that the service made later nothing can be changed either, while they stand.
        witnessed = min(positions, default=self.witness) < self.witness or bool(positions and sealed)
        return Tampering(f"rewrite {words} of event {start + 1} of {subject}{how}", witnessed, key=True)

    def rewrite_everything(self) -> Tampering | None:
        """The whole log with recomputed hashes and a stolen audit key, sealed anew by a key of their own."""
        for subject in self.conn.execute(select(HEADS.c.subject)).scalars().all():
            events = [dict(row) for row in self.conn.execute(
                select(EVENTS).where(EVENTS.c.subject == subject).order_by(EVENTS.c.number)).mappings()]  # fmt: skip
            if events:
                body = json.loads(events[0]["body"])
                body["params"] = {**body["params"], "rewritten": self.rng.randrange(1000)}
                self._rechain(events, 0, body)
        return Tampering("rewrite the whole log" + self._reseal()[0], True, key=True)

    def add_with_key(self) -> Tampering | None:
        """An event that never happened, at the end of a chain."""
        subject = self.rng.choice(self.conn.execute(select(HEADS.c.subject)).scalars().all())
        last = self.conn.execute(
            select(EVENTS).where(EVENTS.c.subject == subject).order_by(EVENTS.c.number.desc()).limit(1)
        ).mappings().one_or_none()  # fmt: skip
        if last is None:
            return None
        body = json.loads(last["body"]) | {
            "number": last["number"] + 1, "prev": last["hash"], "rows": [], "move": None, "under": None,
            "action": "note.made", "params": {},
        }  # fmt: skip
        made = dict(last) | {
            "id": 20_000 + self.rng.randrange(1000),
            "number": body["number"],
            "action": "note.made",
        }
        self._write(made, body, fresh=True)
        self._head(subject, made)
        return Tampering(f"add an event to {subject}", False, key=True)

    # What these are made of.

    def _bend(self, body: dict[str, Any], subject: str, newest: bool) -> str | None:
        """Changes an event's body, or a row that it was the last to record; what was changed."""
        owned = []
        if newest:
            owned = [(table, row) for table, row, _ in body["rows"]]
        if owned and self.rng.random() < 0.7:
            name, row_id = self.rng.choice(owned)
            table, model = Base.metadata.tables[name], EVIDENTIAL[name]
            row = self.conn.execute(select(table).where(table.c.id == row_id)).mappings().one()
            column = self.rng.choice([c for c in model.EVIDENCE if c != "state"])
            value = self._other(row[column])
            self.conn.execute(update(table).where(table.c.id == row_id).values({column: value}))
            held = self.conn.execute(select(table).where(table.c.id == row_id)).mappings().one()
            said = {c: plain(held[c]) for c in model.EVIDENCE}
            made = commitment(held["salt"], name, row_id, said)
            body["rows"] = [[t, r, made if (t, r) == (name, row_id) else old] for t, r, old in body["rows"]]
            return f"{name}.{column}"
        body["params"] = {**body["params"], "forged": self.rng.randrange(1000)}
        return "the words"

    def _rechain(self, events: list[dict[str, Any]], start: int, body: dict[str, Any]) -> None:
        for place in range(start, len(events)):
            told = body if place == start else json.loads(events[place]["body"])
            if place > start:
                told["prev"] = events[place - 1]["hash"]
            self._write(events[place], told)
        self._head(events[-1]["subject"], events[-1])

    def _write(self, event: dict[str, Any], body: dict[str, Any], fresh: bool = False) -> None:
        text = canonical(body)
        event["body"] = text.decode()
        event["hash"] = hashlib.sha256(text).hexdigest()
        event["mac"] = RECORDER.event_mac(event["hash"])
        if fresh:
            self.conn.execute(insert(EVENTS).values(**event))
        else:
            self.conn.execute(update(EVENTS).where(EVENTS.c.id == event["id"]).values(**event))

    def _head(self, subject: str, last: dict[str, Any]) -> None:
        values = {"number": last["number"], "hash": last["hash"],
                  "mac": RECORDER.head_mac(subject, last["number"], last["hash"])}  # fmt: skip
        self.conn.execute(update(HEADS).where(HEADS.c.subject == subject).values(values))

    def _reseal(self) -> tuple[str, bool]:
        """Leaves and subtrees made to fit; checkpoints left, taken away, or signed by a key of their own; whether any are left.

        Or all seals taken away that are newer than the outside checkpoint.
        """
        way = self.rng.choice(("kept", "gone", "forged", "newer gone"))
        if way == "newer gone":
            self.conn.execute(delete(CHECKPOINTS).where(CHECKPOINTS.c.size > self.witness))
            self.conn.execute(delete(LEAVES).where(LEAVES.c.position >= self.witness))
            self.conn.execute(delete(NODES).where((NODES.c.place + 1) * 256 > self.witness))
            return ", newer seals gone", False
        if way == "gone":
            for table in (CHECKPOINTS, LEAVES, NODES):
                self.conn.execute(delete(table))
            return ", seals gone", True
        tree, sizes = Tree(), set(self.conn.execute(select(CHECKPOINTS.c.size)).scalars())
        tree.kept = []
        leaves = select(LEAVES.c.position, EVENTS.c.body).join(EVENTS, EVENTS.c.id == LEAVES.c.event_id)
        for position, body in self.conn.execute(leaves.order_by(LEAVES.c.position)).all():
            made = leaf_hash(body.encode())
            self.conn.execute(update(LEAVES).where(LEAVES.c.position == position).values(hash=made))
            tree.add(made)
            if tree.size in sizes and way == "forged":
                note = sign([sealing.key(66)], tree.size, tree.root()).note
                self.conn.execute(
                    update(CHECKPOINTS).where(CHECKPOINTS.c.size == tree.size).values(note=note)
                )
        for level, place, made in tree.kept:
            self.conn.execute(
                update(NODES).where(NODES.c.level == level, NODES.c.place == place).values(hash=made)
            )
        return f", seals {way}", True

    def _table(self) -> Table:
        names = [*EVIDENTIAL, "audit_event", "audit_head", "audit_leaf", "audit_node", "audit_checkpoint"]
        weights = [1] * len(EVIDENTIAL) + [15, 6, 6, 1, 2]
        return Base.metadata.tables[self.rng.choices(names, weights)[0]]

    def _row(self) -> tuple[Table, dict[str, Any]]:
        while True:
            table = self._table()
            rows = self.conn.execute(select(table)).mappings().all()
            if rows:
                return table, dict(self.rng.choice(rows))

    def _column(self, table: Table) -> str:
        if table.name in EVIDENTIAL:
            return self.rng.choice([*EVIDENTIAL[table.name].EVIDENCE, *BINDING])
        return self.rng.choice([c.name for c in table.columns if (table.name, c.name) not in HANDLES])

    def _is(self, table: Table, row: dict[str, Any]) -> list[Any]:
        return [column == row[column.name] for column in table.primary_key.columns]

    def _name(self, table: Table, row: dict[str, Any]) -> str:
        return "/".join(str(row[column.name]) for column in table.primary_key.columns)

    def _positions(self, handles: Any) -> list[int]:
        return list(
            self.conn.execute(select(LEAVES.c.position).where(LEAVES.c.event_id.in_(handles))).scalars()
        )

    def _reaches(self, table: Table, row: dict[str, Any]) -> bool:
        """Whether the outside checkpoint covers the event that the row is, or that last recorded it."""
        if table is EVENTS:
            found = self._positions([row["id"]])
            return bool(found) and found[0] < self.witness
        if table is LEAVES:
            return bool(row["position"] < self.witness)
        return False

    def _other(self, value: Any) -> Any:
        rng = self.rng
        if value is None:
            return 1
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return value + rng.choice((1, -1, 7))
        if isinstance(value, str):
            if not value:
                return "x"
            place = rng.randrange(len(value))
            return value[:place] + ("0" if value[place] != "0" else "1") + value[place + 1 :]
        if isinstance(value, bytes):
            place = rng.randrange(len(value))
            return value[:place] + bytes([value[place] ^ (1 << rng.randrange(8))]) + value[place + 1 :]
        if isinstance(value, datetime):
            return value + timedelta(microseconds=rng.randint(1, 10**9))
        if isinstance(value, date):
            return value + timedelta(days=rng.randint(1, 900))
        if isinstance(value, list):
            return [*value, "x"]
        if isinstance(value, dict):
            return {**value, "x": rng.randrange(9)}
        raise TypeError(value)
