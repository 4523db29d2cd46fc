"""The record as a file of JSON lines, for keeping and checking elsewhere."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from sqlalchemy import Connection, select

from fundapp.audit.record import EVENTS, HEADS
from fundapp.audit.sealed import CHECKPOINTS, LEAVES, NODES
from fundapp.audit.standalone.notes import Key
from fundapp.audit.stored import Ranged, Reader, Span, raw, readers
from fundapp.audit.verify import BATCH, LIVES
from fundapp.database import Database
from fundapp.files import placing

#: Bytes of a piece, and then some.
PIECE = 65_536

_COPIES = ("subject", "number", "actor", "action", "at")


def export(db: Database, stream: BinaryIO, keys: tuple[Key, ...] = ()) -> int:
    """Writes the record chain by chain from one snapshot: events, the head, and of each row what it commits to now.

    A line is one JSON object with a `type`:
    `key` (`key`) · `event` (`subject number actor action at body hash mac`, `position` and `leaf` when it is sealed; the
    body as the very text that was hashed) · `head` (`subject number hash mac`) · `row` (`table id home event commitment`,
    and `state` where it has a life: what a row says itself is not in the file) · `checkpoint` (`number size note`) · `node`
    (`level place hash`) · at last `end` (`events rows`).
    Returns how many events.
    """
    count = 0
    for so_far, piece in pieces(db, keys):
        stream.write(piece)
        count = so_far
    return count


def pieces(db: Database, keys: tuple[Key, ...] = ()) -> Iterator[tuple[int, bytes]]:
    """The same piece by piece: (how many events so far, some lines). The snapshot is held until the last was taken."""
    with db.snapshot() as conn:
        writer = _Writer(conn)
        for key in keys:
            writer.line({"type": "key", "key": key.text})
        for _full in writer.chains():
            yield writer.events, writer.taken()
        for number, size, note in conn.execute(
            select(CHECKPOINTS.c.id, CHECKPOINTS.c.size, CHECKPOINTS.c.note).order_by(CHECKPOINTS.c.size)
        ):
            writer.line({"type": "checkpoint", "number": number, "size": size, "note": note})
        for level, place, made in conn.execute(select(*NODES.c).order_by(NODES.c.level, NODES.c.place)):
            writer.line({"type": "node", "level": level, "place": place, "hash": _hex(made)})
        writer.line({"type": "end", "events": writer.events, "rows": writer.rows})
        yield writer.events, writer.taken()


def export_file(db: Database, path: Path, keys: tuple[Key, ...] = ()) -> int:
    """The same into a file that appears whole or not at all. Raises `fundapp.files.FileRefused`."""
    with placing(path) as temporary, temporary.open("wb") as stream:
        return export(db, stream, keys)


class _Writer:
    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self._written = bytearray()
        self.events = self.rows = 0
        dialect = conn.dialect.name
        events = (
            select(
                *(raw(EVENTS.c[name], dialect) for name in (*_COPIES, "body", "hash", "mac")),
                LEAVES.c.position,
                LEAVES.c.hash,
            )
            .select_from(EVENTS.outerjoin(LEAVES, LEAVES.c.event_id == EVENTS.c.id))
            .order_by(EVENTS.c.subject, EVENTS.c.number, EVENTS.c.id)
        )
        if dialect != "sqlite":
            events = events.execution_options(stream_results=True, max_row_buffer=2000)
        heads = select(HEADS.c.subject, HEADS.c.number, HEADS.c.hash, HEADS.c.mac)
        step = select(HEADS.c.subject).order_by(HEADS.c.subject).offset(BATCH).limit(1)
        self._events = Ranged(events, "audit_event.subject", dialect)
        self._heads = Ranged(heads, "audit_head.subject", dialect)
        self._steps = Ranged(step, "audit_head.subject", dialect)

    def line(self, told: dict[str, Any]) -> None:
        """One line; what no text can hold, as somebody who tampered may leave it, in words."""
        self._written += orjson.dumps(told, default=repr)
        self._written += b"\n"

    def taken(self) -> bytes:
        """The lines since last time."""
        taken = bytes(self._written)
        self._written.clear()
        return taken

    def chains(self) -> Iterator[None]:
        """Span by span, so that what is held in memory does not grow; stops where a piece is full."""
        after = None
        while True:
            upto = self._steps.rows(self.conn, Span(after)).scalar()
            yield from self._span(Span(after, upto))
            if upto is None:
                return
            after = upto

    def _span(self, span: Span) -> Iterator[None]:
        tails: dict[Any, list[dict[str, Any]]] = {}
        for part in self._heads.parts(self.conn, span):
            for subject, number, last, mac in part:
                head = {"type": "head", "subject": subject, "number": number, "hash": last, "mac": mac}
                tails.setdefault(subject, []).append(head)
        for reader in readers(self.conn.dialect.name):
            for part in reader.statement.parts(self.conn, span):
                for row in part:
                    told = _row(reader, row)
                    tails.setdefault(told["home"], []).append(told)
                    self.rows += 1
        current: Any = None
        for event in self._stretch(span):
            *copies, body, made, mac, position, leaf = event
            if copies[0] != current:
                self._tail(tails, current)
                current = copies[0]
            told = {
                "type": "event",
                **dict(zip(_COPIES, copies, strict=True)),
                "body": body,
                "hash": made,
                "mac": mac,
            }
            if position is not None:
                told |= {"position": position, "leaf": _hex(leaf)}
            self.line(told)
            self.events += 1
            if len(self._written) >= PIECE:
                yield
        for subject in [current, *tails]:
            self._tail(tails, subject)

    def _tail(self, tails: dict[Any, list[dict[str, Any]]], subject: Any) -> None:
        for told in tails.get(subject, ()):
            self.line(told)
        if subject in tails:
            tails[subject] = []

    def _stretch(self, span: Span) -> Iterator[Any]:
        if self.conn.dialect.name == "sqlite":
            for part in self._events.parts(self.conn, span):
                yield from part
            return
        with closing(self._events.rows(self.conn, span)) as streamed:
            for stretch in streamed.partitions(1000):
                yield from stretch


def _hex(stored: Any) -> Any:
    return bytes(stored).hex() if isinstance(stored, bytes | memoryview) else stored


def _row(reader: Reader, values: Any) -> dict[str, Any]:
    row_id, home, event_no, made, _gone, columns = reader.row(values)
    told = {
        "type": "row", "table": reader.table, "id": row_id, "home": home, "event": event_no, "commitment": made,
    }  # fmt: skip
    return told | {"state": columns["state"]} if reader.table in LIVES else told
