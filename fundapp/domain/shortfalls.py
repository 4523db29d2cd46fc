"""Why bids lack readers, as sets of bids that too few people may read: what to relax."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundapp.domain.transport import Question

if TYPE_CHECKING:
    from fundapp.domain.transport import Grid


@dataclass(frozen=True, slots=True)
class Fault:
    """Bids that want more readings than can be; `short` of them. The shortfalls of all faults add up to all that lacks.

    `few_possible`: one bid that only `possible` people may read at all, however many they have. `crowded`: bids whose
    other possible readers are full; `people` stand in the way with their limits, and of the readings only `possible` can
    be. `limits`: the same of everybody on the panel: all limits together are too small.
    """

    code: str
    bids: tuple[int, ...]
    people: tuple[int, ...]
    possible: int
    short: int


def explain(question: Question, bids: Sequence[int], people: Sequence[int]) -> tuple[Fault, ...]:
    """What makes it impossible to give all that is wanted; nothing where it is not. Rows are `bids`, columns `people`.

    By the smallest cut of a largest flow (Ford and Fulkerson): the bids on its near side are a set that violates Hall's
    condition, and each part of it that hangs together is a fault of its own.
    """
    import numpy as np
    from scipy.sparse import bmat, csr_matrix
    from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

    possible = question.free.sum(axis=1)
    short = np.maximum(question.wanted - possible, 0)
    faults = [
        Fault("few_possible", (bids[row],), (), int(possible[row]), int(short[row]))
        for row in np.flatnonzero(short).tolist()
    ]
    # Bids that the same people may read are one: their arcs carry as much as they are many.
    told, kinds, count = np.unique(
        np.column_stack([question.free, question.wanted - short]),
        axis=0,
        return_inverse=True,
        return_counts=True,
    )
    kinds = kinds.ravel()
    free, wanted = told[:, :-1].astype(bool), told[:, -1]
    most = _arcs(free, count)
    room = np.minimum(question.room, np.iinfo(np.int32).max)
    rows, columns = free.shape
    sink = 1 + rows + columns
    ends = csr_matrix(room.astype(np.int32)[:, None])
    starts = csr_matrix((wanted * count).astype(np.int32)[None, :])
    net = bmat(
        [[None, starts, None, csr_matrix((1, 1))], [None, csr_matrix((rows, rows)), most, None],
         [None, None, csr_matrix((columns, columns)), ends], [csr_matrix((1, 1)), None, None, None]],
        format="csr", dtype=np.int32,
    )  # fmt: skip
    flow = maximum_flow(net, 0, sink)
    if flow.flow_value == int((wanted * count).sum()):
        return tuple(faults)
    rest = net - flow.flow
    rest.eliminate_zeros()
    near = np.zeros(sink + 1, dtype=bool)
    near[breadth_first_order(rest, 0, return_predecessors=False)] = True
    near_kinds, full = near[1 : 1 + rows], near[1 + rows : sink]
    among = np.ix_(near_kinds, full)
    between = csr_matrix(free[among])
    _parts, labels = connected_components(bmat([[None, between], [between.T, None]]), directed=False)
    of_kind, of_person = labels[: near_kinds.sum()], labels[near_kinds.sum() :]
    for label in np.unique(of_kind):
        those = np.flatnonzero(near_kinds)[of_kind == label]
        who = np.flatnonzero(full)[of_person == label]
        asked = int((wanted[those] * count[those]).sum())
        others = free[those].sum(axis=1) - free[np.ix_(those, who)].sum(axis=1)
        can = int((others * count[those]).sum()) + int(room[who].sum())
        if asked > can:
            faults.append(
                Fault(
                    "limits" if len(who) == columns else "crowded",
                    tuple(bids[row] for row in np.flatnonzero(np.isin(kinds, those)).tolist()),
                    tuple(people[number] for number in who.tolist()),
                    can,
                    asked - can,
                )
            )
    return tuple(sorted(faults, key=lambda fault: fault.bids))


def _arcs(free: "Grid", count: "Grid") -> "Grid":
    import numpy as np
    from scipy.sparse import csr_matrix

    found: Grid = csr_matrix(free * count[:, None].astype(np.int32))
    return found
