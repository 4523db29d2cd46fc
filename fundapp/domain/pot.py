"""The pot: what came in, and how much of it is free for a round. Whole pence."""

from collections.abc import Mapping


def available(general: int, earmarked: Mapping[int, int], out: Mapping[int, int], round_id: int) -> int:
    """What a round may still pay out, in pence: what was earmarked for it, then the fund's general money.

    `general` is money that came in for no round in particular; `earmarked` and `out` (sent or paid) are by round. A
    round draws on its own money first, so the general money is what came in less what every round paid beyond its own.
    Below nothing only if money was taken back out of the books after it had been paid.
    """
    beyond = sum(max(0, out.get(one, 0) - earmarked.get(one, 0)) for one in {*earmarked, *out})
    own = earmarked.get(round_id, 0) - out.get(round_id, 0)
    return max(own, 0) + general - beyond
