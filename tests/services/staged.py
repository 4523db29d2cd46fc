"""The service on each database, and an open round with its cast."""

from collections.abc import Iterator

import pytest

from fundapp.database import Database
from fundapp.demo.stage import Stage
from fundapp.services.deed import Office
from tests.services import world


@pytest.fixture
def office(database: Database) -> Office:
    """The service on each database."""
    return world.office_of(database)


@pytest.fixture
def stage(office: Office) -> Iterator[Stage]:
    """An open round with £10,000 and the cast; whatever a test did, the record must hold afterwards."""
    yield world.stage_of(office)
    world.holds(office)
