"""The database: SQLite or PostgreSQL, read and write transactions, the clock, fresh ids, the schema."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    cast,
    create_engine,
    event,
    func,
    literal,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import DisconnectionError as StaleConnection
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeEngine

from fundapp import guard
from fundapp.models.base import NOW_SQL, Base, Evidential, UTCTime

#: A row and a SELECT of whatever columns: SQLAlchemy types them by their columns, one by one.
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"

#: The number of the lock that whoever changes the schema holds on PostgreSQL.
SCHEMA_LOCK = 0x66756E64

LOCK_NOT_AVAILABLE = "55P03"

#: Seconds that a change of the schema waits for a table that somebody reads, before it gives up.
LOCK_PATIENCE = 10

#: A pooled PostgreSQL connection that rested longer than this many seconds is tried before it is used.
RESTED = 30.0


class DatabaseUnusable(Exception):
    """The database cannot be named, reached or opened; the message is a sentence that says what to do."""


class Database:
    """One database, named by an SQLAlchemy URL (`sqlite:////absolute/file.db` or `postgresql://…`).

    `owner_url`, when given, is the PostgreSQL role that owns the tables: only migrations run as it. `pool` connections to
    PostgreSQL are kept open; without `prepares` none of them relies on a statement that the server prepared before.
    Raises DatabaseUnusable for a URL that names no database of these two kinds.
    """

    def __init__(
        self, url: str, owner_url: str | None = None, *, pool: int = 10, prepares: bool = True
    ) -> None:
        self.url = read_url(url, "DATABASE_URL")
        self.owner_url = read_url(owner_url, "DATABASE_OWNER_URL") if owner_url else None
        self.dialect = self.url.get_backend_name()
        self.engine = (
            _sqlite_engine(self.url)
            if self.dialect == "sqlite"
            else _postgresql_engine(self.url, pool, prepares)
        )
        self._writer = self.engine.execution_options(write=True)
        self._snapshot = (
            self.engine
            if self.dialect == "sqlite"
            else self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        )
        self._thread = threading.local()
        self._probing: Engine | None = None

    @property
    def commits_begun(self) -> int:
        """How many commits this thread has asked for: whether one that failed was done, nobody can say."""
        begun: int = getattr(self._thread, "commits", 0)
        return begun

    @contextmanager
    def probe(self) -> Iterator[Connection]:
        """A connection of its own to read from, for whoever asks whether the database answers: it takes nobody's place
        in the pool, and gives up connecting after two seconds. Raises DatabaseUnusable.
        """
        if self.dialect == "sqlite":
            with self.read() as conn:
                yield conn
            return
        if self._probing is None:
            given = {"connect_timeout": 2, "prepare_threshold": None}
            self._probing = create_engine(
                self.url, poolclass=NullPool, connect_args=given, hide_parameters=True
            )
        with _connected(self._probing) as conn, conn.begin() as transaction:
            yield conn
            transaction.rollback()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database (SQLite) or what is committed (PostgreSQL)."""
        with _connected(self.engine) as conn, conn.begin() as transaction:
            yield conn
            transaction.rollback()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A read-only connection on which every statement sees the same moment, on both databases."""
        with _connected(self._snapshot) as conn, conn.begin() as transaction:
            yield conn
            transaction.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a transaction that commits at the end and rolls back on any exception.

        SQLite takes one writer at a time: writers queue on a file beside the database. A second write inside
        the first, on one thread, is a RuntimeError there: it would wait for itself for ever.
        """
        if getattr(self._thread, "writing", False) and self.dialect == "sqlite":
            raise RuntimeError("this thread already has a write transaction open")
        self._thread.writing = True
        try:
            with _connected(self._writer) as conn:
                transaction = conn.begin()
                try:
                    yield conn
                    self._thread.commits = self.commits_begun + 1
                    transaction.commit()
                except BaseException:
                    if transaction.is_active:
                        transaction.rollback()
                    _end_open_transaction(conn)
                    raise
        finally:
            self._thread.writing = False

    def settle(self) -> None:
        """On SQLite, what was deleted or overwritten leaves the write-ahead log too, as far as no reader is in the way."""
        if self.dialect == "sqlite":
            with _connected(self.engine) as conn:
                conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Gives back every connection."""
        self.engine.dispose()


def read_url(url: str, setting: str) -> URL:
    """The URL with the driver that we use. Raises DatabaseUnusable, naming `setting`, if we have none."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseUnusable(
            f"{setting} is not a database URL. Write sqlite:////path/to/file.db or postgresql://user@host/name."
        ) from None
    backend = "postgresql" if parsed.drivername == "postgres" else parsed.get_backend_name()
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise DatabaseUnusable(f"{setting} names no SQLite file. Write sqlite:////path/to/file.db.")
        return parsed.set(drivername="sqlite+pysqlite")
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise DatabaseUnusable(
        f"{setting} asks for {parsed.drivername}, but only SQLite and PostgreSQL are served. "
        "Write sqlite:////path/to/file.db or postgresql://user@host/name."
    )


