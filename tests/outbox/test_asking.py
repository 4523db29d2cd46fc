"""Effects are asked for once each, in the transaction that causes them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from fundapp import outbox
from fundapp.database import Database
from fundapp.models import Outbox

NOW = datetime(2027, 3, 8, 21, 42, 7, tzinfo=UTC)
LATER = NOW + timedelta(days=2)


def rows(database: Database) -> list[tuple[object, ...]]:
    with database.read() as conn:
        found = conn.execute(
            select(
                Outbox.name, Outbox.args, Outbox.key, Outbox.bid_id, Outbox.created_at, Outbox.not_before,
                Outbox.attempts, Outbox.done_at, Outbox.failed_at,
            ).order_by(Outbox.id)
        )  # fmt: skip
        return [tuple(row) for row in found]


def effect(key: str) -> dict[str, object]:
    return {"name": "receipt", "args": {"key": key}, "key": key, "bid_id": None, "not_before": None}


def test_one_effect_is_written_as_asked(database: Database) -> None:
    with database.write() as conn:
        outbox.put(conn, "receipt", {"bid": 7, "to": "Élan"}, "receipt:7", not_before=LATER, at=NOW)
        outbox.put(conn, "letter", {}, "letter:7", at=NOW)
    assert rows(database) == [
        ("receipt", {"bid": 7, "to": "Élan"}, "receipt:7", None, NOW, LATER, 0, None, None),
        ("letter", {}, "letter:7", None, NOW, NOW, 0, None, None),
    ]


def test_a_key_stands_once_and_the_first_asking_counts(database: Database) -> None:
    with database.write() as conn:
        outbox.put(conn, "receipt", {"first": True}, "receipt:7", at=NOW)
        outbox.put(conn, "receipt", {"first": False}, "receipt:7", at=LATER)
    assert [(row[1], row[4]) for row in rows(database)] == [({"first": True}, NOW)]


def test_put_many_counts_what_is_new(database: Database) -> None:
    with database.write() as conn:
        assert outbox.put_many(conn, [], at=NOW) == 0
        assert outbox.put_many(conn, [effect("a")], at=NOW) == 1
        assert outbox.put_many(conn, [effect("a")], at=NOW) == 0
        assert outbox.put_many(conn, [effect("a"), effect("b"), effect("c"), effect("b")], at=NOW) == 2
    assert [row[2] for row in rows(database)] == ["a", "b", "c"]


def test_a_bid_and_a_time_may_be_left_out(database: Database) -> None:
    with database.write() as conn:
        outbox.put_many(
            conn,
            [
                {"name": "n", "args": {}, "key": "a"},
                {"name": "n", "args": {}, "key": "b", "not_before": LATER},
            ],
            at=NOW,
        )
    assert [(row[2], row[3], row[5]) for row in rows(database)] == [("a", None, NOW), ("b", None, LATER)]


def test_an_act_that_fails_asks_for_nothing(database: Database) -> None:
    def act() -> None:
        with database.write() as conn:
            outbox.put(conn, "receipt", {}, "receipt:7", at=NOW)
            raise RuntimeError("the act failed")

    with pytest.raises(RuntimeError, match="the act failed"):
        act()
    assert rows(database) == []
