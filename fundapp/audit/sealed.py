"""The sealed tree as it is stored: its newest checkpoint, and the hashes that proofs are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from fundapp.audit.record import RecordBroken
from fundapp.audit.standalone.findings import Unreadable
from fundapp.audit.standalone.notes import Checkpoint, read_checkpoint
from fundapp.audit.standalone.tree import Tree, node_hash
from fundapp.audit.stored import raw
from fundapp.models.base import Base

LEAVES = Base.metadata.tables["audit_leaf"]
NODES = Base.metadata.tables["audit_node"]
CHECKPOINTS = Base.metadata.tables["audit_checkpoint"]

#: Complete subtrees are kept at every eighth level: a proof reads at most 255 hashes of each.
STEP = 8

#: No transaction lasts this long.
SETTLED = timedelta(days=1)

_LAST_AT = {
    dialect: select(raw(CHECKPOINTS.c.at, dialect)).select_from(CHECKPOINTS).order_by(CHECKPOINTS.c.size.desc()).limit(1)
    for dialect in ("sqlite", "postgresql")
}  # fmt: skip
_SETTLED = (
    select(LEAVES.c.event_id)
    .join(CHECKPOINTS, CHECKPOINTS.c.size == LEAVES.c.position + 1)
    .where(CHECKPOINTS.c.at <= bindparam("before"))
    .order_by(CHECKPOINTS.c.size.desc())
    .limit(1)
)
_NEWEST = select(CHECKPOINTS.c.size, CHECKPOINTS.c.note).order_by(CHECKPOINTS.c.size.desc()).limit(1)


def newest(conn: Connection) -> Checkpoint | None:
    """The last checkpoint that was signed. Raises RecordBroken if what is stored is none."""
    row = conn.execute(_NEWEST).one_or_none()
    if row is None:
        return None
    try:
        found = read_checkpoint(row.note)
    except Unreadable:
        found = None
    if found is None or found.size != row.size:
        raise RecordBroken(
            f"The checkpoint of {row.size} events is not stored as it was signed. Verify the record."
        )
    return found


def floor(conn: Connection) -> int:
    """A handle up to which every event that will ever be committed was sealed.

    It is the newest one that a checkpoint a day older than the last covered: a transaction that took a handle before then, and
    committed later, was sealed by one between the two. 0 where there is none, or where somebody touched the times.
    """
    at = conn.execute(_LAST_AT[conn.dialect.name]).scalar()
    try:
        before = datetime.fromisoformat(at or "") - SETTLED
    except (ValueError, TypeError, OverflowError):
        return 0
    found = conn.execute(_SETTLED, {"before": before}).scalar()
    return found if isinstance(found, int) else 0


def tree_of(conn: Connection, point: Checkpoint | None) -> Tree:
    """The tree as a checkpoint left it, out of what is stored. Raises RecordBroken if that is not what was signed."""
    if point is None:
        return Tree()
    stored, low, frontier = StoredTree(conn), 0, []
    for level in reversed(range(point.size.bit_length())):
        if point.size >> level & 1:
            frontier.append(stored.root(low, low + (1 << level)))
            low += 1 << level
    tree = Tree(point.size, frontier)
    if tree.root() != point.root:
        raise RecordBroken(f"What is sealed under {point.named} is not what was signed. Verify the record.")
    return tree


@dataclass(slots=True)
class StoredTree:
    """Proofs out of stored leaves and subtrees (RFC 9162, 2.1.3.1 and 2.1.4.1). Raises RecordBroken where one is gone."""

    conn: Connection

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The path from the leaf at `index` to the root over `size` leaves."""
        path: list[bytes] = []
        low, high = 0, size
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self.root(middle, high))
                high = middle
            else:
                path.append(self.root(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old: int, size: int) -> list[bytes]:
        """The path that shows the tree of `old` leaves to be the beginning of that of `size`; none from nothing or itself."""
        if not 0 < old < size:
            return []
        path: list[bytes] = []
        low, high, whole = 0, size, True
        while high != old:
            middle = low + _split(high - low)
            if old <= middle:
                path.append(self.root(middle, high))
                high = middle
            else:
                path.append(self.root(low, middle))
                low, whole = middle, False
        if not whole:
            path.append(self.root(low, high))
        return path[::-1]

    def root(self, low: int, high: int) -> bytes:
        """The root over the leaves from `low` to before `high`; `low` is where such a subtree may begin."""
        count = high - low
        if count & (count - 1) == 0:
            return self._complete(count.bit_length() - 1, low)
        middle = low + _split(count)
        return node_hash(self.root(low, middle), self.root(middle, high))

    def _complete(self, level: int, low: int) -> bytes:
        kept = level - level % STEP
        count = 1 << (level - kept)
        hashes = self._stored(kept, low >> kept, count)
        while len(hashes) > 1:
            hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    def _stored(self, level: int, first: int, count: int) -> list[bytes]:
        if level == 0:
            place: Any = LEAVES.c.position
            asked = select(LEAVES.c.hash)
        else:
            place = NODES.c.place
            asked = select(NODES.c.hash).where(NODES.c.level == level)
        found: Sequence[bytes] = (
            self.conn.execute(asked.where(place >= first, place < first + count).order_by(place))
            .scalars()
            .all()
        )
        if len(found) != count:
            raise RecordBroken("Hashes of the sealed log are missing. Verify the record.")
        return list(found)


def _split(count: int) -> int:
    """The largest power of two below a count of at least two."""
    return 1 << ((count - 1).bit_length() - 1)
