"""Processes that make moves at the same moment: each waits for the others, works its share, tells when."""

import multiprocessing
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

from fundapp.services.deed import Actor
from fundapp.services.transition import fire
from tests.bench import grounds, limit_move

#: A share of work: "door" or "limit", and the rows to move.
Share = tuple[str, Sequence[int]]


def _work(url: str, actor: Actor, orders: "Connection[Any, Any]", together: Any) -> None:
    office = grounds.office(url)
    engine = limit_move.engine(url)
    while (share := orders.recv()) is not None:
        what, ids = share
        together.wait(60)
        begun = time.monotonic()
        taken = []
        for row in ids:
            start = time.perf_counter()
            if what == "door":
                fire(office, actor, "bid", "withdraw", row, datetime.now(UTC))
            else:
                limit_move.move(engine, row)
            taken.append(time.perf_counter() - start)
        orders.send((begun, time.monotonic(), taken))
    office.db.close()
    engine.dispose()


class Crew:
    """`count` processes on one database; a context manager that ends them."""

    def __init__(self, url: str, actor: Actor, count: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._together = context.Barrier(count)
        self._workers = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(url, actor, theirs, self._together), daemon=True)
            process.start()
            self._workers.append((process, ours))

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *trouble: object) -> None:
        for process, orders in self._workers:
            if process.is_alive():
                orders.send(None)
            process.join(10)
            if process.is_alive():
                process.terminate()

    def rate(self, what: str, ids: Sequence[int]) -> float:
        """Moves a second, all of them together."""
        count = len(self._workers)
        for place, (_, orders) in enumerate(self._workers):
            orders.send((what, ids[place::count]))
        told = []
        for _, orders in self._workers:
            if not orders.poll(120):
                raise TimeoutError("a process of the crew did not finish its share in two minutes")
            told.append(orders.recv())
        return len(ids) / (max(end for _, end, _ in told) - min(begin for begin, _, _ in told))
