"""How often something may be tried: counted in a table, so that it holds across processes and machines."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, bindparam, case, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from fundapp.models import Throttle
from fundapp.queries import letter_checks
from fundapp.services.deed import Office
from fundapp.services.sealing import mark

log = logging.getLogger(__name__)

#: By kind: how many tries, in how long a window. A window begins with its first try.
LIMITS: Final[dict[str, tuple[int, timedelta]]] = {
    "link": (5, timedelta(hours=1)),  # for one address, from one network or one known browser
    "link_address": (20, timedelta(hours=1)),  # for one address, from anywhere that it is not known
    "link_host": (30, timedelta(hours=1)),
    "password": (10, timedelta(minutes=15)),  # for one account, from one network or one known browser
    "password_host": (60, timedelta(hours=1)),
    "factor": (5, timedelta(minutes=15)),  # of one session
    "factor_person": (20, timedelta(hours=1)),  # of one person, from one network or one known browser
    "refused": (
        200,
        timedelta(hours=1),
    ),  # tries at what is not theirs, by one person, that are put on record
    "check": (20, timedelta(hours=1)),  # wrong codes of letters, from one network
}
#: What is older than the longest window says nothing any more.
KEPT: Final = max(window for _, window in LIMITS.values())

_INSERT: Final[dict[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a try comes from. `known_by` is the id of a browser in which this very address signed in before."""

    host: str
    network: str
    browser: str
    known_by: str | None = None

    @property
    def place(self) -> str:
        """What its tries are counted by: a known browser has a count of its own, that nobody else can use up."""
        return f"browser {self.known_by}" if self.known_by else f"network {self.network}"


def spend(conn: Connection, secret_key: str, kind: str, now: datetime, *of: str) -> datetime | None:
    """Count one try. None if it may be made, else when the next one may.

    Who counts later waits for who counted first: no two tries are the same one, whatever runs at once.
    """
    most, window = LIMITS[kind]
    given = {"kind": kind, "mark": mark(secret_key, f"throttle {kind}", *of), "window_start": now, "count": 1}
    counted = conn.execute(_count(conn.dialect.name), {**given, "begun_before": now - window}).one()
    if counted.tries == most + 1:  # told once a window: whoever goes on trying fills no log
        log.warning("a limit of tries was reached", extra={"told": {"code": "limit_reached", "limit": kind}})
    return None if counted.tries <= most else counted.window_start + window


def count(office: Office, kind: str, now: datetime, *of: str) -> datetime | None:
    """Count one try in a transaction of its own, as `spend` does."""
    with office.db.write() as conn:
        return spend(conn, office.secret_key, kind, now, *of)


def held_until(conn: Connection, secret_key: str, kind: str, now: datetime, *of: str) -> datetime | None:
    """When the next try may be made, if all of them are used up; None while some are left. Counts nothing."""
    most, window = LIMITS[kind]
    row = letter_checks.tries(conn, kind, mark(secret_key, f"throttle {kind}", *of))
    if row is None or row.tries < most or row.window_start + window <= now:
        return None
    until: datetime = row.window_start + window
    return until


def give_back(conn: Connection, secret_key: str, kind: str, *of: str) -> None:
    """Take back one try that was no wrong one."""
    conn.execute(
        update(Throttle)
        .where(
            Throttle.kind == kind,
            Throttle.mark == mark(secret_key, f"throttle {kind}", *of),
            Throttle.count > 0,
        )
        .values(count=Throttle.count - 1)
    )


def forget_old(office: Office, at: datetime) -> int:
    """Delete what no window reaches any more; how many marks."""
    with office.db.write() as conn:
        return int(conn.execute(delete(Throttle).where(Throttle.window_start < at - KEPT)).rowcount)


@cache
def _count(dialect: str) -> Any:
    begun_before = bindparam("begun_before", type_=Throttle.window_start.type)
    add = _INSERT[dialect](Throttle).values(
        {name: bindparam(name, type_=column.type) for name, column in (
            ("kind", Throttle.kind), ("mark", Throttle.mark), ("window_start", Throttle.window_start), ("count", Throttle.count),
        )}
    )  # fmt: skip
    over = Throttle.window_start <= begun_before
    return add.on_conflict_do_update(
        index_elements=["kind", "mark"],
        set_={
            "count": case((over, 1), else_=Throttle.count + 1),
            "window_start": case((over, add.excluded.window_start), else_=Throttle.window_start),
        },
    ).returning(Throttle.count.label("tries"), Throttle.window_start)
