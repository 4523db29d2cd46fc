"""Why a bid is in the best set or not: what it would displace, how much worse that is, or which rule keeps it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fundapp.domain.candidates import Candidate, Terms, least_award
from fundapp.domain.selection import USUAL_SECONDS, Chosen, Unmet, best_set


@dataclass(frozen=True, slots=True)
class Why:
    """The answer for one bid. `code` says which; sums are pence, worths hundredths of a point.

    in: it is in the set; without it the best set is worth `loss` less, `entering` would come in its place.
    below_bar, dearer (than all the money), over_cap (its smallest award is more than `rule` allows), no_room (with it in,
    the floors cannot be met): it can be in no set. displaces: the best set with it is worth `loss` less, for `leaving`
    are gone or cut and `entering` come or grow; `blocks` say why it cannot simply be added to the set: money (`left`),
    or a cap (`rule`, `key`, `left`).
    """

    code: str
    pence: int = 0
    loss: Fraction = Fraction(0)
    leaving: tuple[tuple[int, int, int], ...] = ()
    entering: tuple[tuple[int, int, int], ...] = ()
    blocks: tuple[tuple[str, dict[str, Any]], ...] = ()
    proven: bool = True


def why(
    bids: Sequence[Candidate], terms: Terms, chosen: Chosen, asked: int, *, seconds: float = USUAL_SECONDS
) -> Why:
    """Why this bid, or why not; `chosen` is the best set under the same terms.

    `leaving` and `entering` are (bid, pence before, pence after), without the bid itself. Raises LookupError for a bid
    that is not among `bids`, Undecided when time ran out.
    """
    bid = next((each for each in bids if each.id == asked), None)
    if bid is None:
        raise LookupError(f"bid {asked} is not among them")
    before = dict(chosen.awards)
    if asked in before:
        try:
            other = best_set(bids, terms, outside=(asked,), seconds=seconds)
        except Unmet:
            return Why("in", before[asked], chosen.value)
        leaving, entering = _between(chosen, other, asked)
        loss = chosen.value - other.value
        return Why("in", before[asked], loss, leaving, entering, proven=chosen.proven and other.proven)
    if bid.score < terms.bar:
        return Why("below_bar")
    least = least_award(bid, terms.part)
    if least > terms.budget_pence:
        return Why("dearer", least)
    for rule in terms.rules:
        mine = rule.key if rule.key is not None else bid.of(rule.kind)
        if mine is not None and mine == bid.of(rule.kind):
            over = rule.most_pence is not None and least > rule.most_pence
            if over or rule.most_awards == 0:
                return Why("over_cap", least, blocks=(("cap", {"rule": rule, "key": mine, "left": 0}),))
    try:
        forced = best_set(bids, terms, inside=(asked,), seconds=seconds)
    except Unmet as unmet:
        return Why("no_room", least, blocks=unmet.reasons)
    leaving, entering = _between(chosen, forced, asked)
    return Why(
        "displaces", dict(forced.awards)[asked], chosen.value - forced.value, leaving, entering,
        tuple(_blocks(bids, terms, chosen, bid)), chosen.proven and forced.proven,
    )  # fmt: skip


def _between(
    before: Chosen, after: Chosen, asked: int
) -> tuple[tuple[tuple[int, int, int], ...], tuple[tuple[int, int, int], ...]]:
    """What gets less, and what gets more."""
    old, new = dict(before.awards), dict(after.awards)
    moved = [(bid, old.get(bid, 0), new.get(bid, 0)) for bid in dict.fromkeys((*old, *new)) if bid != asked]
    return tuple(m for m in moved if m[2] < m[1]), tuple(m for m in moved if m[2] > m[1])


def _blocks(
    bids: Sequence[Candidate], terms: Terms, chosen: Chosen, bid: Candidate
) -> list[tuple[str, dict[str, Any]]]:
    """Why it cannot simply be added to the set as that stands."""
    by_id = {each.id: each for each in bids}
    least = least_award(bid, terms.part)
    found: list[tuple[str, dict[str, Any]]] = []
    left = terms.budget_pence - chosen.spent_pence
    if least > left:
        found.append(("money", {"left": left, "needs": least}))
    for rule in terms.rules:
        key = bid.of(rule.kind)
        if key is None or rule.key not in (None, key):
            continue
        taken = [pence for number, pence in chosen.awards if by_id[number].of(rule.kind) == key]
        if rule.most_pence is not None and least > rule.most_pence - sum(taken):
            found.append(
                ("cap", {"rule": rule, "key": key, "left": rule.most_pence - sum(taken), "needs": least})
            )
        if rule.most_awards is not None and len(taken) >= rule.most_awards:
            found.append(("cap", {"rule": rule, "key": key, "left": 0, "needs": 1}))
    return found
