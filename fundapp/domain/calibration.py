"""Scores calibrated for kind and strict readers, each with its likely range and its chance of lying above the line.

The model is additive with partial pooling (`fundapp.domain.mixed`): a mark is the panel's middle, plus what the bid is worth,
plus how kind the reader is, plus chance. How much bids, readers and chance each spread is not known beforehand. Their weights
are the restricted likelihood (Patterson and Thompson 1971; that it is the likelihood with the middle integrated out under a flat
prior is D. A. Harville's, Biometrika 61, 1974) times a weak prior: se² as 1/se², and sb/se and sr/se each half-Cauchy with scale
1 (A. Gelman, Bayesian Analysis 1, 2006), so that either may well be nought or several times the error. Every result is the
mean over that distribution, worked out on a lattice of the two ratios: the uncertainty of the variances is in each interval.
A calibrated score is what this panel as a whole would give the bid, each reader counted by how much they have read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fundapp.domain import scoring
from fundapp.domain.mixed import Marks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

#: Four times in five a true value lies within its interval; so many standard deviations to either side.
INTERVAL: Final = 80
_REACH: Final = 1.2815515655446004
SAMPLES: Final = 4000
SEED: Final = 1975
#: Calibrating needs so many readers with two bids or more, and so many bids that two or more have read.
LEAST_READERS: Final = 3
LEAST_SHARED: Final = 5
#: Bounds of sb/se and sr/se, and the lattice's points to a side; what is so much less likely than the peak is left out.
_RATIOS: Final = (0.01, 100.0)
_SIDE: Final = 11
_DROP: Final = 8.0
#: Marks end at five points, in hundredths.
TOP: Final = 100 * scoring.TOP
#: Scores drawn at a time, to bound the memory.
_AT_ONCE: Final = 2_000_000

Mark = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Score:
    """One bid in hundredths of a point; `chance` of lying above the line in permille.

    `low`, `high` and `chance` are None where nothing was calibrated: then `calibrated` is the raw mean.
    """

    raw: int
    calibrated: int
    low: int | None
    high: int | None
    chance: int | None
    reviews: int


@dataclass(frozen=True, slots=True)
class Leniency:
    """How much kinder (above nought) or stricter a reader marks than the panel's middle, in hundredths, with its interval."""

    kinder: int
    low: int
    high: int
    read: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """`method`: calibrated, or why not: no_marks, few_readers, few_shared, groups, alike. `groups`: how many are unlinked.

    `order`: bids with marks, best first; ties by raw mean, then id. `spreads`: standard deviations in hundredths of what bids
    are worth, of readers' kindness and of chance; None where nothing was calibrated. `middle` is the panel's, in hundredths.
    """

    method: str
    scores: Mapping[int, Score]
    order: Sequence[int]
    readers: Mapping[int, Leniency]
    middle: int | None
    spreads: tuple[int, int, int] | None
    groups: int


def walk(asks: Sequence[int], budget: int) -> tuple[list[int], int]:
    """(running totals in pence, how many lie above the line), for what bids ask in the order of their rank.

    The line is drawn before the first bid whose running total exceeds the budget. Nothing below is let in because it is small.
    """
    running: list[int] = []
    so_far = 0
    for pence in asks:
        so_far += pence
        running.append(so_far)
    return running, next((place for place, sum_ in enumerate(running) if sum_ > budget), len(running))


def shortcoming(marks: Sequence[Mark]) -> tuple[str, int]:
    """(why these marks cannot be calibrated, or "", how many groups no reader links); marks are (bid, reader, total)."""
    read: dict[int, int] = defaultdict(int)
    shared: dict[int, int] = defaultdict(int)
    for bid, reader, _ in marks:
        read[reader] += 1
        shared[bid] += 1
    groups = _groups(marks)
    if not marks:
        return "no_marks", 0
    if sum(count >= 2 for count in read.values()) < LEAST_READERS:
        return "few_readers", groups
    if sum(count >= 2 for count in shared.values()) < LEAST_SHARED:
        return "few_shared", groups
    if groups > 1:
        return "groups", groups
    if len({total for _, _, total in marks}) == 1:
        return "alike", groups
    return "", groups


