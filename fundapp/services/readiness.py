"""Whether the service can do its work, and if not, what ails it: one sentence each, for whoever looks after it."""

import shutil
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy.exc import DBAPIError

from fundapp import outbox
from fundapp.database import Database, DatabaseUnusable, database_now
from fundapp.queries import watching
from fundapp.schema import standing
from fundapp.services import pulses
from fundapp.storage import Files, StorageUnusable

#: Seconds that a due effect may wait, or the clock may stand still, before the worker counts as behind.
LATE: Final = 900
#: Mail that no server took for so long is more than a short trouble of theirs.
REFUSED_FOR: Final = timedelta(hours=1)
#: With less room than this the next upload or the next letter may not fit.
LEAST_FREE: Final = 200_000_000
#: Seconds that whoever asks is kept waiting.
PATIENCE: Final = 2.5


@dataclass(slots=True)
class Readiness:
    """What was found. `web`: whether this process can serve pages; `ready`: whether all goes well, mail and worker too."""

    database: bool = False
    migrated: bool = False
    worker: bool = True
    worker_lag_seconds: int | None = None
    clock_seconds: int | None = None
    mail: bool = True
    storage: bool = False
    disk: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def web(self) -> bool:
        """Whether pages can be served: what a load balancer asks. No mail trouble takes the webs away."""
        return self.database and self.migrated and self.storage and self.disk

    @property
    def ready(self) -> bool:
        """Whether everything goes as it should: what a person is called for."""
        return self.web and self.worker and self.mail

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {"ready": self.ready, "web": self.web, **asdict(self)}


#: What is said when nothing came back in time.
NO_ANSWER: Final = Readiness(problems=["The database or the folder of files does not answer in time."])


def look(db: Database, files: Files, data: Path) -> Readiness:
    """Looks at everything once; may hang where a server or a network folder hangs."""
    found = Readiness()
    try:
        with db.probe() as conn:
            found.database = True
            stands = standing(conn)
            found.migrated = stands.serves
            if found.migrated:
                _of_worker(found, conn)
            elif stands.ahead:
                found.problems.append(stands.why_not)
            else:
                found.problems.append("The tables are missing or old: run `fundapp db upgrade`.")
    except (DatabaseUnusable, DBAPIError):
        found.database = False
        found.problems.append("The database does not answer.")
    try:
        files.probe()
        found.storage = True
    except StorageUnusable as trouble:
        found.problems.append(str(trouble))
    _of_disk(found, data, files)
    return found


def _of_worker(found: Readiness, conn: Any) -> None:
    now = database_now(conn)
    found.worker_lag_seconds = round(outbox.lag(conn, now))
    ticked = watching.seen(conn, pulses.CLOCK)
    found.clock_seconds = None if ticked is None else round((now - ticked).total_seconds())
    if found.worker_lag_seconds >= LATE:
        found.worker = False
        found.problems.append(f"Effects wait for {found.worker_lag_seconds} s: does a worker run?")
    if found.clock_seconds is not None and found.clock_seconds >= LATE:
        found.worker = False
        found.problems.append(f"The clock stands still for {found.clock_seconds} s: does a worker run?")
    since = watching.refused_since(conn)
    if since is not None and now - since > REFUSED_FOR:
        found.mail = False
        found.problems.append(
            "The mail server has taken no mail for more than an hour; see the officer’s desk."
        )


def _of_disk(found: Readiness, data: Path, files: Files) -> None:
    places = {data, *files.places()}
    try:
        free = {place: shutil.disk_usage(place).free for place in places if place.exists()}
    except OSError:
        found.problems.append("The disk cannot be looked at.")
        return
    found.disk = all(room >= LEAST_FREE for room in free.values())
    if not found.disk:
        least = min(free.values())
        found.problems.append(f"The disk is nearly full: {least // 1_000_000} MB are left.")
