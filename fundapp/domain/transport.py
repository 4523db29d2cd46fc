"""The exact plan behind an assignment: a transportation problem, in kinds of bids, by linear programmes and flows.

Ten thousand bids and three hundred readers are three million pairs, too many for one programme. Bids of which readers
think alike (the same worth by everybody, as many readers wanted) are therefore put together as one kind, whose pairs with a
reader are one column, bounded by how many of its bids that reader may read. HiGHS solves that; it can only be better than
the truth. The duals say which pairs an optimal plan never has, always has, or may have, and a largest flow over the pairs of
single bids, within just those, is then optimal for the single bids too: it meets the same duals (complementary slackness).
Where no such flow is, the bids of its smallest cut are taken out of their kinds and it is solved again; with every
kind as narrow as its conflicts the programme is the truth itself, so that this ends.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grid: TypeAlias = NDArray[Any]

#: What the duals say of a pair: in no optimal plan, in some, in all of them.
NEVER: Final = 0
MAY: Final = 1
MUST: Final = 2


@dataclass(frozen=True, slots=True)
class Question:
    """`wanted` and `lost` (readers that it can never have) by bid; `has` and `room` for more by reader.

    `free` (bid, reader): may read it; `worth` likewise.
    """

    wanted: "Grid"
    free: "Grid"
    worth: "Grid"
    has: "Grid"
    room: "Grid"
    lost: "Grid"


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What is left to choose from: `says` by bid and column (readers, then nobody); loads between `low` and `high`."""

    says: "Grid"
    low: "Grid"
    high: "Grid"


class _Impossible(Exception):
    """No plan keeps the bounds."""


def solve(question: Question) -> "Grid":
    """The best plan as a grid of truth by bid and reader."""
    import numpy as np

    free = question.free & (question.room > 0)
    wanted = np.minimum(question.wanted, free.sum(axis=1))
    room = np.minimum(question.room, free.sum(axis=0))
    asked = replace(question, free=free, wanted=wanted, room=room, lost=question.wanted - wanted)
    if not asked.wanted.any():
        return np.zeros_like(free)
    try:
        if room.sum() < asked.wanted.sum():
            raise _Impossible
        return _preferred(asked, _water_level(asked), np.zeros(len(free), dtype=np.int64))
    except _Impossible:
        bounds, kinds = _levelled(asked)
        return _preferred(asked, bounds, kinds)


def _water_level(asked: Question) -> _Bounds:
    """Loads as level as limits allow, were nobody barred: if a plan keeps these bounds, none is more level."""
    import numpy as np

    total = int(asked.wanted.sum())

    def filled(level: int) -> "Grid":
        level_loads: Grid = np.clip(level - asked.has, 0, asked.room)
        return level_loads

    low, high = 0, int((asked.has + asked.room).max())
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if int(filled(middle).sum()) <= total else (low, middle - 1)
    return _Bounds(np.full(asked.free.shape, MAY, dtype=np.int8), filled(low), filled(low + 1))


def _preferred(asked: Question, bounds: _Bounds, kinds: "Grid") -> "Grid":
    """Of the plans within the bounds the one of the greatest worth. Raises _Impossible if there is none."""
    import numpy as np

    readers = np.arange(asked.free.shape[1])
    nobody = bounds.says.shape[1] - len(readers)
    kinds = _narrowed(kinds, np.column_stack([asked.worth, asked.wanted]))
    while True:
        programme = _Programme.of(asked, kinds, bounds.says, (readers, bounds.low, bounds.high))
        worth = asked.worth[programme.first]
        programme.least(np.column_stack([-worth, np.zeros((len(worth), nobody))]), np.zeros(len(readers)))
        given, over = _spread(asked, programme.left(kinds, len(readers)))
        if over is None:
            return given
        kinds = _split(asked, kinds, over)


