"""Giving bids out to readers: all that are wanted, loads level, and each bid to those who know it best.

The plan is exact, in this order: as many of the wanted readings as can be; what is missing spread over bids, so that none
goes without while others have all; loads as level as can be (they are majorised by those of every other such plan, so that
they differ by at most one wherever the rules allow it); then the most readings by somebody who knows the theme or lives near.
Conflicts and limits are never broken.

It is a transportation problem: bids send readings, readers take them, each pair at most once. Its matrix is totally
unimodular, so linear programmes solve it in whole numbers (Hoffman and Kruskal, "Integral boundary points of convex
polyhedra", 1956); that one vector of loads suits every convex measure of levelness is Tamir, "Least majorized elements and
generalized polymatroids", Mathematics of Operations Research 20 (1995). How it is solved: `fundapp.domain.transport`. What
cannot be is explained by a set of bids that too few may read (Hall, "On representatives of subsets", 1935):
`fundapp.domain.shortfalls`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from fundapp.domain.mixing import mixed
from fundapp.domain.shortfalls import Fault, explain
from fundapp.domain.transport import Question, solve

#: What a reading is worth by somebody who knows the theme, and by somebody near: the theme counts for more.
KNOWS_THEME: Final = 2
NEAR: Final = 1

Pair = tuple[int, int]
Key = TypeVar("Key", str, int)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A bid that waits for readers: how many more, its themes (any words), the ids of its area and those above."""

    bid: int
    readers: int
    themes: frozenset[str] = frozenset()
    areas: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody of the panel: how many bids they have, how many at most (None: no limit), what they know, where they are."""

    person: int
    has: int = 0
    most: int | None = None
    themes: frozenset[str] = frozenset()
    regions: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """Who reads what. `pairs`: (bid, person) in order. `lacking`: how many readers a bid still lacks.

    `loads`: (has, has then) by person. `reasons`: theme, near or evens, for every pair. `faults`: why something lacks.
    """

    pairs: tuple[Pair, ...]
    lacking: Mapping[int, int]
    loads: Mapping[int, tuple[int, int]]
    reasons: Mapping[Pair, tuple[str, ...]]
    faults: tuple[Fault, ...]


def make_plan(bids: Sequence[Waiting], readers: Sequence[Reader], barred: Collection[Pair]) -> Plan:
    """The plan for these bids and readers; the same question has always the same answer, in whatever order it is asked.

    `barred`: (bid, person) that may not be, or stand already. Raises ValueError for a bid or a person named twice and
    for a number below nothing.
    """
    bids = sorted(bids, key=lambda bid: bid.bid)
    readers = sorted(readers, key=lambda reader: reader.person)
    if len({b.bid for b in bids}) < len(bids) or len({r.person for r in readers}) < len(readers):
        raise ValueError("a bid or a reader is named twice")
    if any(b.readers < 0 for b in bids) or any(r.has < 0 or (r.most or 0) < 0 for r in readers):
        raise ValueError("a number of readings is below nothing")
    if not bids or not readers:
        lacking = {bid.bid: bid.readers for bid in bids if bid.readers}
        faults = tuple(Fault("few_possible", (bid,), (), 0, short) for bid, short in lacking.items())
        return Plan((), lacking, {r.person: (r.has, r.has) for r in readers}, {}, faults)
    question = _question(bids, readers, barred)
    given = mixed(question.free, question.worth, solve(question))
    pairs = tuple(
        (bids[row].bid, readers[column].person) for row, column in zip(*given.nonzero(), strict=True)
    )
    short = question.wanted - given.sum(axis=1)
    gets = given.sum(axis=0)
    reasons = {
        (bids[row].bid, readers[column].person): _REASONS[int(question.worth[row, column])]
        for row, column in zip(*given.nonzero(), strict=True)
    }
    return Plan(
        pairs,
        {bid.bid: int(lacks) for bid, lacks in zip(bids, short, strict=True) if lacks},
        {r.person: (r.has, r.has + int(more)) for r, more in zip(readers, gets, strict=True)},
        reasons,
        explain(question, [b.bid for b in bids], [r.person for r in readers]) if short.any() else (),
    )


#: Why a reading is in the plan, by what it is worth.
_REASONS: Final[dict[int, tuple[str, ...]]] = {
    0: ("evens",),
    NEAR: ("near",),
    KNOWS_THEME: ("theme",),
    KNOWS_THEME + NEAR: ("theme", "near"),
}


def _question(bids: Sequence[Waiting], readers: Sequence[Reader], barred: Collection[Pair]) -> Question:
    import numpy as np

    row = {bid.bid: number for number, bid in enumerate(bids)}
    column = {reader.person: number for number, reader in enumerate(readers)}
    free = np.ones((len(bids), len(readers)), dtype=bool)
    for bid, person in barred:
        if bid in row and person in column:
            free[row[bid], column[person]] = False
    worth = np.zeros(free.shape, dtype=np.int8)
    knows: dict[str, set[int]] = {}
    near: dict[int, set[int]] = {}
    for number, reader in enumerate(readers):
        for theme in reader.themes:
            knows.setdefault(theme, set()).add(number)
        for region in reader.regions:
            near.setdefault(region, set()).add(number)
    for number, waiting in enumerate(bids):
        for who, value in ((_among(waiting.themes, knows), KNOWS_THEME), (_among(waiting.areas, near), NEAR)):
            worth[number, who] += value
    has = np.array([reader.has for reader in readers], dtype=np.int64)
    room = np.array(
        [len(bids) if r.most is None else max(0, min(r.most - r.has, len(bids))) for r in readers],
        dtype=np.int64,
    )
    wanted = np.array([bid.readers for bid in bids], dtype=np.int64)
    return Question(wanted, free, worth, has, room, np.zeros_like(wanted))


def _among(keys: Collection[Key], known: Mapping[Key, set[int]]) -> list[int]:
    return sorted({column for key in keys for column in known.get(key, ())})
