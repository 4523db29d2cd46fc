"""One subject's chain: each event well formed, signed and in its place, each move from where it stood."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
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
    judged: dict[tuple[Any, ...], str | None] = field(default_factory=dict)

    def _judge(self, question: tuple[Any, ...]) -> str | None:
        """The policy's answer, asked once for each kind of move."""
        if question not in self.judged:
            self.judged[question] = self.legal(*question)
        return self.judged[question]

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
        if sha256(raw).hexdigest() != stored_hash:
            self.report.find(where, "event_hash")
            ours = False
        if self.recorder.event_mac(str(stored_hash)) != mac:
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
        if (body["subject"], body["number"], body["actor"], body["action"], body["at"]) != columns[:5]:
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
        why = self._judge((life, policy, move["name"], source, target, role, guards)) if ours else None
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
            if self._head_mac(chain.subject, number, last_hash) != mac:
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


def _whole(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53


def _reference(value: Any) -> bool:
    return type(value) is list and len(value) == 2 and type(value[0]) is str and _whole(value[1])


def _well_formed(body: Any) -> bool:
    """Exact types, spelt out: this runs once for every event that there is."""
    if (
        type(body) is not dict
        or body.keys() != KEYS
        or body["v"] != BODY_VERSION
        or type(body["subject"]) is not str
        or type(body["prev"]) is not str
        or type(body["action"]) is not str
        or type(body["actor"]) is not str
        or type(body["at"]) is not str
        or type(body["number"]) is not int
        or type(body["params"]) is not dict
        or type(body["rows"]) is not list
        or not (body["role"] is None or type(body["role"]) is str)
        or not (body["under"] is None or _reference(body["under"]))
    ):
        return False
    for row in body["rows"]:
        if type(row) is not list or len(row) != 3 or type(row[0]) is not str or type(row[2]) is not str:
            return False
        if not _whole(row[1]):
            return False
    return body["move"] is None or _well_formed_move(body["move"])


def _well_formed_move(move: Any) -> bool:
    return (
        type(move) is dict
        and move.keys() == MOVE_KEYS
        and type(move["life"]) is str
        and type(move["name"]) is str
        and type(move["to"]) is str
        and (move["from"] is None or type(move["from"]) is str)
        and _reference(move["of"])
        and _reference(move["policy"])
        and type(move["guards"]) is list
        and all(type(code) is str for code in move["guards"])
    )
