"""A round's plan is given out as it was shown, and by the seats of its panel."""

from collections import Counter
from datetime import UTC, datetime

import orjson
import pytest

from fundapp.demo.stage import Stage
from fundapp.queries import rounds as round_asks
from fundapp.queries import themes
from fundapp.services import panel, planning, roles, seats
from fundapp.services.deed import Office
from fundapp.services.panel import AssignRefused, PanelRefused
from tests.services import world

READERS = ("reviewer", "reviewer2", "reviewer3", "reviewer4")


def shown(office: Office, stage: Stage, wanted: int = 3) -> planning.Gathered:
    """The plan as a page would show it now."""
    with office.db.read() as conn:
        return planning.gather(conn, round_asks.by_id(conn, stage.round), wanted, datetime.now(UTC))


def applied(office: Office, stage: Stage, seal: str | None, wanted: int = 3, who: str = "chair") -> int:
    return planning.apply(office, stage.cast.actor(who), stage.round, wanted, seal, stage.after)


def seat(
    office: Office, stage: Stage, key: str, most: int | None = None, themes: tuple[str, ...] = ()
) -> bool:
    person = stage.cast.persons[key]
    return seats.set_seat(
        office, stage.cast.actor("chair"), stage.round, person, most, themes, (), stage.after
    )


def running(office: Office) -> Counter[int]:
    """How many bids each person has to read."""
    return Counter(row["person_id"] for row in world.rows(office, "assignment") if row["ended_at"] is None)


def code_of(act: object) -> str:
    with pytest.raises(PanelRefused) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


def test_the_plan_that_was_shown_is_given_out_and_no_other(office: Office, stage: Stage) -> None:
    bids = world.endorsed(stage, 0, 1, 2, 3)
    persons = stage.cast.persons
    plan = shown(office, stage)
    assert code_of(lambda: applied(office, stage, plan.seal)) == "not_at_panel"
    stage.start_panel()
    assert {b.bid: b.readers for b in plan.waiting} == dict.fromkeys(bids, 3)
    panel.declare(office, stage.cast.actor("reviewer"), bids[0], "My sister keeps its books.", stage.after)
    assert code_of(lambda: applied(office, stage, plan.seal)) == "plan_moved"
    assert world.rows(office, "assignment") == []
    plan = shown(office, stage)
    assert (bids[0], persons["reviewer"]) not in plan.plan.pairs
    with pytest.raises(AssignRefused):
        applied(office, stage, plan.seal, who="treasurer")
    assert applied(office, stage, plan.seal) == 12
    assert running(office) == dict.fromkeys((persons[key] for key in READERS), 3)
    assert shown(office, stage).bids == ()
    assert applied(office, stage, None) == 0
    event = orjson.loads(world.rows(office, "audit_event", subject=f"bid:{bids[0]}")[-1]["body"])
    assert (event["action"], event["role"]) == ("assigned", "chair")
    mails = [row for row in world.rows(office, "outbox") if row["name"] == "assigned"]
    assert len(mails) == 4, "one mail each"


def test_a_plan_goes_by_limits_and_by_what_readers_know(office: Office, stage: Stage) -> None:
    world.endorsed(stage, 0, 1)
    stage.start_panel()
    persons = stage.cast.persons
    assert seat(office, stage, "reviewer", most=0)
    assert seat(office, stage, "reviewer2", most=1, themes=(" Food  Banks ", "food banks"))
    assert not seat(office, stage, "reviewer2", most=1, themes=("food banks",)), "nothing new"
    plan = shown(office, stage)
    by_person = {reader.person: reader for reader in plan.readers}
    assert by_person[persons["reviewer2"]].themes == {"food banks"}
    assert [fault.code for fault in plan.plan.faults] == ["crowded"]
    assert applied(office, stage, plan.seal) == 5
    gives = running(office)
    assert (gives[persons["reviewer"]], gives[persons["reviewer2"]]) == (0, 1)
    chair, bids = stage.cast.actor("chair"), [bid.bid for bid in plan.waiting]
    with pytest.raises(AssignRefused) as caught:
        panel.assign(office, chair, [(bid, persons["reviewer"]) for bid in bids], stage.after)
    assert [why.code for _, _, why in caught.value.refusals] == ["has_most", "has_most"]
    (row,) = [r for r in world.rows(office, "panel_seat") if r["person_id"] == persons["reviewer2"]]
    assert (row["home"], row["most"], row["themes"]) == (f"round:{stage.round}", 1, ["food banks"])


