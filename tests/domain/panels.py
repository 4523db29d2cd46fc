"""Panels made up by a seed, whose truth is known."""

from dataclasses import dataclass

import numpy as np

from fundapp.domain.calibration import Mark


@dataclass(frozen=True)
class Made:
    """What every bid is worth and every reader adds, in hundredths, and the marks that came of it.

    The budget is a third of what is asked.
    """

    worth: list[float]
    kinder: list[float]
    marks: list[Mark]
    asks: dict[int, int]
    budget: int


def panel(
    seed: int,
    bids: int,
    readers: int,
    each: int,
    *,
    bid_sd: float = 55,
    reader_sd: float = 45,
    error_sd: float = 40,
) -> Made:
    """`each` readers drawn for every bid; marks are whole hundredths from 0 to 500."""
    chance = np.random.default_rng(seed)
    worth = 280 + chance.normal(0, bid_sd, bids)
    kinder = chance.normal(0, reader_sd, readers)
    marks = [
        (
            bid,
            int(reader),
            int(np.clip(round(worth[bid] + kinder[reader] + chance.normal(0, error_sd)), 0, 500)),
        )
        for bid in range(bids)
        for reader in chance.choice(readers, each, replace=False)
    ]
    asks = {bid: int(chance.integers(50_000, 500_000)) for bid in range(bids)}
    return Made(worth.tolist(), kinder.tolist(), marks, asks, sum(asks.values()) // 3)
