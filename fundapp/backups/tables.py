"""The rows of every table as they lie in a backup, whichever of the two databases they came from.

A table of PostgreSQL lies as its own text form of COPY (one line a row, tabs between columns, `\\N` for none), times in
UTC. A database of SQLite lies whole, as one file.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeAlias

from sqlalchemy import Connection, inspect, text

from fundapp.models.base import Base

Row: TypeAlias = tuple[Any, ...]
#: Columns of each table, by name: (column, type in PostgreSQL's words).
Shape: TypeAlias = dict[str, list[tuple[str, str]]]

CHUNK = 1024 * 1024
#: What the migrations write by themselves when the tables are made anew.
OF_THE_SCHEMA = ("alembic_version", "schema_floor")

_COLUMNS = text(
    "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
    " WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
)
_SEQUENCE = text("SELECT pg_get_serial_sequence(:table, 'id')")


class Rows(Protocol):
    """Where rows come from."""

    def columns(self, table: str) -> list[str]:
        """The columns of a table in the order of its rows."""

    def rows(self, table: str) -> Iterator[Row]:
        """Text, whole numbers, bytes, or None; yes and no as 1 and 0, times as SQLite keeps them."""


def ours() -> list[str]:
    """Every table that a backup holds, whatever else stands beside them."""
    return sorted(set(Base.metadata.tables) - set(OF_THE_SCHEMA))


def shape(conn: Connection) -> Shape:
    """The tables of a PostgreSQL database as they stand."""
    quoted = conn.dialect.identifier_preparer.quote
    return {
        table: [(name, kind) for name, kind in conn.execute(_COLUMNS, {"table": quoted(table)})]
        for table in ours()
    }


def copy_out(conn: Connection, table: str, columns: list[tuple[str, str]], into: BinaryIO) -> int:
    """A table's rows into a file, in the order of its key; how many."""
    quoted = conn.dialect.identifier_preparer.quote
    key = ", ".join(quoted(name) for name in inspect(conn).get_pk_constraint(table)["constrained_columns"])
    names = ", ".join(quoted(name) for name, _kind in columns)
    raw: Any = conn.connection.driver_connection
    with raw.cursor() as cursor:
        for setting in ("timezone = 'UTC'", "datestyle = 'ISO'", "bytea_output = 'hex'"):
            cursor.execute(f"SET LOCAL {setting}")
        with cursor.copy(f"COPY (SELECT {names} FROM {quoted(table)} ORDER BY {key}) TO STDOUT") as copy:
            for part in copy:
                into.write(part)
        return int(cursor.rowcount)


def last_ids(conn: Connection, tables: list[str]) -> dict[str, int]:
    """The greatest id that was ever given in each table that counts its rows, 0 if none was."""
    if conn.dialect.name == "sqlite":
        return {name: int(seq) for name, seq in conn.execute(text("SELECT name, seq FROM sqlite_sequence"))}
    found = {}
    for table in tables:
        sequence = conn.execute(_SEQUENCE, {"table": table}).scalar() if _counts(table) else None
        if sequence:
            last, called = conn.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()
            found[table] = int(last) if called else 0
    return found


def _counts(table: str) -> bool:
    return "id" in Base.metadata.tables[table].columns


class Copies:
    """Tables as PostgreSQL's COPY wrote them, one file each in a folder."""

    def __init__(self, folder: Path, of: Mapping[str, list[tuple[str, str]]]) -> None:
        self.folder, self.of = folder, of

    def columns(self, table: str) -> list[str]:
        """See Rows."""
        return [name for name, _kind in self.of[table]]

    def parts(self, table: str) -> Iterator[bytes]:
        """The file as it is."""
        with (self.folder / f"{table}.copy").open("rb") as file:
            while part := file.read(CHUNK):
                yield part

    def rows(self, table: str) -> Iterator[Row]:
        """See Rows."""
        readers = [_READERS.get(kind, _text) for _name, kind in self.of[table]]
        with (self.folder / f"{table}.copy").open(encoding="utf-8", newline="\n") as file:
            for line in file:
                cells = line.rstrip("\n").split("\t")
                yield tuple(
                    None if cell == r"\N" else read(cell) for read, cell in zip(readers, cells, strict=True)
                )


class SQLiteFile:
    """A database of SQLite, read as it stands."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def columns(self, table: str) -> list[str]:
        """See Rows."""
        with closing(sqlite3.connect(self.path)) as raw:
            return [str(row[1]) for row in raw.execute(f'PRAGMA table_info("{table}")')]

    def rows(self, table: str) -> Iterator[Row]:
        """See Rows."""
        with closing(sqlite3.connect(self.path)) as raw:
            yield from raw.execute(f'SELECT * FROM "{table}"')


_ESCAPED = re.compile(r"\\(.)")
_SIGNS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _text(cell: str) -> str:
    return _ESCAPED.sub(lambda found: _SIGNS.get(found[1], found[1]), cell) if "\\" in cell else cell


def _bytes(cell: str) -> bytes:
    return bytes.fromhex(cell.removeprefix(r"\\x"))


def _moment(cell: str) -> str:
    """`2027-03-08 21:42:07.5+00` as SQLite keeps it."""
    day, _space, clock = cell.removesuffix("+00").partition(" ")
    whole, _point, part = clock.partition(".")
    return f"{day}T{whole}.{part.ljust(6, '0')}Z"


_READERS: dict[str, Any] = {
    "bigint": int,
    "integer": int,
    "smallint": int,
    "double precision": float,
    "boolean": lambda cell: int(cell == "t"),
    "bytea": _bytes,
    "timestamp with time zone": _moment,
}
