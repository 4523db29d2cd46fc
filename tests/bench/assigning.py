"""A round's bids given out: 1,000 and 10,000 bids to 300 readers, three each, with conflicts, themes and places."""

from random import Random

from fundapp.domain.assignment import Plan as Given
from fundapp.domain.assignment import Reader, Waiting, make_plan
from tests.bench.measure import Line, seconds
from tests.bench.plan import Plan

READERS = 300
EACH = 3
THEMES = 20
REGIONS = 12
WARDS = 1_000
#: Seconds, of which gathering what the plan is made of leaves the most to the plan itself.
TARGETS = {1_000: 10.0, 10_000: 60.0}

Panel = tuple[list[Waiting], list[Reader], set[tuple[int, int]]]


def usual(count: int, most: int | None = None) -> Panel:
    """Bids of one theme in one region; readers who know up to three and are near up to two; one to five conflicts a bid."""
    roll = Random(count)
    bids = [
        Waiting(
            number, EACH, frozenset({f"theme {roll.randrange(THEMES)}"}), frozenset({roll.randrange(REGIONS)})
        )
        for number in range(count)
    ]
    readers = [
        Reader(
            count + number, 0, most, frozenset(f"theme {theme}" for theme in roll.sample(range(THEMES), roll.randrange(4))),
            frozenset(roll.sample(range(REGIONS), roll.randrange(3))),
        )
        for number in range(READERS)
    ]  # fmt: skip
    barred = {
        (bid.bid, count + who) for bid in bids for who in roll.sample(range(READERS), roll.randint(1, 5))
    }
    return bids, readers, barred


def awkward(count: int) -> Panel:
    """Hardly two bids alike: readers near single wards, nobody for their own region, uneven loads, some limits, some bids
    that only two people may read."""
    roll = Random(count)
    bids = [
        Waiting(
            number, roll.choice((1, 2, 3)), frozenset({f"theme {roll.randrange(THEMES)}"}),
            frozenset({REGIONS + roll.randrange(WARDS), roll.randrange(REGIONS)}),
        )
        for number in range(count)
    ]  # fmt: skip
    readers = [
        Reader(
            count + number, roll.randrange(20), roll.choice((None, None, count // 60, count // 80)),
            frozenset(f"theme {theme}" for theme in roll.sample(range(THEMES), roll.randrange(4))),
            frozenset([*roll.sample(range(REGIONS), roll.randrange(3)), *(REGIONS + w for w in roll.sample(range(WARDS), 2))]),
        )
        for number in range(READERS)
    ]  # fmt: skip
    homes = {reader.person: roll.randrange(REGIONS) for reader in readers}
    barred = {(bid.bid, person) for bid in bids for person, home in homes.items() if home in bid.areas}
    barred |= {(bid.bid, count + number) for bid in bids[:20] for number in range(READERS - 2)}
    return bids, readers, barred


def run(plan: Plan) -> list[Line]:
    """Seconds for each, and how level the loads came out."""
    lines = []
    for count in TARGETS:
        limit = EACH * count // READERS - 1
        for name, made in (
            ("", usual(count)),
            (", limits too small", usual(count, limit)),
            (", hardly two alike", awkward(count)),
        ):
            found: list[Given] = []
            took = seconds(lambda made=made, found=found: found.append(make_plan(*made)))
            loads = [then for _, then in found[0].loads.values()]
            note = f"{len(found[0].pairs):,} readings, loads {min(loads)} to {max(loads)}, {len(found[0].faults)} faults"
            lines.append(
                Line(f"{count:,} bids to {READERS} readers{name}", "s", took, target=TARGETS[count], sense="at_most", note=note)
            )  # fmt: skip
    return lines
