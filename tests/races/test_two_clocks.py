"""Two workers tick in the same minute: whatever the clock does is done once, on both databases."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from fundapp.demo.stage import Stage, build
from fundapp.jobs.tick import Ticked, tick
from fundapp.services import rounds
from fundapp.services.deed import Office
from fundapp.services.transition import fire
from tests.effort import times
from tests.races.conftest import Racers
from tests.races.racers import Try
from tests.services import world

pytestmark = pytest.mark.race

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
#: What the clock counts, and the act that its event tells of.
ACTS = {"opened": "round.open", "closed": "round.close", "published": "round.publish", "lapsed": "bid.lapse",
        "offers_lapsed": "award.lapse"}  # fmt: skip


def test_two_clocks_at_once_do_everything_once(office: Office, stage: Stage, racers: Racers) -> None:
    officer, chair = stage.cast.actor("officer"), stage.cast.actor("chair")
    for number in range(times(2)):
        terms = {"code": f"NEXT-{number}", "title": "Next", "budget_pence": 700_000,
                 "opens_at": world.OPENS + 2 * DAY, "closes_at": world.CLOSES}  # fmt: skip
        rounds.plan(office, officer, stage.fund, terms, world.OPENS)
    now = datetime.now(UTC)
    # Reminders ask when something came to somebody, by the database's clock: so this round is of today.
    own = build(office, officer, stage.cast, stage.fund, "TODAY", "Today", now - 2 * DAY, now + 40 * DAY,
                budget_pence=900_000, now=now)  # fmt: skip
    for number in range(times(3)):
        own.draft(world.project(number))
        world.submitted(own, number + 3)

    def at_once(at: object) -> Counter[str]:
        """What both did together; its events are counted too."""
        before = by_clock()
        told = racers.at_once(Try("tick", (at,)), Try("tick", (at,)))
        counted.update(by_clock() - before)
        return Counter(told[0].won) + Counter(told[1].won)

    def by_clock() -> Counter[str]:
        return Counter(row["action"] for row in world.rows(office, "audit_event") if row["actor"] == "clock")

    done, counted = Counter[str](), Counter[str]()
    due = {row["due_at"] for row in world.rows(office, "bid")}
    near = sorted({at - days * DAY for at in due for days in (7, 3, 2)} | {at + 6 * MINUTE for at in due})
    for moment in [world.OPENS + 2 * DAY, world.CLOSES + 6 * MINUTE, *near, now + 41 * DAY]:
        done += at_once(moment)
        assert tick(office, moment) == Ticked(), "the two left something, or it can be done again"
    won, lost, third = _decided(office)
    fire(office, chair, "round", "release", third.round, third.after)
    published = third.after + 11 * MINUTE
    done += at_once(published)
    offer_ends = world.one(office, "award", bid_id=won)["offer_until"]
    for moment in (offer_ends - 7 * DAY, offer_ends - 2 * DAY, offer_ends + 6 * MINUTE):
        done += at_once(moment)
        assert tick(office, moment) == Ticked()

    assert {name: done[name] for name in ACTS} == {name: counted[act] for name, act in ACTS.items()}
    assert (done["opened"], done["published"], done["offers_lapsed"]) == (times(2), 1, 1)
    assert done["closed"] == times(2) + 2
    assert done["lapsed"] == times(6)
    assert done["reminded"] == sum("reminder" in row["name"] for row in world.rows(office, "outbox")) > 0
    # A mail is asked for by its key: none stands twice.
    keys = Counter(row["key"] for row in world.rows(office, "outbox"))
    assert set(keys.values()) == {1}
    assert world.one(office, "bid", id=lost)["state"] == "declined"
    world.holds(office)


def _decided(office: Office) -> tuple[int, int, Stage]:
    """A round of its own with an award and a decline staged: (won, lost, its stage)."""
    own = world.stage_of(office, code="DECIDED")
    won, lost = world.reviewed(own, 0, 1)
    own.decide(won, "award", 50_000)
    own.decide(lost, "decline")
    return won, lost, own
