"""Sealing: new events take their places in the tree, and a checkpoint is signed over all of them.

Nothing is signed before it was verified: the chains and rows of every subject that has something new, that the new tree
begins with the last one, and that the last one is what was signed, here and in the copy that lies outside the database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from fundapp.audit.chains import Legal
from fundapp.audit.findings import Problem
from fundapp.audit.keys import SealKey, SealKeys, sign
from fundapp.audit.record import EVENTS, Recorder
from fundapp.audit.sealed import CHECKPOINTS, LEAVES, NODES, StoredTree, floor, newest, tree_of
from fundapp.audit.standalone.findings import Finding, Unreadable
from fundapp.audit.standalone.notes import Checkpoint, read_checkpoint
from fundapp.audit.standalone.points import ROTATED
from fundapp.audit.standalone.tree import Tree, consistency_holds, leaf_hash
from fundapp.audit.verify import verify_subjects
from fundapp.database import AnyRow, Database, database_now
from fundapp.files import placing
from fundapp.guard import RECORDED

#: The chain of what happens to the log itself.
LOG = "log:1"
BEGUN = "seal.begun"
CLOCK = "clock"
#: Events that one checkpoint covers anew, and those that are written in one statement.
MOST = 50_000
AT_ONCE = 5_000

#: Leaves come by the hundred thousand: as arrays on PostgreSQL, past SQLAlchemy's own parameters on SQLite.
_ADD_LEAVES = {
    "sqlite": "INSERT INTO audit_leaf (position, event_id, hash) VALUES (?, ?, ?)",
    "postgresql": "INSERT INTO audit_leaf (position, event_id, hash) SELECT * FROM "
    "unnest(%s::bigint[], %s::bigint[], %s::bytea[])",
}
_ADD_NODE = insert(NODES).inline().execution_options(recorded=RECORDED)
_ADD_CHECKPOINT = insert(CHECKPOINTS).inline().execution_options(recorded=RECORDED)


class SealRefused(Exception):
    """Nothing was signed; `problems` says why, and the message is the first of them as a sentence."""

    def __init__(self, problems: Sequence[Problem | Finding]) -> None:
        super().__init__(problems[0].sentence)
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a sealing left: the newest checkpoint (None: nothing was ever sealed) and how many events were new in it."""

    checkpoint: Checkpoint | None
    added: int


