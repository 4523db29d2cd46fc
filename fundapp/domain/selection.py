"""The best set of awards within the money: which bids, and how much each, solved exactly and checked again in whole numbers."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import Any, Final

#: What a rule may be about.
KINDS: Final = ("region", "theme", "organisation")
#: How long one question may be thought about, in seconds; beyond that the best set found is given with its bound.
USUAL_SECONDS: Final = 20.0
#: Up to so many bids, sets worth the same are told apart by rank: more would ask for differences finer than the solver's.
_TOLD_APART: Final = 500
#: What the solver holds for equal, in hundredths of a point.
_FINEST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bid that may be awarded: its score in hundredths of a point, what it asks in pence, and where it belongs."""

    id: int
    score: int
    ask_pence: int
    region: str | None = None
    theme: str | None = None
    organisation: str | None = None

    def of(self, kind: str) -> str | None:
        """Its region, theme or organisation; None where it is not known."""
        found: str | None = getattr(self, kind)
        return found


@dataclass(frozen=True, slots=True)
class Rule:
    """A floor or a cap, in pence or in awards, for one region, theme or organisation; `key` None: a cap for each of them."""

    kind: str
    key: str | None = None
    least_pence: int | None = None
    most_pence: int | None = None
    least_awards: int | None = None
    most_awards: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS or (self.key is None and self.is_floor):
            raise ValueError("a rule is about a region, theme or organisation, and a floor about one by name")

    @property
    def is_floor(self) -> bool:
        """Whether something must be reached."""
        return self.least_pence is not None or self.least_awards is not None


@dataclass(frozen=True, slots=True)
class Part:
    """A bid may get part of what it asks: at least so many hundredths of it, in whole steps of so many pence."""

    least_percent: int
    step_pence: int = 5_000

    def __post_init__(self) -> None:
        if not 1 <= self.least_percent <= 100 or self.step_pence < 1:
            raise ValueError("a part is between one and all hundredths, in steps of a penny or more")

    def steps(self, ask_pence: int) -> tuple[int, int]:
        """The fewest and the most steps that are a part of this ask; the fewest are more than the most where none is."""
        return -(-ask_pence * self.least_percent // (100 * self.step_pence)), (
            ask_pence - 1
        ) // self.step_pence


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which a set is sought: pence to give, the least score in hundredths, floors and caps, parts or none."""

    budget_pence: int
    bar: int = 0
    rules: tuple[Rule, ...] = ()
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The set: (bid, pence) in rank order, its value and the most that any set can be worth, in hundredths of a point.

    `proven`: no set is worth more. Where parts are allowed that holds to a millionth of a hundredth of a point.
    """

    awards: tuple[tuple[int, int], ...]
    value: Fraction
    bound: float
    proven: bool

    @property
    def spent_pence(self) -> int:
        """What the set takes of the money."""
        return sum(pence for _, pence in self.awards)