def test_who_drops_out_frees_what_they_have_not_read(office: Office, stage: Stage) -> None:
    bids = world.endorsed(stage, 0, 1, 2)
    stage.start_panel()
    stage.assign(bids)
    stage.review(bids[0], "reviewer", world.MARKS)
    person, chair = stage.cast.persons["reviewer"], stage.cast.actor("chair")
    assert seats.drop_out(office, chair, stage.round, person, stage.after) == bids[1:]
    ended = [row for row in world.rows(office, "assignment", person_id=person) if row["ended_at"]]
    assert [(row["bid_id"], row["ended_why"]) for row in ended] == [(bid, "dropped_out") for bid in bids[1:]]
    assert len(world.rows(office, "review")) == 1
    assert (
        code_of(lambda: seats.drop_out(office, chair, stage.round, person, stage.after)) == "left_the_panel"
    )
    with pytest.raises(AssignRefused) as caught:
        panel.assign(office, chair, [(bids[1], person)], stage.after)
    assert [why.code for _, _, why in caught.value.refusals] == ["left_the_panel"]
    plan = shown(office, stage)
    fourth = stage.cast.persons["reviewer4"]
    assert plan.plan.pairs == ((bids[1], fourth), (bids[2], fourth))
    # They come back: the same turn runs again, and a plan may give it to them.
    seats.come_back(office, chair, stage.round, person, stage.after)
    assert panel.assign(office, chair, [(bids[1], person)], stage.after) == 1
    turn = [row for row in world.rows(office, "assignment", person_id=person) if row["bid_id"] == bids[1]]
    assert [(row["ended_at"], row["ended_why"]) for row in turn] == [(None, None)]
    stage.review(bids[1], "reviewer", world.MARKS)


def test_a_reading_moves_to_somebody_else(office: Office, stage: Stage) -> None:
    first, second = world.endorsed(stage, 0, 1)
    stage.start_panel()
    stage.assign([first, second])
    persons, chair = stage.cast.persons, stage.cast.actor("chair")
    here, there = persons["reviewer"], persons["reviewer4"]

    def move(bid: int, person: int, to: int) -> None:
        seats.move(office, chair, bid, person, to, stage.after)

    stage.review(second, "reviewer", world.MARKS)
    assert code_of(lambda: move(second, here, there)) == "read_already"
    assert code_of(lambda: move(first, there, here)) == "not_theirs_to_read"
    assert code_of(lambda: move(first, here, persons["reviewer2"])) == "has_it_already"
    with pytest.raises(AssignRefused):
        move(first, here, persons["auditor"])
    assert running(office)[here] == 2, "a refused move takes nothing away"
    move(first, here, there)
    rows = {row["person_id"]: row for row in world.rows(office, "assignment", bid_id=first)}
    assert (rows[here]["ended_why"], rows[there]["ended_at"]) == ("moved", None)
    actions = [row["action"] for row in world.rows(office, "audit_event", subject=f"bid:{first}")]
    assert actions[-2:] == ["reading.moved", "assigned"]
    assert (first, here) in shown(office, stage, 4).barred, "a plan does not undo it"
    # By hand it may go back.
    move(first, there, here)
    assert running(office)[here] == 2


def test_an_interest_is_never_taken_up_again(office: Office, stage: Stage) -> None:
    (bid,) = world.endorsed(stage, 0)
    stage.start_panel()
    stage.assign([bid])
    panel.declare(office, stage.cast.actor("reviewer"), bid, "We were at school together.", stage.after)
    pair = (bid, stage.cast.persons["reviewer"])
    with pytest.raises(AssignRefused) as caught:
        panel.assign(office, stage.cast.actor("chair"), [pair], stage.after)
    assert [why.code for _, _, why in caught.value.refusals] == ["interest_declared"]
    assert pair in shown(office, stage, 4).barred


def test_only_chair_and_officer_seat_the_panel_and_only_its_reviewers(office: Office, stage: Stage) -> None:
    world.endorsed(stage, 0)
    person = stage.cast.persons["reviewer"]

    def put(who: str, person: int = person, most: int | None = 3) -> bool:
        return seats.set_seat(office, stage.cast.actor(who), stage.round, person, most, (), (), stage.after)

    for who in ("treasurer", "reviewer", "auditor", "member"):
        assert code_of(lambda who=who: put(who)) == "not_yours"
    assert code_of(lambda: put("chair", stage.cast.persons["auditor"])) == "not_a_reviewer"
    assert code_of(lambda: put("chair", most=-1)) == "readings_at_most"
    assert put("officer")
    roles.give(
        office,
        stage.cast.actor("officer"),
        stage.cast.persons["auditor"],
        "reviewer",
        stage.fund,
        stage.after,
    )
    assert put("chair", stage.cast.persons["auditor"])
    with pytest.raises(LookupError):
        seats.set_seat(office, stage.cast.actor("chair"), 404, person, 3, (), (), stage.after)


def test_themes_are_what_the_newest_answers_say() -> None:
    assert themes.keys({"theme": " Food  Banks", "programme": ["Youth", "", 7]}) == {
        "food banks",
        "youth",
    }
    assert themes.keys({"theme": "  ", "title": "x"}) == frozenset()
