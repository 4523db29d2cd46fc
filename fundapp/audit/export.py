"""The record as a file of JSON lines, for keeping and checking elsewhere."""

from pathlib import Path
from typing import BinaryIO

import orjson
from sqlalchemy import select

from fundapp.audit.record import EVENTS, HEADS
from fundapp.database import Database
from fundapp.files import placing

_EVENTS = (
    select(EVENTS.c.body, EVENTS.c.hash, EVENTS.c.mac)
    .order_by(EVENTS.c.subject, EVENTS.c.number)
    .execution_options(stream_results=True, max_row_buffer=2000)
)
_HEADS = (
    select(HEADS.c.subject, HEADS.c.number, HEADS.c.hash, HEADS.c.mac)
    .order_by(HEADS.c.subject)
    .execution_options(stream_results=True, max_row_buffer=2000)
)


def export(db: Database, stream: BinaryIO) -> int:
    """Writes every event, chain by chain, then every head, from one snapshot; how many events.

    A line is `{"type": "event", "body", "hash", "mac"}`, the body as the very text that was hashed, or
    `{"type": "head", "subject", "number", "hash", "mac"}`.
    """
    count = 0
    with db.snapshot() as conn:
        for body, event_hash, mac in conn.execute(_EVENTS):
            stream.write(
                orjson.dumps({"type": "event", "body": body, "hash": event_hash, "mac": mac}) + b"\n"
            )
            count += 1
        for subject, number, last_hash, mac in conn.execute(_HEADS):
            head = {"type": "head", "subject": subject, "number": number, "hash": last_hash, "mac": mac}
            stream.write(orjson.dumps(head) + b"\n")
    return count


def export_file(db: Database, path: Path) -> int:
    """The same into a file that appears whole or not at all. Raises `fundapp.files.FileRefused`."""
    with placing(path) as temporary, temporary.open("wb") as stream:
        return export(db, stream)
