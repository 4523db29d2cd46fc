"""The tables of every released policy: a past move is judged by the version that it was made under."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from workflows.grammar import Life
from workflows.machine import NOTHING

FOLDER = Path(__file__).parent


def table(life: Life) -> dict[str, Any]:
    """The part of a life that a past move is judged by, as JSON."""
    return {
        "life": life.name,
        "policy": list(life.policy),
        "ends": list(life.ends),
        "moves": [
            {
                "name": move.name,
                "from": source,
                "to": move.target,
                "by": list(move.by),
                "needs": list(life.needs_of(move)),
            }
            for move in life.moves
            for source in move.sources or (NOTHING,)
        ],
    }


def path(life: str, policy: tuple[str, int]) -> Path:
    """Where the table of a released version is kept."""
    return FOLDER / f"{policy[0]}-{policy[1]}-{life}.json"


@cache
def _moves(life: str, policy: tuple[str, int]) -> dict[tuple[str, str], dict[str, Any]] | None:
    file = path(life, policy)
    if not file.is_file():
        return None
    released = json.loads(file.read_text())
    return {(move["from"], move["name"]): move for move in released["moves"]}


def legal(
    life: str,
    policy: tuple[str, int],
    name: str,
    source: str | None,
    target: str,
    role: str,
    guards: tuple[str, ...],
) -> str | None:
    """None if the move was legal under that version; otherwise the code of what is wrong with it."""
    moves = _moves(life, policy)
    if moves is None:
        return "unknown_policy"
    move = moves.get((source or NOTHING, name))
    if move is None:
        return "no_such_move"
    if move["to"] != target:
        return "wrong_target"
    if role not in move["by"]:
        return "wrong_role"
    if tuple(move["needs"]) != tuple(guards):
        return "guards_differ"
    return None