def calibrate(
    marks: Sequence[Mark], asks: Mapping[int, int], budget: int, *, seed: int = SEED, samples: int = SAMPLES
) -> Calibration:
    """Calibrated scores of every bid that has marks: (bid, reader, total in hundredths), no pair twice.

    `asks`: pence by bid. A bid's chance: in how many of `samples` draws from what the marks leave open it lies above the line
    (`walk`), all bids with marks ranked by the drawn scores and taking what they ask. The same marks, sums and seed give the same
    figures. Too few marks fall back to raw means (`shortcoming`). Raises KeyError for a bid whose sum is missing.
    """
    by_bid: dict[int, list[int]] = {}
    for bid, _, total in sorted(marks):
        by_bid.setdefault(bid, []).append(total)
    raw = {bid: scoring.mean(totals) or 0 for bid, totals in by_bid.items()}
    why, groups = shortcoming(marks)
    if why:
        scores = {
            bid: Score(raw[bid], raw[bid], None, None, None, len(totals)) for bid, totals in by_bid.items()
        }
        order = sorted(scores, key=lambda bid: (-raw[bid], bid))
        return Calibration(why, scores, order, {}, None, None, groups)
    import numpy as np

    bids = sorted(by_bid)
    readers = sorted({reader for _, reader, _ in marks})
    place = {bid: number for number, bid in enumerate(bids)}
    seat = {reader: number for number, reader in enumerate(readers)}
    given = sorted(marks)
    panel = Marks(
        np.array([place[bid] for bid, _, _ in given]),
        np.array([seat[reader] for _, reader, _ in given]),
        np.array([float(total) for _, _, total in given]),
    )
    found = _pooled(panel, np.array([asks[bid] for bid in bids]), budget, seed, samples)
    scores, unclipped = {}, {}
    for bid, score, spread, share in zip(
        bids, found.scores.tolist(), found.score_sd.tolist(), found.above.tolist(), strict=True
    ):
        unclipped[bid] = _whole(score)
        scores[bid] = Score(
            raw[bid], _held(score), _held(score - _REACH * spread), _held(score + _REACH * spread),
            _whole(share * 1000), len(by_bid[bid]),
        )  # fmt: skip
    of_reader = {
        reader: Leniency(
            _whole(kinder), _whole(kinder - _REACH * spread), _whole(kinder + _REACH * spread), int(read)
        )
        for reader, kinder, spread, read in zip(
            readers, found.kinder.tolist(), found.kinder_sd.tolist(), panel.of_reader.tolist(), strict=True
        )
    }
    order = sorted(bids, key=lambda bid: (-unclipped[bid], -raw[bid], bid))
    return Calibration("calibrated", scores, order, of_reader, _whole(found.middle), found.spreads, groups)


@dataclass(frozen=True, slots=True)
class _Pooled:
    scores: Floats
    score_sd: Floats
    kinder: Floats
    kinder_sd: Floats
    above: Floats
    middle: float
    spreads: tuple[int, int, int]


