"""Effects: asked for in the transaction that causes them, delivered by a worker that holds them by a lease."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from fundapp.models import Outbox

_ADD = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


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
    effect = {"name": name, "args": dict(args), "key": key, "bid_id": bid_id, "not_before": not_before or at}
    put_many(conn, [effect], at=at)


def put_many(conn: Connection, effects: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """Ask for many effects: {name, args, key, bid_id, not_before} each."""
    add = _ADD[conn.dialect.name](Outbox).on_conflict_do_nothing(index_elements=["key"])
    rows = [{**effect, "created_at": at, "attempts": 0} for effect in effects]
    conn.execute(add, rows if len(rows) > 1 else rows[0])