def database_now(conn: Connection) -> datetime:
    """Now in UTC, by the database's clock; moves on within a transaction."""
    moment: datetime = conn.execute(_ask_now(conn.dialect.name)).scalar_one()
    return moment


@lru_cache(maxsize=4)
def now_of(dialect: str) -> ColumnElement[datetime]:
    """The same as a column named `now`, to be taken along in a select that is made anyway."""
    return literal_column(NOW_SQL[dialect].text, UTCTime()).label("now")


@lru_cache(maxsize=4)
def _ask_now(dialect: str) -> Select[datetime]:
    return select(now_of(dialect))


def fresh_ids(conn: Connection, model: type[Base] | type[Evidential], count: int) -> list[int]:
    """`count` ids of a table that no row has or ever had, in rising order.

    PostgreSQL draws them from the table's sequence. SQLite counts in `sqlite_sequence`, as AUTOINCREMENT
    does, so that an id stays the name of one row only; there the call needs a write transaction.
    """
    table = model.__tablename__
    if count < 1:
        return []
    if conn.dialect.name == "postgresql":
        drawn = conn.execute(_NEXTVAL, {"sequence": f"{table}_id_seq", "count": count})
        return sorted(drawn.scalars())
    last = conn.execute(_COUNT_ON, {"table": table, "count": count}).scalar()
    if last is None:
        conn.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :count)"),
                     {"table": table, "count": count})  # fmt: skip
        last = count
    return list(range(last - count + 1, last + 1))


_NEXTVAL = text("SELECT nextval(:sequence) FROM generate_series(1, :count)")
_COUNT_ON = text("UPDATE sqlite_sequence SET seq = seq + :count WHERE name = :table RETURNING seq")


def among(conn: Connection, column: Column[Any] | Any, values: Sequence[Any]) -> ColumnElement[bool]:
    """`column IN values` with one parameter, however many values there are (whole numbers or text)."""
    kind: TypeEngine[Any] = column.type
    if conn.dialect.name == "postgresql":
        condition: ColumnElement[bool] = column == func.any(
            cast(literal(list(values), ARRAY(kind)), ARRAY(kind))
        )
        return condition
    import orjson

    listed = func.json_each(orjson.dumps(list(values)).decode()).table_valued("value")
    chosen: ColumnElement[bool] = column.in_(select(listed.c.value))
    return chosen


def upgrade(db: Database) -> None:
    """Brings the schema to the newest revision; harmless when it is there already."""
    _migrate(db, "head")


def downgrade(db: Database, revision: str = "base") -> None:
    """Takes the schema back to a revision: everything newer is lost."""
    _migrate(db, revision, down=True)


