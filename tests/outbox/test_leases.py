"""A lease: who may take an effect, until when, and who may say what became of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from fundapp import outbox
from fundapp.database import Database, database_now
from fundapp.models import Outbox
from fundapp.outbox import Effect, Outcome

NOW = datetime(2027, 3, 8, 21, 42, 7, 5, tzinfo=UTC)
LEASE = timedelta(minutes=5)


def ask(database: Database, *keys: str, not_before: datetime = NOW) -> None:
    with database.write() as conn:
        for key in keys:
            outbox.put(conn, "receipt", {"link": "secret"}, key, not_before=not_before, at=NOW)


def row(database: Database, key: str = "a") -> dict[str, object]:
    with database.read() as conn:
        return dict(conn.execute(select(Outbox.__table__).where(Outbox.key == key)).one()._mapping)


def taken(database: Database, owner: str = "w1", now: datetime = NOW) -> Effect:
    effect = outbox.claim(database, owner, LEASE, now)
    assert effect is not None
    return effect


def test_a_claim_holds_the_row_until_the_lease_ends(database: Database) -> None:
    ask(database, "a")
    effect = taken(database)
    assert effect == Effect(
        id=effect.id, name="receipt", args={"link": "secret"}, key="a", bid_id=None, created_at=NOW,
        attempts=1, owner="w1", until=NOW + LEASE,
    )  # fmt: skip
    stored = row(database)
    assert (stored["lease_owner"], stored["lease_until"], stored["attempts"]) == ("w1", NOW + LEASE, 1)
    almost = NOW + LEASE - timedelta(microseconds=1)
    assert outbox.claim(database, "w2", LEASE, almost) is None
    assert outbox.claim(database, "w1", LEASE, almost) is None


def test_a_lease_that_ran_out_is_taken_over_and_the_first_holder_has_no_say(database: Database) -> None:
    ask(database, "a")
    first = taken(database, "w1")
    second = taken(database, "w2", NOW + LEASE)
    assert (second.id, second.owner, second.attempts) == (first.id, "w2", 2)
    before = row(database)
    assert outbox.done(database, first) is False
    assert outbox.retry(database, first, "late", NOW + LEASE) is Outcome.LOST
    assert row(database) == before
    assert outbox.done(database, second) is True


def test_a_worker_that_takes_its_own_row_again_holds_only_the_newer_lease(database: Database) -> None:
    ask(database, "a")
    first = taken(database, "w1")
    second = taken(database, "w1", NOW + LEASE)
    assert outbox.done(database, first) is False
    assert outbox.done(database, second) is True


def test_nobody_speaks_for_the_holder(database: Database) -> None:
    ask(database, "a")
    effect = taken(database, "w1")
    before = row(database)
    for other in (replace(effect, owner="w2"), replace(effect, until=NOW)):
        assert outbox.done(database, other) is False
        assert outbox.retry(database, other, "mine", NOW) is Outcome.LOST
    assert row(database) == before


def test_a_lease_that_ran_out_untaken_may_still_be_marked(database: Database) -> None:
    ask(database, "a")
    effect = taken(database)
    assert outbox.retry(database, effect, "slow", NOW + 2 * LEASE) is Outcome.RETRIED


def test_done_forgets_the_arguments_and_is_said_once(database: Database) -> None:
    ask(database, "a")
    effect = taken(database)
    assert outbox.done(database, effect) is True
    stored = row(database)
    assert stored["args"] == {}
    assert (stored["lease_owner"], stored["lease_until"], stored["last_error"]) == (None, None, None)
    with database.read() as conn:
        now = database_now(conn)
    assert isinstance(stored["done_at"], datetime)
    assert timedelta(0) <= now - stored["done_at"] < timedelta(seconds=30)
    assert outbox.done(database, effect) is False
    assert outbox.claim(database, "w2", LEASE, NOW + timedelta(days=400)) is None


def test_the_longest_due_goes_first_and_none_before_its_time(database: Database) -> None:
    ask(database, "soon", not_before=NOW + timedelta(seconds=1))
    ask(database, "b", "c")
    ask(database, "old", not_before=NOW - timedelta(hours=1))
    claimed = [taken(database).key for _ in range(3)]
    assert claimed == ["old", "b", "c"]
    assert outbox.claim(database, "w1", LEASE, NOW) is None
    assert taken(database, now=NOW + timedelta(seconds=1)).key == "soon"


def test_without_a_time_the_databases_clock_counts(database: Database) -> None:
    with database.read() as conn:
        now = database_now(conn)
    ask(database, "later", not_before=now + timedelta(hours=1))
    ask(database, "a", not_before=now)
    effect = outbox.claim(database, "w1", LEASE)
    assert effect is not None
    assert effect.key == "a"
    assert now + LEASE <= effect.until < now + LEASE + timedelta(seconds=30)
    assert outbox.claim(database, "w1", LEASE) is None


def test_the_backoff_is_exact_and_the_eighth_failure_is_the_last(database: Database) -> None:
    ask(database, "a")
    waits = [60, 300, 900, 3600, 10_800, 21_600, 43_200]
    now = NOW
    for number, wait in enumerate(waits, start=1):
        effect = taken(database, now=now)
        assert effect.attempts == number
        assert outbox.retry(database, effect, f"failure {number}", now) is Outcome.RETRIED
        stored = row(database)
        due = now + timedelta(seconds=wait)
        assert (stored["not_before"], stored["last_error"]) == (due, f"failure {number}")
        assert (stored["lease_owner"], stored["lease_until"], stored["failed_at"]) == (None, None, None)
        assert outbox.claim(database, "w1", LEASE, due - timedelta(microseconds=1)) is None
        now = due
    effect = taken(database, now=now)
    assert effect.attempts == 8
    assert outbox.retry(database, effect, "failure 8", now) is Outcome.FAILED
    stored = row(database)
    assert (stored["failed_at"], stored["last_error"], stored["attempts"]) == (now, "failure 8", 8)
    assert stored["args"] == {"link": "secret"}
    assert outbox.claim(database, "w1", LEASE, now + timedelta(days=400)) is None


def test_an_effect_that_kills_every_worker_is_given_up_and_the_next_one_follows(database: Database) -> None:
    ask(database, "a")
    for number in range(8):
        assert taken(database, now=NOW + number * LEASE).attempts == number + 1
    ask(database, "b", not_before=NOW + timedelta(minutes=1))
    now = NOW + 8 * LEASE
    assert taken(database, now=now).key == "b"
    stored = row(database)
    assert (stored["failed_at"], stored["attempts"]) == (now, 8)
    assert stored["last_error"] == "The worker stopped in the middle of every try."
    assert (stored["lease_owner"], stored["lease_until"]) == (None, None)


def test_lag_is_the_age_of_the_oldest_due_effect(database: Database) -> None:
    def lag(now: datetime) -> float:
        with database.read() as conn:
            return outbox.lag(conn, now)

    assert lag(NOW) == 0.0
    ask(database, "future", not_before=NOW + timedelta(hours=1))
    assert lag(NOW) == 0.0
    ask(database, "b", not_before=NOW - timedelta(seconds=30))
    ask(database, "a", not_before=NOW - timedelta(seconds=90))
    assert lag(NOW) == 90.0
    effect = taken(database)
    assert effect.key == "a"
    assert lag(NOW) == 90.0
    outbox.done(database, effect)
    assert lag(NOW + timedelta(seconds=0.5)) == 30.5


@pytest.fixture
def given_up(database: Database) -> list[int]:
    """Two effects that were given up, in order of time."""
    ids = []
    for day, key in enumerate(("a", "b")):
        ask(database, key)
        for number in range(8):
            now = NOW + timedelta(days=7 * day + number)
            effect = taken(database, now=now)
            outbox.retry(database, effect, f"{key}: no answer", now)
        ids.append(effect.id)
    return ids


def test_what_was_given_up_stands_on_the_desk_the_latest_first(
    database: Database, given_up: list[int]
) -> None:
    ask(database, "fine")
    with database.read() as conn:
        listed = outbox.failed(conn)
        assert outbox.lag(conn, NOW) == 0.0
    week = timedelta(days=7)
    assert listed == [
        outbox.FailedEffect(given_up[1], "receipt", "b", None, 8, NOW, NOW + 2 * week, "b: no answer"),
        outbox.FailedEffect(given_up[0], "receipt", "a", None, 8, NOW, NOW + week, "a: no answer"),
    ]


def test_an_officer_has_one_tried_again_with_all_its_tries(database: Database, given_up: list[int]) -> None:
    with database.write() as conn:
        before = database_now(conn)
        assert outbox.again(conn, given_up[0]) is True
        assert outbox.again(conn, given_up[0]) is False
        assert outbox.again(conn, 999_999) is False
        assert [effect.id for effect in outbox.failed(conn)] == [given_up[1]]
    stored = row(database)
    assert (stored["attempts"], stored["failed_at"]) == (0, None)
    assert isinstance(stored["not_before"], datetime)
    assert timedelta(0) <= stored["not_before"] - before < timedelta(seconds=30)
    effect = taken(database, now=stored["not_before"])
    assert (effect.key, effect.attempts, effect.args) == ("a", 1, {"link": "secret"})
    outbox.done(database, effect)
    with database.write() as conn:
        assert outbox.again(conn, given_up[0]) is False
