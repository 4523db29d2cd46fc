"""Checkpoints held against a tree that grows past them: whether each was signed over these very leaves, by whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .findings import Finding, Unreadable
from .notes import Checkpoint, Key, read_key

#: The action of the event by which a signing key hands over to the next: params `from` and `to` are keys.
ROTATED = "seal.rotated"


@dataclass(frozen=True, slots=True)
class Handover:
    """A sealed event that names the key after a key. It counts once a checkpoint of the earlier key covers it."""

    position: int
    source: str
    target: str


class Points:
    """The checkpoints in order of size, and the keys that are trusted as far as the tree has grown."""

    def __init__(self, keys: Iterable[Key] | None, points: Iterable[Checkpoint]) -> None:
        """`keys`: those that are trusted; None: signatures are not looked at, only what was signed."""
        self.looking = keys is not None
        self.keys = list(keys or ())
        self._waiting = sorted(points, key=lambda point: point.size, reverse=True)
        self._strange: list[Checkpoint] = []
        self._passed: list[Handover] = []
        #: The largest size that a trusted key is known to have signed over these leaves.
        self.proven = -1
        self.findings: list[Finding] = []

    @property
    def size(self) -> int | None:
        """How far the tree must grow for the next ones; None when there are no more."""
        return self._waiting[-1].size if self._waiting else None

    def hand_over(self, found: Handover) -> None:
        """A handover that stands in the leaves passed so far. One that names no keys is none."""
        try:
            read_key(found.source), read_key(found.target)
        except Unreadable:
            return
        self._passed.append(found)

    def reached(self, size: int, root: bytes) -> None:
        """The tree has this root at this size: judges every checkpoint of it."""
        while self._waiting and self._waiting[-1].size == size:
            point = self._waiting.pop()
            whole = point.root == root
            if not whole:
                self.findings.append(Finding("root_differs", point.named))
            signed = self._signed(point)
            if signed is False:
                self.findings.append(Finding("signature_wrong", point.named))
            elif signed is None:
                self._strange.append(point)
            elif whole:
                self.proven = size
                self._follow(size)

    def ended(self, held: int) -> Sequence[Finding]:
        """The tree ends at this size: whatever waits for more was signed over events that are not here."""
        for point in reversed(self._waiting):
            self.findings.append(Finding("checkpoint_ahead", point.named, {"size": point.size, "held": held}))
            if self._signed(point) is not True:
                self.findings.append(Finding("signature_wrong", point.named))
        self._waiting = []
        # Of a key that nobody told us: believed where the log itself says that it handed over to one that we trust.
        before = [read_key(found.source) for found in self._passed if found.position < self.proven]
        for point in self._strange:
            if point.size > self.proven or point.signed_by(before) is not True:
                self.findings.append(Finding("signature_wrong", point.named))
        return self.findings

    def _signed(self, point: Checkpoint) -> bool | None:
        return point.signed_by(self.keys) if self.looking else True

    def _follow(self, size: int) -> None:
        for found in self._passed:
            if found.position < size and any(key.text == found.source for key in self.keys):
                self.keys = [key for key in self.keys if key.text != found.source]
                self.keys.append(read_key(found.target))
