"""The Merkle tree of RFC 9162, section 2.1: growing it, and checking what is claimed of one."""

import hashlib
from collections.abc import Sequence


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry: the canonical bytes of an event's body."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A growing tree, of which only the frontier is held: one hash for each complete subtree, the largest first.

    `kept`, when it is a list, is given each complete subtree of 2^8, 2^16, … leaves as (level, place, hash).
    """

    __slots__ = ("frontier", "kept", "size")

    def __init__(self, size: int = 0, frontier: Sequence[bytes] = ()) -> None:
        """ValueError if that many leaves leave another number of subtrees."""
        if size < 0 or size.bit_count() != len(frontier):
            raise ValueError(f"a tree of {size} leaves has no frontier of {len(frontier)} subtrees")
        self.size = size
        self.frontier = list(frontier)
        self.kept: list[tuple[int, int, bytes]] | None = None

    def add(self, leaf: bytes) -> None:
        """One more leaf, by its hash."""
        frontier, sha256, level = self.frontier, hashlib.sha256, 0
        place = self.size
        while place & 1:
            leaf = sha256(b"\x01" + frontier.pop() + leaf).digest()
            place >>= 1
            level += 1
            if self.kept is not None and not level & 7:
                self.kept.append((level, place, leaf))
        frontier.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far; of none, the hash of nothing."""
        if not self.frontier:
            return hashlib.sha256().digest()
        root = self.frontier[-1]
        for left in reversed(self.frontier[:-1]):
            root = node_hash(left, root)
        return root


def inclusion_holds(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf stands at `index` of the tree of `size` leaves with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, made = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            made = node_hash(step, made)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            made = node_hash(made, step)
        here, last = here >> 1, last >> 1
    return last == 0 and made == root


def consistency_holds(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree of `old` leaves is the beginning of the tree of `new` leaves (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new:
        return old == 0 and not path
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, step)
        here, last = here >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root
