"""The worker as a process: it delivers, follows a nudge, ticks, and ends with the effect in hand done."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from config import ROOT, Settings
from fundapp import outbox
from fundapp.database import Database
from fundapp.jobs.worker import _EachMinute, nudge, open_queue
from fundapp.models import Outbox
from tests.databases import url_of

AT = datetime(2026, 3, 8, tzinfo=UTC)


@pytest.fixture
def environment(database: Database, tmp_path: Path) -> dict[str, str]:
    """The settings of a worker; its queue is of the same kind as the database."""
    given = {"FUNDAPP_DATA": str(tmp_path / "data"), "DATABASE_URL": url_of(database)}
    if database.dialect == "postgresql":
        given["QUEUE_URL"] = given["DATABASE_URL"]
    return given


@pytest.fixture
def worker(environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.worker_process", str(tmp_path)],
        cwd=ROOT, env=os.environ | environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate()


def ask(database: Database, *keys: str) -> None:
    with database.write() as conn:
        for key in keys:
            outbox.put(conn, "letter", {}, key, at=AT)


def wait_for(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends, "waited a minute in vain"
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_effect_in_hand_end_and_no_other_begin(
    database: Database, worker: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    ask(database, "a", "b", "c")
    wait_for((tmp_path / "begun-b").exists)
    worker.send_signal(number)
    _, told = worker.communicate(timeout=30)
    assert worker.returncode == 0, told
    assert {path.name for path in tmp_path.glob("*-?")} == {"begun-a", "ended-a", "begun-b", "ended-b"}
    with database.read() as conn:
        rows = conn.execute(select(Outbox.key, Outbox.done_at, Outbox.attempts).order_by(Outbox.id)).all()
    assert [(row.key, row.done_at is not None, row.attempts) for row in rows] == [
        ("a", True, 1),
        ("b", True, 1),
        ("c", False, 0),
    ]


def test_a_nudge_delivers_long_before_the_next_beat_and_the_clock_ticked_once(
    database: Database, environment: dict[str, str], worker: subprocess.Popen[str], tmp_path: Path
) -> None:
    settings = Settings.from_environment(environment)
    wait_for((tmp_path / "ticks").exists)
    ask(database, "first")
    wait_for((tmp_path / "ended-first").exists)
    for number in range(3):
        ask(database, f"n{number}")
        nudge(settings)
        asked = time.monotonic()
        wait_for((tmp_path / f"ended-n{number}").exists)
        # The effect lasts 1 s, the worker looks for a hint at least every second, a beat comes every 5 s.
        if time.monotonic() - asked < 4:
            break
    else:
        pytest.fail("three nudges in a row were not followed before the next beat")
    assert (tmp_path / "ticks").read_text().splitlines().count("tick") <= 2
    worker.send_signal(signal.SIGTERM)
    _, told = worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert "a tick that fails does not stop the worker" in told


def test_a_nudge_puts_one_hint_that_a_worker_knows(environment: dict[str, str], database: Database) -> None:
    settings = Settings.from_environment(environment)
    nudge(settings)
    queue = open_queue(settings.queue_url)
    heard: list[str] = []

    def delivery() -> None:
        heard.append("deliver")

    delivery.__module__ = "fundapp.jobs.worker"
    queue.task(name="deliver")(delivery)
    assert len(queue) == 1
    queue.execute(queue.dequeue())
    assert heard == ["deliver"]
    queue.storage.close()


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all/huey.db", "postgresql://fund:secret@127.0.0.1:1/fund"]
)
def test_a_nudge_never_raises_and_never_tells_a_password(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    settings = Settings.from_environment({"FUNDAPP_DATA": str(tmp_path)})
    nudge(dataclasses.replace(settings, queue_url=url))
    (record,) = caplog.records
    assert record.getMessage().startswith("the worker could not be nudged: OperationalError: ")
    assert "secret" not in caplog.text


def test_the_clock_ticks_once_in_each_minute() -> None:
    each_minute = _EachMinute()
    seconds = [0, 5, 55, 60, 65, 119, 120, 300]
    assert [each_minute(AT + timedelta(seconds=second)) for second in seconds] == [
        True, False, False, True, False, False, True, True,
    ]  # fmt: skip
