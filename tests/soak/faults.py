"""The faults: each begins in the middle of acts, and is over when it returns; what died is begun again by `heal`."""

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Thread

import psycopg

from tests.fleet.post import Handed
from tests.fleet.waiting import PATIENCE, wait_for
from tests.soak.acts import Act
from tests.soak.aftermath import PAST, Aftermath, Excuse


class Faults(Aftermath):
    """What goes wrong, by the ground's dice."""

    def kinds(self) -> dict[str, int]:
        """Every fault that this ground allows, and how often it comes, as weights."""
        found = {
            "web_dies": 9, "web_stands_then_dies": 3, "web_dies_waiting": 2, "web_dies_after_commit": 4,
            "worker_dies": 6, "worker_dies_over_mail": 4, "worker_dies_with_effect": 4, "everything_dies": 4,
            "worker_outlives_lease": 1, "clock_jumps": 2, "clock_dies": 2, "mail_refuses": 1, "mail_defers": 1,
            "mail_hangs_up": 1,
        }  # fmt: skip
        if self.ground.server is not None:
            found |= {"database_dies": 1, "database_restarts": 1, "database_stands_still": 1}
        if self.ground.disk is not None:
            found |= {"disk_is_full": 2}
        return found

    # The webs.

    def web_dies(self, acts: Sequence[Act]) -> None:
        """At any moment of a request."""
        web, threads = self._asked(acts)
        time.sleep(self._moment())
        self._kill(web)
        self._heard(threads)

    def web_stands_then_dies(self, acts: Sequence[Act]) -> None:
        """Stopped at any moment, and killed where it stood."""
        web, threads = self._asked(acts)
        time.sleep(self._moment())
        web.stall()
        time.sleep(0.05)
        self._kill(web)
        self._heard(threads)

    def web_dies_waiting(self, acts: Sequence[Act]) -> None:
        """While its transactions wait for another's lock."""
        with self._locked():
            web, threads = self._asked(acts)
            time.sleep(self._moment() + 0.1)
            self._kill(web)
        self._heard(threads)

    def web_dies_after_commit(self, acts: Sequence[Act]) -> None:
        """As soon as what was asked for stands in the database: mostly before its answer is on the way."""
        before = self._events()
        web, threads = self._asked(acts)
        while any(thread.is_alive() for thread in threads) and self._events() == before:
            time.sleep(0.001)
        self._kill(web)
        self._heard(threads)

    def everything_dies(self, acts: Sequence[Act]) -> None:
        """Every web and every worker at one moment."""
        threads = self._quietly(acts)
        time.sleep(self._moment())
        for one in self.ground.rng.sample(self.ground.fleet.running, len(self.ground.fleet.running)):
            self._kill(one)
        self._heard(threads)

    # The workers.

    def worker_dies(self, acts: Sequence[Act]) -> None:
        """At any moment."""
        worker = self.ground.rng.choice(self.ground.fleet.workers)
        threads = self._quietly(acts)
        time.sleep(self._moment() * 3)
        self._kill(worker)
        self._heard(threads)

    def worker_dies_over_mail(self, acts: Sequence[Act]) -> None:
        """When the mail server has its mail and has not said so, or has just said so."""
        late, died = self.ground.rng.random() < 0.5, list[int]()

        def strike(mail: Handed) -> None:
            worker = self.ground.bring(mail)
            if worker is None or died:
                return
            died.append(worker.pid)
            if late:
                Thread(target=lambda: (time.sleep(0.004), self._kill(worker))).start()
            else:
                self._kill(worker)

        with self._watching(strike):
            self._heard(self._quietly(acts))
            self._until(lambda: died)

    def worker_dies_with_effect(self, acts: Sequence[Act]) -> None:
        """When it has taken an effect."""
        threads = self._quietly(acts)
        held: list[str] = []
        self._until(lambda: held.extend(self._holders()) or held)
        time.sleep(self.ground.rng.random() * 0.05)
        for worker in self.ground.fleet.workers:
            if held and f":{worker.pid}:" in held[0]:
                self._kill(worker)
                break
        self._heard(threads)

    def worker_outlives_lease(self, acts: Sequence[Act]) -> None:
        """It stands still with a mail in hand, another takes that over, and then it wakes."""
        post, fleet = self.ground.post, self.ground.fleet
        post.mode, begun = "stall", time.monotonic()
        self._heard(self._quietly(acts))
        held: list[str] = []
        self._until(lambda: held.extend(self._holders()) or held)
        stands = [worker for worker in fleet.workers if held and f":{worker.pid}:" in held[0]]
        for worker in stands:
            worker.stall()
            self.counts["worker stalled past its lease"] += 1
        post.mode = "accept"
        if stands:
            self.ground.write(
                "UPDATE outbox SET lease_until = :past WHERE lease_owner = :owner", past=PAST, owner=held[0]
            )
            self.hint()
            self._until(lambda: held[0] not in self._holders())
            stands[0].wake()
            wait_for(lambda: not self._holders(), "the effect that two workers had in hand")
            self.excuses.append(Excuse(begun, time.monotonic(), stands[0].pid))

    # The clock.

    def clock_jumps(self, acts: Sequence[Act]) -> None:
        """Minutes to days ahead, for a moment."""
        threads = self._quietly(acts)
        self._jump().wait(PATIENCE)
        self.counts["clock jumped"] += 1
        self._heard(threads)

    def clock_dies(self, acts: Sequence[Act]) -> None:
        """In the middle of what it does after a jump."""
        threads = self._quietly(acts)
        clock = self._jump()
        with suppress(subprocess.TimeoutExpired):
            clock.wait(0.7 + self.ground.rng.random() * 1.2)
        if clock.poll() is None:
            os.killpg(clock.pid, signal.SIGKILL)
            self.counts["clock killed"] += 1
        clock.wait(PATIENCE)
        self._heard(threads)

    def _jump(self) -> "subprocess.Popen[bytes]":
        later = (
            timedelta(minutes=11)
            if self.ground.rng.random() < 0.7
            else timedelta(days=self.ground.rng.randint(1, 9))
        )
        return self.ground.tick((datetime.now(UTC) + later).isoformat())

    # The mail server.

    def mail_refuses(self, acts: Sequence[Act]) -> None:
        """For good: whoever looks after the service has it tried again."""
        self._post("refuse", acts)

    def mail_defers(self, acts: Sequence[Act]) -> None:
        """For now."""
        self._post("defer", acts)

    def mail_hangs_up(self, acts: Sequence[Act]) -> None:
        """It takes mails and does not say so."""
        begun = time.monotonic()
        self._post("mute", acts)
        # A mail's time is written before the mode is looked at: what was taken in silence is older than this.
        self.ground.post.mode = "accept"
        self.excuses.append(Excuse(begun, time.monotonic()))

    def _post(self, mode: str, acts: Sequence[Act]) -> None:
        self.ground.post.mode = mode
        self.counts[f"mail: {mode}"] += 1
        self._heard(self._quietly(acts))
        time.sleep(self._moment() * 4)

    # The database and the disk.

    def database_dies(self, acts: Sequence[Act]) -> None:
        """As in a power cut, and is started again."""
        self._without_database(acts, lambda server: server.kill(), "database killed")

    def database_restarts(self, acts: Sequence[Act]) -> None:
        """In good order."""
        self._without_database(acts, lambda server: server.stop(), "database restarted")

    def database_stands_still(self, acts: Sequence[Act]) -> None:
        """For a moment, and answers nobody."""
        server = self.ground.server
        assert server is not None
        threads = self._quietly(acts)
        time.sleep(self._moment())
        server.stall()
        self.counts["database stalled"] += 1
        time.sleep(1)
        server.wake()
        self._heard(threads)

    def _without_database(self, acts: Sequence[Act], ends: Callable[..., None], counted: str) -> None:
        server = self.ground.server
        assert server is not None
        begun = time.monotonic()
        threads = self._quietly(acts)
        time.sleep(self._moment())
        ends(server)
        self.counts[counted] += 1
        time.sleep(self._moment())
        server.start()
        self._heard(threads)
        self.excuses.append(Excuse(begun, time.monotonic()))

    def disk_is_full(self, acts: Sequence[Act]) -> None:
        """Not a byte is left where the files are, and the database too if it is a file."""
        assert self.ground.disk is not None
        ballast, begun = self.ground.disk / "ballast", time.monotonic()
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        self.counts["disk full"] += 1
        with self.excused():
            self._heard(self._quietly(acts))
            time.sleep(self._moment() * 4)
            ballast.unlink()
        self.excuses.append(Excuse(begun, time.monotonic()))

    @contextmanager
    def excused(self) -> Iterator[None]:
        """Whatever was answered with an error meanwhile is counted, and no finding."""
        before = len(self.ground.journal.errors)
        yield
        self.counts["errors while the disk was full"] += len(self.ground.journal.errors) - before
        del self.ground.journal.errors[before:]

    @contextmanager
    def _watching(self, strike: Callable[[Handed], None]) -> Iterator[None]:
        self.ground.post.before_answer = strike
        try:
            yield
        finally:
            self.ground.post.before_answer = self.ground.bring

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Nobody else writes meanwhile."""
        if self.ground.server is None:
            file = sqlite3.connect(
                self.ground.url.removeprefix("sqlite:///"), isolation_level=None, timeout=20
            )
            try:
                file.execute("BEGIN IMMEDIATE")
                yield
            finally:
                file.close()
            return
        with psycopg.connect(self.ground.url.replace("postgresql+psycopg", "postgresql")) as conn:
            conn.execute("LOCK TABLE audit_head IN EXCLUSIVE MODE")
            yield
