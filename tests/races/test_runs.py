"""Two treasurers at one moment, and a process that dies in the middle: no payment goes twice, none half."""

import dataclasses
import os
import signal
from collections import Counter
from datetime import date, datetime

import pytest

from fundapp.audit.record import Recorder
from fundapp.database import Database
from fundapp.demo.stage import Stage
from fundapp.queries import paying
from fundapp.services import awards, incomes, runs, statements
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.transition import fire
from tests.databases import url_of
from tests.effort import times
from tests.races.conftest import KEY, SPAWN, Racers
from tests.races.racers import LONDON, Try
from tests.races.test_races import person, winner_and_loser
from tests.services import world
from tests.services.test_statements import given_file
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


def test_two_treasurers_bring_in_one_statement(office: Office, stage: Stage, racers: Racers) -> None:
    """One marks every payment paid, the other is told that it moved; each line stands on record once."""
    rounds = times(3)
    payments = approved(office, stage, 2 * rounds)
    treasurers = (stage.cast.actor("treasurer"), person(office, stage, "Second Treasurer", "treasurer"))
    for turn in range(rounds):
        runs.send(
            office,
            treasurers[0],
            stage.fund,
            [(each, 2) for each in payments[2 * turn : 2 * turn + 2]],
            stage.released,
        )
        file = given_file(office)
        with office.db.read() as conn:
            seal = statements.compare(conn, office, treasurers[0].person, stage.fund, file).seal
        tries = [Try("statement", (each, stage.fund, file, seal, stage.released)) for each in treasurers]
        won, lost = winner_and_loser(racers.at_once(*tries))
        assert (won.won, lost.codes) == (2, ("statement_moved",))
    assert {row["state"] for row in world.rows(office, "payment")} == {"paid"}
    assert len(world.rows(office, "audit_event", action="payment.confirm")) == 2 * rounds
    assert len(world.rows(office, "bank_line")) == 2 * rounds
    assert len(world.rows(office, "audit_event", action="statement.brought_in")) == rounds


def test_two_runs_from_a_pot_that_covers_one_of_them(office: Office, stage: Stage, racers: Racers) -> None:
    """Different payments of different awards: nothing but the money is shared, and it is given once."""
    rounds = times(4)
    bids = world.awarded(stage, 10, 11)
    at, treasurer, officer = stage.released, stage.cast.actor("treasurer"), stage.cast.actor("officer")
    treasurers = (treasurer, person(office, stage, "Second Treasurer", "treasurer"))
    pairs = []
    for bid in bids:
        stage.accept(bid)
        made = awards.schedule(office, treasurer, bid, [awards.Instalment(1_000, DUE)] * rounds, at)
        pairs.append([done.id for done in made])
        for done in made:
            fire(office, officer, "payment", "approve", done.id, at)
    (whole,) = world.rows(office, "income")
    incomes.void(office, officer, whole["id"], "It came by instalments", at)
    came = incomes.Came(whole["source_id"], "transfer", 1_999, DUE)
    incomes.record(office, treasurer, stage.fund, came, at)
    firsts: Counter[int] = Counter()
    for turn, payments in enumerate(zip(*pairs, strict=True)):
        tries = [
            Try("run", (who, stage.fund, [(payment, 2)], at))
            for who, payment in zip(treasurers, payments, strict=True)
        ]
        won, lost = winner_and_loser(racers.at_once(*tries))
        firsts[won.racer] += 1
        assert (won.won, lost.codes) == (turn + 1, ("pot_short",))
        with office.db.read() as conn:
            general, own, out = paying.pot(conn, stage.fund)
        left = general + sum(own.values()) - sum(out.values())
        assert left == 999, "one went, and nothing of the other"
        more = dataclasses.replace(came, amount_pence=1_000, words=f"After turn {turn}")
        incomes.record(office, treasurer, stage.fund, more, at)
    states = Counter(row["state"] for row in world.rows(office, "payment"))
    assert states == {"sent": rounds, "approved": rounds}, "none doubled, none lost"


def test_two_take_out_one_run_then_one_says_paid_and_one_says_failed(
    office: Office, stage: Stage, racers: Racers
) -> None:
    """Both get the same bytes. Of what the two then say of a payment one stands, and the pot is right either way."""
    rounds = times(4)
    payments = approved(office, stage, rounds)
    at = stage.released
    treasurers = (stage.cast.actor("treasurer"), person(office, stage, "Second Treasurer", "treasurer"))
    runs.send(office, treasurers[0], stage.fund, [(payment, 2) for payment in payments], at)
    for kind in runs.FORMATS:
        tries = [Try("export", (who, 1, kind, at)) for who in treasurers]
        assert len({told.won for told in racers.at_once(*tries)}) == 1
    assert len(world.rows(office, "audit_event", action="run.exported")) == 2 * len(runs.FORMATS)
    ends: Counter[str] = Counter()
    for payment in payments:
        paid = Try("fire", (treasurers[0], "payment", "confirm", payment, at, {"paid_on": DUE}, 3))
        came_back = Try("fire", (treasurers[1], "payment", "fail", payment, at, {"reason": "No account"}, 3))
        won, lost = winner_and_loser(racers.at_once(paid, came_back))
        assert lost.codes == ("stale",)
        ends[won.won] += 1
    rows = world.rows(office, "payment")
    assert Counter(row["state"] for row in rows) == ends
    assert all((row["paid_on"] is None) != (row["failure"] is None) for row in rows)
    with office.db.read() as conn:
        _general, _own, out = paying.pot(conn, stage.fund)
    assert sum(out.values()) == 1_000 * ends["paid"]


def die_exporting(url: str, actor: Actor, at: datetime) -> None:
    """Take out a run and be killed once its file is made, before that is on record."""

    def die(*_given: object, **_named: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    Deed.finish = die  # type: ignore[method-assign]
    runs.file_of(
        Office(Database(url), Recorder(KEY), LONDON, bank_keys=BANK_KEYS),
        actor,
        1,
        "pain001",
        at,
        "treasurer",
    )


def test_a_kill_in_the_middle_of_an_export_hands_nothing_out(
    office: Office, stage: Stage, database: Database
) -> None:
    """No file leaves without its event: what was not on record was not handed out, and the next has the same bytes."""
    treasurer = stage.cast.actor("treasurer")
    runs.send(
        office,
        treasurer,
        stage.fund,
        [(payment, 2) for payment in approved(office, stage, 2)],
        stage.released,
    )
    first = runs.file_of(office, treasurer, 1, "pain001", stage.released, "treasurer")
    before = world.everything(office)
    process = SPAWN.Process(target=die_exporting, args=(url_of(database), treasurer, stage.released))
    process.start()
    process.join(timeout=60)
    assert process.exitcode == -signal.SIGKILL
    assert world.everything(office) == before
    again = runs.file_of(office, treasurer, 1, "pain001", stage.released, "treasurer")
    assert again == first
    assert len(world.rows(office, "audit_event", action="run.exported")) == 2


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
