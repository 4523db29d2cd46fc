"""What is kept of faults, who is struck by them, and what is begun again after them."""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread

import psycopg
from huey.exceptions import HueyException
from sqlalchemy.exc import DBAPIError

from fundapp.jobs.worker import open_queue
from tests.fleet.processes import Running, Web, Worker
from tests.fleet.waiting import wait_for
from tests.soak.acts import Act
from tests.soak.ground import Ground

#: Seconds after its beginning at which a request is struck: from before it is read to after it was answered.
LATEST = 0.25
PAST = "2026-01-01T00:00:00.000000Z"


@dataclass(frozen=True)
class Excuse:
    """A time in which a process (all of them: None) could hand a mail over and not mark it."""

    begun: float
    over: float
    pid: int | None = None

    def covers(self, sender: int | None, first: float, second: float) -> bool:
        """Whether it lies between two handings over of a mail, the first by this process (None: gone before it was asked)."""
        return (
            (self.pid is None or sender in (None, self.pid)) and first <= self.over and self.begun <= second
        )


@dataclass
class Aftermath:
    """What was done to a ground is counted, and healed."""

    ground: Ground
    counts: Counter[str] = field(default_factory=Counter)
    #: What excuses a second handing over of a mail.
    excuses: list[Excuse] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """Processes of the service that were killed."""
        return self.counts["web killed"] + self.counts["worker killed"] + self.counts["clock killed"]

    def heal(self) -> None:
        """What died begins again; what the dead held, and what was put off, is due now, as it would be later."""
        fleet = self.ground.fleet
        self.ground.post.mode = "accept"
        dead = [one for one in fleet.running if not one.alive]
        for one in dead:
            with suppress(OSError, DBAPIError, sqlite3.Error):
                if isinstance(one, Worker):
                    self.ground.write(
                        "UPDATE outbox SET lease_until = :past WHERE lease_owner LIKE :owner AND done_at IS NULL",
                        past=PAST, owner=f"%:{one.pid}:%",
                    )  # fmt: skip
            one.start(wait=False)
        self.ground.write(
            "UPDATE outbox SET not_before = :past WHERE attempts > 0 AND lease_until IS NULL AND done_at IS NULL "
            "AND failed_at IS NULL AND not_before > :past", past=PAST,
        )  # fmt: skip
        self.hint()

    def outwait(self) -> None:
        """Five minutes pass: a lease that nobody will end, such as of a worker whose database went away, is over."""
        held = self.ground.rows("SELECT id FROM outbox WHERE lease_owner IS NOT NULL AND done_at IS NULL")
        self.ground.write(
            "UPDATE outbox SET lease_until = :past WHERE lease_owner IS NOT NULL AND done_at IS NULL",
            past=PAST,
        )
        self.counts["leases outwaited"] += len(held)

    def hint(self) -> None:
        """Has a worker look now, over a connection of its own: none outlives the database."""
        with suppress(HueyException, sqlite3.Error, psycopg.Error, OSError):
            queue = open_queue(self.ground.fleet.queue_url)
            try:
                queue.task(name="deliver", expires=30)(lambda: None)()
            finally:
                queue.storage.close()

    def ready(self, kind: type[Running]) -> list[Running]:
        """Those of a kind that do their work; waits until there is one."""
        found: list[Running] = []
        wait_for(
            lambda: found.extend(self._serving(kind)) or found, f"a {kind.__name__.lower()} that is ready"
        )
        return found

    def _serving(self, kind: type[Running]) -> list[Running]:
        return [
            one for one in self.ground.fleet.running if isinstance(one, kind) and one.alive and one.is_ready()
        ]

    def _kill(self, one: Running) -> None:
        if one.alive:
            begun = time.monotonic()
            one.kill()
            self.excuses.append(Excuse(begun, time.monotonic(), one.pid))
            self.counts["web killed" if isinstance(one, Web) else "worker killed"] += 1

    def _asked(self, acts: Sequence[Act]) -> tuple[Web, list[Thread]]:
        webs = self.ready(Web)
        web = self.ground.rng.choice(webs)
        assert isinstance(web, Web)
        return web, self.ground.begin(acts, [web])

    def _quietly(self, acts: Sequence[Act]) -> list[Thread]:
        return self.ground.begin(acts, [web for web in self.ready(Web) if isinstance(web, Web)])

    def _heard(self, threads: Sequence[Thread]) -> None:
        for thread in threads:
            thread.join()

    def _moment(self) -> float:
        return self.ground.rng.random() * LATEST

    def _until(self, holds: Callable[[], object]) -> None:
        """Until it holds, or long enough: a fault that finds nothing to strike strikes nothing."""
        ends = time.monotonic() + 4
        while not holds() and time.monotonic() < ends:
            time.sleep(0.01)

    def _holders(self) -> list[str]:
        return [row[0] for row in self.ground.rows(
            "SELECT lease_owner FROM outbox WHERE lease_owner IS NOT NULL AND done_at IS NULL ORDER BY id"
        )]  # fmt: skip

    def _events(self) -> int:
        return int(self.ground.value("SELECT max(id) FROM audit_event") or 0)
