"""Bids that may be awarded, and the terms under which a set of them is sought: money, bar, floors, caps, parts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

#: What a rule may be about.
KINDS: Final = ("region", "theme", "organisation")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bid that may be awarded: its score in hundredths of a point, what it asks in pence, and where it belongs."""

    id: int
    score: int
    ask_pence: int
    region: str | None = None
    theme: str | None = None
    organisation: str | None = None

    def of(self, kind: str) -> str | None:
        """Its region, theme or organisation; None where it is not known."""
        found: str | None = getattr(self, kind)
        return found


@dataclass(frozen=True, slots=True)
class Rule:
    """A floor or a cap, in pence or in awards, for one region, theme or organisation; `key` None: a cap for each of them."""

    kind: str
    key: str | None = None
    least_pence: int | None = None
    most_pence: int | None = None
    least_awards: int | None = None
    most_awards: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS or (self.key is None and self.is_floor):
            raise ValueError("a rule is about a region, theme or organisation, and a floor about one by name")

    @property
    def is_floor(self) -> bool:
        """Whether something must be reached."""
        return self.least_pence is not None or self.least_awards is not None


@dataclass(frozen=True, slots=True)
class Part:
    """A bid may get part of what it asks: at least so many hundredths of it, in whole steps of so many pence."""

    least_percent: int
    step_pence: int = 5_000

    def __post_init__(self) -> None:
        if not 1 <= self.least_percent <= 100 or self.step_pence < 1:
            raise ValueError("a part is between one and all hundredths, in steps of a penny or more")

    def steps(self, ask_pence: int) -> tuple[int, int]:
        """The fewest and the most steps that are a part of this ask; the fewest are more than the most where none is."""
        return -(-ask_pence * self.least_percent // (100 * self.step_pence)), (
            ask_pence - 1
        ) // self.step_pence


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which a set is sought: pence to give, the least score in hundredths, floors and caps, parts or none."""

    budget_pence: int
    bar: int = 0
    rules: tuple[Rule, ...] = ()
    part: Part | None = None


def groups(bids: Iterable[Candidate], kind: str) -> list[str]:
    """The regions, themes or organisations of bids, each once, in order of their names."""
    return sorted({key for bid in bids if (key := bid.of(kind)) is not None})


def least_award(bid: Candidate, part: Part | None) -> int:
    """The smallest award that a bid can have, in pence."""
    if part is not None:
        fewest, most = part.steps(bid.ask_pence)
        if fewest <= most:
            return fewest * part.step_pence
    return bid.ask_pence
