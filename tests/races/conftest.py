"""Two processes that live as long as a test, and a stage for them to race on."""

import multiprocessing
from collections.abc import Iterator
from typing import Any

import pytest

from fundapp.database import Database
from tests.databases import url_of
from tests.races.racers import Told, Try, race
from tests.services.staged import office, stage

__all__ = ["Racers", "office", "racers", "stage"]

SPAWN = multiprocessing.get_context("spawn")
KEY = bytes(range(32))
#: A minute is far longer than any round takes: a deadlock would last for ever.
PATIENCE = 60


class Racers:
    """Two processes at one database; `at_once` has each do one deed at the same moment."""

    def __init__(self, url: str) -> None:
        self.ready, self.told = SPAWN.Barrier(2), SPAWN.Queue()
        self.tries: list[Any] = [SPAWN.Queue() for _ in range(2)]
        self.processes = [
            SPAWN.Process(target=race, args=(number, url, KEY, self.ready, tries, self.told))
            for number, tries in enumerate(self.tries)
        ]
        for process in self.processes:
            process.start()

    def at_once(self, one: Try, other: Try) -> list[Told]:
        """What became of both, in the order of `one`, `other`. Nothing but a refusal may stand in the way."""
        for tries, asked in zip(self.tries, (one, other), strict=True):
            tries.put(asked)
        answers = sorted((self.told.get(timeout=PATIENCE) for _ in range(2)), key=lambda told: told.racer)
        assert [told.broke for told in answers] == [None, None]
        return answers

    def stop(self) -> None:
        """Ends both."""
        for tries in self.tries:
            tries.put(None)
        for process in self.processes:
            process.join(timeout=10)
            process.kill()


@pytest.fixture
def racers(database: Database) -> Iterator[Racers]:
    """Two processes at that database."""
    pair = Racers(url_of(database))
    yield pair
    pair.stop()
