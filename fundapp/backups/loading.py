"""Rows out of a backup into a database that has none.

The triggers that keep the record append-only cannot stand while a record is brought back: a head that begins at 900 is
what they refuse. So they are off while the rows go in, and this is safe because nobody else is there: on PostgreSQL
tables, rows and triggers are made by the owner's role in one transaction, before whose end no other session sees so
much as a table, and an interrupted one leaves nothing; on SQLite it happens in a file that no service has opened, which
takes the database's name when it is whole. Both begin with a database without tables, so there is no record that could
be changed. For the same reason the guard of the service's own statements (`fundapp/guard.py`) is passed by: the rows
have their events already, and whoever restores proves it afterwards, by verifying the record.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from fundapp.backups.tables import OF_THE_SCHEMA, Copies, Rows
from fundapp.database import Database, migrate, owning

Told = Callable[[str], None]


class NotLoaded(Exception):
    """The rows do not fit; nothing of them is left. The text is a sentence."""


def into_postgresql(
    db: Database, source: Rows, revision: str, counts: Mapping[str, int], last: Mapping[str, int], told: Told
) -> None:
    """Makes the tables as they were, fills them, brings them to the newest schema: all of it or nothing.

    Raises NotLoaded, DatabaseUnusable.
    """
    with owning(db) as conn:
        migrate(conn, revision, db.url.username)
        quoted = conn.dialect.identifier_preparer.quote
        conn.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        ordered = _ordered(conn)
        if strange := sorted(set(counts) - set(ordered)):
            raise NotLoaded(f"The backup has a table {strange[0]} that schema {revision} has no place for.")
        with _no_triggers(conn):
            for table in ordered:
                if table not in counts:
                    continue
                told(table)
                conn.connection.driver_connection.execute(f"DELETE FROM {quoted(table)}")  # type: ignore[union-attr]
                many = _fill(conn, table, source)
                if many != counts[table]:
                    raise NotLoaded(f"{many} rows of {table} came in, but the backup has {counts[table]}.")
            for table, greatest in last.items():
                conn.execute(_SET_SEQUENCE, {"table": table, "last": max(greatest, 1), "given": greatest > 0})
        migrate(conn, "head", db.url.username)


_SET_SEQUENCE = text("SELECT setval(CAST(pg_get_serial_sequence(:table, 'id') AS regclass), :last, :given)")
_TRIGGERS = text(
    "SELECT relname, tgname, tgenabled FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
    " WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace ORDER BY 1, 2"
)
#: How a trigger is made to stand again as it stood.
_STOOD = {"A": "ENABLE ALWAYS", "O": "ENABLE", "R": "ENABLE REPLICA", "D": "DISABLE"}


@contextmanager
def _no_triggers(conn: Connection) -> Iterator[None]:
    quoted = conn.dialect.identifier_preparer.quote
    standing = [(quoted(table), quoted(name), how) for table, name, how in conn.execute(_TRIGGERS)]
    for table, name, _how in standing:
        conn.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {name}"))
    yield
    for table, name, how in standing:
        conn.execute(text(f"ALTER TABLE {table} {_STOOD[how]} TRIGGER {name}"))


def _ordered(conn: Connection) -> list[str]:
    """The tables, each after those that its rows point to."""
    found = inspect(conn).get_sorted_table_and_fkc_names()
    return [table for table, _keys in found if table is not None and table not in OF_THE_SCHEMA]


def _fill(conn: Connection, table: str, source: Rows) -> int:
    quoted = conn.dialect.identifier_preparer.quote
    names = ", ".join(quoted(name) for name in source.columns(table))
    raw: Any = conn.connection.driver_connection
    try:
        with raw.cursor() as cursor:
            with cursor.copy(f"COPY {quoted(table)} ({names}) FROM STDIN") as copy:
                if isinstance(source, Copies):
                    for part in source.parts(table):
                        copy.write(part)
                else:
                    for row in source.rows(table):
                        copy.write_row(row)
            return int(cursor.rowcount)
    except raw.Error as refused:
        why = str(refused).strip().splitlines()[0]
        raise NotLoaded(f"A row of {table} cannot stand in PostgreSQL: {why}.") from refused


def into_sqlite(
    path: Path, source: Rows, revision: str, counts: Mapping[str, int], last: Mapping[str, int], told: Told
) -> None:
    """The same into a new SQLite file that nothing else has open. Raises NotLoaded."""
    db = Database(f"sqlite:///{path}")
    try:
        with owning(db) as conn:
            migrate(conn, revision, None)
    finally:
        db.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("BEGIN IMMEDIATE")
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _sql in triggers:
            raw.execute(f'DROP TRIGGER "{name}"')
        for table, count in counts.items():
            told(table)
            names = source.columns(table)
            marks = ", ".join("?" * len(names))
            columns = ", ".join(f'"{name}"' for name in names)
            raw.execute(f'DELETE FROM "{table}"')
            done = raw.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', source.rows(table))
            if max(done.rowcount, 0) != count:
                raise NotLoaded(f"{done.rowcount} rows of {table} came in, but the backup has {count}.")
        for table, greatest in last.items():
            raw.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
            raw.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, greatest))
        if wrong := raw.execute("PRAGMA foreign_key_check").fetchone():
            raise NotLoaded(f"A row of {wrong[0]} names a row of {wrong[2]} that the backup does not have.")
        for _name, sql in triggers:
            raw.execute(sql)
        raw.execute("COMMIT")
