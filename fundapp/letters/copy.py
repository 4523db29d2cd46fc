"""What the printed copy of a bid says: exactly what was frozen when the bid was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fundapp.letters.sender import Contact

#: Letters and figures of the hash that are read in one breath, and how many such groups stand in a row.
GROUP, ROW = 4, 4


@dataclass(frozen=True)
class CostLine:
    """One line of a budget; `amount_pence` in pence."""

    what: str
    amount_pence: int


@dataclass(frozen=True)
class NamedFile:
    """A file that was handed in: its name, its size in words, the SHA-256 of its bytes in hex."""

    name: str
    size: str
    sha256: str


@dataclass(frozen=True)
class Answered:
    """One question with its answer as it reads: in lines, or as a budget, or as files; all empty for no answer."""

    label: str
    lines: tuple[str, ...] = ()
    costs: tuple[CostLine, ...] = ()
    files: tuple[NamedFile, ...] = ()


@dataclass(frozen=True)
class BidCopy:
    """A frozen version of a bid. Every text is what somebody typed: plain, never markup.

    `frozen_at` is in words, to the second, with its zone; `dated` the day of it there. `answers` stand in the order
    of the form that was answered. `sha256` is of the copy's canonical JSON, in hex; ValueError if it is not. `file`
    is the name under which that JSON lies in the PDF.
    """

    reference: str
    project_title: str
    organisation: str
    place: str
    fund_name: str
    round_title: str
    amount_pence: int
    version_number: int
    frozen_at: str
    dated: date
    answers: tuple[Answered, ...]
    sha256: str
    file: str
    contact: Contact
    record_line: str | None = None

    def __post_init__(self) -> None:
        if len(self.sha256) != 64 or not set(self.sha256) <= set("0123456789abcdef"):
            raise ValueError(f"The copy of {self.reference} needs the SHA-256 of its words, in hex.")


def rows_of(sha256: str) -> list[list[str]]:
    """A hash as four rows of four groups of four, for eyes that compare: [['9f86', 'd081', …], …]."""
    groups = [sha256[start : start + GROUP] for start in range(0, len(sha256), GROUP)]
    return [groups[start : start + ROW] for start in range(0, len(groups), ROW)]
