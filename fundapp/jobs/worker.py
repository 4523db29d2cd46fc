"""The worker process: Huey beats the time and carries nudges; what there is to do stands in the outbox."""

import logging
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import psycopg
from huey import Huey, PostgresHuey, SqliteHuey
from huey.consumer import Consumer, Scheduler
from huey.exceptions import HueyException

from config import Settings
from fundapp.jobs.deliver import Counts, one_line

log = logging.getLogger(__name__)

#: Seconds between deliveries that nobody nudged for: tries that were put off, effects with a later time.
BEAT = 5

#: Seconds after which a delivery lets a waiting tick go first.
TURN = 10.0

#: Seconds a hint stays worth following; afterwards a beat has done its work.
HINT_LASTS = 30

#: Tables of the queue that somebody else may be making: each that was made meanwhile is one try.
MAKING_TABLES = 8

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class _Beat(Scheduler):
    periodic_task_seconds = BEAT


class _Consumer(Consumer):
    scheduler_class = _Beat


class _EachMinute:
    """Says yes once in each minute, however often it is asked."""

    def __init__(self) -> None:
        self.last: datetime | None = None

    def __call__(self, now: datetime) -> bool:
        minute = now.replace(second=0, microsecond=0)
        fresh, self.last = minute != self.last, minute
        return fresh


class Regularly:
    """Does something when it is called, but no more often than `every`."""

    def __init__(self, does: Callable[[], object], every: timedelta) -> None:
        self.does, self.every = does, every.total_seconds()
        self.last = -self.every

    def __call__(self) -> None:
        now = time.monotonic()
        if now - self.last >= self.every:
            self.last = now
            self.does()


def run_worker(settings: Settings, deliver: Callable[[], Counts], tick: Callable[[], Any]) -> None:
    """Delivers every few seconds and at each nudge, ticks every minute; returns after TERM or INT.

    `deliver` does one effect, or a few, per call, and is called until it had nothing to do: the worker may
    stop between two calls, so that the effect in hand is finished. What either of the two raises is logged,
    and it is called again at its next time. Needs the main thread, for the signals.
    """
    # Huey tells of each beat; its warnings and errors are enough.
    logging.getLogger("huey").setLevel(logging.WARNING)
    stopping = threading.Event()
    huey = open_queue(settings.queue_url)

    def delivery() -> None:
        ends = time.monotonic() + TURN
        while not stopping.is_set():
            if not deliver().total:
                return
            if time.monotonic() > ends:
                hint()
                return

    def clock() -> None:
        tick()

    hint = huey.task(name="deliver", expires=HINT_LASTS)(delivery)
    huey.periodic_task(lambda now: True, name="beat", expires=HINT_LASTS)(delivery)
    huey.periodic_task(_EachMinute(), name="tick", expires=60, priority=1)(clock)

    consumer = _Consumer(huey, workers=1, max_delay=1.0)
    # Huey sets handlers of its own, and with them only one signal would wait for the effect in hand.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        consumer.start()
        for number in SIGNALS:
            signal.signal(number, lambda *_: stopping.set())
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    log.info("the worker runs")
    while not stopping.wait(BEAT):
        consumer.check_worker_health()
    consumer.stop(graceful=True)
    huey.storage.close()
    log.info("the worker has stopped")


def nudge(settings: Settings) -> None:
    """Asks a worker to deliver now. Only a hint: if the queue cannot be reached, the next beat delivers."""
    try:
        _hint(settings.queue_url)()
    except (HueyException, sqlite3.Error, psycopg.Error, OSError) as failure:
        log.warning("the worker could not be nudged: %s", one_line(failure))


def open_queue(url: str) -> Huey:
    """Huey on SQLite (`sqlite:////file`) or PostgreSQL (`postgresql://…`); no results are kept."""
    parts = urlsplit(url)
    kept = {"results": False, "store_none": False}
    if parts.scheme.startswith("sqlite"):
        return SqliteHuey("fundapp", filename=parts.path.removeprefix("/"), timeout=2, **kept)
    dsn = parts._replace(scheme="postgresql").geturl()
    for _again in range(MAKING_TABLES):
        # Two that begin at once both make the tables, and PostgreSQL refuses the later one, `IF NOT EXISTS` or not.
        with suppress(psycopg.errors.UniqueViolation, psycopg.errors.DuplicateTable):
            return PostgresHuey("fundapp", dsn=dsn, connect_timeout=2, **kept)
    return PostgresHuey("fundapp", dsn=dsn, connect_timeout=2, **kept)


@lru_cache(maxsize=4)
def _hint(url: str) -> Callable[[], Any]:
    """Puts a delivery on the queue of this URL; the name is all that the worker needs to know it by."""

    def delivery() -> None:
        """Runs in the worker, where the name stands for a real delivery."""

    asking: Callable[[], Any] = open_queue(url).task(name="deliver", expires=HINT_LASTS)(delivery)
    return asking
