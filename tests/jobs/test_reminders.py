"""Reminders: before the deadline, once each, never of what has only just come, and anew when the deadline moves."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.jobs import tick as clock
from fundapp.jobs.tick import tick
from fundapp.services.transition import fire
from tests.cast import Cast, Made, over
from tests.databases import RECORDER
from tests.services import world

DAY = timedelta(days=1)
WHY = {"reason": "Who opens the hall?"}


@pytest.fixture
def cast(database: Database, tmp_path: Path) -> Iterator[Cast]:
    """The cast on each database."""
    yield from over(database, tmp_path)


def reminders(cast: Cast) -> list[tuple[str, int]]:
    """What was asked for so far: the effect's name and its bid."""
    names = ("endorsement_reminder", "bid_reminder")
    return [(row["name"], row["bid_id"]) for row in world.rows(cast.office, "outbox") if row["name"] in names]


def due(cast: Cast, bid: Made) -> datetime:
    """When whoever has it must have acted."""
    moment: datetime = world.one(cast.office, "bid", id=bid.id)["due_at"]
    return moment


def test_a_representative_is_reminded_a_week_and_two_days_before(cast: Cast) -> None:
    bid = cast.bid("submitted")
    ends = due(cast, bid)
    assert tick(cast.office, ends - 7 * DAY - timedelta(seconds=1)).reminded == 0
    assert tick(cast.office, ends - 7 * DAY).reminded == 1
    assert tick(cast.office, ends - 7 * DAY).reminded == 0
    assert tick(cast.office, ends - 3 * DAY).reminded == 0
    assert tick(cast.office, ends - 2 * DAY).reminded == 1
    assert tick(cast.office, ends - DAY).reminded == 0
    assert reminders(cast) == [("endorsement_reminder", bid.id)] * 2
    assert verify(cast.office.db, RECORDER).problems == []


def test_a_clock_that_slept_sends_the_newest_only(cast: Cast) -> None:
    bid = cast.bid("submitted")
    assert tick(cast.office, due(cast, bid) - DAY).reminded == 1
    assert reminders(cast) == [("endorsement_reminder", bid.id)]


def test_nobody_is_reminded_of_what_has_only_just_come(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail that asks is enough where the deadline is near already: here all that came these forty days is fresh."""
    monkeypatch.setattr(clock, "FRESH", 40 * DAY)
    bid = cast.bid("submitted")
    assert tick(cast.office, due(cast, bid) - 2 * DAY).reminded == 0
    assert tick(cast.office, due(cast, bid) - timedelta(hours=1)).reminded == 0


def test_an_applicant_is_reminded_of_a_draft_and_of_what_was_sent_back(cast: Cast) -> None:
    returned, draft = cast.bid("returned"), cast.bid("draft")
    assert tick(cast.office, due(cast, returned) - 3 * DAY).reminded == 1
    assert tick(cast.office, due(cast, draft) - 3 * DAY).reminded == 1
    assert reminders(cast) == [("bid_reminder", returned.id), ("bid_reminder", draft.id)]
    whats = [
        row["args"]["what"] for row in world.rows(cast.office, "outbox") if row["name"] == "bid_reminder"
    ]
    assert whats == ["returned", "draft"]


def test_whoever_must_name_somebody_else_is_reminded(cast: Cast) -> None:
    bid = cast.bid("submitted")
    by = cast.actor("councillor")
    fire(cast.office, by, "bid", "stand_aside", bid.id, cast.now, {"reason": "interest"})
    assert tick(cast.office, due(cast, bid) - 3 * DAY).reminded == 1
    assert reminders(cast) == [("bid_reminder", bid.id)]


def test_one_who_answered_is_left_alone(cast: Cast) -> None:
    (bid,) = cast.endorsed(closed=False)
    assert tick(cast.office, due(cast, bid) - 2 * DAY).reminded == 0
    assert reminders(cast) == []