@dataclass(slots=True)
class Sealer:
    """Seals one log. `outside` is the file that keeps the newest checkpoint beside the database."""

    db: Database
    recorder: Recorder
    keys: SealKeys
    outside: Path
    zone: ZoneInfo
    legal: Legal | None = None

    def seal(self) -> Sealed:
        """Everything that is committed and not sealed yet. Raises SealRefused, RecordBroken.

        Safe at any time and from many processes: of two at once one seals, the other finds nothing left to do. Stopped in the
        middle it leaves whole checkpoints only, and goes on at the next call.
        """
        self._begin()
        added = 0
        with self.db.snapshot() as conn:
            last = newest(conn)
            self._fits_outside(conn, last)
            after = floor(conn)
            self._verified(conn, after)
            for part in _parts(conn, after):
                written = self._write(part, last, (self.keys.signing,))
                if written is None:
                    break
                last = written
                added += len(part)
        self._keep(last)
        return Sealed(last, added)

    def rotate(self, following: SealKey) -> Sealed:
        """Hand over to another key: an event that names it, and a checkpoint over that event that both keys sign.

        The caller puts the new key into the key file afterwards; done again with the same key it adds nothing. Raises as `seal`.
        """
        self.seal()
        source, target = self.keys.signing.public.text, following.public.text
        with self.db.write() as conn:
            last = newest(conn)
            if last is not None and target in _handed(conn):
                return Sealed(last, 0)
            entry = self.recorder.open_entry(conn, LOG)
            told = {"from": source, "to": target}
            self.recorder.append(conn, entry, action=ROTATED, actor=CLOCK, at=database_now(conn), params=told)
        added = 0
        with self.db.snapshot() as conn:
            after = floor(conn)
            self._verified(conn, after)
            for part in _parts(conn, after):
                last = self._write(part, last, (self.keys.signing, following)) or last
                added += len(part)
        self._keep(last)
        return Sealed(last, added)

    def _begin(self) -> None:
        """The log's own chain begins with the key that signs first."""
        with self.db.read() as conn:
            begun = conn.execute(select(EVENTS.c.id).where(EVENTS.c.subject == LOG).limit(1)).scalar()
        if begun is not None:
            return
        try:
            with self.db.write() as conn:
                (entry,) = self.recorder.begin(conn, [LOG])
                told = {"to": self.keys.signing.public.text}
                self.recorder.append(
                    conn, entry, action=BEGUN, actor=CLOCK, at=database_now(conn), params=told
                )
        except IntegrityError:
            # Another process began it at the same moment.
            return

    def _fits_outside(self, conn: Connection, last: Checkpoint | None) -> None:
        """The last checkpoint is what one of our keys signed, and goes on from the copy that lies outside."""
        tree_of(conn, last)
        if last is not None and last.signed_by(self.keys.known) is not True:
            raise SealRefused([Finding("signature_wrong", last.named)])
        kept = self.kept()
        if kept is None:
            return
        if kept.signed_by(self.keys.known) is not True:
            raise SealRefused([Finding("signature_wrong", kept.named)])
        if last is None or kept.size > last.size:
            held = 0 if last is None else last.size
            raise SealRefused([Finding("checkpoint_ahead", kept.named, {"size": kept.size, "held": held})])
        path = StoredTree(conn).consistency(kept.size, last.size)
        if not consistency_holds(kept.size, last.size, kept.root, last.root, path):
            raise SealRefused([Finding("root_differs", kept.named)])

    def kept(self) -> Checkpoint | None:
        """The checkpoint that lies outside the database. Raises SealRefused if the file holds none."""
        try:
            return read_checkpoint(self.outside.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (Unreadable, OSError, UnicodeDecodeError):
            raise SealRefused([Finding("signature_wrong", f"the file {self.outside}")]) from None

    def _keep(self, last: Checkpoint | None) -> None:
        """The copy outside follows the database, never leads it: a process that dies between the two accuses nobody."""
        if last is None:
            return
        self.outside.parent.mkdir(parents=True, exist_ok=True)
        with placing(self.outside) as temporary:
            temporary.write_text(last.note, encoding="utf-8")

    def _verified(self, conn: Connection, after: int) -> None:
        asked = _waiting(after).with_only_columns(EVENTS.c.subject).distinct().order_by(EVENTS.c.subject)
        subjects = conn.execute(
            asked.execution_options(stream_results=True, max_row_buffer=AT_ONCE)
        ).scalars()
        report = verify_subjects(conn, self.recorder, subjects, legal=self.legal, zone=self.zone)
        if not report.clean:
            raise SealRefused(report.problems)

    def _write(
        self, part: Sequence[int], last: Checkpoint | None, keys: Sequence[SealKey]
    ) -> Checkpoint | None:
        """One checkpoint more, over these events; None if another process sealed meanwhile."""
        try:
            with self.db.write() as conn:
                before = newest(conn)
                if (before.size if before else 0) != (last.size if last else 0):
                    return None
                tree = tree_of(conn, before)
                tree.kept = []
                for start in range(0, len(part), AT_ONCE):
                    _add(conn, tree, part[start : start + AT_ONCE])
                if tree.kept:
                    rows = [
                        {"level": level, "place": place, "hash": made} for level, place, made in tree.kept
                    ]
                    conn.execute(_ADD_NODE, rows)
                root = tree.root()
                if before is not None:
                    path = StoredTree(conn).consistency(before.size, tree.size)
                    if not consistency_holds(before.size, tree.size, before.root, root, path):
                        raise SealRefused([Finding("root_differs", before.named)])
                signed = sign(keys, tree.size, root)
                number = (conn.execute(select(func.max(CHECKPOINTS.c.id))).scalar() or 0) + 1
                values = {"id": number, "size": tree.size, "at": database_now(conn), "note": signed.note}
                conn.execute(_ADD_CHECKPOINT, values)
                return signed
        except IntegrityError:
            return None


def _waiting(after: int) -> Any:
    """Events that no leaf seals, after a handle."""
    return (
        select(EVENTS.c.id)
        .select_from(EVENTS.outerjoin(LEAVES, LEAVES.c.event_id == EVENTS.c.id))
        .where(EVENTS.c.id > after, LEAVES.c.position.is_(None))
    )


def waiting(conn: Connection, limit: int) -> Sequence[AnyRow]:
    """The oldest events that are not sealed: (id, at), as many as `limit`."""
    asked = (
        _waiting(floor(conn)).with_only_columns(EVENTS.c.id, EVENTS.c.at).order_by(EVENTS.c.id).limit(limit)
    )
    return conn.execute(asked).all()


def _parts(conn: Connection, after: int) -> Iterator[Sequence[int]]:
    """Handles of events to be sealed, in order, as many as one checkpoint covers anew."""
    while True:
        found = conn.execute(_waiting(after).order_by(EVENTS.c.id).limit(MOST)).scalars().all()
        if not found:
            return
        after = found[-1]
        yield found


def _add(conn: Connection, tree: Tree, handles: Sequence[int]) -> None:
    """Leaves for these events, in this order."""
    asked = select(EVENTS.c.id, EVENTS.c.body).where(EVENTS.c.id.between(handles[0], handles[-1]))
    bodies = {row.id: row.body for row in conn.execute(asked)}
    rows = []
    for handle in handles:
        made = leaf_hash(bodies[handle].encode())
        rows.append((tree.size, handle, made))
        tree.add(made)
    dialect = conn.dialect.name
    given: Any = rows if dialect == "sqlite" else tuple(map(list, zip(*rows, strict=True)))
    conn.exec_driver_sql(_ADD_LEAVES[dialect], given, execution_options={"recorded": RECORDED})


def _handed(conn: Connection) -> set[str]:
    """Keys that the log was handed over to."""
    import orjson

    asked = select(EVENTS.c.body).where(EVENTS.c.subject == LOG, EVENTS.c.action == ROTATED)
    return {orjson.loads(body)["params"]["to"] for body in conn.execute(asked).scalars()}
