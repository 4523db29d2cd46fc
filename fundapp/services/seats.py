"""The panel of a round: what each takes, knows and lives near; who drops out; a reading that goes to somebody else."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fundapp.database import AnyRow
from fundapp.models import Assignment, PanelSeat
from fundapp.queries import locks, ranking
from fundapp.queries import seats as asks
from fundapp.queries import themes as theme_asks
from fundapp.services import panel, warrants
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.panel import PanelRefused
from fundapp.services.warrants import Warrant

#: The longest list of themes or regions that a seat keeps.
MOST_KEPT = 60
#: Nobody reads more in a round.
MOST_READINGS = 9_999


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
    known = sorted({theme_asks.key(theme) for theme in themes} - {""})[:MOST_KEPT]
    with office.deed(actor, arrived) as deed:
        row, warrant = _hold(deed, round_id)
        _reviewer(deed, row, person)
        seat = asks.seats(deed.conn, round_id).get(person)
        values = {"most": most, "themes": known, "regions": sorted(set(regions))[:MOST_KEPT]}
        if seat is not None and all(getattr(seat, name) == value for name, value in values.items()):
            return False
        _seat(deed, row, person, seat, values)
        deed.note(row.subject, "seat.set", role=warrant.role, under=warrant.under, params={"person": person})
        return True


def drop_out(office: Office, actor: Actor, round_id: int, person: int, arrived: datetime) -> list[int]:
    """A reviewer leaves a round's panel; the bids that are freed. What they have read stays theirs.

    Raises PanelRefused for somebody who has left or is no reviewer, LookupError.
    """
    with office.deed(actor, arrived) as deed:
        row, warrant = _hold(deed, round_id)
        seat = asks.seats(deed.conn, round_id).get(person)
        if seat is not None and seat.left_at is not None:
            raise PanelRefused("left_the_panel")
        readings = asks.readings(deed.conn, round_id, person)
        left = [turn for turn in readings if turn.state == "endorsed" and not turn.read]
        if seat is None and not left:
            _reviewer(deed, row, person)
        warrants.hold_bids(deed, [turn.bid_id for turn in left])
        ended = {"ended_at": deed.now, "ended_why": "dropped_out", "ended_words": None}
        deed.change_many(Assignment, [(f"bid:{turn.bid_id}", turn.id, None, ended) for turn in left])
        deed.note_many(
            [f"bid:{turn.bid_id}" for turn in left], "reading.ended", role=warrant.role, under=warrant.under,
            params={"person": person, "why": "dropped_out"},
        )  # fmt: skip
        _seat(deed, row, person, seat, {"left_at": deed.now})
        deed.note(row.subject, "seat.left", role=warrant.role, under=warrant.under, params={"person": person})
        return [int(turn.bid_id) for turn in left]


def come_back(office: Office, actor: Actor, round_id: int, person: int, arrived: datetime) -> None:
    """Who had left sits at the panel again; they are given nothing by it. Raises PanelRefused, LookupError."""
    with office.deed(actor, arrived) as deed:
        row, warrant = _hold(deed, round_id)
        _reviewer(deed, row, person)
        seat = asks.seats(deed.conn, round_id).get(person)
        if seat is None or seat.left_at is None:
            return
        _seat(deed, row, person, seat, {"left_at": None})
        deed.note(
            row.subject, "seat.returned", role=warrant.role, under=warrant.under, params={"person": person}
        )


def move(office: Office, actor: Actor, bid: int, person: int, to: int, arrived: datetime) -> None:
    """One reading goes from a person to another. What was read stays with who read it.

    Raises PanelRefused where there is nothing to move, AssignRefused where the other may not have it, LookupError.
    """
    with office.deed(actor, arrived) as deed:
        round_id = locks.rounds_of_bids(deed.conn, [bid]).get(bid)
        if round_id is None:
            raise LookupError(f"bid {bid}")
        _row, warrant = _hold(deed, round_id)
        found = next((r for r in asks.readings(deed.conn, round_id, person) if r.bid_id == bid), None)
        if found is None:
            raise PanelRefused("not_theirs_to_read")
        if found.read:
            raise PanelRefused("read_already")
        if to == person or (bid, to) in _running(deed, bid, to):
            raise PanelRefused("has_it_already")
        warrants.hold_bid(deed, bid)
        ended = {"ended_at": deed.now, "ended_why": "moved", "ended_words": None}
        deed.change(f"bid:{bid}", Assignment, found.id, ended)
        deed.note(
            f"bid:{bid}", "reading.moved", role=warrant.role, under=warrant.under,
            params={"person": person, "to": to},
        )  # fmt: skip
        panel.give(deed, [(bid, to)])


def _running(deed: Deed, bid: int, person: int) -> set[tuple[int, int]]:
    turns = asks.turns(deed.conn, [bid], [person])
    return {pair for pair, turn in turns.items() if turn.ended_at is None}


def _hold(deed: Deed, round_id: int) -> tuple[AnyRow, Warrant]:
    """The round, held, and the warrant by which the actor seats its panel."""
    row = warrants.hold_round(deed, round_id)
    mine = warrants.of(deed, "chair", "officer")
    warrant = mine.get(row.fund_id)
    if warrant is None:
        raise PanelRefused("not_yours", by=mine.roles)
    if row.state not in ("planned", "open", "closed", "panel"):
        raise PanelRefused("panel_is_over")
    return row, warrant


def _reviewer(deed: Deed, row: AnyRow, person: int) -> None:
    if person not in ranking.reviewers(deed.conn, row.fund_id, deed.now):
        raise PanelRefused("not_a_reviewer", person=person)


def _seat(deed: Deed, row: AnyRow, person: int, seat: AnyRow | None, values: Mapping[str, object]) -> None:
    values = {**values, "changed_at": deed.now}
    if seat is not None:
        deed.change(row.subject, PanelSeat, seat.id, values)
        return
    empty = {
        "round_id": row.id,
        "person_id": person,
        "most": None,
        "themes": [],
        "regions": [],
        "left_at": None,
    }
    deed.put(row.subject, PanelSeat, {**empty, **values})
