"""Effects: asked for in the transaction that causes them, delivered by a worker that leases them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from fundapp import logs
from fundapp.models import Outbox
from fundapp.outbox.desk import FailedEffect, again, failed, lag
from fundapp.outbox.leases import BACKOFF, MOST_TRIES, Effect, Outcome, claim, done, retry

__all__ = [
    "BACKOFF",
    "MOST_TRIES",
    "Effect",
    "FailedEffect",
    "Outcome",
    "again",
    "claim",
    "done",
    "failed",
    "lag",
    "put",
    "put_many",
    "retry",
    "standing",
]

_ADD: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def put(
    conn: Connection,
    name: str,
    args: Mapping[str, Any],
    key: str,
    *,
    bid_id: int | None = None,
    not_before: datetime | None = None,
    at: datetime,
) -> None:
    """Ask for one effect. A key that stands already is left alone."""
    effect = {"name": name, "args": args, "key": key, "bid_id": bid_id, "not_before": not_before}
    put_many(conn, [effect], at=at)


def put_many(conn: Connection, effects: Sequence[Mapping[str, Any]], *, at: datetime) -> int:
    """Ask for many effects: {name, args, key} each, with a bid_id and a not_before (else `at`) if it has one.

    Keys that stand already are left alone, and so is one that comes twice. Each remembers the request that is being
    answered. Returns how many are new.
    """
    request_id = logs.request_id()
    rows = [
        {
            "name": effect["name"],
            "args": dict(effect["args"]),
            "key": effect["key"],
            "bid_id": effect.get("bid_id"),
            "not_before": effect.get("not_before") or at,
            "created_at": at,
            "attempts": 0,
            "request_id": request_id,
        }
        for effect in effects
    ]
    if not rows:
        return 0
    return int(conn.execute(_add(conn.dialect.name), rows if len(rows) > 1 else rows[0]).rowcount)


def standing(conn: Connection, keys: Sequence[str]) -> set[str]:
    """Those of these keys under which an effect was asked for, done or not."""
    return set(conn.scalars(select(Outbox.key).where(Outbox.key.in_(keys))))


@cache
def _add(dialect: str) -> Any:
    add = _ADD[dialect](Outbox).inline().on_conflict_do_nothing(index_elements=["key"])
    return add.execution_options(preserve_rowcount=True)
