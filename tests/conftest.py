"""Fixtures for all tests; each kind stands in a file of its own."""

from typing import Any

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.databases", "tests.web", "tests.cast"]

# A busy machine is no fault of the code: no test measures time.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

#: A file stays on one worker: those that take longest begin first, so that no worker waits for another at the end.
LONGEST = ("tests/journeys/", "tests/races/", "tests/house/", "tests/audit/")


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """The longest rooms first, each in the order it had."""
    places = {room: place for place, room in enumerate(LONGEST)}
    items.sort(
        key=lambda item: next(
            (places[room] for room in LONGEST if item.nodeid.startswith(room)), len(LONGEST)
        )
    )
