"""The pot: what came in, and how much of it is free for a round. Whole pence."""

from collections.abc import Mapping
from dataclasses import dataclass


def available(general: int, earmarked: Mapping[int, int], out: Mapping[int, int], round_id: int) -> int:
    """What a round may still pay out, in pence: what was earmarked for it, then the fund's general money.

    `general` is money that came in for no round in particular; `earmarked` and `out` (sent or paid) are by round. A
    round draws on its own money first, so the general money is what came in less what every round paid beyond its own.
    Below nothing only if money was taken back out of the books after it had been paid.
    """
    beyond = sum(max(0, out.get(one, 0) - earmarked.get(one, 0)) for one in {*earmarked, *out})
    own = earmarked.get(round_id, 0) - out.get(round_id, 0)
    return max(own, 0) + general - beyond


@dataclass(frozen=True, slots=True)
class Share:
    """A round's part of the pot, in pence: earmarked + drawn == paid + sent + promised + free."""

    earmarked: int
    drawn: int
    paid: int
    sent: int
    promised: int
    free: int

    @property
    def came(self) -> int:
        """What the round has to use, in pence: its own money and what it draws on the general money."""
        return self.earmarked + self.drawn


@dataclass(frozen=True, slots=True)
class Pot:
    """A fund's money: `general` came in for no round, `rounds` by their id, `spare` of the general money is not drawn.

    `spare` is below nothing by what is promised or paid beyond the money that came in.
    """

    general: int
    rounds: Mapping[int, Share]
    spare: int

    @property
    def came(self) -> int:
        """All that came in: what was paid, is with the bank, is promised, and is free."""
        return self.general + sum(share.earmarked for share in self.rounds.values())

    @property
    def free(self) -> int:
        """What no promise needs, in the general money and in the rounds' own."""
        return self.spare + sum(share.free for share in self.rounds.values())

    def share(self, round_id: int) -> Share:
        """A round's part; nothing of everything if it had no money and promised none."""
        return self.rounds.get(round_id, Share(0, 0, 0, 0, 0, 0))

    def total(self, part: str) -> int:
        """The sum over the rounds of `paid`, `sent`, `promised`, `earmarked` or `drawn`."""
        return sum(getattr(share, part) for share in self.rounds.values())


def balance(general: int, earmarked: Mapping[int, int], taken: Mapping[int, tuple[int, int, int]]) -> Pot:
    """The pot of a fund: `taken` is (paid, sent, promised and not sent) by round. A round uses its own money first."""
    rounds: dict[int, Share] = {}
    for one in sorted({*earmarked, *taken}):
        own, (paid, sent, promised) = earmarked.get(one, 0), taken.get(one, (0, 0, 0))
        needs = paid + sent + promised
        rounds[one] = Share(own, max(needs - own, 0), paid, sent, promised, max(own - needs, 0))
    return Pot(general, rounds, general - sum(share.drawn for share in rounds.values()))
