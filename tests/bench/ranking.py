"""Seconds to calibrate and rank panels of 1,000 and 10,000 bids, each read by three of up to 300 readers."""

import numpy as np

from fundapp.domain.calibration import Mark, calibrate
from tests.bench.measure import Line, interleaved, seconds
from tests.bench.plan import Plan

#: (bids, readers, seconds that it may take).
SIZES = ((1_000, 30, 3.0), (10_000, 300, 10.0))


def run(plan: Plan) -> list[Line]:
    """Calibrated scores, ranges and chances from 4,000 draws."""
    lines = []
    for bids, readers, target in SIZES:
        marks, asks = made(bids, readers)
        budget = sum(asks.values()) // 3
        found = calibrate(marks, asks, budget)
        if found.method != "calibrated" or len(found.scores) != bids:
            raise AssertionError("the panel was not calibrated")
        (median,) = interleaved(
            2 if plan.quick else 5,
            lambda number, marks=marks, asks=asks, budget=budget: seconds(  # type: ignore[misc]
                lambda: calibrate(marks, asks, budget, seed=number)
            ),
        )
        note = f"{readers} readers, three a bid, 4,000 draws"
        lines.append(
            Line(f"{bids:,} bids calibrated", "s", median, target=target, sense="at_most", note=note)
        )
    return lines


def made(bids: int, readers: int) -> tuple[list[Mark], dict[int, int]]:
    """Marks of a panel whose readers differ about as much as its bids, and what the bids ask in pence."""
    chance = np.random.default_rng(1)
    worth, kinder = chance.normal(280, 55, bids), chance.normal(0, 45, readers)
    marks = []
    for bid in range(bids):
        for reader in chance.choice(readers, 3, replace=False):
            total = round(worth[bid] + kinder[reader] + chance.normal(0, 40))
            marks.append((bid, int(reader), min(500, max(0, total))))
    return marks, {bid: int(chance.integers(50_000, 500_000)) for bid in range(bids)}
