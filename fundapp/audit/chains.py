"""One subject's chain: each event well formed, signed and in its place, each move from where it stood."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson

from fundapp.audit.commitment import ERASED
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

_TEXT = frozenset((str,))
_NONE = type(None)
_ORDER = tuple(sorted(KEYS))
#: The types of an event's fields in that order: action, actor, at, move, number, params and so on.
_SHAPES = frozenset(
    (str, str, str, move, int, dict, str, role, list, str, under, int)
    for move in (dict, _NONE)
    for role in (str, _NONE)
    for under in (list, _NONE)
)
_MOVE_ORDER = tuple(sorted(MOVE_KEYS))
#: Of a move's: from, guards, life, name, of, policy, to.
_MOVE_SHAPES = frozenset((source, list, str, str, list, list, str) for source in (str, _NONE))
_NEVER = ("", 0)
#: Whole numbers from here on lose their last digits in JSON.
_MOST = 2**53


@dataclass(slots=True)
class Claim:
    """That an actor held a role at a moment, by a row."""

    number: int
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
    #: The rows that an event says were erased.
    erased: set[tuple[str, int]] = field(default_factory=set)


@dataclass(slots=True)
class ChainReader:
    """Checks events one by one. `legal` judges a move by the policy version that it names."""

    recorder: Recorder
    legal: Legal
    report: Report
    judged: dict[tuple[Any, ...], str | None] = field(default_factory=dict)

    # What names an event in a finding is put together only when something is found.

    def _judge(self, question: tuple[Any, ...]) -> str | None:
        """The policy's answer, asked once for each kind of move."""
        if question not in self.judged:
            self.judged[question] = self.legal(*question)
        return self.judged[question]

    def add(self, chain: Chain, columns: Sequence[Any]) -> None:
        """The next stored event of a chain: subject, number, actor, action, at, body, hash, mac."""
        _, number, _, _, _, text, stored_hash, mac = columns
        chain.number += 1
        if number != chain.number:
            self.report.find(_named(columns), "event_number", expected=chain.number)
            chain.number = number if isinstance(number, int) else chain.number
        raw = text.encode() if isinstance(text, str) else b""
        ours = True
        if sha256(raw).hexdigest() != stored_hash:
            self.report.find(_named(columns), "event_hash")
            ours = False
        if self.recorder.event_mac(str(stored_hash)) != mac:
            self.report.find(_named(columns), "event_mac")
            ours = False
        previous, chain.hash = chain.hash, stored_hash
        try:
            body = orjson.loads(raw)
            # What carries our mac we wrote ourselves, in shape; a stranger's text is looked at piece by piece.
            if not ours:
                if not _well_formed(body):
                    raise ValueError("no event")
                if canonical(body) != raw:
                    self.report.find(_named(columns), "event_not_canonical")
            self._take(chain, columns, body, previous, ours)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            self.report.find(_named(columns), "event_unreadable")

    def _take(
        self, chain: Chain, columns: Sequence[Any], body: dict[str, Any], previous: str, ours: bool
    ) -> None:
        if (body["subject"], body["number"], body["actor"], body["action"], body["at"]) != tuple(columns[:5]):
            for name, value in zip(COPIES, columns, strict=False):
                if body[name] != value:
                    self.report.find(_named(columns), "event_copy", column=name)
        if body["prev"] != previous:
            self.report.find(_named(columns), "event_chain")
        place, rows = chain.number, chain.rows
        for table, row_id, made in body["rows"]:
            rows[table, row_id] = (made, place)
        if body["action"] == ERASED:
            self._erased(chain, columns, body)
        move, under = body["move"], body["under"]
        if move is not None:
            self._move(chain, columns, body, ours)
        # What a stranger wrote claims nothing: it is named already, and not worth a second look.
        if ours and (under is not None or move is not None):
            chain.claims.append(
                Claim(
                    columns[1], body["subject"], body["actor"], body["role"] or "",
                    (under[0], under[1]) if under else None, body["at"],
                )
            )  # fmt: skip

    def _erased(self, chain: Chain, columns: Sequence[Any], body: dict[str, Any]) -> None:
        """What was erased is named twice: among the event's rows, and as erased."""
        named = {(table, row_id) for table, row_id in body["params"]["rows"]}
        if named != {(table, row_id) for table, row_id, _ in body["rows"]}:
            self.report.find(_named(columns), "erased_unnamed")
        chain.erased |= named

    def _move(self, chain: Chain, columns: Sequence[Any], body: dict[str, Any], ours: bool) -> None:
        move = body["move"]
        life, source, target = move["life"], move["from"], move["to"]
        row = (life, move["of"][1])
        if move["of"][0] != life:
            self.report.find(_named(columns), "move_without_row", life=life, row=row[1])
        policy, guards = (move["policy"][0], move["policy"][1]), tuple(move["guards"])
        role = body["role"] or ""
        why = self._judge((life, policy, move["name"], source, target, role, guards)) if ours else None
        if why is not None:
            self.report.find(_named(columns), "move_illegal", move=move["name"], source=source, target=target,
                             role=body["role"], why=why)  # fmt: skip
        stood = chain.states.get(row)
        if stood != source:
            self.report.find(_named(columns), "move_from", life=life, row=row[1], source=source, stood=stood)
        if source != target and chain.rows.get(row, _NEVER)[1] != chain.number:
            self.report.find(_named(columns), "move_without_row", life=life, row=row[1])
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


def _named(columns: Sequence[Any]) -> str:
    return f"event {columns[1]} of {columns[0]}"


def _whole(value: Any) -> bool:
    return type(value) is int and 0 <= value < _MOST


def _reference(value: Any) -> bool:
    return type(value) is list and len(value) == 2 and type(value[0]) is str and _whole(value[1])


def _well_formed(body: Any) -> bool:
    """Exact types: this runs once for every event that there is, so fields are looked at all at once.

    Canonical JSON names its fields in order; one that does not is named elsewhere, and put in order here.
    """
    if type(body) is not dict or body.keys() != KEYS:
        return False
    types = tuple(map(type, body.values()))
    if types not in _SHAPES or tuple(body) != _ORDER:
        types = tuple(type(body[name]) for name in _ORDER)
        if types not in _SHAPES:
            return False
    if body["v"] != BODY_VERSION or not (body["under"] is None or _reference(body["under"])):
        return False
    for row in body["rows"]:
        if type(row) is not list or len(row) != 3:
            return False
        table, row_id, made = row
        if type(table) is not str or type(made) is not str or type(row_id) is not int:
            return False
        if not 0 <= row_id < _MOST:
            return False
    return body["move"] is None or _well_formed_move(body["move"])


def _well_formed_move(move: dict[str, Any]) -> bool:
    if move.keys() != MOVE_KEYS:
        return False
    types = tuple(map(type, move.values()))
    if types not in _MOVE_SHAPES or tuple(move) != _MOVE_ORDER:
        types = tuple(type(move[name]) for name in _MOVE_ORDER)
        if types not in _MOVE_SHAPES:
            return False
    return (
        _reference(move["of"]) and _reference(move["policy"]) and _TEXT.issuperset(map(type, move["guards"]))
    )
