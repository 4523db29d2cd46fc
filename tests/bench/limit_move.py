"""The limit of a move: lock, update, chained event, head; SQLAlchemy Core, prebuilt, and nothing else.

On the service's own tables, so that columns, indexes, keys and triggers cost both the same.
"""

import fcntl
import hashlib
import os
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, bindparam, create_engine, event, insert, select, update

from fundapp.database import read_url
from fundapp.models.base import Base

_BID, _EVENT, _HEAD = (Base.metadata.tables[name] for name in ("bid", "audit_event", "audit_head"))

_LOCK = (
    select(_BID.c.id, _BID.c.home, _BID.c.state, _BID.c.version, _HEAD.c.number, _HEAD.c.hash)
    .join(_HEAD, _HEAD.c.subject == _BID.c.home)
    .where(_BID.c.id == bindparam("bid"))
    .with_for_update(key_share=True)
)
_SET = update(_BID).where(_BID.c.id == bindparam("b_id"), _BID.c.version == bindparam("b_version"))
_SET = _SET.values(
    {name: bindparam(f"n_{name}") for name in ("state", "version", "since", "due_at", "event_no")}
)
_ADD = insert(_EVENT).inline()
_MOVE = update(_HEAD).where(
    _HEAD.c.subject == bindparam("b_subject"), _HEAD.c.number == bindparam("b_number")
)
_MOVE = _MOVE.values({name: bindparam(f"n_{name}") for name in ("number", "hash", "mac")})


def engine(url: str) -> Engine:
    """An engine with the service's own settings of the database: as durable, as well queued."""
    parsed = read_url(url, "the benchmark's URL")
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed)
    made = create_engine(parsed, connect_args={"isolation_level": None, "timeout": 30})

    @event.listens_for(made, "connect")
    def connected(raw: Any, record: Any) -> None:
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(made, "begin")
    def begun(conn: Any) -> None:
        lock = os.open(f"{parsed.database}.writer", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        conn.connection.info["writer"] = lock
        fcntl.flock(lock, fcntl.LOCK_EX)
        conn.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(made, "checkin")
    def returned(raw: Any, record: Any) -> None:
        lock = record.info.pop("writer", None)
        if lock is not None:
            os.close(lock)

    return made


def move(made: Engine, bid: int) -> None:
    """One state change with its event: right enough for the tables' own triggers and keys, and no more."""
    now = datetime.now(UTC)
    with made.begin() as conn:
        row = conn.execute(_LOCK, {"bid": bid}).one()
        number = row.number + 1
        body = f'{{"subject":"{row.home}","number":{number},"prev":"{row.hash}","to":"withdrawn"}}'
        made_hash = hashlib.sha256(body.encode()).hexdigest()
        conn.execute(
            _SET,
            {"b_id": bid, "b_version": row.version, "n_state": "withdrawn", "n_version": row.version + 1,
             "n_since": now, "n_due_at": None, "n_event_no": number},
        )  # fmt: skip
        conn.execute(
            _ADD,
            {"subject": row.home, "number": number, "actor": "limit", "action": "bid.withdraw", "at": now, "body": body,
             "hash": made_hash, "mac": made_hash},
        )  # fmt: skip
        conn.execute(
            _MOVE,
            {"b_subject": row.home, "b_number": row.number, "n_number": number, "n_hash": made_hash, "n_mac": made_hash},
        )  # fmt: skip
