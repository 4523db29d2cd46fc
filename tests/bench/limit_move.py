"""The limit of a move: lock, update, chained event, head; SQLAlchemy Core, prebuilt, and nothing else."""

import fcntl
import hashlib
import os
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    create_engine,
    event,
    insert,
    select,
    update,
)

from fundapp.database import read_url

_META = MetaData()
_ID = BigInteger().with_variant(Integer, "sqlite")
BID = Table(
    "limit_bid", _META, Column("id", _ID, primary_key=True), Column("state", Text), Column("version", Integer)
)
EVENT = Table(
    "limit_event", _META, Column("id", _ID, primary_key=True), Column("bid", _ID), Column("number", Integer),
    Column("body", Text), Column("hash", String(64)),
)  # fmt: skip
HEAD = Table(
    "limit_head",
    _META,
    Column("bid", _ID, primary_key=True),
    Column("number", Integer),
    Column("hash", String(64)),
)

_LOCK = (
    select(BID.c.id, BID.c.state, BID.c.version, HEAD.c.number, HEAD.c.hash)
    .join(HEAD, HEAD.c.bid == BID.c.id)
    .where(BID.c.id == bindparam("bid"))
    .with_for_update(key_share=True)
)
_SET = update(BID).where(BID.c.id == bindparam("b_id"), BID.c.version == bindparam("b_version"))
_SET = _SET.values(state=bindparam("n_state"), version=bindparam("n_version"))
_ADD = insert(EVENT).inline()
_MOVE = update(HEAD).where(HEAD.c.bid == bindparam("b_id"), HEAD.c.number == bindparam("b_number"))
_MOVE = _MOVE.values(number=bindparam("n_number"), hash=bindparam("n_hash"))


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


def prepare(made: Engine, count: int) -> None:
    """`count` rows that can be moved, with the heads of their chains."""
    with made.begin() as conn:
        _META.create_all(conn)
        conn.execute(insert(BID), [{"id": n, "state": "draft", "version": 1} for n in range(1, count + 1)])
        conn.execute(insert(HEAD), [{"bid": n, "number": 0, "hash": ""} for n in range(1, count + 1)])


def move(made: Engine, bid: int) -> None:
    """One state change with its event."""
    with made.begin() as conn:
        row = conn.execute(_LOCK, {"bid": bid}).one()
        number = row.number + 1
        body = f'{{"bid":{bid},"number":{number},"prev":"{row.hash}","to":"withdrawn"}}'
        made_hash = hashlib.sha256(body.encode()).hexdigest()
        conn.execute(
            _SET,
            {"b_id": bid, "b_version": row.version, "n_state": "withdrawn", "n_version": row.version + 1},
        )
        conn.execute(_ADD, {"bid": bid, "number": number, "body": body, "hash": made_hash})
        conn.execute(_MOVE, {"b_id": bid, "b_number": row.number, "n_number": number, "n_hash": made_hash})
