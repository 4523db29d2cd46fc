"""What a reviewer begins, on both databases: saved, never overwritten unseen, gone when it is sent or handed back."""

from typing import Any

import pytest

from fundapp.demo.stage import Stage
from fundapp.models import Assignment
from fundapp.services import panel, review_drafts
from fundapp.services.deed import Office
from fundapp.services.transition import Refused, fire
from tests.services import world

GIVEN: dict[str, Any] = {"scores": {"link": 4}, "comment": "Half a sentence", "note": "", "confidence": None}
FULL = {
    "scores": {"link": 4, "wins": 3, "new": 5, "plan": 4, "leaders": 2},
    "comment": "",
    "note": "",
    "confidence": 3,
}


@pytest.fixture
def bid(stage: Stage) -> int:
    """A bid before its readers."""
    (made,) = world.endorsed(stage, 0)
    stage.start_panel()
    stage.assign([made])
    return made


def save(
    office: Office,
    stage: Stage,
    bid: int,
    given: dict[str, Any],
    revision: int,
    seen: int = 0,
    who: str = "reviewer",
) -> int:
    return review_drafts.save(office, stage.cast.actor(who), bid, given, revision, seen, stage.after)


def begun(office: Office) -> list[Any]:
    return world.rows(office, "review_draft")


def test_saved_again_and_again(office: Office, stage: Stage, bid: int) -> None:
    assert save(office, stage, bid, GIVEN, 0) == 1
    assert (
        save(office, stage, bid, GIVEN, 0) == 1
    )  # the same again changes nothing, whatever the page carried
    assert save(office, stage, bid, GIVEN | {"comment": "A sentence."}, 1) == 2
    (row,) = begun(office)
    assert (row["given"]["comment"], row["revision"]) == ("A sentence.", 2)
    assert save(office, stage, bid, GIVEN, 0, who="reviewer2") == 1  # everybody has their own
    assert len(begun(office)) == 2


def test_nothing_is_overwritten_unseen(office: Office, stage: Stage, bid: int) -> None:
    save(office, stage, bid, GIVEN, 0)
    for stale in (0, 7, -1):
        with pytest.raises(review_drafts.ReviewConflict) as conflict:
            save(office, stage, bid, FULL, stale)
        assert (conflict.value.theirs, conflict.value.revision) == (GIVEN, 1)
    assert begun(office)[0]["given"] == GIVEN


def test_sent_meanwhile_is_told_and_begins_anew(office: Office, stage: Stage, bid: int) -> None:
    save(office, stage, bid, GIVEN, 0)
    fire(office, stage.cast.actor("reviewer"), "bid", "review", bid, stage.after, FULL, seen=0)
    assert begun(office) == []
    assert world.one(office, "review", bid_id=bid)["confidence"] == 3
    with pytest.raises(
        review_drafts.ReviewConflict
    ) as conflict:  # a page of before, at a revision that comes again
        save(office, stage, bid, GIVEN, 0, seen=0)
    assert conflict.value.theirs is None
    assert save(office, stage, bid, GIVEN, 0, seen=1) == 1


def test_what_was_saved_after_the_look_survives_the_sending(office: Office, stage: Stage, bid: int) -> None:
    save(office, stage, bid, GIVEN, 0)
    save(office, stage, bid, GIVEN | {"comment": "From the other page"}, 1)
    fire(office, stage.cast.actor("reviewer"), "bid", "review", bid, stage.after, FULL | {"draft": 1}, seen=0)
    assert begun(office)[0]["given"]["comment"] == "From the other page"


def test_a_confidence_that_is_none_is_not_recorded(office: Office, stage: Stage, bid: int) -> None:
    before = world.everything(office)
    for confidence in (0, 4, -1, "2", 2.0, True):
        given = FULL | {"confidence": confidence}
        with pytest.raises(ValueError, match="no confidence"):
            fire(office, stage.cast.actor("reviewer"), "bid", "review", bid, stage.after, given)
    assert world.everything(office) == before


def test_only_a_reader_of_the_bid_while_its_reviews_are_open(office: Office, stage: Stage, bid: int) -> None:
    for key in ("reviewer4", "chair", "member"):
        with pytest.raises(review_drafts.NoTurn):
            save(office, stage, bid, GIVEN, 0, who=key)
    for key in ("reviewer", "reviewer2", "reviewer3"):
        stage.review(bid, key, (3, 3, 3, 3, 3))
    stage.conclude(bid)
    with pytest.raises(review_drafts.ReviewsClosed):
        save(office, stage, bid, GIVEN, 0, seen=1)
    assert begun(office) == []


def test_handed_back_with_a_reason(office: Office, stage: Stage, bid: int) -> None:
    save(office, stage, bid, GIVEN, 0)
    panel.abstain(office, stage.cast.actor("reviewer"), bid, " It is beyond me. ", stage.after)
    ended = world.one(office, Assignment.__tablename__, person_id=stage.cast.persons["reviewer"])
    assert (ended["ended_why"], ended["ended_words"]) == ("abstained", "It is beyond me.")
    assert ended["ended_at"] is not None
    assert begun(office) == []
    assert world.rows(office, "interest") == []  # it is no interest: nothing is hidden
    with pytest.raises(LookupError):
        panel.abstain(office, stage.cast.actor("reviewer"), bid, "Again", stage.after)
    with pytest.raises(review_drafts.NoTurn):
        save(office, stage, bid, GIVEN, 0)
    with pytest.raises(Refused):
        stage.review(bid, "reviewer", (3, 3, 3, 3, 3))


def test_scores_that_are_in_stand(office: Office, stage: Stage, bid: int) -> None:
    stage.review(bid, "reviewer", (3, 3, 3, 3, 3))
    before = world.everything(office)
    with pytest.raises(panel.AbstainRefused):
        panel.abstain(office, stage.cast.actor("reviewer"), bid, "Too late", stage.after)
    with pytest.raises(ValueError, match="say_why"):
        panel.abstain(office, stage.cast.actor("reviewer2"), bid, "  ", stage.after)
    assert world.everything(office) == before


def test_an_interest_ends_the_turn_as_one(office: Office, stage: Stage, bid: int) -> None:
    save(office, stage, bid, GIVEN, 0)
    panel.declare(office, stage.cast.actor("reviewer"), bid, "My sister runs it.", stage.after)
    ended = world.one(office, Assignment.__tablename__, person_id=stage.cast.persons["reviewer"])
    assert (ended["ended_why"], ended["ended_words"]) == ("interest", "My sister runs it.")
    assert begun(office) == []
