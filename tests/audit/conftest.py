"""A database with something in every evidential table."""

from collections.abc import Iterator

import pytest

from fundapp.database import Database
from tests.audit import world


@pytest.fixture
def fund(database: Database) -> Database:
    """The small world, on both databases."""
    world.build(database)
    return database


@pytest.fixture
def attacker(fund: Database) -> Iterator[world.Attacker]:
    """Someone who has that database in hand."""
    someone = world.Attacker(fund)
    yield someone
    someone.close()


@pytest.fixture
def sqlite_fund(sqlite_database: Database) -> Database:
    """The small world on SQLite, for what does not depend on the database."""
    world.build(sqlite_database)
    return sqlite_database
