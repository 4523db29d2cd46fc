"""The release and its window are raced for: nothing happens twice, and every bid has one letter."""

from collections import Counter

import pytest

from fundapp.demo.stage import Stage, build
from fundapp.services.deed import Office
from fundapp.services.transition import fire
from tests.effort import times
from tests.races.conftest import Racers
from tests.races.racers import Try
from tests.races.test_races import person, winner_and_loser
from tests.services import world

pytestmark = pytest.mark.race

FEW = times(8)


def decided(office: Office, stage: Stage, code: str) -> tuple[Stage, list[int]]:
    """A round of its own, with two awards and a decline staged."""
    own = build(
        office, stage.cast.actor("officer"), stage.cast, stage.fund, code, f"Round {code}", world.OPENS, world.CLOSES,
        budget_pence=1_000_000, now=world.OPENS,
    )  # fmt: skip
    bids = world.reviewed(own, 0, 1, 2)
    for bid, outcome in zip(bids, ("award", "decline", "award"), strict=True):
        own.decide(bid, outcome, 50_000 if outcome == "award" else None)
    return own, bids


def test_release_pressed_twice(office: Office, stage: Stage, racers: Racers) -> None:
    """By the same chair from the same page, and by two chairs at once: one window opens, the other is told."""
    (bid,) = world.reviewed(stage, 0)
    stage.decide(bid, "award", 100_000)
    chair, second = stage.cast.actor("chair"), person(office, stage, "Second Chair", "chair")
    for turn in range(FEW):
        seen = world.one(office, "round", id=stage.round)["version"]
        tries = [
            Try("fire", (who, "round", "release", stage.round, stage.after, {}, seen))
            for who in (chair, second if turn % 2 else chair)
        ]
        won, lost = winner_and_loser(racers.at_once(*tries))
        assert (won.won, lost.codes) == ("releasing", ("stale",))
        assert lost.sentences[0].startswith("Somebody was quicker: ")
        row = world.one(office, "round", id=stage.round)
        assert (row["state"], row["version"]) == ("releasing", seen + 1)
        fire(office, chair, "round", "undo", stage.round, stage.after)
    assert len(world.rows(office, "audit_event", action="round.release")) == FEW
    assert world.rows(office, "award") == world.rows(office, "letter") == []


def test_two_workers_publish_at_once(office: Office, stage: Stage, racers: Racers) -> None:
    """All of a round's decisions go out by one of them, once; the other finds nothing left to do."""
    every: list[int] = []
    outcomes: dict[int, str] = {}
    for turn in range(max(FEW // 4, 2)):
        own, bids = decided(office, stage, f"TWICE-{turn}")
        every += bids
        outcomes |= dict(zip(bids, ("award", "decline", "award"), strict=True))
        fire(office, own.cast.actor("chair"), "round", "release", own.round, own.after)
        publish = Try("publish", (own.round, own.released))
        won, lost = winner_and_loser(racers.at_once(publish, publish))
        # Three bids, two offers, the round itself.
        assert won.won == 6
        assert "not_from_here" in lost.codes
        row = world.one(office, "round", id=own.round)
        assert (row["state"], row["publish_at"]) == ("released", None)
    kinds = {"award": "award", "decline": "feedback"}
    letters = [(row["bid_id"], row["kind"], row["number"]) for row in world.rows(office, "letter")]
    assert sorted(letters) == sorted((bid, kinds[outcome], 1) for bid, outcome in outcomes.items())
    mails = Counter(
        (row["name"], row["bid_id"])
        for row in world.rows(office, "outbox")
        if row["name"].startswith("released_")
    )
    assert mails == {(f"released_{outcome}", bid): 1 for bid, outcome in outcomes.items()}
    awards = [row["bid_id"] for row in world.rows(office, "award")]
    assert awards == [bid for bid in every if outcomes[bid] == "award"]


def test_a_release_undone_while_a_worker_publishes_it(office: Office, stage: Stage, racers: Racers) -> None:
    """Either all of it is out, each bid with one letter, or nothing is, and the chair can decide again."""
    ended = Counter[str]()
    for turn in range(max(FEW // 4, 2)):
        own, bids = decided(office, stage, f"UNDO-{turn}")
        chair = own.cast.actor("chair")
        fire(office, chair, "round", "release", own.round, own.after)
        tries = [
            Try("publish", (own.round, own.released)),
            Try("fire", (chair, "round", "undo", own.round, own.after, {})),
        ]
        winner_and_loser(racers.at_once(*(tries if turn % 2 else tries[::-1])))
        state = world.one(office, "round", id=own.round)["state"]
        ended[state] += 1
        letters = Counter(row["bid_id"] for row in world.rows(office, "letter") if row["bid_id"] in bids)
        mails = Counter(
            row["bid_id"]
            for row in world.rows(office, "outbox")
            if row["name"].startswith("released_") and row["bid_id"] in bids
        )
        states = {world.one(office, "bid", id=bid)["state"] for bid in bids}
        once = dict.fromkeys(bids, 1)
        assert (letters, mails, states) == (
            (once, once, {"awarded", "declined"}) if state == "released" else ({}, {}, {"reviewed"})
        )
        if state == "panel":
            own.decide(bids[1], "award", 50_000)
    assert set(ended) <= {"released", "panel"}
