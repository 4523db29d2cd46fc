"""The panel's last hour: two chairs at the table, a release pressed twice, a review that comes as the reviews close."""

import pytest

from fundapp.demo.stage import Stage
from fundapp.services.deed import Office
from fundapp.services.transition import fire
from tests.effort import times
from tests.races.conftest import Racers
from tests.races.racers import Try
from tests.races.test_races import person, winner_and_loser
from tests.services import world

pytestmark = pytest.mark.race

FEW = times(3)


def award(pence: int) -> dict[str, object]:
    return {"outcome": "award", "amount_pence": pence}


def test_two_chairs_record_their_tables_at_once(office: Office, racers: Racers) -> None:
    """£5,000 are there. Each table fits alone, both together do not: one is recorded whole, the other not at all."""
    stage = world.stage_of(office, budget_pence=500_000)
    chairs = (stage.cast.actor("chair"), person(office, stage, "Second Chair", "chair"))
    bids = world.reviewed(stage, 0, 1, 2, 3)
    for _ in range(times(6)):
        seen = {row["bid_id"]: row["version"] for row in world.rows(office, "decision")}
        tables = [
            [(bid, seen.get(bid, 0), award(pence)) for bid, pence in zip(half, sums, strict=True)]
            for half, sums in ((bids[:2], (100_000, 160_000)), (bids[2:], (100_000, 150_000)))
        ]
        tries = [
            Try("decide_all", (chair, table, stage.after))
            for chair, table in zip(chairs, tables, strict=True)
        ]
        won, lost = winner_and_loser(racers.at_once(*tries))
        assert (won.won, lost.codes) == (2, ("money_short",))
        staged = {row["bid_id"]: row["amount_pence"] for row in world.rows(office, "decision")}
        assert sum(staged.values()) == (260_000, 250_000)[won.racer]
        for bid in (bids[:2], bids[2:])[won.racer]:
            cleared = {"outcome": "decline", "feedback": "Not yet.", "amount_pence": None}
            fire(office, chairs[0], "bid", "decide", bid, stage.after, cleared)
    world.holds(office)


def test_two_chairs_decide_on_one_bid(office: Office, stage: Stage, racers: Racers) -> None:
    (bid,) = world.reviewed(stage, 0)
    chairs = (stage.cast.actor("chair"), person(office, stage, "Second Chair", "chair"))
    for turn in range(FEW):
        tries = [
            Try("decide_all", (chair, [(bid, turn, award(100_000 + number))], stage.after))
            for number, chair in enumerate(chairs)
        ]
        won, lost = winner_and_loser(racers.at_once(*tries))
        assert lost.codes == ("stale",)
        (kept,) = world.rows(office, "decision")
        assert (kept["amount_pence"], kept["version"]) == (100_000 + won.racer, turn + 1)
    world.holds(office)


def test_a_release_pressed_twice(office: Office, stage: Stage, racers: Racers) -> None:
    (bid,) = world.reviewed(stage, 0)
    chair = stage.cast.actor("chair")
    stage.decide(bid, "award", 100_000)
    for turn in range(FEW):
        again = Try("fire", (chair, "round", "release", stage.round, stage.after, {}))
        won, lost = winner_and_loser(racers.at_once(again, again))
        assert (won.won, lost.codes) == ("releasing", ("not_from_here",))
        if turn + 1 < FEW:
            fire(office, chair, "round", "undo", stage.round, stage.after)
    publish = Try("publish", (stage.round, stage.released))
    racers.at_once(publish, publish)
    assert len(world.rows(office, "letter", bid_id=bid)) == 1
    assert len(world.rows(office, "award", bid_id=bid)) == 1
    assert [row["name"] for row in world.rows(office, "outbox")].count("released_award") == 1
    world.holds(office)


def test_a_review_that_comes_while_the_reviews_close(office: Office, stage: Stage, racers: Racers) -> None:
    """It counts among those that were looked at, or it is refused; the close never overlooks one."""
    (bid,) = world.reviewed(stage, 0)
    chair, reader = stage.cast.actor("chair"), stage.cast.actor("reviewer")
    criteria = [row["id"] for row in world.one(office, "round", id=stage.round)["rubric"]]
    for turn in range(FEW):
        fire(office, chair, "bid", "reopen", bid, stage.after)
        before = len(world.rows(office, "review", bid_id=bid))
        given = {"scores": dict.fromkeys(criteria, 3 + turn % 2), "comment": "Again."}
        told = racers.at_once(
            Try("fire", (reader, "bid", "review", bid, stage.after, given)),
            Try("fire", (chair, "bid", "conclude", bid, stage.after, {})),
        )
        assert told[1].won == "reviewed", told
        assert told[0].won == "endorsed" or "not_from_here" in told[0].codes, told
        assert len(world.rows(office, "review", bid_id=bid)) - before == (1 if told[0].won else 0)
        assert world.one(office, "bid", id=bid)["state"] == "reviewed"
    world.holds(office)
