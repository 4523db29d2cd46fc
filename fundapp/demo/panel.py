"""A simulated panel on the bids of a round: invented readers of known leniency score bids of known worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from fundapp.database import AnyRow, database_now
from fundapp.domain import scoring
from fundapp.domain.assignment import make_plan
from fundapp.queries import panel_play as asks
from fundapp.queries import rounds
from fundapp.services import panel, people, planning
from fundapp.services.case import Step
from fundapp.services.deed import CLOCK, Actor, Office
from fundapp.services.transition import NotThere, fire, fire_many

#: Invented names: every reader and representative has one of each, and a number when they run out.
_FIRST: Final = (
    "Ines", "Godric", "Temperance", "Yusra", "Barnaby", "Ottoline", "Kwabena", "Mireille", "Fergus", "Anwen", "Lubna",
    "Cosimo", "Sigrid", "Emlyn", "Parveen", "Jago", "Delphine", "Oluchi", "Rowan", "Tamsin",
)  # fmt: skip
_LAST: Final = (
    "Applegarth", "Quillfeather", "Brackenbury", "Oyinlola", "Marchbanks", "Thistlewood", "Vanterpool", "Pennyfather",
    "Dunmore", "Kaczmarczyk", "Hollingbery", "Strangways", "Achebe-Lund", "Fairweather", "Rhydderch", "Tolliver",
    "Osgathorpe",
)  # fmt: skip
_SAID: Final = (
    "Clear about who does what. Say more of what stays when the money is gone.",
    "The people are the strength of it; the budget needs one more look.",
    "I could see it happening next week. That is rare.",
    "A good wish, and not yet a plan.",
    "",
)
#: Where worths of bids lie, in points of five: their mean and their spread.
WORTH: Final = (3.0, 0.8)
#: How far a reader's leniency, one reading and one mark stray from the truth, in points of five.
LENIENCY, READING, MARK = 0.55, 0.35, 0.45
#: Steps of one transaction: few enough that other writers are not kept waiting.
AT_ONCE: Final = 300


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a panel was made of: worth by bid and leniency by reader, in points of five; accounts by address.

    A reader of leniency 0.5 gives half a point more than a bid is worth, on the whole.
    """

    worth: Mapping[int, float]
    leniency: Mapping[int, float]
    addresses: Sequence[str] = ()
    assigned: int = 0
    reviews: int = 0


@dataclass(slots=True)
class _Names:
    """Invented names, none twice."""

    chance: Random
    taken: set[str] = field(default_factory=set)

    def next(self) -> str:
        stem = f"{self.chance.choice(_FIRST)} {self.chance.choice(_LAST)}"
        name, number = stem, 2
        while name in self.taken:
            name, number = f"{stem} {number}", number + 1
        self.taken.add(name)
        return name


class NoPanelHere(ValueError):
    """The round is at a point where no panel can be simulated; `reads` is its state."""

    def __init__(self, state: str) -> None:
        self.reads = state
        super().__init__(state)


def simulate(
    office: Office,
    code: str,
    reviewers: int,
    seed: int,
    now: datetime,
    *,
    readers_each: int | None = None,
    password_hash: str | None = None,
) -> Simulated:
    """Back a round's bids from files, seat so many invented readers, give the bids out and score them all.

    The same seed on the same bids gives the same truth and the same marks. `readers_each`: None for what the round
    asks for. With a `password_hash` every reader can sign in. Every step goes by the services and the door; requests
    are said to arrive at moments that suit the round's dates. Raises NotThere, NoPanelHere for a round that is
    planned, released or being released.
    """
    with office.db.read() as conn:
        row = rounds.by_code(conn, code)
    if row is None:
        raise NotThere(f"round {code}")
    if row.state not in ("open", "closed", "panel"):
        raise NoPanelHere(row.state)
    chance = Random(seed)
    names = _Names(chance)
    operator = people.operator(office, now)
    if row.state != "panel":
        _back(office, operator, row, names, now)
        after = row.closes_at + timedelta(minutes=6)
        if row.state == "open":
            fire(office, CLOCK, "round", "close", row.id, after)
        fire(office, operator, "round", "start_panel", row.id, after)
    actors, addresses = _seat(office, operator, row, names, reviewers, password_hash, now)
    at = max(now, row.closes_at + timedelta(minutes=6))
    assigned = _give_out(office, operator, row, list(actors), readers_each or row.reviews_needed, at)
    with office.db.read() as conn:
        bids = asks.endorsed(conn, row.id)
        readings = [(person, bid) for person, bid in asks.to_read(conn, row.id) if person in actors]
    worth = {bid: min(max(chance.gauss(*WORTH), 0.3), 4.8) for bid in bids}
    leniency = {person: chance.gauss(0, LENIENCY) for person in actors}
    tops = scoring.tops(row.rubric)
    for person, actor in actors.items():
        steps = [
            Step("bid", "review", bid, _review(chance, tops, worth[bid] + leniency[person]))
            for reader, bid in readings
            if reader == person
        ]
        if steps:
            fire_many(office, actor, steps, at)
    return Simulated(worth, leniency, addresses, assigned, len(readings))


