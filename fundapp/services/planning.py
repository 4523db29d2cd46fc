"""Planning who reads what in a round, and applying just the plan that was shown."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from fundapp.database import AnyRow, database_now
from fundapp.domain.assignment import Plan, Reader, Waiting, make_plan
from fundapp.models.base import canonical
from fundapp.queries import locks, ranking, seats, themes
from fundapp.queries import panel as asks
from fundapp.queries import rounds as round_asks
from fundapp.queries.blind import unnamed
from fundapp.services import panel
from fundapp.services.deed import Actor, Office
from fundapp.services.panel import PanelRefused


@dataclass(frozen=True)
class Gathered:
    """All that a plan of a round is made of: `bids` as they are listed, `waiting` as they are planned, and who may read.

    `barred`: (bid, person) that may not be or stand. `names` of all readers. The plan is worked out when it is asked for.
    """

    wanted: int
    bids: tuple[AnyRow, ...]
    waiting: tuple[Waiting, ...]
    readers: tuple[Reader, ...]
    barred: frozenset[tuple[int, int]]
    names: Mapping[int, str]

    @cached_property
    def plan(self) -> Plan:
        """Who would read what."""
        return make_plan(self.waiting, self.readers, self.barred)

    @cached_property
    def seal(self) -> str:
        """A hash of all that the plan follows from: with the same seal it is the same plan."""
        people = {reader.person for reader in self.readers}
        told = [
            self.wanted,
            [[b.bid, b.readers, sorted(b.themes), sorted(b.areas)] for b in self.waiting],
            [
                [r.person, r.has, -1 if r.most is None else r.most, sorted(r.themes), sorted(r.regions)]
                for r in self.readers
            ],
            sorted([bid, person] for bid, person in self.barred if person in people),
        ]
        return hashlib.sha256(canonical(told)).hexdigest()


def gather(conn: Connection, row: AnyRow, wanted: int, at: datetime) -> Gathered:
    """What a round's plan is made of as it stands; as many statements whatever the round's size. `wanted`: readers for a bid."""
    bids = seats.waiting(conn, row.id, wanted)
    names = ranking.reviewers(conn, row.fund_id, at)
    loads = ranking.loads(conn, row.id)
    sitting = seats.seats(conn, row.id)
    said = themes.of_bids(conn, row.id, ("endorsed",))
    # Who is given a bid for living near it is told where it comes from: without names nobody is.
    areas = {} if unnamed(row) else seats.areas(conn, row.id)
    waiting = tuple(
        Waiting(
            bid.id,
            wanted - bid.readers,
            said.get(bid.id, frozenset()),
            areas.get(bid.id, frozenset()),
        )
        for bid in bids
    )
    readers = []
    for person in sorted(names):
        seat = sitting.get(person)
        if seat is None:
            readers.append(Reader(person, loads.get(person, 0)))
        elif seat.left_at is None:
            known = frozenset(themes.key(theme) for theme in seat.themes)
            readers.append(
                Reader(person, loads.get(person, 0), seat.most, known, frozenset(map(int, seat.regions)))
            )
    ids = {bid.id for bid in bids}
    barred = asks.obstacles(conn, sorted(ids), at).barred
    standing = {pair for pair in seats.settled(conn, row.id) if pair[0] in ids}
    return Gathered(wanted, tuple(bids), waiting, tuple(readers), barred | standing, names)


def apply(
    office: Office, actor: Actor, round_id: int, wanted: int, seal: str | None, arrived: datetime
) -> int:
    """Give out a round's plan, the one of that seal; how many readings. None: as it comes out now.

    The plan is worked out before the round is held, and what it follows from is asked again when it is. Raises
    PanelRefused if anything moved meanwhile, or the panel is not at work; AssignRefused for somebody who may not.
    """
    with office.db.read() as conn:
        row = round_asks.by_id(conn, round_id)
        gathered = None if row is None else gather(conn, row, wanted, database_now(conn))
    if gathered is None:
        raise LookupError(f"round {round_id}")
    if seal is not None and seal != gathered.seal:
        raise PanelRefused("plan_moved")
    pairs = gathered.plan.pairs
    with office.deed(actor, arrived) as deed:
        held = locks.rounds(deed.conn, [round_id], exclusive=True)[round_id]
        if held.state != "panel":
            raise PanelRefused("not_at_panel")
        if gather(deed.conn, held, wanted, deed.now).seal != gathered.seal:
            raise PanelRefused("plan_moved")
        return panel.give(deed, pairs)