def _levelled(asked: Question) -> tuple[_Bounds, "Grid"]:
    """The bounds of every plan with as many readings as can be, missing ones spread, loads as level as can be.

    Missing readings are given to nobody: a column for the first that a bid lacks, one for the second, and so on. Comes
    with the kinds of bids that the bounds are made for.
    """
    import numpy as np

    readers, most = asked.free.shape[1], int(asked.wanted.max())
    lacks = np.concatenate([np.zeros(readers), np.arange(1, most + 1)])
    nobody = lacks > 0
    says = np.column_stack([np.ones_like(asked.free), np.arange(most) < asked.wanted[:, None]]).astype(
        np.int8
    )
    kinds = _narrowed(asked.wanted, asked.lost)
    top = 2 * (int(asked.wanted.sum()) // readers + 2)
    while True:
        # A load is a column for each step: convex, so that a higher step is never taken before a lower one.
        steps = np.minimum(asked.room, top)
        owner = np.repeat(np.arange(readers), steps)
        height = np.concatenate([asked.has[reader] + np.arange(count) for reader, count in enumerate(steps)])
        nothing, one = np.zeros(len(owner)), np.ones(len(owner))
        programme = _Programme.of(asked, kinds, says, (owner, nothing, one))
        lost = asked.lost[programme.first][:, None]
        programme.least(np.where(nobody, 1, 0 * lost), nothing)
        programme.least(np.where(nobody, lacks + lost, 0), nothing)
        programme.least(np.zeros(programme.most.shape), height)
        bounds = programme.left(kinds, readers)
        if ((bounds.high >= top) & (asked.room > top)).any():
            top *= 2
            continue
        _given, over = _spread(asked, bounds)
        if over is None:
            return bounds, kinds
        kinds = _split(asked, kinds, over)


@dataclass(slots=True)
class _Programme:
    """A linear programme over kinds of bids: columns (kind, reader or nobody), then steps of loads.

    A row for each kind says that its readings go somewhere, one for each reader that they make up the load. `first`: a
    bid of each kind. `most`: how many of a kind's bids a column may have. `owner`: whose load a step is.
    """

    first: "Grid"
    total: "Grid"
    most: "Grid"
    owner: "Grid"
    lower: "Grid"
    upper: "Grid"
    rows: Any

    @classmethod
    def of(
        cls, asked: Question, kinds: "Grid", says: "Grid", loads: tuple["Grid", "Grid", "Grid"]
    ) -> "_Programme":
        """The programme over these kinds; `says` by bid, the same for all of a kind; `loads`: owner, low, high of steps."""
        import numpy as np
        from scipy import sparse

        owner, low, high = loads
        count, readers, columns = int(kinds.max()) + 1, asked.free.shape[1], says.shape[1]
        members = sparse.csr_matrix(
            (np.ones(len(kinds)), (kinds, np.arange(len(kinds)))), shape=(count, len(kinds))
        )
        first = np.unique(kinds, return_index=True)[1]
        may = np.ones(says.shape)
        may[:, :readers] = asked.free
        most, told = members @ may, says[first]
        lower, upper = np.where(told == MUST, most, 0), np.where(told == NEVER, 0, most)
        pairs = np.arange(count * columns)
        kind, column = pairs // columns, pairs % columns
        real = column < readers
        steps = np.arange(len(owner))
        rows = sparse.csr_matrix(
            (
                np.concatenate([np.ones(len(pairs) + int(real.sum())), -np.ones(len(steps))]),
                (
                    np.concatenate([kind, count + column[real], count + owner]),
                    np.concatenate([pairs, pairs[real], len(pairs) + steps]),
                ),
            ),
            shape=(count + readers, len(pairs) + len(steps)),
        )
        return cls(
            first, members @ asked.wanted, most, owner, np.concatenate([lower.ravel(), low]),
            np.concatenate([upper.ravel(), high]), rows,
        )  # fmt: skip

    def least(self, cost: "Grid", height: "Grid") -> None:
        """Leave only what is in some plan of the least cost. Raises _Impossible if there is no plan at all.

        Costs are whole numbers, and so are the duals of a vertex: what costs nothing more is told from the rest surely.
        """
        import numpy as np
        from scipy.optimize import linprog

        wanted = np.concatenate([self.total, np.zeros(self.rows.shape[0] - len(self.total))])
        told = linprog(
            np.concatenate([cost.ravel().astype(float), height.astype(float)]),
            A_eq=self.rows, b_eq=wanted, bounds=np.column_stack([self.lower, self.upper]), method="highs-ds",
        )  # fmt: skip
        if told.status == 2:
            raise _Impossible
        if told.status != 0:
            raise ArithmeticError(f"the plan could not be solved: {told.message}")
        more = told.lower.marginals + told.upper.marginals
        self.upper = np.where(more > 0.5, self.lower, self.upper)
        self.lower = np.where(more < -0.5, self.upper, self.lower)

    def left(self, kinds: "Grid", readers: int) -> _Bounds:
        """What is left to choose from, for single bids."""
        import numpy as np

        count, columns = self.most.shape
        low, high = self.lower[: count * columns], self.upper[: count * columns]
        says = np.where(high == 0, NEVER, np.where(low == self.most.ravel(), MUST, MAY))
        loads = [
            np.bincount(self.owner, weights=side[count * columns :], minlength=readers).astype(np.int64)
            for side in (self.lower, self.upper)
        ]
        return _Bounds(says.reshape(count, columns)[kinds], loads[0], loads[1])


def _spread(asked: Question, bounds: _Bounds) -> tuple["Grid", "Grid | None"]:
    """Single bids among readers within the bounds, by a largest flow: (the plan, None).

    Where the bounds leave no plan: (what could be given, the bids that get too few).
    """
    import numpy as np
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    bids, readers = asked.free.shape
    columns = bounds.says.shape[1]
    open_ = np.column_stack([asked.free, np.ones((bids, columns - readers), dtype=bool)])
    given = (bounds.says == MUST) & open_
    left = asked.wanted - given.sum(axis=1)
    taken = given.sum(axis=0)[:readers]
    low, high = np.maximum(bounds.low - taken, 0), bounds.high - taken
    if left.min() < 0 or high.min() < 0:
        # More is certain of these kinds than their single bids can hold.
        return given[:, :readers], _beyond(given, left, high)
    row, column = ((bounds.says == MAY) & open_ & (left > 0)[:, None]).nonzero()
    # source, bids, columns, those above their least load, sink
    source, first, above = 0, 1 + bids, 1 + bids + columns
    sink = above + 1
    total = int(left.sum())
    real, nobody = np.arange(readers), np.arange(readers, columns)
    arcs = [
        (np.full(bids, source), 1 + np.arange(bids), left),
        (1 + row, first + column, np.ones(len(row), dtype=np.int64)),
        (first + real, np.full(readers, sink), low),
        (first + real, np.full(readers, above), high - low),
        (first + nobody, np.full(len(nobody), above), np.full(len(nobody), total)),
        (np.array([above]), np.array([sink]), np.array([max(0, total - int(low.sum()))])),
    ]
    tails, heads, most = (np.concatenate(part) for part in zip(*arcs, strict=True))
    net = csr_matrix((most.astype(np.int32), (tails, heads)), shape=(sink + 1, sink + 1))
    net.eliminate_zeros()
    told = maximum_flow(net, source, sink)
    flow = told.flow[1:first, first:above].tocoo()
    carried = flow.data > 0
    given[flow.row[carried], flow.col[carried]] = True
    if told.flow_value == total:
        return given[:, :readers], None
    rest = net - told.flow
    rest.eliminate_zeros()
    reached = breadth_first_order(rest, source, return_predecessors=False)
    over = np.zeros(bids, dtype=bool)
    over[reached[(reached >= 1) & (reached < first)] - 1] = True
    return given[:, :readers], over


def _beyond(given: "Grid", left: "Grid", high: "Grid") -> "Grid":
    import numpy as np

    full = np.flatnonzero(high < 0)
    return (left < 0) | given[:, full].any(axis=1)


def _narrowed(kinds: "Grid", marks: "Grid") -> "Grid":
    """Kinds in which all bids have the same marks, numbered from 0."""
    import numpy as np

    told = np.column_stack([kinds, marks])
    found: Grid = np.unique(told, axis=0, return_inverse=True)[1].ravel()
    return found


def _split(asked: Question, kinds: "Grid", over: "Grid") -> "Grid":
    """The bids that get too few in kinds of their own: only what the very same people may read stays together."""
    import numpy as np

    marks = np.where(over[:, None], asked.free, False)
    found = _narrowed(kinds, np.column_stack([over, marks]))
    if found.max() == kinds.max():
        raise ArithmeticError("the plan could not be spread over single bids")
    return found
