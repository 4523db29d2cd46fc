"""Giving bids out to readers: everybody gets about as many, and nobody a bid they may not read."""

from collections.abc import Collection, Mapping, Sequence


def propose(
    bids: Sequence[tuple[int, int]],
    loads: Mapping[int, int],
    barred: Collection[tuple[int, int]],
) -> tuple[list[tuple[int, int]], dict[int, int]]:
    """Readers for bids: ((bid, reader) pairs in the order of bids, how many readers each bid still lacks).

    `bids`: (bid, readers wanted) each. `loads`: what every reader has already; who is not in it gets nothing.
    `barred`: (bid, reader) pairs that may not be, or stand already. Each reader is taken where they have least;
    ties go round the readers in order, so that the same question always has the same answer. Bids with the fewest
    possible readers choose first.
    """
    load = dict(loads)
    free = {bid: [reader for reader in load if (bid, reader) not in barred] for bid, _ in bids}
    pairs: dict[int, list[int]] = {}
    lacking: dict[int, int] = {}
    for bid, wanted in sorted(bids, key=lambda item: len(free[item[0]]) - item[1]):
        chosen = sorted(free[bid], key=lambda reader: (load[reader], reader))[:wanted]
        for reader in chosen:
            load[reader] += 1
        pairs[bid] = sorted(chosen)
        if len(chosen) < wanted:
            lacking[bid] = wanted - len(chosen)
    return [(bid, reader) for bid, _ in bids for reader in pairs[bid]], lacking