def _review(chance: Random, tops: Mapping[str, int], seen: float) -> dict[str, Any]:
    """What a reader sends who sees that worth: whole marks on each criterion's own scale."""
    felt = seen + chance.gauss(0, READING)
    marks = {
        criterion: min(max(round((felt + chance.gauss(0, MARK)) * top / scoring.TOP), 0), top)
        for criterion, top in tops.items()
    }
    return {
        "scores": marks,
        "comment": chance.choice(_SAID),
        "note": "",
        "confidence": chance.choice((1, 2, 2, 3)),
    }


def _back(office: Office, operator: Actor, row: AnyRow, names: _Names, now: datetime) -> None:
    """An invented representative for every region of the bids from files, named by the operator, backs them all."""
    with office.db.read() as conn:
        bids = asks.unasked(conn, row.id)
        above = asks.parents(conn)
    by_top: dict[int | None, list[int]] = {}
    for bid in bids:
        by_top.setdefault(_top(bid.area_id, above), []).append(bid.id)
    if not bids:
        return
    at = min(now, row.closes_at)
    regions = sorted(top for top in by_top if top is not None)
    if not regions:
        with office.deed(operator, now) as deed:
            nowhere = {"kind": "region", "code": "REGION-OF-THE-PLAY", "name": "The whole of it"}
            regions = list(people.areas(deed.conn, [nowhere]).values())
    holders = _representatives(office, operator, regions, names, now)
    of_bid = {bid: top if top is not None else regions[0] for top, theirs in by_top.items() for bid in theirs}
    for part in _parts(sorted(of_bid)):
        fire_many(
            office, operator,
            [Step("bid", "name_endorser", bid, {"holding_id": holders[of_bid[bid]][1], "quiet": True}) for bid in part],
            at,
        )  # fmt: skip
    words = {
        "statement": "They are known here, and it is wanted here.",
        "no_interest": True,
        "quiet": True,
    }
    for region in regions:
        actor = holders[region][0]
        for part in _parts(sorted(bid for bid, top in of_bid.items() if top == region)):
            fire_many(office, actor, [Step("bid", "endorse", bid, words) for bid in part], at)


def _top(area: int | None, above: Mapping[int, int | None]) -> int | None:
    """The area at the top of the tree over one; None for none."""
    while area is not None and above.get(area) is not None:
        area = above[area]
    return area


def _representatives(
    office: Office, operator: Actor, regions: Sequence[int], names: _Names, now: datetime
) -> dict[int, tuple[Actor, int]]:
    """(the person as an actor, their holding) by region. They have no address, so nothing is mailed to them."""
    found: dict[int, tuple[Actor, int]] = {}
    with office.deed(operator, now) as deed:
        newcomers = [people.Newcomer(names.next()) for _region in regions]
        for region, person in zip(regions, people.enter(deed, newcomers), strict=True):
            holding = people.hold_office(
                deed, person, office="mayor", area=region, from_on=date(2000, 1, 1), to_on=None, email=None, source=None,
            )  # fmt: skip
            found[region] = (people.actor(deed.conn, person), holding)
    return found


def _seat(
    office: Office,
    operator: Actor,
    row: AnyRow,
    names: _Names,
    count: int,
    password_hash: str | None,
    now: datetime,
) -> tuple[dict[int, Actor], list[str]]:
    """So many invented readers of the fund: each as an actor, by person; the addresses of their accounts."""
    addresses: list[str] = []
    with office.deed(operator, now) as deed:
        persons = people.enter(deed, [people.Newcomer(names.next()) for _number in range(count)])
        actors = {person: people.actor(deed.conn, person) for person in persons}
        for person in persons:
            people.give_role(deed, person, "reviewer", row.fund_id)
            if password_hash is not None:
                addresses.append(f"reader{person}@panel.example")
                people.open_account(deed, person, addresses[-1], password_hash)
    return actors, addresses


def _give_out(
    office: Office, operator: Actor, row: AnyRow, readers: Sequence[int], each: int, at: datetime
) -> int:
    """Every bid without enough readers given to these, as a plan has it; how many readings that is. They have no address."""
    with office.db.read() as conn:
        gathered = planning.gather(conn, row, each, database_now(conn))
    among = [reader for reader in gathered.readers if reader.person in readers]
    pairs = make_plan(gathered.waiting, among, gathered.barred).pairs
    return panel.assign(office, operator, pairs, at) if pairs else 0


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
