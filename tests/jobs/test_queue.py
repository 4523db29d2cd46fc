"""The queue of nudges on PostgreSQL, where many machines begin at once."""

import threading

import pytest

from fundapp.database import Database
from fundapp.jobs.worker import open_queue
from tests.databases import url_of


@pytest.mark.postgres
def test_those_that_begin_at_once_all_get_the_queue(postgres_database: Database) -> None:
    together, sizes, failed = threading.Barrier(6), list[int](), list[Exception]()

    def begin() -> None:
        together.wait(30)
        try:
            queue = open_queue(url_of(postgres_database))
            sizes.append(len(queue))
            queue.storage.close()
        except Exception as failure:
            failed.append(failure)

    machines = [threading.Thread(target=begin) for _ in range(6)]
    for machine in machines:
        machine.start()
    for machine in machines:
        machine.join(60)
    assert (sizes, failed) == ([0] * 6, [])
