"""One subject's chain: each event well formed, signed and in its place, each move from where it stood."""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from fundapp.audit.findings import Report
from fundapp.audit.record import BODY_VERSION, Recorder
from fundapp.models.base import canonical

#: `legal(life, policy, name, source, target, role, guards)`: None, or a code of what is wrong.
Legal = Callable[[str, tuple[str, int], str, str | None, str, str, tuple[str, ...]], str | None]

COPIES = ("subject", "number", "actor", "action", "at")
KEYS = frozenset(
    ("v", "subject", "number", "prev", "action", "actor", "at", "role", "under", "move", "params", "rows")
)
MOVE_KEYS = frozenset(("life", "of", "policy", "name", "from", "to", "guards"))


@dataclass(slots=True)
class Claim:
    """That an actor held a role at a moment, by a row."""

    where: str
    subject: str
    actor: str
    role: str
    under: tuple[str, int] | None
    at: str


@dataclass(slots=True)
class Chain:
    """What a subject's events, read in order, leave behind."""

    subject: Any
    number: int = 0
    hash: str = ""
    #: The last commitment of each row, with the number of the event that holds it.
    rows: dict[tuple[str, int], tuple[str, int]] = field(default_factory=dict)
    #: Where each life's row stands after its last move.
    states: dict[tuple[str, int], str] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)


@dataclass(slots=True)
class ChainReader:
    """Checks events one by one. `legal` judges a move by the policy version that it names."""

    recorder: Recorder
    legal: Legal
    report: Report

    def add(self, chain: Chain, columns: tuple[Any, ...]) -> None:
        """The next stored event of a chain: subject, number, actor, action, at, body, hash, mac."""
        subject, number, _actor, _action, _at, text, stored_hash, mac = columns
        where = f"event {number} of {subject}"
        chain.number += 1
        if number != chain.number:
            self.report.find(where, "event_number", expected=chain.number)
            chain.number = number if isinstance(number, int) else chain.number
        raw = text.encode() if isinstance(text, str) else b""
        ours = True
        if hashlib.sha256(raw).hexdigest() != stored_hash:
            self.report.find(where, "event_hash")
            ours = False
        if not _same(self.recorder.event_mac(str(stored_hash)), mac):
            self.report.find(where, "event_mac")
            ours = False
        previous, chain.hash = chain.hash, stored_hash
        try:
            body = orjson.loads(raw)
            if not _well_formed(body):
                raise ValueError(where)
            if canonical(body) != raw:
                self.report.find(where, "event_not_canonical")
        except (ValueError, TypeError):
            self.report.find(where, "event_unreadable")
            return
        for name, value in zip(COPIES, columns, strict=False):
            if body[name] != value:
                self.report.find(where, "event_copy", column=name)
        if body["prev"] != previous:
            self.report.find(where, "event_chain")
        for table, row_id, made in body["rows"]:
            chain.rows[table, row_id] = (made, chain.number)
        if body["move"] is not None:
            self._move(chain, where, body, ours)
        # What a stranger wrote claims nothing: it is named already, and not worth a second look.
        if not ours:
            return
        if body["under"] is not None or body["move"] is not None:
            under = (body["under"][0], body["under"][1]) if body["under"] else None
            chain.claims.append(
                Claim(where, body["subject"], body["actor"], body["role"] or "", under, body["at"])
            )

    def _move(self, chain: Chain, where: str, body: dict[str, Any], ours: bool) -> None:
        move = body["move"]
        life, source, target = move["life"], move["from"], move["to"]
        row = (life, move["of"][1])
        if move["of"][0] != life:
            self.report.find(where, "move_without_row", life=life, row=row[1])
        policy, guards = (move["policy"][0], move["policy"][1]), tuple(move["guards"])
        role = body["role"] or ""
        why = self.legal(life, policy, move["name"], source, target, role, guards) if ours else None
        if why is not None:
            self.report.find(where, "move_illegal", move=move["name"], source=source, target=target,
                             role=body["role"], why=why)  # fmt: skip
        stood = chain.states.get(row)
        if stood != source:
            self.report.find(where, "move_from", life=life, row=row[1], source=source, stood=stood)
        if source != target and not any(entry[0] == life and entry[1] == row[1] for entry in body["rows"]):
            self.report.find(where, "move_without_row", life=life, row=row[1])
        chain.states[row] = target

    def close(self, chain: Chain, heads: Iterable[tuple[Any, ...]]) -> None:
        """Holds the end of a chain against the stored heads of its subject: number, hash, mac."""
        heads = list(heads)
        where = str(chain.subject)
        if not heads:
            self.report.find(where, "head_missing")
        if len(heads) > 1:
            self.report.find(where, "head_twice")
        for number, last_hash, mac in heads:
            if not _same(self._head_mac(chain.subject, number, last_hash), mac):
                self.report.find(where, "head_mac")
            if number != chain.number:
                self.report.find(where, "head_number", head=number, last=chain.number)
            elif last_hash != chain.hash:
                self.report.find(where, "head_hash")

    def _head_mac(self, subject: Any, number: Any, last_hash: Any) -> str:
        try:
            return self.recorder.head_mac(subject, number, last_hash)
        except TypeError:
            return ""


def _same(ours: str, stored: Any) -> bool:
    return isinstance(stored, str) and hmac.compare_digest(ours.encode(), stored.encode())


def _whole(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53


def _reference(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and _whole(value[1])


def _well_formed(body: Any) -> bool:
    if not isinstance(body, dict) or body.keys() != KEYS or body["v"] != BODY_VERSION:
        return False
    if not all(isinstance(body[name], str) for name in ("subject", "prev", "action", "actor", "at")):
        return False
    if not _whole(body["number"]) or not isinstance(body["params"], dict):
        return False
    if not (body["role"] is None or isinstance(body["role"], str)):
        return False
    if not (body["under"] is None or _reference(body["under"])):
        return False
    rows = body["rows"]
    if not isinstance(rows, list):
        return False
    for row in rows:
        if not (
            isinstance(row, list)
            and len(row) == 3
            and isinstance(row[0], str)
            and _whole(row[1])
            and isinstance(row[2], str)
        ):
            return False
    return body["move"] is None or _well_formed_move(body["move"])


def _well_formed_move(move: Any) -> bool:
    return (
        isinstance(move, dict)
        and move.keys() == MOVE_KEYS
        and all(isinstance(move[name], str) for name in ("life", "name", "to"))
        and (move["from"] is None or isinstance(move["from"], str))
        and _reference(move["of"])
        and _reference(move["policy"])
        and isinstance(move["guards"], list)
        and all(isinstance(code, str) for code in move["guards"])
    )
