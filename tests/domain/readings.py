"""Random panels, and what the best plan for a small one is by trying every one."""

from itertools import combinations
from random import Random

from fundapp.domain.assignment import Plan, Reader, Waiting

Panel = tuple[list[Waiting], list[Reader], set[tuple[int, int]]]


def panel(seed: int, most_bids: int, most_readers: int) -> Panel:
    """Bids 0…, readers 100…: loads, limits, themes, places and conflicts as they come."""
    roll = Random(seed)
    same = roll.choice((1, 2, 3, None))
    bids = [
        Waiting(
            bid,
            same if same is not None else roll.randrange(4),
            frozenset(roll.sample("abc", roll.randrange(3))),
            frozenset(roll.sample(range(3), roll.randrange(2))),
        )
        for bid in range(roll.randint(1, most_bids))
    ]
    readers = [
        Reader(
            person,
            roll.choice((0, 0, 0, roll.randrange(4))),
            roll.choice((None, None, roll.randrange(8))),
            frozenset(roll.sample("abc", roll.randrange(3))),
            frozenset(roll.sample(range(3), roll.randrange(3))),
        )
        for person in range(100, 100 + roll.randint(1, most_readers))
    ]
    part = roll.choice((0, 0.1, 0.3, 0.6, 0.8))
    barred = {(bid.bid, who.person) for bid in bids for who in readers if roll.random() < part}
    return bids, readers, barred


def worth(plan: Plan) -> tuple[tuple[int, int], int, int]:
    """(lacking, and how unevenly), unevenness of loads, preference: the smaller, smaller, greater the better."""
    lacks = plan.lacking.values()
    return (
        (sum(lacks), sum(lack * (lack + 1) // 2 for lack in lacks)),
        sum(then * then for _, then in plan.loads.values()),
        sum(2 * ("theme" in why) + ("near" in why) for why in plan.reasons.values()),
    )


def best(panel: Panel) -> tuple[tuple[int, int], int, int]:
    """`worth` of the best plan, by every way to give out each bid."""
    bids, readers, barred = panel
    # What can be reached: (lacking, unevenly), loads: the greatest preference.
    reached = {((0, 0), tuple(reader.has for reader in readers)): 0}
    for bid in bids:
        may = [n for n, reader in enumerate(readers) if (bid.bid, reader.person) not in barred]
        likes = {
            n: 2 * bool(bid.themes & readers[n].themes) + bool(bid.areas & readers[n].regions) for n in may
        }
        further: dict[tuple[tuple[int, int], tuple[int, ...]], int] = {}
        for ((lacking, uneven), loads), liked in reached.items():
            for count in range(min(bid.readers, len(may)) + 1):
                lacks = bid.readers - count
                for chosen in combinations(may, count):
                    then = tuple(load + (n in chosen) for n, load in enumerate(loads))
                    full = any((most := readers[n].most) is not None and then[n] > most for n in chosen)
                    if not full:
                        key = ((lacking + lacks, uneven + lacks * (lacks + 1) // 2), then)
                        value = liked + sum(likes[n] for n in chosen)
                        further[key] = max(further.get(key, -1), value)
        reached = further
    return min(
        ((lack, sum(load * load for load in loads), liked) for (lack, loads), liked in reached.items()),
        key=lambda found: (found[0], found[1], -found[2]),
    )
