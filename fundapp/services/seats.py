"""The panel of a round: what each takes, knows and lives near; who drops out; a reading that goes to somebody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fundapp.database import AnyRow
from fundapp.models import Assignment, PanelSeat
from fundapp.queries import locks, ranking
from fundapp.queries import panel as asks
from fundapp.queries import seats as seat_asks
from fundapp.services import panel
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.panel import PanelRefused

#: The longest list of themes or regions that a seat keeps.
MOST_KEPT = 60
#: Nobody reads more in a round.
MOST_READINGS = 9_999


@dataclass(frozen=True, slots=True)
class _Held:
    """A round, held for itself, with its chain; `under` is the grant by which the actor seats its panel."""

    row: AnyRow
    subject: str
    role: str
    under: tuple[str, int]


def set_seat(
    office: Office,
    actor: Actor,
    round_id: int,
    person: int,
    most: int | None,
    themes: Sequence[str],
    regions: Sequence[int],
    arrived: datetime,
) -> bool:
    """Say how many bids a reviewer takes in a round, what they know and where they would rather read; whether it is new.

    By a chair or officer of the fund. What they have already stays, even above `most`. Raises PanelRefused, LookupError.
    """
    if most is not None and not 0 <= most <= MOST_READINGS:
        raise PanelRefused("readings_at_most", most=MOST_READINGS)
    known = sorted({seat_asks.theme_key(theme) for theme in themes} - {""})[:MOST_KEPT]
    with office.deed(actor, arrived) as deed:
        held = _hold(deed, round_id)
        _reviewer(deed, held, person)
        seat = seat_asks.seats(deed.conn, round_id).get(person)
        values = {"most": most, "themes": known, "regions": sorted(set(regions))[:MOST_KEPT]}
        if seat is not None and all(getattr(seat, name) == value for name, value in values.items()):
            return False
        _seat(deed, held, person, seat, values)
        deed.note(held.subject, "seat.set", role=held.role, under=held.under, params={"person": person})
        return True


def drop_out(office: Office, actor: Actor, round_id: int, person: int, arrived: datetime) -> list[int]:
    """A reviewer leaves a round's panel; the bids that are freed. What they have read stays theirs.

    Raises PanelRefused for somebody who has left or is no reviewer, LookupError.
    """
    with office.deed(actor, arrived) as deed:
        held = _hold(deed, round_id)
        seat = seat_asks.seats(deed.conn, round_id).get(person)
        if seat is not None and seat.left_at is not None:
            raise PanelRefused("left_the_panel")
        left = [
            row for row in seat_asks.readings(deed.conn, round_id, person) if row.state == "endorsed" and not row.read
        ]  # fmt: skip
        if seat is None and not left:
            _reviewer(deed, held, person)
        _lock_bids(deed, [row.bid_id for row in left])
        ended = {"ended_at": deed.now, "ended_why": "dropped_out", "ended_words": None}
        deed.change_many(Assignment, [(f"bid:{row.bid_id}", row.id, None, ended) for row in left])
        deed.note_many(
            [f"bid:{row.bid_id}" for row in left], "reading.ended", role=held.role, under=held.under,
            params={"person": person, "why": "dropped_out"},
        )  # fmt: skip
        _seat(deed, held, person, seat, {"left_at": deed.now})
        deed.note(held.subject, "seat.left", role=held.role, under=held.under, params={"person": person})
        return [int(row.bid_id) for row in left]


def come_back(office: Office, actor: Actor, round_id: int, person: int, arrived: datetime) -> None:
    """Who had left sits at the panel again; they are given nothing by it. Raises PanelRefused, LookupError."""
    with office.deed(actor, arrived) as deed:
        held = _hold(deed, round_id)
        _reviewer(deed, held, person)
        seat = seat_asks.seats(deed.conn, round_id).get(person)
        if seat is None or seat.left_at is None:
            return
        _seat(deed, held, person, seat, {"left_at": None})
        deed.note(held.subject, "seat.returned", role=held.role, under=held.under, params={"person": person})


def move(office: Office, actor: Actor, bid: int, person: int, to: int, arrived: datetime) -> None:
    """One reading goes from a person to another. What was read stays with who read it.

    Raises PanelRefused where there is nothing to move, AssignRefused where the other may not have it, LookupError.
    """
    with office.deed(actor, arrived) as deed:
        round_id = locks.rounds_of_bids(deed.conn, [bid]).get(bid)
        if round_id is None:
            raise LookupError(f"bid {bid}")
        held = _hold(deed, round_id)
        found = next((r for r in seat_asks.readings(deed.conn, round_id, person) if r.bid_id == bid), None)
        if found is None:
            raise PanelRefused("not_theirs_to_read")
        if found.read:
            raise PanelRefused("read_already")
        if to == person or (bid, to) in _running(deed, bid, to):
            raise PanelRefused("has_it_already")
        _lock_bids(deed, [bid])
        ended = {"ended_at": deed.now, "ended_why": "moved", "ended_words": None}
        deed.change(f"bid:{bid}", Assignment, found.id, ended)
        deed.note(
            f"bid:{bid}", "reading.moved", role=held.role, under=held.under, params={"person": person, "to": to}
        )  # fmt: skip
        panel.give(deed, [(bid, to)])


def _running(deed: Deed, bid: int, person: int) -> set[tuple[int, int]]:
    turns = seat_asks.turns(deed.conn, [bid], [person])
    return {pair for pair, turn in turns.items() if turn.ended_at is None}


def _hold(deed: Deed, round_id: int) -> _Held:
    head = locks.round_heads(deed.conn, [round_id]).get(round_id)
    if head is None:
        raise LookupError(f"round {round_id}")
    deed.read_now(head.now)
    deed.known(deed.recorder.entry_from_head(head.subject, head.number, head.hash, head.mac))
    grants = asks.grants_of(deed.conn, deed.actor.person, ("chair", "officer"), deed.now)
    given = next(((grant, role) for grant, role, fund in grants if fund in (None, head.fund_id)), None)
    if given is None:
        raise PanelRefused("not_yours", by=("chair", "officer"))
    if head.state not in ("planned", "open", "closed", "panel"):
        raise PanelRefused("panel_is_over")
    return _Held(head, head.subject, given[1], ("role_grant", given[0]))


def _reviewer(deed: Deed, held: _Held, person: int) -> None:
    if person not in ranking.reviewers(deed.conn, held.row.fund_id, deed.now):
        raise PanelRefused("not_a_reviewer", person=person)


def _seat(deed: Deed, held: _Held, person: int, seat: AnyRow | None, values: Mapping[str, object]) -> None:
    values = {**values, "changed_at": deed.now}
    if seat is not None:
        deed.change(held.subject, PanelSeat, seat.id, values)
        return
    empty = {
        "round_id": held.row.id,
        "person_id": person,
        "most": None,
        "themes": [],
        "regions": [],
        "left_at": None,
    }
    deed.put(held.subject, PanelSeat, {**empty, **values})


def _lock_bids(deed: Deed, bids: Sequence[int]) -> None:
    for row in locks.bids(deed.conn, bids).values():
        deed.known(deed.recorder.entry_from_head(row.subject, row.number, row.hash, row.mac))
