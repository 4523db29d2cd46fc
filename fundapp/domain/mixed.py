"""Henderson's equations for marks that readers give bids: one effect a bid, one a reader, both drawn from a crowd.

    total[bid, reader] = middle + bid + reader + error,  bid ~ N(0, sb²),  reader ~ N(0, sr²),  error ~ N(0, se²)

Given the two ratios sb/se and sr/se, the best linear unbiased predictions solve one linear system in which each random effect's
own diagonal gains se² over its variance (C. R. Henderson, "Best linear unbiased estimation and prediction under a selection
model", Biometrics 31, 1975). A bid stands in one row with nothing but itself on the diagonal, so all bids are eliminated
exactly and what is left is one dense system in the middle and the readers. The determinants that the restricted likelihood
needs (H. D. Patterson and R. Thompson, "Recovery of inter-block information when block sizes are unequal", Biometrika 58,
1971) come out of the same factorisation (S. R. Searle, G. Casella and C. E. McCulloch, "Variance Components", 1992, ch. 6-7).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Solved:
    """The equations at one pair of ratios; everything of a variance is yet to be multiplied with se².

    `effects`: the middle (against the plain mean), then the readers. `factor`: lower Cholesky factor of their system.
    `weight`: reviews of each bid plus se²/sb². `left`: the marks' sum of squares that no effect takes up, shrinkage paid.
    `likelihood`: -2 log restricted likelihood with se² integrated out under 1/se², but for a constant.
    """

    effects: Floats
    factor: Floats
    weight: Floats
    left: float
    likelihood: float


class Marks:
    """All marks of a panel, summed up so that solving for another pair of ratios costs no pass over the bids.

    `bid`, `reader`: places from 0, one for each mark, no pair twice. `total`: the marks, on any scale.
    """

    def __init__(self, bid: Ints, reader: Ints, total: Floats) -> None:
        import numpy as np
        from scipy import sparse

        self.bid, self.reader = bid, reader
        self.count, self.bids, self.readers = len(total), int(bid.max()) + 1, int(reader.max()) + 1
        self.mean = float(total.mean())
        self.y = total - self.mean
        self.of_bid = np.bincount(bid, minlength=self.bids)
        self.of_reader = np.bincount(reader, minlength=self.readers)
        self.sum_of_bid = np.bincount(bid, weights=self.y, minlength=self.bids)
        self.sum_of_reader = np.bincount(reader, weights=self.y, minlength=self.readers)
        #: Each reader's part in this panel's middle: by how much they have read.
        self.part = self.of_reader / self.count
        self.squares = float(self.y @ self.y)
        self.read_by: Any = sparse.csr_array(
            (np.ones(self.count), (bid, reader)), shape=(self.bids, self.readers)
        )

    @cached_property
    def _alike(self) -> list[tuple[int, int, float, float, Floats, Floats, Floats]]:
        """Bids by how many read them: (how many, bids, their sums added and squared, readers met, met by sums, met together).

        The equations weigh a bid by nothing but the number of its reviews.
        """
        import numpy as np

        found = []
        for size in np.unique(self.of_bid):
            of_size = self.of_bid == size
            met = self.read_by[of_size]
            sums = self.sum_of_bid[of_size]
            together = (met.T @ met).toarray()
            found.append(
                (
                    int(size), int(of_size.sum()), float(sums.sum()), float(sums @ sums),
                    met.sum(axis=0), met.T @ sums, together,
                )
            )  # fmt: skip
        return found

    def solve(self, bid_ratio: float, reader_ratio: float) -> Solved:
        """The equations at sb/se and sr/se, both above nought."""
        import numpy as np
        from scipy.linalg import cho_solve, cholesky

        bid_stiff, reader_stiff = bid_ratio**-2, reader_ratio**-2
        system = np.zeros((self.readers + 1, self.readers + 1))
        system[0, 0] = self.count
        system[0, 1:] = self.of_reader
        system[1:, 1:] = np.diag(self.of_reader + reader_stiff)
        right = np.concatenate([[0.0], self.sum_of_reader])
        left, log_det = self.squares, 0.0
        for size, bids, added, squares, met, met_sums, together in self._alike:
            stiff = size + bid_stiff
            system[0, 0] -= size * size * bids / stiff
            system[0, 1:] -= size * met / stiff
            system[1:, 1:] -= together / stiff
            right[0] -= size * added / stiff
            right[1:] -= met_sums / stiff
            left -= squares / stiff
            log_det += bids * float(np.log(stiff))
        system[1:, 0] = system[0, 1:]
        factor = cholesky(system, lower=True, check_finite=False)
        effects = cho_solve((factor, True), right, check_finite=False)
        left = max(left - float(effects @ right), 1e-12 * self.squares)
        log_det += 2 * float(np.log(np.diag(factor)).sum())
        likelihood = (
            log_det
            - self.bids * float(np.log(bid_stiff))
            - self.readers * float(np.log(reader_stiff))
            + (self.count - 1) * float(np.log(left))
        )
        weight = np.asarray(self.of_bid + bid_stiff, dtype=np.float64)
        return Solved(effects, factor, weight, left, likelihood)

    def scores(self, solved: Solved) -> Floats:
        """What this panel as a whole would give each bid: middle, bid, and its readers' mean kindness, on the marks' own scale.

        The readers' own mean stands in it because nobody compares these bids with another panel's: leaving it out would only
        widen every range by the same doubt about how kind this panel is.
        """
        middle, readers = solved.effects[0], solved.effects[1:]
        taken = self.sum_of_bid - self.of_bid * middle - self.read_by @ readers
        found: Floats = self.mean + middle + self.part @ readers + taken / solved.weight
        return found

    def leniency(self, solved: Solved) -> Floats:
        """How much kinder each reader is than this panel."""
        readers: Floats = solved.effects[1:] - self.part @ solved.effects[1:]
        return readers

    def variances(self, solved: Solved) -> tuple[Floats, Floats]:
        """Of every bid's score and of every reader's leniency, over se²."""
        import numpy as np
        from scipy.linalg import cho_solve

        inverse = cho_solve((solved.factor, True), np.eye(self.readers + 1), check_finite=False)
        own = 1 - self.of_bid / solved.weight
        met = self.read_by @ inverse[1:, 1:]
        together = np.bincount(self.bid, weights=met[self.bid, self.reader], minlength=self.bids)
        with_middle = self.read_by @ inverse[1:, 0]
        panel = inverse[1:, 1:] @ self.part
        panel_alone, panel_middle = float(self.part @ panel), float(self.part @ inverse[1:, 0])
        of_bids = (
            1 / solved.weight
            + own**2 * inverse[0, 0]
            + 2 * own * (panel_middle - with_middle / solved.weight)
            + panel_alone
            - 2 * (self.read_by @ panel) / solved.weight
            + together / solved.weight**2
        )
        return of_bids, np.diag(inverse)[1:] - 2 * panel + panel_alone

    def draw(self, solved: Solved, count: int, chance: np.random.Generator) -> Floats:
        """So many draws of every bid's score, one a row, se² drawn with them."""
        import numpy as np
        from scipy.linalg import solve_triangular

        error = np.sqrt(solved.left / chance.chisquare(self.count - 1, count))
        loose = chance.standard_normal((self.readers + 1, count))
        effects = (
            solved.effects[:, None]
            + solve_triangular(solved.factor, loose, lower=True, trans="T", check_finite=False) * error
        )
        taken = (
            self.sum_of_bid[:, None] - self.of_bid[:, None] * effects[0] - self.read_by @ effects[1:]
        ) / solved.weight[:, None]
        drawn: Floats = (self.mean + effects[0] + self.part @ effects[1:] + taken).T.copy()
        drawn += chance.standard_normal((count, self.bids)) * (error[:, None] / np.sqrt(solved.weight))
        return drawn
