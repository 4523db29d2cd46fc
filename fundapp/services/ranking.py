"""A round's bids ranked by their calibrated scores, with the line where the money ends."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from fundapp.database import AnyRow
from fundapp.domain import calibration
from fundapp.domain.calibration import SEED, Calibration, Leniency, walk
from fundapp.queries import ranking as asks

#: States in which a panel that reads without names still does.
_UNNAMED: Final = ("closed", "panel", "releasing")
#: Calibrations kept in memory, by all that they were worked out from.
_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class Placed:
    """One bid in the ranking. Scores in hundredths of a point, `chance` in permille, sums in pence.

    A bid that nobody has read comes last, without rank, scores and running total. `totals`: its readers' marks, lowest first.
    Where the method fell back, `calibrated` is the raw mean, and `low`, `high` and `chance` are None.
    """

    bid: int
    reference: str
    title: str
    rank: int | None
    raw: int | None
    calibrated: int | None
    low: int | None
    high: int | None
    chance: int | None
    reviews: int
    totals: tuple[int, ...]
    asks: int
    running: int | None
    above: bool

    @property
    def points(self) -> list[float]:
        """Its readers' marks in points."""
        return [total / 100 for total in self.totals]


@dataclass(frozen=True, slots=True)
class Reader:
    """How a reader marks beside the panel's middle, in hundredths of a point; kindest first."""

    person: int
    name: str
    leniency: Leniency


@dataclass(frozen=True, slots=True)
class Line:
    """Where the money ends: after `above` bids taking `taken` pence; `score` lies halfway to the first bid below.

    `score` is None where the money reaches every bid that was read, or none.
    """

    above: int
    taken: int
    score: int | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """All bids of a round's table. `method`: calibrated, or the code of why not (`domain.calibration.Calibration`).

    `middle` and `spreads` (of bids, readers, chance; standard deviations) in hundredths, None where the method fell back.
    """

    method: str
    rows: tuple[Placed, ...]
    readers: tuple[Reader, ...]
    line: Line
    budget: int
    middle: int | None
    spreads: tuple[int, int, int] | None
    groups: int
    seed: int

    @property
    def calibrated(self) -> bool:
        """Whether the scores are calibrated, and have intervals and chances."""
        return self.method == "calibrated"


def of_round(conn: Connection, round_row: AnyRow, seed: int = SEED) -> Ranking:
    """The ranking of a round's table; `round_row` has id, state, blind and budget_pence.

    Nothing is stored. The same reviews, sums and seed give the same figures.
    """
    bids = asks.on_table(conn, round_row.id)
    totals = asks.totals(conn, round_row.id)
    names = {row.person_id: row.name for row in totals}
    of_bid: dict[int, list[int]] = {}
    for row in totals:
        of_bid.setdefault(row.bid_id, []).append(row.total)
    found = _calibrated(
        [(row.bid_id, row.person_id, row.total) for row in totals],
        {bid.id: bid.amount_pence for bid in bids},
        round_row.budget_pence,
        seed,
    )
    known = {bid.id: bid for bid in bids}
    called = titles(conn, round_row, bids)
    running, above = walk([known[bid].amount_pence for bid in found.order], round_row.budget_pence)
    rows = []
    for rank, (bid, so_far) in enumerate(zip(found.order, running, strict=True), 1):
        score = found.scores[bid]
        rows.append(
            Placed(
                bid, known[bid].reference, called[bid], rank, score.raw, score.calibrated, score.low, score.high,
                score.chance, score.reviews, tuple(sorted(of_bid[bid])), known[bid].amount_pence, so_far, rank <= above,
            )
        )  # fmt: skip
    unread = [bid for bid in bids if bid.id not in found.scores]
    rows += [
        Placed(
            bid.id, bid.reference, called[bid.id], None, None, None, None, None, None, 0, (), bid.amount_pence, None, False
        )
        for bid in unread
    ]  # fmt: skip
    readers = sorted(
        (Reader(person, names[person], leniency) for person, leniency in found.readers.items()),
        key=lambda reader: (-reader.leniency.kinder, reader.name, reader.person),
    )
    return Ranking(
        found.method, tuple(rows), tuple(readers), line_of(rows, above), round_row.budget_pence, found.middle,
        found.spreads, found.groups, seed,
    )  # fmt: skip


def line_of(rows: Sequence[Placed], above: int) -> Line:
    """The line after the first `above` of rows in their order."""
    score = None
    if 0 < above < len(rows):
        last, first = rows[above - 1].calibrated, rows[above].calibrated
        if last is not None and first is not None:
            score = (last + first) // 2
    taken = rows[above - 1].running if above else 0
    return Line(above, taken or 0, score)


def titles(conn: Connection, round_row: AnyRow, bids: Sequence[AnyRow]) -> dict[int, str]:
    """What each bid, a row of (id, reference, title), is called before the panel: its title.

    Where the panel reads without names it is the masked copy's title, or the reference while there is none.
    """
    if unnamed(round_row):
        masked = asks.masked_titles(conn, round_row.id)
        return {bid.id: masked.get(bid.id) or bid.reference for bid in bids}
    return {bid.id: bid.title or bid.reference for bid in bids}


def unnamed(round_row: AnyRow) -> bool:
    """Whether the round's panel reads without names and places, and is still at it."""
    return bool(round_row.blind) and round_row.state in _UNNAMED


_kept: OrderedDict[bytes, Calibration] = OrderedDict()
_at_it = threading.Lock()


def _calibrated(
    marks: Sequence[tuple[int, int, int]], sums: Mapping[int, int], budget: int, seed: int
) -> Calibration:
    """The calibration of these marks, kept in memory by the hash of everything that it is worked out from."""
    key = hashlib.sha256(repr((marks, sorted(sums.items()), budget, seed)).encode()).digest()
    with _at_it:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = calibration.calibrate(marks, sums, budget, seed=seed)
    with _at_it:
        _kept[key] = found
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return found
