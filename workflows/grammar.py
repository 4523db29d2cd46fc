"""The words a policy is written in, and what makes a policy refusable."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from workflows.roles import ROLES

Kind = Literal["not_yours", "not_now", "not_yet", "stale"]


class BadPolicy(ValueError):
    """A policy that cannot be lived by. `faults` lists every one found, as sentences."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


class MissingFact(LookupError):
    """A guard asked for a fact that was not gathered. A bug, never a refusal."""


class Facts(Mapping[str, Any]):
    """What is known about one case. Asking for what was not gathered raises MissingFact."""

    __slots__ = ("_known",)

    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = known

    def __getitem__(self, name: str) -> Any:
        try:
            return self._known[name]
        except KeyError:
            raise MissingFact(name) from None

    def get(self, name: str, default: Any = None) -> Any:
        """Not offered: a guard that shrugs at a missing fact lets a move through."""
        raise MissingFact(f"facts are asked for by name, never with a default: {name}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


@dataclass(frozen=True, slots=True)
class Holds:
    """A guard's yes."""


HOLDS: Final = Holds()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A guard's no: a code with parameters. The sentence is made at the edge, in the reader's language."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    kind: Kind = "not_yet"


Judgement = Holds | Refusal
GuardFunction = Callable[[Facts], Judgement]


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition by name. `reads` are the facts it may ask for; `says` is the rule in words."""

    name: str
    reads: frozenset[str]
    says: str
    function: GuardFunction

    @property
    def about_input(self) -> bool:
        """True if it judges what the person has yet to fill in, so that a page cannot ask it beforehand."""
        return any(name.startswith("input.") for name in self.reads)

    def judge(self, facts: Facts) -> Judgement:
        """HOLDS or a Refusal; anything else is a bug and raises TypeError."""
        answer = self.function(facts)
        if isinstance(answer, Holds | Refusal):
            return answer
        raise TypeError(f"guard {self.name} answered {answer!r}: neither HOLDS nor a Refusal")


#: Every guard that was written, by name.
GUARDS: dict[str, Guard] = {}


def guard(*reads: str) -> Callable[[GuardFunction], GuardFunction]:
    """Enter a function as the guard of its name; its docstring is the rule in words."""

    def enter(function: GuardFunction) -> GuardFunction:
        if function.__name__ in GUARDS:
            raise BadPolicy([f"two guards are called {function.__name__}"])
        if not function.__doc__:
            raise BadPolicy([f"guard {function.__name__} does not say its rule in words"])
        says = function.__doc__.strip().rstrip(".")
        GUARDS[function.__name__] = Guard(function.__name__, frozenset(reads), says, function)
        return function

    return enter


@dataclass(frozen=True, slots=True)
class Ask:
    """An input that a move takes. `kind` tells the page which field to draw."""

    name: str
    kind: Literal["text", "choice", "pence", "day", "flag", "scores", "file", "representative", "words"]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the rule book. `sources` is empty for a move that begins a life."""

    name: str
    sources: tuple[str, ...]
    target: str
    by: tuple[str, ...]
    needs: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    records: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    #: What a self-move edits, and whose version it is therefore held against.
    edits: Literal["", "assignment", "decision"] = ""
    #: False for the moves that a round makes while it is being released.
    waits_for_release: bool = True


@dataclass(frozen=True, slots=True)
class Life:
    """A state machine as data: `policy` names the rule book and its version."""

    name: str
    policy: tuple[str, int]
    spine: tuple[str, ...]
    side: tuple[str, ...]
    ends: tuple[str, ...]
    moves: tuple[Move, ...]
    #: Guards that every move needs unless it says that it does not wait for release.
    always: tuple[str, ...] = ()

    @property
    def states(self) -> tuple[str, ...]:
        """Every state once, spine first."""
        return tuple(dict.fromkeys((*self.spine, *self.side, *self.ends)))

    def needs_of(self, move: Move) -> tuple[str, ...]:
        """All guards of a move, those of the life first."""
        return (*self.always, *move.needs) if move.waits_for_release else move.needs


def check(life: Life) -> Life:
    """The life itself if it can be lived by; raises BadPolicy with every fault otherwise."""
    faults = [*_unknown_words(life), *_two_meanings(life), *_dead_ends(life)]
    if faults:
        raise BadPolicy(f"{life.name}: {fault}" for fault in faults)
    return life


def _unknown_words(life: Life) -> Iterator[str]:
    states = set(life.states)
    for move in life.moves:
        for state in (*move.sources, move.target):
            if state not in states:
                yield f"{move.name} names an unknown state, {state}"
        for role in move.by:
            if role not in ROLES:
                yield f"{move.name} names an unknown role, {role}"
        if not move.by:
            yield f"{move.name} may be made by nobody"
        for name in life.needs_of(move):
            if name not in GUARDS:
                yield f"{move.name} names an unknown guard, {name}"
        if move.edits and move.sources != (move.target,):
            yield f"{move.name} edits a {move.edits} but moves the {life.name}"


def _two_meanings(life: Life) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for move in life.moves:
        for source in move.sources or ("",):
            if (source, move.name) in seen:
                yield f"{move.name} from {source or 'nothing'} has two meanings"
            seen.add((source, move.name))


def _dead_ends(life: Life) -> Iterator[str]:
    ways = {(source, move.target) for move in life.moves for source in move.sources}
    begun = {move.target for move in life.moves if not move.sources}
    if not begun:
        yield "no move begins it"
    reached = _closure(begun, ways)
    homeward = _closure(set(life.ends), {(target, source) for source, target in ways})
    for state in life.states:
        if state not in reached:
            yield f"{state} cannot be reached"
        if state not in homeward:
            yield f"no end can be reached from {state}"
        if state in life.ends and any(source == state for source, _ in ways):
            yield f"{state} is an end, yet a move leads out of it"


def _closure(start: set[str], ways: set[tuple[str, str]]) -> set[str]:
    known, grown = set(start), True
    while grown:
        more = {target for source, target in ways if source in known} - known
        known |= more
        grown = bool(more)
    return known
