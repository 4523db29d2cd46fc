"""A talk closed while scores arrive: whichever is first, what counts is what the record says came last; nothing is half."""

import pytest

from fundapp.demo.stage import Stage
from fundapp.queries import table
from fundapp.services.deed import Actor, Office
from tests.effort import times
from tests.races.conftest import Racers
from tests.races.racers import Try
from tests.races.test_races import person, winner_and_loser
from tests.services import world

pytestmark = pytest.mark.race

ROUNDS = times(5)
APART = ((5,) * 5, (1,) * 5, (4,) * 5)
NEAR = ((4,) * 5, (4,) * 5, (3,) * 5)


def read(stage: Stage, *of_each: tuple[tuple[int, ...], ...]) -> list[int]:
    """Bids at the panel, each with the marks of three readers."""
    bids = world.endorsed(stage, *[0] * len(of_each))
    stage.start_panel()
    stage.assign(bids)
    for bid, marks in zip(bids, of_each, strict=True):
        for reader, given in zip(("reviewer", "reviewer2", "reviewer3"), marks, strict=True):
            stage.review(bid, reader, given)
    return bids


def scores(stage: Stage, bid: int, mark: int) -> Try:
    """The second reader's scores once more."""
    given = {"scores": {criterion["id"]: mark for criterion in stage.rubric()}}
    return Try("fire", (stage.cast.actor("reviewer2"), "bid", "review", bid, stage.after, given, 1))


def of_chair(stage: Stage, move: str, bid: int, chair: Actor | None = None, seen: int | None = None) -> Try:
    """A move of the chair's."""
    given = {"reason": "It was cleared up."} if move == "settle" else {}
    return Try("fire", (chair or stage.cast.actor("chair"), "bid", move, bid, stage.after, given, seen))


def test_a_review_while_the_chair_closes(office: Office, stage: Stage, racers: Racers) -> None:
    """Its reviews: the closing sees the scores and is refused because of them, or they are refused because it is done.

    A talk: both are done. What came after the closing opens the question again, what came before it does not.
    """
    bids = read(stage, *[NEAR] * ROUNDS, *[APART] * ROUNDS)
    for bid in bids[:ROUNDS]:
        won, lost = winner_and_loser(racers.at_once(scores(stage, bid, 0), of_chair(stage, "conclude", bid)))
        reviews = len(world.rows(office, "review", bid_id=bid))
        state = world.one(office, "bid", id=bid)["state"]
        if won.racer == 0:
            assert (lost.codes, state, reviews) == (("talk_it_over",), "endorsed", 4)
        else:
            assert (lost.codes, state, reviews) == (("stale",), "reviewed", 3)
    for bid in bids[ROUNDS:]:
        stage.moderate(bid)
        told = racers.at_once(scores(stage, bid, 0), of_chair(stage, "settle", bid))
        assert all(one.won for one in told), told
        (closed,) = world.rows(office, "audit_event", subject=f"bid:{bid}", action="bid.settle")
        came = world.rows(office, "audit_event", subject=f"bid:{bid}", action="bid.review")[-1]
        late = came["number"] > closed["number"]
        with office.db.read() as conn:
            assert table.standings(conn, [bid], None)[bid].moderation == ("stale" if late else "settled")
        if late:
            assert world.refusal_of(lambda bid=bid: stage.conclude(bid)) == ["talk_it_over"]
        else:
            stage.conclude(bid)
    world.holds(office)


def test_two_chairs_at_once(office: Office, stage: Stage, racers: Racers) -> None:
    """One opens it and one closes it; the other is told that somebody was quicker. Nobody is mailed twice."""
    chairs = (stage.cast.actor("chair"), person(office, stage, "Second Chair", "chair"))
    for bid in read(stage, *[APART] * ROUNDS):
        for move, by in (("moderate", "opened_by"), ("settle", "closed_by")):
            seen = world.one(office, "bid", id=bid)["version"]
            tries = [of_chair(stage, move, bid, chair, seen) for chair in chairs]
            won, lost = winner_and_loser(racers.at_once(tries[0], tries[1]))
            assert lost.codes == ("stale",)
            assert lost.sentences[0].startswith("Somebody was quicker: ")
            assert world.one(office, "moderation", bid_id=bid)[by] == chairs[won.racer].person
    assert len(world.rows(office, "outbox", name="moderation")) == ROUNDS
    world.holds(office)