def schema_is_current(conn: Connection) -> bool:
    """Whether the database stands at the newest revision."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    return (
        MigrationContext.configure(conn).get_current_revision()
        == ScriptDirectory(str(MIGRATIONS)).get_current_head()
    )


def _migrate(db: Database, revision: str, *, down: bool = False) -> None:
    with owning(db) as conn:
        migrate(conn, revision, db.url.username, down=down)


@contextmanager
def owning(db: Database) -> Iterator[Connection]:
    """A write transaction as the role that owns the tables, in which no other changes the schema meanwhile."""
    owner = Database(db.owner_url.render_as_string(hide_password=False)) if db.owner_url else db
    try:
        with owner.write() as conn:
            if db.dialect == "postgresql":  # SQLite has one writer anyway
                conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SCHEMA_LOCK})
                # Whoever waits for a table makes all who come after wait behind it.
                conn.execute(text(f"SET LOCAL lock_timeout = '{LOCK_PATIENCE}s'"))
            yield conn
    finally:
        if owner is not db:
            owner.close()


def migrate(conn: Connection, revision: str, service_role: str | None, *, down: bool = False) -> None:
    """Runs the revisions up (or down) to this one, in the transaction that is open. See `owning`.

    Raises DatabaseUnusable when the database stands at a revision that this code does not know.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("prepend_sys_path", str(MIGRATIONS.parent).replace("%", "%%"))
    config.attributes["connection"] = conn
    config.attributes["service_role"] = service_role
    try:
        (command.downgrade if down else command.upgrade)(config, revision)
    except CommandError as unknown:
        raise DatabaseUnusable(
            "The database was brought to its schema by a newer release of the service than this one. "
            "Nothing was changed. Install the newer release."
        ) from unknown
    except OperationalError as busy:
        if getattr(busy.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise DatabaseUnusable(
            f"Somebody held a table for more than {LOCK_PATIENCE} seconds, so its form could not be changed, and nothing "
            "was: an export, a backup or a check of the record, perhaps. Run it again when that is done."
        ) from busy


def _sqlite_engine(url: URL) -> Engine:
    """Whole transactions, foreign keys, and a queue of writers on a lock file: SQLite's own retry starves."""
    folder = Path(str(url.database)).absolute().parent
    if not folder.is_dir():
        raise DatabaseUnusable(
            f"The folder {folder} for the database does not exist. Make it, or change DATABASE_URL."
        )
    engine = create_engine(url, connect_args={"isolation_level": None, "timeout": 30}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def connected(raw: Any, record: Any) -> None:
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(conn: Connection) -> None:
        if conn.get_execution_options().get("write"):
            lock = os.open(f"{url.database}.writer", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
            conn.connection.info["writer"] = lock
            fcntl.flock(lock, fcntl.LOCK_EX)
            conn.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            conn.exec_driver_sql("BEGIN")

    @event.listens_for(engine, "checkin")
    def returned(raw: Any, record: Any) -> None:
        lock = record.info.pop("writer", None)
        if lock is not None:
            os.close(lock)

    guard.install(engine)
    return engine


def _postgresql_engine(url: URL, pool: int, prepares: bool) -> Engine:
    given: dict[str, Any] = {"connect_timeout": 10}
    if not prepares:
        given["prepare_threshold"] = None
    # What a failure says goes to logs: the statement may, what a person typed may not.
    engine = create_engine(
        url, pool_size=pool, max_overflow=2 * pool, connect_args=given, hide_parameters=True
    )

    @event.listens_for(engine, "checkin")
    def returned(raw: Any, record: Any) -> None:
        record.info["rested_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def taken(raw: Any, record: Any, proxy: Any) -> None:
        if time.monotonic() - record.info.get("rested_since", time.monotonic()) > RESTED:
            try:
                engine.dialect.do_ping(raw)
            except engine.dialect.loaded_dbapi.Error as gone:
                raise StaleConnection from gone

    guard.install(engine)
    return engine


def _end_open_transaction(conn: Connection) -> None:
    """Ends what a COMMIT refused by SQLite (a deferred foreign key) leaves open behind SQLAlchemy's back."""
    if conn.dialect.name == "sqlite" and not conn.invalidated:
        raw: Any = conn.connection.driver_connection
        if raw.in_transaction:
            raw.execute("ROLLBACK")


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        conn = engine.connect()
    except PoolTimeout as full:
        raise DatabaseUnusable(
            "Every connection to the database is in use, and none came free in half a minute. "
            "Is a statement stuck, or DATABASE_POOL too small?"
        ) from full
    except (OperationalError, DBAPIError) as failure:
        raise DatabaseUnusable(
            f"The database {engine.url.render_as_string(hide_password=True)} cannot be opened: "
            f"{str(failure.orig).strip().splitlines()[0]}. Check DATABASE_URL and that the server runs."
        ) from failure
    try:
        yield conn
    finally:
        conn.close()
