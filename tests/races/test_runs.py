"""Two treasurers at one moment, and a process that dies in the middle: no payment goes twice, none half."""

import os
import signal
from collections import Counter
from datetime import date, datetime

import pytest

from fundapp.audit.record import Recorder
from fundapp.database import Database
from fundapp.demo.stage import Stage
from fundapp.services import awards, runs
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.transition import fire
from tests.databases import url_of
from tests.effort import times
from tests.races.conftest import KEY, SPAWN, Racers
from tests.races.racers import LONDON, Try
from tests.races.test_races import person, winner_and_loser
from tests.services import world
from tests.services.world import BANK_KEYS

pytestmark = pytest.mark.race

DUE = date(2026, 4, 1)


def approved(office: Office, stage: Stage, count: int) -> list[int]:
    """So many approved payments of one award, £10 each."""
    (bid,) = world.awarded(stage, 10)
    stage.accept(bid)
    plan = [awards.Instalment(1_000, DUE)] * count
    made = [
        done.id for done in awards.schedule(office, stage.cast.actor("treasurer"), bid, plan, stage.released)
    ]
    for payment in made:
        fire(office, stage.cast.actor("officer"), "payment", "approve", payment, stage.released)
    return made


def test_two_treasurers_make_runs_of_the_same_payments(office: Office, stage: Stage, racers: Racers) -> None:
    """Each round has three payments: both take the second, so that one run is made of two, and none of the other's two."""
    rounds = times(4)
    payments = approved(office, stage, 3 * rounds)
    treasurers = (stage.cast.actor("treasurer"), person(office, stage, "Second Treasurer", "treasurer"))
    firsts: Counter[int] = Counter()
    for turn in range(rounds):
        one, two, three = payments[3 * turn : 3 * turn + 3]
        tries = [
            Try("run", (treasurer, stage.fund, [(payment, 2) for payment in chosen], stage.released))
            for treasurer, chosen in zip(treasurers, ([one, two], [two, three]), strict=True)
        ]
        won, lost = winner_and_loser(racers.at_once(*tries))
        firsts[won.racer] += 1
        assert (won.won, lost.codes) == (turn + 1, ("stale",))
    made = world.rows(office, "payment_run")
    assert [row["number"] for row in made] == list(range(1, rounds + 1))
    sent = [row for row in world.rows(office, "payment") if row["state"] == "sent"]
    assert Counter(row["run_id"] for row in sent) == {row["id"]: 2 for row in made}
    assert [row["total_pence"] for row in made] == [2_000] * rounds
    assert len(world.rows(office, "audit_event", action="payment.send")) == 2 * rounds


def die_within(
    url: str, actor: Actor, fund: int, chosen: list[tuple[int, int]], at: datetime, last: bool
) -> None:
    """Make a run and be killed in its transaction: when the run's row is written, or when all is but the commit."""

    def die(*_given: object, **_named: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if last:
        Deed.finish = die  # type: ignore[method-assign]
    else:
        runs.carry = die  # type: ignore[attr-defined]
    runs.send(Office(Database(url), Recorder(KEY), LONDON, bank_keys=BANK_KEYS), actor, fund, chosen, at)


@pytest.mark.parametrize("last", [False, True])
def test_a_kill_in_the_middle_leaves_nothing_half_done(
    office: Office, stage: Stage, database: Database, last: bool
) -> None:
    chosen = [(payment, 2) for payment in approved(office, stage, 2)]
    before = world.everything(office)
    treasurer = stage.cast.actor("treasurer")
    given = (url_of(database), treasurer, stage.fund, chosen, stage.released, last)
    process = SPAWN.Process(target=die_within, args=given)
    process.start()
    process.join(timeout=60)
    assert process.exitcode == -signal.SIGKILL
    assert world.everything(office) == before
    number, done = runs.send(office, treasurer, stage.fund, chosen, stage.released)
    assert (number, len(done)) == (1, 2), "and the run can be made afterwards"
    assert [row["state"] for row in world.rows(office, "payment")] == ["sent", "sent"]