def _pooled(panel: Marks, asks: NDArray[np.int64], budget: int, seed: int, samples: int) -> _Pooled:
    """Means and variances over the lattice, by the law of total variance; draws shared out over it by weight."""
    import numpy as np

    points, weights = lattice(panel)
    ends = np.rint(np.cumsum(weights) * samples).astype(int)
    draws = np.diff(ends, prepend=0)
    chance = np.random.default_rng(seed)
    score, score_square = np.zeros(panel.bids), np.zeros(panel.bids)
    kinder, kinder_square = np.zeros(panel.readers), np.zeros(panel.readers)
    above = np.zeros(panel.bids)
    middle, variances = 0.0, np.zeros(3)
    for (bid_ratio, reader_ratio), weight, count in zip(points, weights, draws, strict=True):
        solved = panel.solve(bid_ratio, reader_ratio)
        error = solved.left / (panel.count - 3)
        scores, effects = panel.scores(solved) - panel.mean, panel.leniency(solved)
        of_bids, of_readers = panel.variances(solved)
        score += weight * scores
        score_square += weight * (scores**2 + error * of_bids)
        kinder += weight * effects
        kinder_square += weight * (effects**2 + error * of_readers)
        middle += weight * (panel.mean + float(solved.effects[0] + panel.part @ solved.effects[1:]))
        variances += weight * error * np.array([bid_ratio**2, reader_ratio**2, 1.0])
        step = max(1, _AT_ONCE // panel.bids)
        for begun in range(0, int(count), step):
            drawn = panel.draw(solved, min(step, int(count) - begun), chance)
            above += reached(drawn, asks, budget)
    bid_sd, reader_sd, error_sd = (_whole(float(number)) for number in np.sqrt(variances))
    return _Pooled(
        score + panel.mean, np.sqrt(np.maximum(score_square - score**2, 0)),
        kinder, np.sqrt(np.maximum(kinder_square - kinder**2, 0)),
        above / samples, middle, (bid_sd, reader_sd, error_sd),
    )  # fmt: skip


def reached(drawn: Floats, asks: NDArray[np.int64], budget: int) -> Floats:
    """In how many rows of drawn scores each bid lies above the line, as `walk` draws it."""
    import numpy as np

    if int(asks.sum()) <= budget:
        return np.full(drawn.shape[1], float(len(drawn)))
    order = np.argsort(-drawn, axis=1)
    count = (np.cumsum(asks[order], axis=1) <= budget).sum(axis=1)
    least = np.take_along_axis(drawn, np.take_along_axis(order, np.maximum(count - 1, 0)[:, None], 1), 1)
    times: Floats = ((drawn >= least) & (count > 0)[:, None]).sum(axis=0).astype(float)
    return times


def lattice(panel: Marks) -> tuple[list[tuple[float, float]], Floats]:
    """((sb/se, sr/se) pairs, their weights, which sum to one): the marginal posterior of the ratios where it counts."""
    import numpy as np
    from scipy.optimize import minimize

    least, most = np.log(_RATIOS)

    def deep(place: Floats) -> float:
        """Minus the log density of the logs of the two ratios."""
        if (place < least).any() or (place > most).any():
            return float("inf")
        prior = float((place - np.log1p(np.exp(2 * place))).sum())
        return panel.solve(float(np.exp(place[0])), float(np.exp(place[1]))).likelihood / 2 - prior

    begun = np.array([[0.0, -0.7], [0.6, -0.7], [0.0, -0.1]])
    peak = minimize(
        deep, begun[0], method="Nelder-Mead",
        options={"initial_simplex": begun, "xatol": 1e-3, "fatol": 1e-3, "maxfev": 200},
    ).x  # fmt: skip
    floor = deep(peak)

    def edge(axis: int, way: int) -> float:
        """How far along an axis the density has dropped, to within a twentieth."""
        near, far = 0.0, 0.01
        bound = float(most - peak[axis] if way > 0 else peak[axis] - least)

        def gone(step: float) -> bool:
            there = peak.copy()
            there[axis] += way * step
            return deep(there) - floor > _DROP

        while far < bound and not gone(far):
            near, far = far, 2 * far
        far = min(far, bound)
        while far - near > 0.05 * far:
            half = (near + far) / 2
            near, far = (near, half) if gone(half) else (half, far)
        return float(peak[axis] + way * near)

    sides = [np.linspace(edge(axis, -1), edge(axis, 1), _SIDE) for axis in (0, 1)]
    places = np.array([(first, second) for first in sides[0] for second in sides[1]])
    depths = np.array([deep(place) for place in places])
    weights = np.exp(depths.min() - depths)
    kept = weights > np.exp(-_DROP)
    chosen = weights[kept] / weights[kept].sum()
    return [(float(np.exp(u)), float(np.exp(v))) for u, v in places[kept]], chosen


def _groups(marks: Sequence[Mark]) -> int:
    """How many groups of bids and readers there are that no mark links."""
    above: dict[tuple[str, int], tuple[str, int]] = {}

    def head(node: tuple[str, int]) -> tuple[str, int]:
        above.setdefault(node, node)
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for bid, reader, _ in marks:
        above[head(("bid", bid))] = head(("reader", reader))
    return sum(node == over for node, over in above.items())


def _whole(number: float) -> int:
    """The nearest whole number, halves up."""
    return int((number + 0.5) // 1)


def _held(number: float) -> int:
    return min(TOP, max(0, _whole(number)))
