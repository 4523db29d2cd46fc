"""Rows as the database stores them: whatever stands in a column, reading it never fails."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import orjson
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    Date,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from fundapp.audit.commitment import SALT_BYTES, commitment, is_erased
from fundapp.models import EVIDENTIAL
from fundapp.models.base import Base, CanonicalJSON, UTCTime, canonical

_SCALARS = frozenset((str, int, bool, type(None)))
#: PostgreSQL writes a year before Christ without saying so.
_ERA = "CASE WHEN {column} < '0001-01-01' THEN ' BC' ELSE '' END"


def raw(column: Column[Any], dialect: str) -> ColumnElement[Any]:
    """A column as it is stored: no conversion that could fail, times and days as text on both databases."""
    name = f"{column.table.name}.{column.name}"
    if dialect == "postgresql" and isinstance(column.type, UTCTime):
        form = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
        return literal_column(f"to_char({name} AT TIME ZONE 'UTC', '{form}')").concat(
            literal_column(_ERA.format(column=name))
        ).label(column.name)  # fmt: skip
    if dialect == "postgresql" and isinstance(column.type, Date):
        return literal_column(f"to_char({name}, 'YYYY-MM-DD')").concat(
            literal_column(_ERA.format(column=name))
        ).label(column.name)  # fmt: skip
    return literal_column(name).label(column.name)


def strange(value: Any) -> Any:
    """A value of a kind that no evidential column ever holds, so that it cannot pass for another."""
    if isinstance(value, bytes | memoryview):
        return {"bytes": bytes(value).hex()}
    return {type(value).__name__: repr(value)}


def stored_json(value: Any) -> Any:
    """Stored canonical JSON; anything else is kept as the text that it is."""
    if value is None:
        return None
    try:
        parsed = orjson.loads(value)
        # A stored `null` is no absent value, which is NULL.
        if parsed is not None and canonical(parsed) == value.encode():
            return parsed
    except (ValueError, TypeError, AttributeError):
        pass
    return {"text": value} if isinstance(value, str) else strange(value)


def stored_flag(value: Any) -> Any:
    """SQLite keeps yes and no as 1 and 0."""
    return bool(value) if type(value) is int and value in (0, 1) else value


@dataclass(frozen=True, slots=True)
class Span:
    """Subjects: those after one and up to another in the database's order (None: no bound), or only those listed."""

    after: Any = None
    upto: Any = None
    listed: tuple[str, ...] | None = None


class Ranged:
    """A select that is cut to a span of subjects. Each of its forms is built once."""

    def __init__(self, statement: Select[Any], column: str, dialect: str) -> None:
        place: ColumnElement[Any] = literal_column(column, String())
        after, upto = place > bindparam("after"), place <= bindparam("upto")
        self._dialect = dialect
        self._forms = {
            (False, False): statement,
            (True, False): statement.where(after),
            (False, True): statement.where(upto),
            (True, True): statement.where(after, upto),
        }
        if dialect == "postgresql":
            kind = ARRAY(String())
            listed: ColumnElement[bool] = place == func.any(cast(bindparam("listed", type_=kind), kind))
        else:
            listed = place.in_(select(func.json_each(bindparam("listed")).table_valued("value").c.value))
        self._listed = statement.where(listed)

    def rows(self, conn: Connection, span: Span) -> CursorResult[*tuple[Any, ...]]:
        """What belongs to the span."""
        if span.listed is not None:
            given: Any = list(span.listed)
            if self._dialect == "sqlite":
                given = orjson.dumps(given).decode()
            return conn.execute(self._listed, {"listed": given})
        form = self._forms[span.after is not None, span.upto is not None]
        return conn.execute(form, {"after": span.after, "upto": span.upto})

    def parts(self, conn: Connection, span: Span) -> Iterator[Sequence[tuple[Any, ...]]]:
        """The same as the driver gives it, a thousand at a time: nothing here needs converting or naming.

        Not for a statement that is streamed: of that the first row is already in a buffer elsewhere.
        """
        with closing(self.rows(conn, span)) as result:
            cursor: Any = result.cursor
            while part := cursor.fetchmany(1000):
                yield part


#: An evidential row: id, home, event_no, what it should commit to (None: its salt is none), whether its salt says
#: that it was erased, its columns.
LiveRow: TypeAlias = tuple[Any, Any, Any, str | None, bool, dict[str, Any]]


@dataclass(slots=True)
class Reader:
    """Reads one evidential table between two homes."""

    table: str
    statement: Ranged
    names: tuple[str, ...]
    conversions: tuple[tuple[str, Callable[[Any], Any]], ...]
    converted: frozenset[str]

    def row(self, values: Any) -> LiveRow:
        """A row out of what the statement gave: id, home, event_no, salt, then the evidential columns."""
        row_id, home, event_no, salt, *held = values
        columns: dict[str, Any] = dict(zip(self.names, held, strict=True))
        for name, convert in self.conversions:
            columns[name] = convert(columns[name])
        if not _SCALARS.issuperset(map(type, held)):
            columns = {
                name: value if type(value) in _SCALARS or name in self.converted else strange(value)
                for name, value in columns.items()
            }
        if type(salt) is not bytes or len(salt) != SALT_BYTES:
            return row_id, home, event_no, None, False, columns
        try:
            made = commitment(salt, self.table, row_id, columns)
        except TypeError:
            # JSON nested too deep or a number too large to be written: nothing that we ever recorded.
            made = ""
        return row_id, home, event_no, made, is_erased(salt), columns


@cache
def readers(dialect: str) -> tuple[Reader, ...]:
    """One reader for each evidential table; it is read home by home."""
    made = []
    for name, model in sorted(EVIDENTIAL.items()):
        table = Base.metadata.tables[name]
        conversions: dict[str, Callable[[Any], Any]] = {}
        for column_name in model.EVIDENCE:
            kind = table.c[column_name].type
            if isinstance(kind, CanonicalJSON):
                conversions[column_name] = stored_json
            elif isinstance(kind, Boolean) and dialect == "sqlite":
                conversions[column_name] = stored_flag
        columns = [raw(table.c[n], dialect) for n in ("id", "home", "event_no", "salt", *model.EVIDENCE)]
        statement = select(*columns).select_from(table)
        ranged = Ranged(statement, f"{name}.home", dialect)
        converted = tuple(conversions.items())
        made.append(Reader(name, ranged, tuple(model.EVIDENCE), converted, frozenset(conversions)))
    return tuple(made)


def counted(table: str) -> Select[Any]:
    """How many rows a table has."""
    return select(func.count()).select_from(text(table))
