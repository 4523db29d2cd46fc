"""What the minutes of a panel say: its money, its sittings, interests, and each bid with its scores and decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fundapp.letters.sender import Contact


@dataclass(frozen=True)
class Present:
    """Somebody who sat, and as what in words: ('Helen Abernethy', 'chair and reviewer')."""

    name: str
    part: str


@dataclass(frozen=True)
class Left:
    """Who left the room, and for which bids as they are called here."""

    name: str
    bids: tuple[str, ...]


@dataclass(frozen=True)
class HeldSitting:
    """One sitting; `when` in words. `corrects` names the earlier number that it stands for, if there is one."""

    number: int
    when: str
    place: str
    present: tuple[Present, ...]
    left: tuple[Left, ...]
    words: tuple[str, ...]
    corrects: int | None = None


@dataclass(frozen=True)
class DeclaredInterest:
    """Who declared an interest in which bid, and on which day in words. Why is not for minutes."""

    name: str
    bid: str
    when: str


@dataclass(frozen=True)
class GivenScore:
    """A reader's total, as `3.95`; None with a word of why there is none in `note`, which may also say `revised`.

    `counts` is False for a review that was set aside; `note` says why and when.
    """

    name: str
    total: str | None
    note: str = ""
    counts: bool = True


@dataclass(frozen=True)
class MinutedBid:
    """One bid. Sums in pence; `outcome` is award, decline or None while nothing is decided.

    `called` is what lists call it, `reference` None for a bid that whoever reads this copy stands apart from: then
    nothing but what it asked for is told. `calibrated` stands with the ends of its range where the ranking has it.
    `talk`, `decided` and `suggested` are whole sentences, empty for none.
    """

    called: str
    asked_pence: int
    reference: str | None = None
    title: str = ""
    organisation: str = ""
    scores: tuple[GivenScore, ...] = ()
    mean: str | None = None
    talk: str = ""
    talk_words: tuple[str, ...] = ()
    outcome: str | None = None
    given_pence: int = 0
    conditions: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    decided: str = ""
    suggested: str = ""
    calibrated: str | None = None
    low: str = ""
    high: str = ""


@dataclass(frozen=True)
class Minutes:
    """The minutes of a round's panel. Every text is what somebody typed: plain, never markup.

    Sums in pence; `awarded_pence` counts every award, also of bids that this copy does not name. `draft` until the
    round is released. `interval`: how many times in 100 a true score lies in its range, nought without one.
    `proof` are sentences on the record that the minutes were made from.
    """

    fund_name: str
    round_title: str
    round_code: str
    dated: date
    draft: bool
    budget_pence: int
    asked_pence: int
    awarded_pence: int
    awards: int
    declines: int
    undecided: int
    sittings: tuple[HeldSitting, ...]
    interests: tuple[DeclaredInterest, ...]
    bids: tuple[MinutedBid, ...]
    hidden: int
    without_names: bool
    proof: tuple[str, ...]
    contact: Contact
    record_line: str | None = None
    interval: int = 0
