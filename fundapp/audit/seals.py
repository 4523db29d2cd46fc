"""The seals held against the events: every leaf, every kept subtree, every checkpoint, and those kept elsewhere."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from fundapp.audit.findings import Report
from fundapp.audit.record import EVENTS
from fundapp.audit.sealed import CHECKPOINTS, LEAVES, NODES, floor
from fundapp.audit.standalone.findings import Unreadable
from fundapp.audit.standalone.notes import Checkpoint, Key, read_checkpoint
from fundapp.audit.standalone.points import ROTATED, Handover, Points
from fundapp.audit.standalone.tree import Tree, leaf_hash

#: Leaves, and subtrees, that are held in memory at once.
AT_ONCE = 2000

_LEAVES = (
    select(
        LEAVES.c.position, LEAVES.c.hash, EVENTS.c.subject, EVENTS.c.number, EVENTS.c.action, EVENTS.c.body
    )
    .select_from(LEAVES.outerjoin(EVENTS, EVENTS.c.id == LEAVES.c.event_id))
    .order_by(LEAVES.c.position)
)
_NODES = select(NODES.c.level, NODES.c.place, NODES.c.hash)
_CHECKPOINTS = select(CHECKPOINTS.c.id, CHECKPOINTS.c.size, CHECKPOINTS.c.note).order_by(CHECKPOINTS.c.size)


def check_seals(
    conn: Connection, report: Report, keys: Sequence[Key] | None, outside: Sequence[Checkpoint]
) -> None:
    """Adds to the report whatever of the sealed log does not hold, and how far it is witnessed."""
    inside = _checkpoints(conn, report)
    for point in outside:
        if point.size not in {kept.size for kept in inside}:
            report.find(f"of {point.size} events", "checkpoint_gone")
    points = Points(keys, [*inside, *outside])
    tree = _grown(conn, report, points)
    for finding in points.ended(tree.size):
        report.find(finding.where, finding.code, **finding.params)
    if tree.size > max((point.size for point in inside), default=0):
        report.find(str(tree.size), "unsigned")
    _unsealed(conn, report)
    report.sealed = tree.size
    report.checkpoints = len(inside)
    report.signatures = keys is not None
    if outside:
        report.witnessed = max(point.size for point in outside)


def _checkpoints(conn: Connection, report: Report) -> list[Checkpoint]:
    found = []
    for place, (number, size, note) in enumerate(conn.execute(_CHECKPOINTS), start=1):
        if number != place:
            report.find(str(place), "checkpoint_gone")
        try:
            point = read_checkpoint(note)
            if point.size != size:
                raise Unreadable
        except (Unreadable, AttributeError, TypeError):
            report.find(f"of {size} events", "checkpoint_columns")
            continue
        found.append(point)
    return found


def _grown(conn: Connection, report: Report, points: Points) -> Tree:
    """The tree over the events in their sealed order, as far as leaves go without a gap."""
    tree = Tree()
    tree.kept = []
    _pass(points, tree)
    # Of the hash of an event the body decides, not what the leaf says: roots are over what stands there now.
    for position, stored, subject, number, action, body in _streamed(conn):
        if position != tree.size:
            report.find(str(tree.size), "leaf_twice")
            break
        made = stored if isinstance(stored, bytes) and len(stored) == 32 else b"\x00" * 32
        if body is None:
            report.find(str(position), "leaf_gone")
        else:
            made = leaf_hash(body.encode() if isinstance(body, str) else b"")
            if made != stored:
                report.find(f"{position} (event {number} of {subject})", "leaf_wrong")
            if action == ROTATED:
                _hand_over(points, position, body)
        tree.add(made)
        if tree.size == points.size:
            _pass(points, tree)
        if len(tree.kept) >= AT_ONCE:
            _nodes(conn, report, tree)
    _nodes(conn, report, tree)
    kept = sum(tree.size >> level for level in range(8, 64, 8))
    there = conn.execute(select(func.count()).select_from(NODES)).scalar_one()
    if there != kept:
        report.find("audit_node", "rows_unseen", count=there - kept)
    return tree


def _streamed(conn: Connection) -> Iterator[Any]:
    if conn.dialect.name == "sqlite":
        result = conn.execute(_LEAVES)
        cursor: Any = result.cursor
        while part := cursor.fetchmany(1000):
            yield from part
        result.close()
        return
    streamed = conn.execute(_LEAVES.execution_options(stream_results=True, max_row_buffer=2000))
    for stretch in streamed.partitions(1000):
        yield from stretch


def _pass(points: Points, tree: Tree) -> None:
    if points.size == tree.size:
        points.reached(tree.size, tree.root())


def _hand_over(points: Points, position: int, body: Any) -> None:
    try:
        told = orjson.loads(body)["params"]
        points.hand_over(Handover(position, str(told["from"]), str(told["to"])))
    except (ValueError, TypeError, KeyError):
        # What is no event is named where the chains are read.
        return


def _nodes(conn: Connection, report: Report, tree: Tree) -> None:
    """The subtrees that were completed since last time, against those that are kept."""
    made = {(level, place): value for level, place, value in tree.kept or ()}
    tree.kept = []
    for level in {level for level, _ in made}:
        places = [place for at, place in made if at == level]
        asked = _NODES.where(
            NODES.c.level == level, NODES.c.place >= min(places), NODES.c.place <= max(places)
        )
        for _, place, value in conn.execute(asked):
            if made.pop((level, place), value) != value:
                report.find(f"{place} of level {level}", "node_wrong")
    for level, place in made:
        report.find(f"{place} of level {level}", "node_wrong")


def _unsealed(conn: Connection, report: Report) -> None:
    """Events that stood long before the last checkpoint, and that no leaf seals."""
    asked = (
        select(EVENTS.c.subject, EVENTS.c.number)
        .select_from(EVENTS.outerjoin(LEAVES, LEAVES.c.event_id == EVENTS.c.id))
        .where(EVENTS.c.id <= floor(conn), LEAVES.c.position.is_(None))
        .order_by(EVENTS.c.id)
        .limit(AT_ONCE)
    )
    for subject, number in conn.execute(asked):
        report.find(f"event {number} of {subject}", "event_unsealed")
