"""Where the consequences of each move are entered, and what most of them ask of their case."""

from collections.abc import Callable, Sequence
from typing import Any

from fundapp.domain import letter_codes
from fundapp.services.case import Case
from fundapp.services.deed import Deed

Consequence = Callable[[Deed, Sequence[Case]], None]

#: Before the main row is written: the columns that the move sets.
SETS: dict[tuple[str, str], Consequence] = {}
#: After it: the rows that it records.
RECORDS: dict[tuple[str, str], Consequence] = {}


def sets(life: str, *moves: str) -> Callable[[Consequence], Consequence]:
    """Enter what these moves set in the main row."""
    return _enter(SETS, life, moves)


def records(life: str, *moves: str) -> Callable[[Consequence], Consequence]:
    """Enter which rows these moves record."""
    return _enter(RECORDS, life, moves)


def _enter(
    where: dict[tuple[str, str], Consequence], life: str, moves: Sequence[str]
) -> Callable[[Consequence], Consequence]:
    def enter(function: Consequence) -> Consequence:
        for move in moves:
            if (life, move) in where:
                raise ValueError(f"the consequences of {life} {move} are entered twice")
            where[life, move] = function
        return function

    return enter


def round_of(case: Case) -> Any:
    """The round that the case is in. Raises LookupError if it has none."""
    if case.round is None:
        raise LookupError(f"{case.step.life} {case.step.move} has no round")
    return case.round


def bid_of(case: Case) -> Any:
    """The bid that the case is or hangs on. Raises LookupError if it has none."""
    if case.bid is None:
        raise LookupError(f"{case.step.life} {case.step.move} has no bid")
    return case.bid


def letter(
    deed: Deed, case: Case, kind: str, facts: dict[str, Any], number: int = 1, replaces: int | None = None
) -> dict[str, Any]:
    """The row of a letter of the case's bid: `kind` award, feedback or acceptance, `number` counted within them from 1.

    `replaces` is the letter that it corrects; which wording it has, the facts say. Its code is drawn here.
    """
    code = letter_codes.draw()
    return {
        "bid_id": case.bid_id, "kind": kind, "number": number, "facts": facts | {"check_code": code},
        "wording_id": facts["words"]["wording"], "replaces_id": replaces, "code": code, "made_at": deed.now,
    }  # fmt: skip
