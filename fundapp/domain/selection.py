"""The best set of awards within the money: which bids, and how much each, solved exactly and checked again in whole numbers."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final

from fundapp.domain.candidates import Candidate, Terms, groups
from fundapp.domain.programme import Programme, Undecided

#: How long one question may be thought about, in seconds; beyond that the best set found is given with its bound.
USUAL_SECONDS: Final = 20.0
#: What the solver holds for equal, in hundredths of a point.
_FINEST: Final = 1e-6
#: How far from a whole number it holds a number for whole, and how often a set that is over an end by that is sought anew.
_TAKEN_FOR_WHOLE: Final = 1e-6
_TURNS: Final = 6


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


class Mistaken(RuntimeError):
    """What the solver gave does not hold in whole numbers."""


def best_set(
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
    found = _in_whole_numbers(fit, terms, inside, seconds)
    if found is None:
        raise Unmet(_unmet(fit, terms, inside, seconds))
    awards, value, bound, finished = found
    if terms.part is None:
        bound = float(max(floor(bound + 1e-4), floor(value)))
    return Chosen(awards, value, max(bound, float(value)), finished or bound <= float(value) + _FINEST)


def _in_whole_numbers(
    bids: Sequence[Candidate], terms: Terms, inside: Collection[int], seconds: float
) -> tuple[tuple[tuple[int, int], ...], Fraction, float, bool] | None:
    """(awards, their value, bound, finished) as the terms hold in whole numbers; None when no set keeps them.

    The solver takes 0.999999 for a whole award, which of a large ask leaves pounds to others. Where its set is over an end
    by that, it is sought anew so much within; the bound stays that of the terms themselves.
    """
    bound, spare = 0.0, 0
    for turn in range(_TURNS):
        programme = Programme(bids, terms, spare)
        found = programme.solve(programme.worth(), inside, seconds)
        if found is None and turn:
            raise Undecided("no set was found within the ends")
        if found is None:
            return None
        bound = bound if turn else found[1]
        try:
            return found[0], worth(bids, terms, found[0]), bound, found[2] and not turn
        except Mistaken:
            if turn == _TURNS - 1:
                raise
            spare = max(2 * spare, ceil(max(bid.ask_pence for bid in bids) * _TAKEN_FOR_WHOLE))
    raise AssertionError("no turn was the last")


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
    taken: dict[tuple[str, str | None], list[int]] = {}
    for number, pence in given:
        for kind in {rule.kind for rule in terms.rules}:
            taken.setdefault((kind, by_id[number].of(kind)), []).append(pence)
    for rule in terms.rules:
        for key in [rule.key] if rule.key is not None else groups(by_id.values(), rule.kind):
            theirs = taken.get((rule.kind, key), [])
            if not (
                sum(theirs) >= (rule.least_pence or 0)
                and (rule.most_pence is None or sum(theirs) <= rule.most_pence)
                and len(theirs) >= (rule.least_awards or 0)
                and (rule.most_awards is None or len(theirs) <= rule.most_awards)
            ):
                raise Mistaken(f"the rule for {rule.kind} {key} is broken")
    return value


def _unmet(
    bids: Sequence[Candidate], terms: Terms, inside: Collection[int], seconds: float
) -> list[tuple[str, dict[str, Any]]]:
    """Which floors stand in the way: those that cannot be met alone; else those that fall short beside the others."""
    floors = [rule for rule in terms.rules if rule.is_floor]
    caps = tuple(replace(rule, least_pence=None, least_awards=None) for rule in terms.rules)
    reasons: list[tuple[str, dict[str, Any]]] = []
    programme = Programme(bids, replace(terms, rules=caps))
    if inside and programme.solve(programme.worth(), inside, seconds) is None:
        return [("not_with_this", {"rule": None})]
    for rule in floors:
        theirs = [place for place, bid in enumerate(bids) if bid.of(rule.kind) == rule.key]
        ids, which = {bids[place].id for place in theirs}, programme.np.array(theirs, dtype=int)
        for wanted, row, counted in (
            (rule.least_pence, programme.pence, True),
            (rule.least_awards, programme.number, False),
        ):
            reached = programme.solve(programme.as_worth(row(which)), (), seconds) if wanted else None
            given = [pence for bid, pence in (reached[0] if reached else ()) if bid in ids]
            most = sum(given) if counted else len(given)
            if wanted and most < wanted:
                reasons.append(("floor_alone", {"rule": rule, "reachable": most}))
    if reasons:
        return reasons
    if inside:
        without = Programme(bids, terms)
        if without.solve(without.worth(), (), seconds) is not None:
            return [("not_with_this", {"rule": rule}) for rule in floors]
    # One after the other in the order given: the floor at which it stops going well is named with those before it.
    for place in range(len(floors)):
        tried = Programme(bids, replace(terms, rules=(*caps, *floors[: place + 1])))
        if tried.solve(tried.worth(), (), seconds) is None:
            return [("floor_together", {"rule": each}) for each in floors[: place + 1]]
    return [("floor_together", {"rule": rule}) for rule in floors]
