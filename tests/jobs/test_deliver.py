"""Delivery of what is due: handlers, failures, limits, and what is told of them."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from fundapp import outbox
from fundapp.database import Database, database_now
from fundapp.jobs import deliver
from fundapp.jobs.deliver import LONGEST_ERROR, Counts, Handler, deliver_due, one_line
from fundapp.models import Outbox
from fundapp.outbox import Effect

AT = datetime(2026, 3, 8, tzinfo=UTC)


def ask(database: Database, *asked: tuple[str, str]) -> None:
    with database.write() as conn:
        for name, key in asked:
            outbox.put(conn, name, {"to": key}, key, at=AT)


def row(database: Database, key: str) -> dict[str, Any]:
    with database.read() as conn:
        return dict(conn.execute(select(Outbox.__table__).where(Outbox.key == key)).one()._mapping)


def refusing(effect: Effect) -> None:
    raise ConnectionRefusedError("no answer\nfrom the  mail server")


def test_each_due_effect_goes_to_the_handler_of_its_name_in_order(database: Database) -> None:
    ask(database, ("letter", "a"), ("mail", "b"), ("letter", "c"))
    given: list[tuple[str, str, dict[str, Any], str]] = []

    def handler(name: str) -> Handler:
        return lambda effect: given.append((name, effect.key, effect.args, effect.owner))

    handlers = {"letter": handler("letters"), "mail": handler("mails")}
    assert deliver_due(database, handlers, "w1") == Counts(done=3)
    assert given == [
        ("letters", "a", {"to": "a"}, "w1"),
        ("mails", "b", {"to": "b"}, "w1"),
        ("letters", "c", {"to": "c"}, "w1"),
    ]
    assert deliver_due(database, handlers, "w1") == Counts()
    assert len(given) == 3


def test_the_lease_is_committed_and_no_transaction_is_open_during_the_effect(database: Database) -> None:
    ask(database, ("letter", "a"))
    seen: list[tuple[str, datetime]] = []

    def look(effect: Effect) -> None:
        with database.write() as conn:
            held = conn.execute(select(Outbox.lease_owner, Outbox.lease_until)).one()
            seen.append((held.lease_owner, held.lease_until))
        assert (effect.owner, effect.until) == seen[-1]

    assert deliver_due(database, {"letter": look}, "w1") == Counts(done=1)
    assert len(seen) == 1


def test_a_limit_leaves_the_rest(database: Database) -> None:
    ask(database, ("letter", "a"), ("letter", "b"), ("letter", "c"))
    handlers: dict[str, Handler] = {"letter": lambda effect: None}
    assert deliver_due(database, handlers, "w1", limit=2) == Counts(done=2)
    assert deliver_due(database, handlers, "w1", limit=2) == Counts(done=1)
    assert deliver_due(database, handlers, "w1", limit=0) == Counts()


def test_a_failure_is_put_off_told_in_one_line_and_does_not_stop_the_others(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ask(database, ("mail", "a"), ("letter", "b"))
    handlers: dict[str, Handler] = {"mail": refusing, "letter": lambda effect: None}
    with database.read() as conn:
        before = database_now(conn)
    with caplog.at_level(logging.ERROR, "fundapp.jobs.deliver"):
        assert deliver_due(database, handlers, "w1") == Counts(done=1, retried=1)
    stored = row(database, "a")
    assert stored["last_error"] == "ConnectionRefusedError: no answer from the mail server"
    assert timedelta(minutes=1) <= stored["not_before"] - before < timedelta(minutes=1, seconds=30)
    assert stored["args"] == {"to": "a"}
    (record,) = caplog.records
    assert record.getMessage() == f"effect {stored['id']} (mail), try 1: retried"
    assert record.exc_info is not None
    assert record.exc_info[0] is ConnectionRefusedError


def test_the_last_failure_gives_up(database: Database) -> None:
    ask(database, ("mail", "a"))
    with database.write() as conn:
        conn.execute(Outbox.__table__.update().values(attempts=7))
    assert deliver_due(database, {"mail": refusing}, "w1") == Counts(failed=1)
    with database.read() as conn:
        (given_up,) = outbox.failed(conn)
    assert (given_up.key, given_up.attempts) == ("a", 8)
    assert deliver_due(database, {"mail": refusing}, "w1") == Counts()


def test_an_effect_nobody_handles_is_put_off_until_a_newer_worker_comes(database: Database) -> None:
    ask(database, ("fireworks", "a"))
    assert deliver_due(database, {}, "w1") == Counts(retried=1)
    assert row(database, "a")["last_error"] == (
        "UnknownEffect: This worker knows no effect named fireworks. Update and restart it."
    )


def test_an_effect_that_outlived_its_lease_is_counted_by_who_took_it_over(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ask(database, ("letter", "a"))
    taken: list[Effect | None] = []

    def slow(effect: Effect) -> None:
        taken.append(outbox.claim(database, "w2", timedelta(minutes=5), effect.until))

    with caplog.at_level(logging.WARNING, "fundapp.jobs.deliver"):
        assert deliver_due(database, {"letter": slow}, "w1") == Counts()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    stored = row(database, "a")
    assert (stored["lease_owner"], stored["done_at"]) == ("w2", None)
    assert taken[0] is not None
    assert outbox.done(database, taken[0]) is True


def test_an_interrupted_effect_keeps_its_lease(database: Database) -> None:
    ask(database, ("letter", "a"))

    def interrupted(effect: Effect) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver_due(database, {"letter": interrupted}, "w1")
    stored = row(database, "a")
    assert (stored["lease_owner"], stored["attempts"], stored["done_at"]) == ("w1", 1, None)


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        (ValueError("the\tpot\r\n is  empty"), "ValueError: the pot is empty"),
        (TimeoutError(), "TimeoutError: no reason given"),
        (ValueError("x" * 1000), ("ValueError: " + "x" * 1000)[:LONGEST_ERROR]),
    ],
)
def test_a_failure_is_told_in_one_line(failure: Exception, line: str) -> None:
    assert one_line(failure) == line


def test_what_was_done_while_the_database_goes_away_is_marked_when_it_is_back(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart of the database between a mail and its mark hands no mail over twice."""
    ask(sqlite_database, ("letter", "a"), ("letter", "b"))
    given, away = list[str](), [3]

    def write_after(act: Callable[..., Any]) -> Callable[..., Any]:
        def tried(*args: Any, **named: Any) -> Any:
            if away[0]:
                away[0] -= 1
                raise OperationalError("UPDATE", {}, Exception("the connection is lost"))
            return act(*args, **named)

        return tried

    monkeypatch.setattr(deliver, "FIRST_WAIT", 0.001)
    monkeypatch.setattr(deliver, "done", write_after(deliver.done))
    monkeypatch.setattr(deliver, "retry", write_after(deliver.retry))
    handlers = {"letter": lambda effect: given.append(effect.key)}
    assert deliver_due(sqlite_database, handlers, "w1", limit=1) == Counts(done=1)
    away[0] = 2
    assert deliver_due(sqlite_database, {"letter": refusing}, "w1", limit=1) == Counts(retried=1)
    assert (given, row(sqlite_database, "a")["attempts"], away) == (["a"], 1, [0])
    # It does not wait for ever: then the lease runs out, and another worker does it.
    away[0] = 10**6
    monkeypatch.setattr(deliver, "MARK_PATIENCE", 0.01)
    ask(sqlite_database, ("letter", "c"))
    with pytest.raises(OperationalError):
        deliver_due(sqlite_database, handlers, "w1", limit=1)
