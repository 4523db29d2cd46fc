"""What other processes do to an outbox, for tests that start them."""

import os
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from fundapp import outbox
from fundapp.database import Database
from fundapp.jobs.deliver import deliver_due
from fundapp.mail.messages import Composed
from fundapp.mail.post import Folder, build
from fundapp.outbox import Effect


def claim_all(url: str, owner: str, ready: Barrier, claimed: "Queue[tuple[str, list[int]]]") -> None:
    """Claims until nothing is left, marking each done, and tells which it had."""
    database = Database(url)
    ids = []
    ready.wait(timeout=60)
    while effect := outbox.claim(database, owner, timedelta(minutes=5)):
        ids.append(effect.id)
        outbox.done(database, effect)
    claimed.put((owner, ids))
    database.close()


def ask_all(url: str, keys: list[str], ready: Barrier, made: "Queue[int]") -> None:
    """Asks for an effect of each key, one transaction each, and tells how many were new."""
    database = Database(url)
    at = datetime(2027, 3, 8, tzinfo=UTC)
    new = 0
    ready.wait(timeout=60)
    for key in keys:
        with database.write() as conn:
            new += outbox.put_many(conn, [{"name": "n", "args": {}, "key": key}], at=at)
    made.put(new)
    database.close()


def hang(url: str, owner: str, lease: float, begun: str) -> None:
    """Delivers by a handler that begins and never ends."""

    def never_ends(effect: Effect) -> None:
        Path(begun).write_text(f"{effect.key} {os.getpid()}")
        time.sleep(600)

    deliver_due(Database(url), {"letter": never_ends}, owner, lease=timedelta(seconds=lease))


def mail(effect: Effect, folder: Path) -> None:
    """Puts the effect's mail into a folder, dated now."""
    message = build(
        to_name="Ines Okoro", to_email="ines@example.org", composed=Composed("Good news", "Yes.\n", "<p>Yes.</p>\n"),
        key=effect.key, sender="fund@fund.example", reply_to="", base_url="https://fund.example",
        at=datetime.now(UTC),
    )  # fmt: skip
    Folder(folder).deliver(message)


def mail_and_hang(url: str, owner: str, lease: float, folder: str, begun: str) -> None:
    """Sends the mail, and never comes to mark it done."""

    def sends_and_hangs(effect: Effect) -> None:
        mail(effect, Path(folder))
        Path(begun).write_text(str(os.getpid()))
        time.sleep(600)

    deliver_due(Database(url), {"letter": sends_and_hangs}, owner, lease=timedelta(seconds=lease))
