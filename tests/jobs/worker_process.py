"""A worker whose effects take a second each, for tests that start and stop it: `python -m … FOLDER`."""

import sys
import time
from pathlib import Path

from config import Settings
from fundapp.database import Database
from fundapp.jobs.deliver import Counts, deliver_due
from fundapp.jobs.worker import run_worker
from fundapp.outbox import Effect


def main(folder: Path) -> None:
    settings = Settings.from_environment()
    database = Database(settings.database_url)

    def slow(effect: Effect) -> None:
        (folder / f"begun-{effect.key}").touch()
        time.sleep(1)
        (folder / f"ended-{effect.key}").touch()

    def deliver() -> Counts:
        return deliver_due(database, {"letter": slow}, "worker", limit=1)

    def tick() -> None:
        with (folder / "ticks").open("a") as ticks:
            ticks.write("tick\n")
        raise RuntimeError("a tick that fails does not stop the worker")

    run_worker(settings, deliver, tick)
    database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
