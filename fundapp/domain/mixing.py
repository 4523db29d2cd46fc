"""Who reads together: a plan is mixed, so that readers share bids with many others and not always with the same two.

A largest flow likes blocks: the same three readers on the same hundred bids. Every such plan is as good as another by its
loads and its worth, but where groups of readers share no bid nobody can tell a kind group from one with better bids, and
scores cannot be calibrated (`fundapp/domain/calibration.py`). Two readings of two bids change hands where that leaves every
load, every bid's number of readers and the worth of the plan as they were: the switching chain on bipartite graphs with given
degrees (Rao, Jana and Bandyopadhyay, 1996), from a fixed seed, so that the same question keeps the same answer.
"""

from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grid: TypeAlias = NDArray[Any]

_SEED: Final = 1996
#: Tries for each reading: enough that where it began is forgotten.
TRIES: Final = 6


def mixed(free: "Grid", worth: "Grid", given: "Grid") -> "Grid":
    """The plan `given` (bid, reader) mixed, within what is `free`; loads, readers of each bid and worth stay."""
    import numpy as np

    chance = Random(_SEED)
    pairs = [(int(bid), int(reader)) for bid, reader in zip(*given.nonzero(), strict=True)]
    stands = set(pairs)
    count = len(pairs)
    for _try in range(TRIES * count):
        one, two = int(chance.random() * count), int(chance.random() * count)
        (bid, reader), (other, their) = pairs[one], pairs[two]
        if bid == other or reader == their or (bid, their) in stands or (other, reader) in stands:
            continue
        if not (free[bid, their] and free[other, reader]):
            continue
        if worth[bid, reader] + worth[other, their] != worth[bid, their] + worth[other, reader]:
            continue
        stands -= {pairs[one], pairs[two]}
        pairs[one], pairs[two] = (bid, their), (other, reader)
        stands |= {pairs[one], pairs[two]}
    found = np.zeros_like(given)
    if pairs:
        found[tuple(np.array(pairs).T)] = True
    return found
