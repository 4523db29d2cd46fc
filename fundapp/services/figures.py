"""Measures of the whole service for Prometheus, read from the database, each cheap enough to be asked for every few seconds."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from fundapp.database import Database, DatabaseUnusable, database_now
from fundapp.metrics import Figure, Value
from fundapp.queries import watching
from fundapp.services import pulses
from fundapp.storage import Files

#: A worker that was seen within this counts as there.
THERE: Final = timedelta(minutes=2)

Source = Callable[[Connection, datetime], list[Figure]]


def _of_effects(conn: Connection, now: datetime) -> list[Figure]:
    rows = watching.waiting(conn)
    return [
        Figure(
            "fund_outbox_waiting", "Effects that are neither done nor given up, by name.", "gauge",
            [({"name": row.name}, row.many) for row in rows],
        ),
        Figure(
            "fund_outbox_oldest_seconds", "How long the oldest of them has waited since it was asked for.", "gauge",
            [({"name": row.name}, max(0.0, (now - row.since).total_seconds())) for row in rows],
        ),
        Figure(
            "fund_effects_given_up", "Effects that stand on the officer's desk, by name.", "gauge",
            [({"name": row.name}, row.many) for row in watching.given_up(conn)],
        ),
        Figure(
            "fund_effects_total",
            "Tries of effects by name and outcome: done (for a mail: taken by the server), retried, failed.", "counter",
            [({"name": row.name, "outcome": row.outcome}, row.number) for row in watching.outcomes(conn)],
        ),
    ]  # fmt: skip


def _of_workers(conn: Connection, now: datetime) -> list[Figure]:
    ticked = watching.seen(conn, pulses.CLOCK)
    age: list[Value] = [] if ticked is None else [({}, max(0.0, (now - ticked).total_seconds()))]
    return [
        Figure("fund_tick_age_seconds", "Seconds since the clock was done the last time.", "gauge", age),
        Figure("fund_workers", "Workers seen within two minutes.", "gauge", [({}, watching.workers(conn, now - THERE))]),
        Figure(
            "fund_letters_waiting", "Letters that were written and have no file yet.", "gauge",
            [({}, watching.letters_waiting(conn))],
        ),
    ]  # fmt: skip


def _of_record(conn: Connection, now: datetime) -> list[Figure]:
    at = watching.sealed_at(conn)
    age: list[Value] = [] if at is None else [({}, max(0.0, (now - at).total_seconds()))]
    return [Figure("fund_last_seal_age_seconds", "Seconds since the record was sealed last.", "gauge", age)]


def _of_database(conn: Connection, _now: datetime) -> list[Figure]:
    return [
        Figure(
            "fund_database_connections", "Connections to the database of all machines, by what they do.", "gauge",
            [({"doing": row.doing}, row.many) for row in watching.connections(conn)],
        )
    ]  # fmt: skip


#: Whatever has something to measure in the database adds itself here.
SOURCES: Final[list[Source]] = [_of_effects, _of_workers, _of_record, _of_database]


def of_service(db: Database, files: Files) -> list[Figure] | None:
    """Every measure; None if the database does not answer, or has no tables yet. May hang where it hangs."""
    try:
        with db.probe() as conn:
            now = database_now(conn)
            found = [figure for source in SOURCES for figure in source(conn, now)]
    except (DatabaseUnusable, DBAPIError):
        return None
    free = [
        ({"place": str(place)}, shutil.disk_usage(place).free) for place in files.places() if place.exists()
    ]
    return [*found, Figure("fund_storage_free_bytes", "Room left where files are kept.", "gauge", [*free])]