class Unmet(ValueError):
    """No set keeps the terms. `reasons`: (code, params) of every floor that stands in the way.

    Codes: `floor_alone` (that floor cannot be met whatever else is given up: `reachable`), `floor_together` (it can be
    met alone, but not beside the others: `short`), `not_with_this` (the bid that must be in leaves no room for the
    floors). Params: `rule`, and `reachable` or `short` in pence or awards, as the floor is.
    """

    def __init__(self, reasons: Sequence[tuple[str, dict[str, Any]]]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(", ".join(code for code, _ in reasons))


class Undecided(RuntimeError):
    """The solver found no set in the time that it had, nor that there is none."""


class Mistaken(RuntimeError):
    """What the solver gave does not hold in whole numbers."""


def select(
    bids: Sequence[Candidate],
    terms: Terms,
    *,
    inside: Collection[int] = (),
    outside: Collection[int] = (),
    seconds: float = USUAL_SECONDS,
) -> Chosen:
    """The set worth most under the terms; `bids` come in rank order, `inside` must and `outside` must not be in it.

    A set is worth the sum, over its bids, of (score - bar + 1) times the share of the ask that is granted: every bid
    counts once, whatever its size, and one that stands at the bar still counts. A knapsack with side constraints, solved
    by branch and bound (HiGHS, through scipy.optimize.milp) with no gap left, then checked in whole numbers. Of sets
    worth the same, the one whose bids stand higher is taken (whole awards, up to 500 bids); the same question always
    has the same answer unless its time runs out. Raises Unmet with every floor that cannot be met, Undecided when time
    ran out with nothing found.
    """
    fit = [bid for bid in bids if bid.score >= terms.bar and bid.ask_pence > 0 and bid.id not in outside]
    if not set(inside) <= {bid.id for bid in fit}:
        raise ValueError("a bid that must be in stands below the bar or is not there")
    if not fit:
        floors = [rule for rule in terms.rules if rule.is_floor and (rule.least_pence or rule.least_awards)]
        if floors:
            raise Unmet([("floor_alone", {"rule": rule, "reachable": 0}) for rule in floors])
        return Chosen((), Fraction(0), 0.0, True)
    programme = _Programme(fit, terms)
    found = programme.solve(programme.worth(), inside, seconds)
    if found is None:
        raise Unmet(_unmet(fit, terms, inside, seconds))
    awards, bound, finished = found
    value = worth(fit, terms, awards)
    if terms.part is None:
        bound = float(max(floor(bound + 1e-4), value))
    return Chosen(awards, value, max(bound, float(value)), finished or bound <= float(value) + _FINEST)


def worth(bids: Iterable[Candidate], terms: Terms, awards: Iterable[tuple[int, int]]) -> Fraction:
    """What a set is worth, every term held against it in whole numbers; raises Mistaken for the first that is broken."""
    by_id = {bid.id: bid for bid in bids}
    given = list(awards)
    if len({bid for bid, _ in given}) != len(given):
        raise Mistaken("a bid is awarded twice")
    value = Fraction(0)
    for number, pence in given:
        bid = by_id.get(number)
        if bid is None or bid.score < terms.bar:
            raise Mistaken(f"bid {number} is not above the bar")
        if pence != bid.ask_pence:
            least, most = terms.part.steps(bid.ask_pence) if terms.part else (1, 0)
            steps, rest = divmod(pence, terms.part.step_pence) if terms.part else (0, 1)
            if rest or not least <= steps <= most:
                raise Mistaken(f"bid {number} is given {pence} of {bid.ask_pence} pence")
        value += Fraction((bid.score - terms.bar + 1) * pence, bid.ask_pence)
    if sum(pence for _, pence in given) > terms.budget_pence:
        raise Mistaken("the set takes more than the money")
    for rule in terms.rules:
        for key in [rule.key] if rule.key is not None else groups(by_id.values(), rule.kind):
            taken = [pence for number, pence in given if by_id[number].of(rule.kind) == key]
            if not (
                (rule.least_pence or 0) <= sum(taken) <= (terms.budget_pence if rule.most_pence is None else rule.most_pence)
                and (rule.least_awards or 0) <= len(taken)
                and (rule.most_awards is None or len(taken) <= rule.most_awards)
            ):  # fmt: skip
                raise Mistaken(f"the rule for {rule.kind} {key} is broken")
    return value


def groups(bids: Iterable[Candidate], kind: str) -> list[str]:
    """The regions, themes or organisations of bids, each once, in order of their names."""
    return sorted({key for bid in bids if (key := bid.of(kind)) is not None})


def least_award(bid: Candidate, part: Part | None) -> int:
    """The smallest award that a bid can have, in pence."""
    if part is not None:
        fewest, most = part.steps(bid.ask_pence)
        if fewest <= most:
            return fewest * part.step_pence
    return bid.ask_pence


class _Programme:
    """The integer programme over bids above the bar.

    Each bid has `full` (0 or 1) and, where parts are allowed, `partly` (0 or 1) and `steps`; its award is
    ask x full + step x steps, with fewest x partly <= steps <= most x partly and full + partly <= 1.
    """

    def __init__(self, bids: Sequence[Candidate], terms: Terms) -> None:
        import numpy as np

        self.bids, self.terms, self.np = bids, terms, np
        self.ask = np.array([bid.ask_pence for bid in bids], dtype=float)
        self.points = np.array([bid.score - terms.bar + 1 for bid in bids], dtype=float)
        self.parted = terms.part is not None
        if terms.part is not None:
            spans = [terms.part.steps(bid.ask_pence) for bid in bids]
            self.fewest = np.array([span[0] for span in spans], dtype=float)
            self.most = np.array([span[1] for span in spans], dtype=float)
            self.may = self.most >= self.fewest
            self.step = float(terms.part.step_pence)

    def worth(self) -> Any:
        """The value of each variable, in hundredths of a point."""
        np, count = self.np, len(self.bids)
        if self.parted:
            each = self.points * self.step / self.ask
            return np.concatenate([self.points, np.zeros(count), each])
        if count > _TOLD_APART:
            return self.points
        # All of it together is less than one hundredth of a point: it tells only equal sets apart.
        return self.points + np.arange(count, 0, -1) / (count * (count + 1))

    def pence(self, which: Any) -> Any:
        """The row of a sum of money over the bids in the mask `which`."""
        full = self.np.where(which, self.ask, 0)
        if not self.parted:
            return full
        return self.np.concatenate([full, full * 0, self.np.where(which, self.step, 0)])

    def number(self, which: Any) -> Any:
        """The row of a number of awards."""
        one = self.np.where(which, 1.0, 0)
        return self.np.concatenate([one, one, one * 0]) if self.parted else one

    def rows(self) -> list[tuple[Any, float, float, Rule | None, str]]:
        """(row, low, high, rule, what) of the money and of each floor and cap."""
        np = self.np
        made: list[tuple[Any, float, float, Rule | None, str]] = [
            (self.pence(np.ones(len(self.bids), dtype=bool)), 0.0, float(self.terms.budget_pence), None, "pence")
        ]  # fmt: skip
        for rule in self.terms.rules:
            belongs = np.array([bid.of(rule.kind) or "" for bid in self.bids])
            for key in [rule.key] if rule.key is not None else groups(self.bids, rule.kind):
                which = belongs == key
                for what, least, most, row in (
                    ("pence", rule.least_pence, rule.most_pence, self.pence),
                    ("awards", rule.least_awards, rule.most_awards, self.number),
                ):
                    low = float(least) if least is not None else 0.0
                    if low or most is not None:
                        made.append((row(which), low, np.inf if most is None else float(most), rule, what))
        return made

    def solve(
        self,
        worth: Any,
        inside: Collection[int] = (),
        seconds: float = USUAL_SECONDS,
    ) -> tuple[tuple[tuple[int, int], ...], float, bool] | None:
        """The awards that are worth most, the bound, and whether it was proven; None when no set keeps the terms."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array

        np, count = self.np, len(self.bids)
        rows = self.rows()
        # In pounds, so that sums of money and counts of awards have figures of a like size.
        scale = [100.0 if what == "pence" else 1.0 for *_, what in rows]
        held = [
            LinearConstraint(
                csr_array(np.array([row[0] / by for row, by in zip(rows, scale, strict=True)])),
                np.array([row[1] / by for row, by in zip(rows, scale, strict=True)]),
                np.array([row[2] / by for row, by in zip(rows, scale, strict=True)]),
            )
        ]
        must = np.array([bid.id in inside for bid in self.bids], dtype=float)
        low, high = must, np.ones(count)
        if self.parted:
            held += self._parts(must)
            low = np.zeros(3 * count)
            high = np.concatenate([high, self.may * 1.0, np.where(self.may, self.most, 0)])
        found = milp(
            -worth, constraints=held, integrality=np.ones(len(low)), bounds=Bounds(low, high),
            options={"mip_rel_gap": 0, "time_limit": seconds},
        )  # fmt: skip
        if found.status == 2:
            return None
        if found.x is None:
            raise Undecided("no set was found in the time that there was")
        taken = np.rint(found.x).astype(np.int64)
        awards = []
        for place, bid in enumerate(self.bids):
            pence = bid.ask_pence * int(taken[place])
            if self.parted and self.terms.part is not None:
                pence += int(taken[2 * count + place]) * self.terms.part.step_pence
            if pence:
                awards.append((bid.id, pence))
        bound = -float(found.mip_dual_bound) if found.mip_dual_bound is not None else -float(found.fun)
        return tuple(awards), bound, found.status == 0

    def _parts(self, must: Any) -> list[Any]:
        """What ties full, partly and steps together."""
        from scipy.optimize import LinearConstraint
        from scipy.sparse import diags_array, eye_array, hstack

        np, count = self.np, len(self.bids)
        one, nothing = eye_array(count), diags_array(np.zeros(count))
        fewest, most = (diags_array(np.where(self.may, side, 0)) for side in (self.fewest, self.most))
        return [
            LinearConstraint(hstack([one, one, nothing]).tocsr(), must, np.ones(count)),
            LinearConstraint(hstack([nothing, -fewest, one]).tocsr(), 0, np.inf),
            LinearConstraint(hstack([nothing, -most, one]).tocsr(), -np.inf, 0),
        ]


def _unmet(
    bids: Sequence[Candidate], terms: Terms, inside: Collection[int], seconds: float
) -> list[tuple[str, dict[str, Any]]]:
    """Which floors stand in the way: those that cannot be met alone; else those that fall short beside the others."""
    floors = [rule for rule in terms.rules if rule.is_floor]
    caps = tuple(replace(rule, least_pence=None, least_awards=None) for rule in terms.rules)
    reasons: list[tuple[str, dict[str, Any]]] = []
    programme = _Programme(bids, replace(terms, rules=caps))
    if inside and programme.solve(programme.worth(), inside, seconds) is None:
        return [("not_with_this", {"rule": None})]
    for rule in floors:
        which = programme.np.array([bid.of(rule.kind) == rule.key for bid in bids])
        for wanted, row, counted in (
            (rule.least_pence, programme.pence, sum),
            (rule.least_awards, programme.number, len),
        ):
            reached = programme.solve(row(which), (), seconds) if wanted else None
            theirs = {bid.id for bid, mine in zip(bids, which, strict=True) if mine}
            most = counted([pence for bid, pence in (reached or ((),))[0] if bid in theirs])
            if wanted and most < wanted:
                reasons.append(("floor_alone", {"rule": rule, "reachable": most}))
    if reasons:
        return reasons
    if inside:
        without = _Programme(bids, terms)
        if without.solve(without.worth(), (), seconds) is not None:
            return [("not_with_this", {"rule": rule}) for rule in floors]
    # One after the other in the order given: the floor at which it stops going well is named with those before it.
    for place in range(len(floors)):
        tried = _Programme(bids, replace(terms, rules=(*caps, *floors[: place + 1])))
        if tried.solve(tried.worth(), (), seconds) is None:
            return [("floor_together", {"rule": each}) for each in floors[: place + 1]]
    return [("floor_together", {"rule": rule}) for rule in floors]
