"""What a file would change in the directory, said before it is applied."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from fundapp.intake.refusals import Problem
from fundapp.models.base import canonical


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the file that is known with other values: (field, before, after), '' for nothing."""

    line: int
    about: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(slots=True)
class Differences:
    """New, changed, unchanged; `missing` stand in the directory and not in the file. Nothing is applied with `problems`.

    `remarks` are worth a look and stop nothing. `mails` are the bids whose representative is written to because of it.
    """

    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    missing: list[str] = field(default_factory=list)
    mails: int = 0

    @property
    def nothing(self) -> bool:
        """Whether applying it would change nothing."""
        return not self.new and not self.changed

    @property
    def seal(self) -> str:
        """A hash of all that would be done: who confirms sees by it whether anything moved meanwhile."""
        told = [
            self.new,
            [[c.about, [list(f) for f in c.fields]] for c in self.changed],
            self.missing,
            self.mails,
        ]
        return hashlib.sha256(canonical(told)).hexdigest()

    def hold_to(self, seal: str | None) -> None:
        """Whether this may be applied, as what somebody agreed to by its seal if they did. Raises DirectoryRefused."""
        if self.problems:
            raise DirectoryRefused(self.problems)
        if seal is not None and seal != self.seal:
            raise DirectoryRefused(moved=True)


class DirectoryRefused(Exception):
    """A file cannot be applied: it has problems, or (`moved`) the directory is not as it was when it was looked at."""

    def __init__(self, problems: Sequence[Problem] = (), *, moved: bool = False) -> None:
        self.problems, self.moved = list(problems), moved
        super().__init__("moved" if moved else f"{len(self.problems)} problems")
