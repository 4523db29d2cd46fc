"""A sitting is put on record by who may, says who left for which bid, and is corrected without losing what stood."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fundapp.demo.stage import Stage
from fundapp.queries import sittings as asks
from fundapp.services import panel, people, sittings
from fundapp.services.deed import Office
from fundapp.services.sittings import Held, SittingRefused
from fundapp.services.transition import NotThere, Refused
from tests.services import world


def held(stage: Stage, *keys: str, left: tuple[tuple[str, int], ...] = ()) -> Held:
    """An evening in the hall with these people."""
    persons = stage.cast.persons
    return Held(
        stage.after + timedelta(hours=2), "The Old Reading Room", tuple(persons[key] for key in keys),
        tuple((persons[key], bid) for key, bid in left), "Tea was made.",
    )  # fmt: skip


def record(office: Office, stage: Stage, what: Held, who: str = "chair", **more: int) -> int:
    """Put it on record the day after."""
    at = stage.after + timedelta(days=1)
    return sittings.record(office, stage.cast.actor(who), stage.round, what, at, **more)


def codes(office: Office, stage: Stage, what: Held, **more: int) -> list[tuple[str, str]]:
    """What keeps it from the record."""
    with pytest.raises(SittingRefused) as refused:
        record(office, stage, what, **more)
    return [(field, code) for field, code, _params in refused.value.faults]


def test_a_sitting_says_who_was_there_and_who_left(office: Office, stage: Stage) -> None:
    bids = world.endorsed(stage, 0, 1)
    stage.start_panel()
    panel.declare(office, stage.cast.actor("reviewer"), bids[1], "My neighbour.", stage.after)
    what = held(stage, "reviewer", "chair", "reviewer2", left=(("reviewer", bids[1]),))
    found = world.change(office, lambda: record(office, stage, what))
    persons = stage.cast.persons
    assert found.counts == {"sitting": 1}
    assert found.touched() == set()
    (row,) = found.added["sitting"]
    assert (row["home"], row["number"], row["held_at"], row["place"], row["words"], row["recorded_by"]) == (
        f"round:{stage.round}", 1, what.held_at, "The Old Reading Room", "Tea was made.", persons["chair"],
    )  # fmt: skip
    assert row["present"] == sorted(persons[key] for key in ("chair", "reviewer", "reviewer2"))
    assert row["left_for"] == [[persons["reviewer"], bids[1]]]
    (body,) = found.bodies
    assert (body["action"], body["role"], body["params"]) == ("sitting.recorded", "chair", {"number": 1})


def test_a_correction_stands_beside_what_it_corrects(office: Office, stage: Stage) -> None:
    stage.start_panel()
    first = held(stage, "chair")
    assert record(office, stage, first) == 1
    assert record(office, stage, held(stage, "chair", "reviewer"), "officer", seen=1, corrects=1) == 2
    assert record(office, stage, replace(first, held_at=first.held_at + timedelta(hours=1)), seen=2) == 3
    assert len(world.rows(office, "sitting")) == 3
    with office.db.read() as conn:
        rows = asks.of_round(conn, stage.round)
    assert [asks.corrects(row) for row in rows] == [None, 1, None]
    assert [row.number for row in sittings.standing(rows)] == [2, 3]
    assert codes(office, stage, first, corrects=1) == [("held", "no_such_sitting")]
    assert codes(office, stage, first, corrects=9) == [("held", "no_such_sitting")]


def test_one_form_sent_twice_is_one_sitting(office: Office, stage: Stage) -> None:
    stage.start_panel()
    what = held(stage, "chair")
    assert record(office, stage, what, seen=0) == 1
    assert codes(office, stage, what, seen=0) == [("held", "another_recorded")]
    assert len(world.rows(office, "sitting")) == 1


def test_who_would_leave_is_asked_of_parts_and_interests(office: Office, stage: Stage) -> None:
    bids = world.endorsed(stage, 0, 1)
    stage.start_panel()
    persons = stage.cast.persons
    panel.declare(office, stage.cast.actor("reviewer"), bids[0], "My neighbour.", stage.after)
    with office.db.read() as conn:
        found = asks.apart(
            conn, stage.round, [persons[key] for key in ("reviewer", "chair", "member", "councillor")]
        )
        assert asks.apart(conn, stage.round, []) == frozenset()
    assert found == {
        (persons["reviewer"], bids[0]),
        (persons["councillor"], bids[0]),
        *((persons["member"], bid) for bid in bids),
    }


def test_what_cannot_be_is_refused_with_every_reason(office: Office, stage: Stage) -> None:
    (bid,) = world.endorsed(stage, 0)
    what = held(stage, "chair")
    assert codes(office, stage, what) == [("held", "panel_not_begun")]
    stage.start_panel()
    left = replace(what, left_for=((stage.cast.persons["chair"], bid),))
    assert codes(office, stage, left) == [("present", "no_interest_declared")]
    absent = held(stage, "chair", left=(("reviewer", bid),))
    assert codes(office, stage, absent) == [("present", "left_but_absent")]
    assert codes(office, stage, held(stage, "chair", "member")) == [("present", "not_of_the_panel")]
    empty = Held(stage.after + timedelta(days=3), " ", (), (), "x" * 4001)
    assert codes(office, stage, empty) == [
        ("held", "not_yet_held"), ("place", "place_missing"), ("words", "too_long"), ("present", "nobody_present"),
    ]  # fmt: skip
    early = replace(what, held_at=stage.opens_at - timedelta(days=1), place="x" * 201)
    assert codes(office, stage, early) == [("held", "before_the_round"), ("place", "too_long")]
    assert world.rows(office, "sitting") == []


def test_only_the_chair_and_the_officer_of_that_fund_record(office: Office, stage: Stage) -> None:
    stage.start_panel()
    for who in ("reviewer", "treasurer", "auditor", "member"):
        with pytest.raises(Refused):
            record(office, stage, held(stage, "chair"), who)
    with pytest.raises(NotThere):
        sittings.record(office, stage.cast.actor("chair"), 999_999, held(stage, "chair"), stage.after)


def test_who_chairs_and_reads_is_said_to_do_both(office: Office, stage: Stage) -> None:
    with office.deed(stage.cast.actor("officer"), stage.during) as deed:
        people.give_role(deed, stage.cast.persons["chair"], "reviewer", stage.fund)
    stage.start_panel()
    record(office, stage, held(stage, "chair"))
    with office.db.read() as conn:
        (row,) = asks.of_round(conn, stage.round)
        seats = asks.seats(conn, stage.fund, stage.opens_at, row.recorded_at)
    assert sittings.parts_at(seats, row)[stage.cast.persons["chair"]] == ("chair", "reviewer")
