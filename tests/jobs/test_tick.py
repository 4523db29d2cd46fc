"""The clock: everything that is due, no sooner than it may be, and once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fundapp.database import Database
from fundapp.demo.stage import Stage
from fundapp.jobs.tick import Ticked, tick
from fundapp.services import rounds
from fundapp.services.deed import CLOCK, Office
from fundapp.services.transition import fire
from tests.services import world

MINUTE, TICK = timedelta(minutes=1), timedelta(microseconds=1)
NOTHING = Ticked()


@pytest.fixture
def office(database: Database) -> Office:
    """The service on each database."""
    return world.office_of(database)


@pytest.fixture
def stage(office: Office) -> Stage:
    """An open round."""
    return world.stage_of(office)


def test_a_round_is_opened_and_closed_in_its_time(office: Office, stage: Stage) -> None:
    terms = {"code": "R2", "title": "Next", "budget_pence": 700, "opens_at": world.OPENS + timedelta(days=1),
             "closes_at": world.CLOSES}  # fmt: skip
    planned = rounds.plan(office, stage.cast.actor("officer"), stage.fund, terms, world.OPENS)
    assert tick(office, terms["opens_at"] - TICK) == NOTHING
    assert tick(office, terms["opens_at"]) == Ticked(opened=1)
    assert tick(office, terms["opens_at"]) == NOTHING
    assert tick(office, world.CLOSES + 5 * MINUTE - TICK) == NOTHING
    assert tick(office, world.CLOSES + 5 * MINUTE) == Ticked(closed=2)
    assert tick(office, world.CLOSES + 5 * MINUTE) == NOTHING
    assert [row["state"] for row in world.rows(office, "round")] == ["closed", "closed"]
    closed = world.rows(office, "audit_event", subject=f"round:{planned}")[-1]
    assert (closed["action"], closed["actor"]) == ("round.close", "clock")
    world.holds(office)


def test_what_nobody_acts_on_lapses(office: Office, stage: Stage) -> None:
    draft, waiting = stage.draft(world.project(0)), world.submitted(stage, 1)
    (backed,) = world.endorsed(stage, 2)
    sent_back = world.submitted(stage, 3)
    fire(office, stage.cast.actor("officer"), "bid", "send_back", sent_back, stage.during, {"reason": "Why?"})

    def states() -> list[str]:
        return [world.one(office, "bid", id=bid)["state"] for bid in (draft, waiting, backed, sent_back)]

    grace_ends = datetime(2026, 2, 16, 17, 0, tzinfo=UTC)
    assert tick(office, grace_ends + 5 * MINUTE - TICK) == NOTHING
    assert tick(office, grace_ends + 5 * MINUTE) == Ticked(lapsed=1)
    assert states() == ["draft", "submitted", "endorsed", "lapsed"]
    assert tick(office, world.CLOSES + 5 * MINUTE) == Ticked(closed=1, lapsed=1)
    assert states() == ["lapsed", "submitted", "endorsed", "lapsed"]
    answer_by = datetime(2026, 3, 16, 17, 0, tzinfo=UTC)
    assert tick(office, answer_by + 5 * MINUTE - TICK) == NOTHING
    assert tick(office, answer_by + 5 * MINUTE) == Ticked(lapsed=1)
    assert states() == ["lapsed", "lapsed", "endorsed", "lapsed"]
    assert tick(office, answer_by + timedelta(days=400)) == NOTHING
    world.holds(office)


def test_a_submission_that_arrived_in_time_is_taken_after_the_round_is_closed(
    office: Office, stage: Stage
) -> None:
    bid = stage.draft(world.project(0))
    assert tick(office, world.CLOSES + 4 * MINUTE) == NOTHING
    fire(office, CLOCK, "round", "close", stage.round, world.CLOSES + 5 * MINUTE)
    member = stage.cast.actor("member")
    assert world.refusal_of(lambda: fire(office, member, "bid", "submit", bid, world.CLOSES + TICK)) == [
        "arrived_after_closing"
    ]
    assert fire(office, member, "bid", "submit", bid, world.CLOSES).state == "submitted"


def test_more_than_one_look_takes(office: Office, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from fundapp.jobs import tick as module

    monkeypatch.setattr(module, "BATCH", 2)
    for number in range(5):
        stage.draft(world.project(number))
    assert tick(office, stage.after) == Ticked(closed=1, lapsed=5)


def test_a_release_is_published_when_its_window_is_over(office: Office, stage: Stage) -> None:
    won, lost = world.reviewed(stage, 0, 1)
    stage.decide(won, "award", 100_000)
    stage.decide(lost, "decline")
    fire(office, stage.cast.actor("chair"), "round", "release", stage.round, stage.after)
    over = stage.after + 10 * MINUTE
    assert tick(office, over - TICK) == NOTHING
    assert tick(office, over) == Ticked(published=1)
    assert tick(office, over) == NOTHING
    assert [row["state"] for row in world.rows(office, "bid")] == ["awarded", "declined"]
    offer_ends = world.one(office, "award")["offer_until"]
    assert tick(office, offer_ends + 5 * MINUTE - TICK) == NOTHING
    assert tick(office, offer_ends + 5 * MINUTE) == Ticked(offers_lapsed=1)
    assert tick(office, offer_ends + 5 * MINUTE) == NOTHING
    assert (world.one(office, "award")["state"], world.one(office, "bid", id=won)["state"]) == (
        "lapsed", "cancelled",
    )  # fmt: skip
    world.holds(office)


def test_a_report_is_asked_for_once(office: Office, stage: Stage) -> None:
    (bid,) = world.awarded(stage, 0)
    stage.accept(bid)
    report = world.one(office, "report")
    assert report["due_on"] == date(2027, 3, 2)
    first = datetime(2027, 2, 16, tzinfo=UTC)  # the first moment, in London's winter, of 14 days before
    assert tick(office, first - TICK) == NOTHING
    assert tick(office, first) == Ticked(reminded=1)
    assert tick(office, first) == NOTHING
    assert tick(office, first + timedelta(days=60)) == NOTHING
    (asked,) = world.rows(office, "outbox", name="report_due")
    assert (asked["bid_id"], asked["key"], asked["not_before"]) == (
        bid, f"report_due:{report['id']}:2027-03-02", first,
    )  # fmt: skip
    assert [row["action"] for row in world.rows(office, "audit_event")].count("report.open") == 1


def test_one_that_is_refused_keeps_no_other_from_being_done(
    office: Office, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person was quicker with the first of three between the clock's look and its act."""
    from fundapp.queries import clock

    bids = [stage.draft(world.project(number)) for number in range(3)]
    look = clock.lapsing

    def overtaken(*given: object, **more: object) -> object:
        found = look(*given, **more)  # type: ignore[arg-type]
        if found:
            fire(office, stage.cast.actor("member"), "bid", "withdraw", bids[0], stage.during)
            monkeypatch.setattr(clock, "lapsing", look)
        return found

    monkeypatch.setattr(clock, "lapsing", overtaken)
    assert tick(office, stage.after) == Ticked(closed=1, lapsed=2)
    assert [row["state"] for row in world.rows(office, "bid")] == ["withdrawn", "lapsed", "lapsed"]


def test_what_it_did_in_words() -> None:
    assert Ticked(1, 2, 3, 4, 5, 6, 7).words() == (
        "Rounds opened: 1, closed: 2, published: 3. Bids lapsed: 4. Offers lapsed: 5. "
        "Bank details changed: 7. Reminders: 6."
    )
