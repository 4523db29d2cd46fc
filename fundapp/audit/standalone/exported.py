"""An exported record, read once from its beginning to its end: chains, heads, rows, the tree and its checkpoints."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .findings import Finding, Unreadable
from .leaves import Leaves
from .notes import Checkpoint, Key, read_checkpoint, read_key
from .points import ROTATED, Handover, Points
from .proofs import canonical
from .tree import Tree, leaf_hash

EVENT_DOMAIN = b"communities fund audit event 1\n"
HEAD_DOMAIN = b"communities fund audit head 1\n"
COPIES = ("subject", "number", "actor", "action", "at")
_NEVER = ("", 0)


@dataclass(slots=True)
class Result:
    """What was counted and found. `outside`: how many events the largest checkpoint of elsewhere covers, None: none."""

    events: int = 0
    subjects: int = 0
    rows: int = 0
    sealed: int = 0
    checkpoints: int = 0
    outside: int | None = None
    #: Whether signatures were held against keys from elsewhere, and macs against the audit key.
    keys_given: bool = False
    macs: bool = False
    findings: list[Finding] = field(default_factory=list)

    @property
    def unwitnessed(self) -> int:
        """Events that no checkpoint of elsewhere covers: of these only the export itself tells."""
        return self.events - min(self.outside or 0, self.events)

    def find(self, code: str, where: str, **params: Any) -> None:
        """Notes one finding."""
        self.findings.append(Finding(code, where, params))


@dataclass(slots=True)
class _Chain:
    subject: Any = None
    number: int = 0
    hash: str = ""
    rows: dict[tuple[Any, Any], tuple[Any, int]] = field(default_factory=dict)
    states: dict[tuple[Any, Any], Any] = field(default_factory=dict)
    heads: int = 0


class Export:
    """Reads the lines of an export. Of each event 33 bytes are kept: its leaf, for the tree at the end."""

    def __init__(
        self, keys: Sequence[Key] = (), outside: Sequence[Checkpoint] = (), audit_key: bytes | None = None
    ) -> None:
        self.result = Result(keys_given=bool(keys), macs=audit_key is not None)
        self.keys = list(keys)
        self.audit_key = audit_key
        self.outside = list(outside)
        self.inside: list[Checkpoint] = []
        self.told: list[Key] = []
        self.numbered = 0
        self.nodes: dict[tuple[Any, Any], Any] = {}
        self.leaves = Leaves()
        self.handed: list[Handover] = []
        self.chain = _Chain()
        self.ended = False

    def read(self, lines: Iterable[bytes]) -> Result:
        """Everything, then the tree."""
        find = self.result.find
        kinds = {
            "event": self._event, "head": self._head, "row": self._row, "checkpoint": self._checkpoint,
            "node": self._node, "key": self._key, "end": self._end,
        }  # fmt: skip
        for place, line in enumerate(lines, start=1):
            try:
                told = json.loads(line)
                kinds[told["type"]](told)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                find("unreadable", f"line {place}")
        self._close()
        if not self.ended:
            find("no_end", "the export")
        self._tree()
        return self.result

    # Chain by chain: a subject's events, its heads, its rows.

    def _event(self, told: dict[str, Any]) -> None:
        result, find = self.result, self.result.find
        text, stored = told["body"], told["hash"]
        raw = text.encode()
        result.events += 1
        if told["subject"] != self.chain.subject:
            self._close()
            self.chain = _Chain(told["subject"])
        chain = self.chain
        chain.number += 1
        where = f"event {told['number']} of {told['subject']}"
        if told["number"] != chain.number:
            find("event_number", where, expected=chain.number)
            chain.number = told["number"] if isinstance(told["number"], int) else chain.number
        if hashlib.sha256(raw).hexdigest() != stored:
            find("event_hash", where)
        if self.audit_key is not None and self._mac(EVENT_DOMAIN + str(stored).encode()) != told["mac"]:
            find("event_mac", where)
        previous, chain.hash = chain.hash, stored
        if "position" in told:
            leaf = leaf_hash(raw)
            if told["leaf"] != leaf.hex():
                find("leaf_wrong", str(told["position"]))
            self._leaf(told["position"], leaf)
        try:
            self._body(where, json.loads(text), told, previous)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            find("event_unreadable", where)

    def _body(self, where: str, body: dict[str, Any], told: dict[str, Any], previous: str) -> None:
        chain, find = self.chain, self.result.find
        if any(body[name] != told[name] for name in COPIES):
            find("event_copy", where)
        if body["prev"] != previous:
            find("event_chain", where)
        for table, row, made in body["rows"]:
            chain.rows[table, row] = (made, chain.number)
        move = body["move"]
        if move is not None:
            life = (move["of"][0], move["of"][1])
            if chain.states.get(life) != move["from"]:
                find("state_differs", where)
            chain.states[life] = move["to"]
        if body["action"] == ROTATED and "position" in told:
            self.handed.append(Handover(told["position"], body["params"]["from"], body["params"]["to"]))

    def _head(self, told: dict[str, Any]) -> None:
        if told["subject"] != self.chain.subject:
            self._close()
            self.chain = _Chain(told["subject"])
        chain, find, where = self.chain, self.result.find, str(told["subject"])
        chain.heads += 1
        if chain.heads > 1:
            find("head_twice", where)
        if self.audit_key is not None:
            said = HEAD_DOMAIN + canonical([told["subject"], told["number"], told["hash"]])
            if self._mac(said) != told["mac"]:
                find("head_mac", where)
        if (told["number"], told["hash"]) != (chain.number, chain.hash):
            find("head_wrong", where)

    def _row(self, told: dict[str, Any]) -> None:
        self.result.rows += 1
        row = (told["table"], told["id"])
        where = f"{row[0]} {row[1]}"
        recorded = self.chain.rows.pop(row, None) if told["home"] == self.chain.subject else None
        if recorded is None:
            self.result.find("row_extra", where)
        elif recorded != (told["commitment"], told["event"]):
            self.result.find("row_changed", where)
        if "state" in told and self.chain.states.get(row) != told["state"]:
            self.result.find("state_differs", where)

    def _close(self) -> None:
        chain = self.chain
        if chain.subject is None:
            return
        self.result.subjects += 1
        if not chain.heads:
            self.result.find("head_missing", str(chain.subject))
        for table, row in chain.rows:
            self.result.find("row_missing", f"{table} {row}")
        self.chain = _Chain()

    def _mac(self, said: bytes) -> str:
        return hmac.digest(self.audit_key or b"", said, "sha256").hex()

    # The tree.

    def _leaf(self, position: int, leaf: bytes) -> None:
        if not self.leaves.put(position, leaf):
            self.result.find("leaf_wrong", str(position))
        self.result.sealed += 1

    def _checkpoint(self, told: dict[str, Any]) -> None:
        self.numbered += 1
        if told["number"] != self.numbered:
            self.result.find("checkpoint_gone", str(self.numbered))
        try:
            point = read_checkpoint(told["note"])
            if point.size != told["size"]:
                raise Unreadable
        except (Unreadable, AttributeError, TypeError):
            self.result.find("signature_wrong", f"the checkpoint of {told.get('size')} events")
            return
        self.inside.append(point)

    def _node(self, told: dict[str, Any]) -> None:
        self.nodes[told["level"], told["place"]] = told["hash"]

    def _key(self, told: dict[str, Any]) -> None:
        self.told.append(read_key(told["key"]))

    def _end(self, told: dict[str, Any]) -> None:
        self.ended = (told["events"], told["rows"]) == (self.result.events, self.result.rows)

    def _tree(self) -> None:
        result, tree = self.result, Tree()
        tree.kept = []
        held = self.leaves.held()
        if self.leaves.count > held:
            result.find("leaf_wrong", str(held))
        for point in self.outside:
            if point.size not in {kept.size for kept in self.inside}:
                result.find("checkpoint_gone", f"of {point.size} events")
        # Without a key from elsewhere the export's own are believed.
        points = Points(self.keys or self.told, [*self.inside, *self.outside])
        for found in self.handed:
            points.hand_over(found)
        leaves = iter(self.leaves)
        while points.size is not None and points.size <= held:
            while tree.size < points.size:
                tree.add(next(leaves))
            points.reached(tree.size, tree.root())
        for leaf in leaves:
            tree.add(leaf)
        if self.nodes != {(level, place): made.hex() for level, place, made in tree.kept}:
            result.find("node_wrong", "the sealed log")
        if held > max((point.size for point in self.inside), default=0):
            result.find("unsigned", str(held))
        result.findings += points.ended(held)
        result.checkpoints = len(self.inside)
        if self.outside:
            result.outside = max(point.size for point in self.outside)
