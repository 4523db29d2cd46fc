"""The pulse of what must go on by itself: the clock, and each worker."""

from datetime import timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from fundapp.database import Database, database_now
from fundapp.models import Pulse

CLOCK: Final = "tick"
#: A worker writes down that it lives so often.
EVERY: Final = timedelta(seconds=30)
#: One that was not seen for so long is forgotten.
KEPT: Final = timedelta(days=1)


def beat(db: Database, name: str) -> None:
    """Write down that it is there now, by the database's clock."""
    with db.write() as conn:
        conn.execute(_seen(conn.dialect.name), {"name": name, "at": database_now(conn)})


def stop(db: Database, name: str) -> None:
    """It ended in good order: nobody waits for it."""
    with db.write() as conn:
        conn.execute(delete(Pulse).where(Pulse.name == name))


def forget_old(db: Database) -> None:
    """Forget workers that were not seen for long."""
    with db.write() as conn:
        conn.execute(delete(Pulse).where(Pulse.at < database_now(conn) - KEPT))


def worker(owner: str) -> str:
    """The name of a worker's pulse."""
    return f"worker {owner}"


@cache
def _seen(dialect: str) -> Any:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    add = insert(Pulse)
    return add.on_conflict_do_update(index_elements=["name"], set_={"at": add.excluded.at})
