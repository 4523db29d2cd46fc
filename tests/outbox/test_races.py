"""Real processes at one outbox: each effect is claimed once, a killed worker's delivered again."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from fundapp import outbox
from fundapp.database import Database, database_now
from fundapp.jobs.deliver import Counts, deliver_due
from fundapp.models import Outbox
from tests.databases import url_of
from tests.outbox import claimers

pytestmark = pytest.mark.race

SPAWN = multiprocessing.get_context("spawn")
PROCESSES = 8
ROWS = 300
AT = datetime(2026, 3, 8, tzinfo=UTC)


def at_once(work: Callable[..., None], arguments: list[tuple[Any, ...]]) -> list[Any]:
    """What each process told, when all have started together and ended well."""
    ready, told = SPAWN.Barrier(len(arguments)), SPAWN.Queue()
    processes = [SPAWN.Process(target=work, args=(*each, ready, told)) for each in arguments]
    for process in processes:
        process.start()
    try:
        answers = [told.get(timeout=120) for _ in processes]
        for process in processes:
            process.join(timeout=30)
        assert [process.exitcode for process in processes] == [0] * len(processes)
    finally:
        for process in processes:
            process.kill()
    return answers


def test_eight_claimers_take_each_effect_exactly_once(database: Database) -> None:
    with database.write() as conn:
        effects = [{"name": "letter", "args": {}, "key": f"letter:{n}"} for n in range(ROWS)]
        assert outbox.put_many(conn, effects, at=AT) == ROWS
        asked = sorted(conn.execute(select(Outbox.id)).scalars())
    told = at_once(claimers.claim_all, [(url_of(database), f"w{n}") for n in range(PROCESSES)])
    assert sorted(effect for _, ids in told for effect in ids) == asked
    assert sum(1 for _, ids in told if ids) >= 2, "one process did everything: nothing raced"
    with database.read() as conn:
        done = conn.execute(
            select(func.count(), func.max(Outbox.attempts)).where(Outbox.done_at.is_not(None))
        ).one()
    assert tuple(done) == (ROWS, 1)


def test_a_key_asked_for_by_four_processes_stands_once(database: Database) -> None:
    keys = [f"letter:{n}" for n in range(40)]
    told = at_once(claimers.ask_all, [(url_of(database), keys) for _ in range(4)])
    assert sum(told) == len(keys)
    with database.read() as conn:
        assert sorted(conn.execute(select(Outbox.key)).scalars()) == sorted(keys)


def test_the_effect_of_a_killed_worker_is_delivered_after_its_lease(
    database: Database, tmp_path: Path
) -> None:
    with database.write() as conn:
        outbox.put(conn, "letter", {"bid": 7}, "letter:7", at=AT)
    begun = tmp_path / "begun"
    worker = SPAWN.Process(target=claimers.hang, args=(url_of(database), "dead", 3.0, str(begun)))
    worker.start()
    try:
        wait_for(lambda: begun.exists() and begun.read_text() == f"letter:7 {worker.pid}")
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        worker.join(timeout=30)
        assert worker.exitcode == -signal.SIGKILL
    finally:
        worker.kill()
    with database.read() as conn:
        left = conn.execute(select(Outbox.lease_owner, Outbox.lease_until, Outbox.done_at)).one()
    assert (left.lease_owner, left.done_at) == ("dead", None)
    moment = left.lease_until - timedelta(microseconds=1)
    assert outbox.claim(database, "alive", timedelta(minutes=5), moment) is None

    delivered: list[tuple[str, dict[str, Any], int, datetime]] = []

    def deliver(effect: outbox.Effect) -> None:
        with database.read() as conn:
            delivered.append((effect.key, effect.args, effect.attempts, database_now(conn)))

    wait_for(lambda: deliver_due(database, {"letter": deliver}, "alive") == Counts(done=1))
    assert [each[:3] for each in delivered] == [("letter:7", {"bid": 7}, 2)]
    assert delivered[0][3] >= left.lease_until
    assert deliver_due(database, {"letter": deliver}, "alive") == Counts()


def test_a_mail_whose_worker_was_killed_after_sending_comes_once_more_as_the_same_mail(
    database: Database, tmp_path: Path
) -> None:
    with database.write() as conn:
        outbox.put(conn, "letter", {}, "letter:7", at=AT)
    folder, begun = tmp_path / "mail", tmp_path / "begun"
    worker = SPAWN.Process(
        target=claimers.mail_and_hang, args=(url_of(database), "dead", 3.0, str(folder), str(begun))
    )
    worker.start()
    try:
        wait_for(lambda: begun.exists() and begun.read_text() == str(worker.pid))
    finally:
        worker.kill()
        worker.join(timeout=30)
    first = next(folder.glob("*.eml"))
    sent = message_from_bytes(first.read_bytes())["Message-ID"]
    first.unlink()

    handlers = {"letter": lambda effect: claimers.mail(effect, folder)}
    wait_for(lambda: deliver_due(database, handlers, "alive") == Counts(done=1))
    assert [message_from_bytes(mail.read_bytes())["Message-ID"] for mail in folder.glob("*.eml")] == [sent]
    assert deliver_due(database, handlers, "alive") == Counts()


def wait_for(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends, "waited a minute in vain"
        time.sleep(0.1)
