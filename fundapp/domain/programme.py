"""The integer programme behind the best set of awards, as HiGHS solves it."""

from collections.abc import Collection, Sequence
from time import monotonic
from typing import Any, Final

from fundapp.domain.candidates import Candidate, Terms

#: Up to so many bids, sets worth the same are told apart by rank: more would ask for differences finer than the solver's.
TOLD_APART: Final = 500
#: From so many bids on, what can be in no better set is left out first.
MANY: Final = 600
#: How many bids the first, quick set chooses among, where there are many.
_CORE: Final = 200
#: What may become of a bid.
OUT, FULL, PARTLY = range(3)


class Undecided(RuntimeError):
    """The solver found no set in the time that it had, nor that there is none."""


class Programme:
    """The integer programme over bids above the bar.

    Each bid has `full` (0 or 1) and, where parts are allowed, `partly` (0 or 1) and `steps`; its award is
    ask x full + step x steps, with fewest x partly <= steps <= most x partly and full + partly <= 1. All sums of money keep
    `spare` pence away from their ends.
    """

    def __init__(self, bids: Sequence[Candidate], terms: Terms, spare: int = 0) -> None:
        import numpy as np

        self.bids, self.terms, self.spare, self.np = bids, terms, spare, np
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
        if count > TOLD_APART:
            return self.points
        # All of it together is less than one hundredth of a point: it tells only equal sets apart.
        return self.points + np.arange(count, 0, -1) / (count * (count + 1))

    def pence(self, which: Any) -> tuple[Any, Any]:
        """The columns and figures of a sum of money, in pence, over the bids at the places `which`."""
        if not self.parted:
            return which, self.ask[which]
        np = self.np
        return (
            np.concatenate([which, which + 2 * len(self.bids)]),
            np.concatenate([self.ask[which], np.full(len(which), self.step)]),
        )

    def number(self, which: Any) -> tuple[Any, Any]:
        """The columns and figures of a number of awards."""
        np = self.np
        columns = np.concatenate([which, which + len(self.bids)]) if self.parted else which
        return columns, np.ones(len(columns))

    def places(self, kind: str) -> dict[str | None, Any]:
        """The places of the bids of each region, theme or organisation."""
        found: dict[str | None, list[int]] = {}
        for place, bid in enumerate(self.bids):
            found.setdefault(bid.of(kind), []).append(place)
        return {key: self.np.array(held) for key, held in found.items()}

    def as_worth(self, row: tuple[Any, Any]) -> Any:
        """A row as what each variable is worth."""
        found = self.np.zeros(len(self.worth()))
        found[row[0]] = row[1]
        return found

    def rows(self) -> list[tuple[tuple[Any, Any], float, float]]:
        """(columns and figures, low, high) of the money and of each floor and cap, money in pounds.

        In pounds, so that sums of money and numbers of awards are of a like size.
        """
        np = self.np
        everybody = self.pence(np.arange(len(self.bids)))
        made = [((everybody[0], everybody[1] / 100), 0.0, (self.terms.budget_pence - self.spare) / 100)]
        nobody = np.array([], dtype=int)
        for rule in self.terms.rules:
            held = self.places(rule.kind)
            for key in [rule.key] if rule.key is not None else [each for each in held if each is not None]:
                which = held.get(key, nobody)
                if rule.least_pence is not None or rule.most_pence is not None:
                    columns, figures = self.pence(which)
                    high = np.inf if rule.most_pence is None else (rule.most_pence - self.spare) / 100
                    low = rule.least_pence + self.spare if rule.least_pence else 0
                    made.append(((columns, figures / 100), low / 100, high))
                if rule.least_awards is not None or rule.most_awards is not None:
                    high = np.inf if rule.most_awards is None else float(rule.most_awards)
                    made.append((self.number(which), float(rule.least_awards or 0), high))
        return made

    def solve(
        self, worth: Any, inside: Collection[int], seconds: float
    ) -> tuple[tuple[tuple[int, int], ...], float, bool] | None:
        """The awards that are worth most, the bound, and whether it was proven; None when no set keeps the terms."""
        np, count = self.np, len(self.bids)
        begun = monotonic()
        may = np.ones((3, count), dtype=bool)  # out, full, partly
        may[OUT] = [bid.id not in inside for bid in self.bids]
        may[PARTLY] = self.may if self.parted else False
        if count > MANY:
            may = self._narrowed(worth, may, seconds)
        found = self._milp(worth, may, max(seconds - (monotonic() - begun), 0.1))
        if found.status == 2:
            return None
        if found.x is None:
            raise Undecided("no set was found in the time that there was")
        bound = -float(found.mip_dual_bound) if found.mip_dual_bound is not None else -float(found.fun)
        return self._awards(found.x), bound, found.status == 0

    def _awards(self, x: Any) -> tuple[tuple[int, int], ...]:
        taken = self.np.rint(x).astype(self.np.int64)
        awards = []
        for place, bid in enumerate(self.bids):
            pence = bid.ask_pence * int(taken[place])
            if self.parted and self.terms.part is not None:
                pence += int(taken[2 * len(self.bids) + place]) * self.terms.part.step_pence
            if pence:
                awards.append((bid.id, pence))
        return tuple(awards)

    def _milp(self, worth: Any, may: Any, seconds: float) -> Any:
        """The solver's answer where bid i may be out, full or partly as `may` says."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        np, count = self.np, len(self.bids)
        must = np.where(may[OUT], 0.0, 1.0)
        low, high = np.where(may[FULL], must, 0.0), np.where(may[FULL], 1.0, 0.0)
        if self.parted:
            low = np.zeros(3 * count)
            high = np.concatenate([high, may[PARTLY] * 1.0, np.where(may[PARTLY], self.most, 0)])
        matrix, least, most = self._matrix(len(low))
        held = [LinearConstraint(matrix, least, most)]
        if self.parted:
            held += self._parts(must)
        return milp(
            -worth, constraints=held, integrality=np.ones(len(low)), bounds=Bounds(low, high),
            options={"mip_rel_gap": 0, "time_limit": seconds},
        )  # fmt: skip

    def _matrix(self, width: int) -> tuple[Any, Any, Any]:
        from scipy.sparse import csr_array

        np, rows = self.np, self.rows()
        starts = np.cumsum([0] + [len(row[0]) for row, *_ in rows])
        figures, columns = (np.concatenate([row[side] for row, *_ in rows]) for side in (1, 0))
        matrix = csr_array((figures, columns, starts), shape=(len(rows), width))
        return matrix, np.array([each[1] for each in rows]), np.array([each[2] for each in rows])

    def _narrowed(self, worth: Any, may: Any, seconds: float) -> Any:
        """`may` without what is in no set worth more than one quickly found (Lagrangian fixing; nothing better is lost).

        At the prices that the relaxed programme sets on money, floors and caps, every bid has one choice that is best by
        itself. All of those together bound what any set is worth; a choice that falls short of its bid's best by more
        than bound and quick set lie apart is in no better set.
        """
        from scipy.optimize import linprog
        from scipy.sparse import vstack

        np, count = self.np, len(self.bids)
        matrix, least, most = self._matrix(len(worth))
        whole = matrix[:, :count].tocsr()
        capped, floored = np.isfinite(most), least > 0
        relaxed = linprog(
            -worth[:count],
            A_ub=vstack([whole[capped], -whole[floored]]),
            b_ub=np.concatenate([most[capped], -least[floored]]),
            bounds=np.stack([np.where(may[OUT], 0.0, 1.0), np.ones(count)], axis=1),
        )
        if relaxed.status != 0:
            return may
        prices = np.maximum(-relaxed.ineqlin.marginals, 0.0)
        price = np.zeros(len(most))
        price[capped] = prices[: int(capped.sum())]
        price[floored] -= prices[int(capped.sum()) :]
        net = worth - matrix.T @ price
        choices = np.full((3, count), -np.inf)
        choices[OUT], choices[FULL] = 0.0, net[:count]
        if self.parted:
            partly, step = net[count : 2 * count], net[2 * count :]
            choices[PARTLY] = partly + np.maximum(step * self.fewest, step * self.most)
        choices = np.where(may, choices, -np.inf)
        best = choices.max(axis=0)
        bound = float(best.sum() + prices @ np.concatenate([most[capped], -least[floored]]))
        short = best - choices
        second = np.sort(short, axis=0)[1]
        core = np.zeros(count, dtype=bool)
        core[np.argsort(second, kind="stable")[:_CORE]] = True
        quick = self._milp(worth, may & (core | (short <= 0)), seconds / 2)
        if quick.x is None:
            return may
        return may & (short <= bound - float(worth @ np.rint(quick.x)) + 1e-4)

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
