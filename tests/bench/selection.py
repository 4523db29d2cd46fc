"""Seconds to find the best set of awards among 1,000 and 10,000 bids, proven, whole and in part, with floors and caps."""

import random

from fundapp.domain.candidates import Candidate, Part, Rule, Terms
from fundapp.domain.selection import best_set
from tests.bench.measure import Line, interleaved, seconds
from tests.bench.plan import Plan

#: (bids, seconds that it may take).
SIZES = ((1_000, 3.0), (10_000, 15.0))


def run(plan: Plan) -> list[Line]:
    """Each kind of question at each size; one that is not proven within its time fails the measure."""
    lines = []
    for count, target in SIZES:
        bids = made(count)
        whole = sum(bid.ask_pence for bid in bids)
        budget = whole * 2 // 5
        rules = (
            Rule("region", most_pence=whole // 25), Rule("region", "R3", least_pence=whole // 28),
            Rule("organisation", most_awards=1),
        )  # fmt: skip
        for name, terms in (
            ("whole awards", Terms(budget, 250)),
            ("floors and caps", Terms(budget, 250, rules)),
            ("awards in part", Terms(budget, 250, (), Part(60, 5_000))),
        ):
            found = best_set(bids, terms, seconds=120)
            if not found.proven:
                raise AssertionError(f"{count} bids, {name}: not proven")
            (median,) = interleaved(
                1 if plan.quick else 3,
                lambda _number, bids=bids, terms=terms: seconds(lambda: best_set(bids, terms, seconds=120)),  # type: ignore[misc]
            )
            note = f"{len(found.awards):,} awards, proven best"
            lines.append(
                Line(f"{count:,} bids, {name}", "s", median, target=target, sense="at_most", note=note)
            )
    return lines


def made(count: int) -> list[Candidate]:
    """Bids as rounds have them: scores about 3.2 of 5, asks from a few hundred pounds to some thousands, twelve regions."""
    chance = random.Random(count)
    bids = [
        Candidate(
            number, max(0, min(500, int(chance.gauss(320, 70)))), int(chance.lognormvariate(12.3, 0.5)) // 1_000 * 1_000 + 1_000,
            f"R{chance.randrange(12)}", None, f"O{chance.randrange(count * 3 // 4)}",
        )
        for number in range(count)
    ]  # fmt: skip
    return sorted(bids, key=lambda bid: (-bid.score, bid.id))
