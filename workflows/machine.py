"""A life, compiled with `transitions`: asked by the door, by the buttons and by the diagram alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from transitions import Machine

from workflows.grammar import GUARDS, Facts, Holds, Life, Move, Refusal, check

#: The name `transitions` gives the state before a life begins.
NOTHING = "–"


class MoveUnknown(LookupError):
    """No life has a move of that name."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policy says of one move in one case.

    Granted: `to`, the `role` acted in, the row that gave it (`under`) and the `held` guards.
    Refused: `refusals`, all of them.
    """

    move: str
    to: str | None
    role: str | None
    under: tuple[str, int] | None
    held: tuple[str, ...]
    refusals: tuple[Refusal, ...]

    @property
    def granted(self) -> bool:
        """True if the move may be made."""
        return self.to is not None


class _Case:
    """What `transitions` moves: thrown away after one question."""

    __slots__ = ("refusals", "state")

    def __init__(self, state: str) -> None:
        self.state = state
        self.refusals: tuple[Refusal, ...] = ()


class Compiled:
    """One life, ready to be asked. Shared by every case; holds no state of its own."""

    def __init__(self, life: Life) -> None:
        self.life = check(life)
        self._by: dict[tuple[str, str], Move] = {
            (source, move.name): move for move in life.moves for source in move.sources or (NOTHING,)
        }
        self._names = frozenset(move.name for move in life.moves)
        self._machine = Machine(
            model=None,
            states=[NOTHING, *life.states],
            initial=NOTHING,
            auto_transitions=False,
            send_event=True,
            transitions=[
                {"trigger": name, "source": source, "dest": move.target, "conditions": _no_refusal}
                for (source, name), move in self._by.items()
            ],
        )

    def move(self, name: str, state: str | None) -> Move | None:
        """The line of the rule book for this move out of this state; None if there is none."""
        if name not in self._names:
            raise MoveUnknown(name)
        return self._by.get((state or NOTHING, name))

    def moves_from(self, state: str | None) -> list[Move]:
        """Every move out of a state, in the rule book's order."""
        return [move for (source, _), move in self._by.items() if source == (state or NOTHING)]

    def reads(self, moves: Iterable[Move], *, asking: bool = False) -> frozenset[str]:
        """The facts that the guards of these moves may ask for."""
        return frozenset().union(
            *(
                GUARDS[name].reads
                for move in moves
                for name in self.life.needs_of(move)
                if not (asking and GUARDS[name].about_input)
            )
        )

    def judge(self, name: str, state: str | None, facts: Facts, *, asking: bool = False) -> Verdict:
        """May `name` be made now? `asking` leaves out guards on inputs, for a page that offers the move."""
        move = self.move(name, state)
        if move is None:
            return _refused(name, Refusal("not_from_here", {"state": state, "move": name}, "not_now"))
        holds: dict[str, tuple[str, int] | None] = facts["actor.holds"]
        role = next((role for role in move.by if role in holds), None)
        if role is None:
            return _refused(name, Refusal("not_yours", {"move": name, "by": move.by}, "not_yours"))
        known = Facts({**facts, "actor.role": role})
        held: list[str] = []
        refusals: list[Refusal] = []
        for guard_name in self.life.needs_of(move):
            guard = GUARDS[guard_name]
            if asking and guard.about_input:
                continue
            answer = guard.judge(known)
            if isinstance(answer, Holds):
                held.append(guard_name)
            else:
                refusals.append(answer)
        case = _Case(state or NOTHING)
        case.refusals = tuple(refusals)
        moved = self._machine.events[name].trigger(case)
        if not moved:
            return _refused(name, *refusals)
        return Verdict(name, case.state, role, holds[role], tuple(held), ())

    def offers(self, state: str | None, facts: Facts) -> list[Verdict]:
        """A verdict for every move out of `state` that is this actor's to make, now or later, before inputs.

        A move that is not theirs, for want of the role or for a part they hold on this case, is left out.
        """
        verdicts = (self.judge(move.name, state, facts, asking=True) for move in self.moves_from(state))
        return [v for v in verdicts if all(refusal.kind != "not_yours" for refusal in v.refusals)]


def _no_refusal(event: Any) -> bool:
    return not event.model.refusals


def _refused(name: str, *refusals: Refusal) -> Verdict:
    return Verdict(name, None, None, None, (), refusals)


@cache
def compiled(name: str) -> Compiled:
    """The compiled life of that name; raises KeyError for a life that is not in the policy."""
    from workflows import LIVES

    return Compiled(LIVES[name])
