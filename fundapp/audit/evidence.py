"""The only writers of evidential tables; each leaves in its entry a commitment to what was written."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import orjson
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    bindparam,
    cast,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from fundapp.audit.commitment import SALT_BYTES, commitment, erased_salt, plain
from fundapp.audit.record import Entry, RecordBroken
from fundapp.database import fresh_ids
from fundapp.guard import RECORDED, UnrecordedWrite
from fundapp.models import EVIDENTIAL
from fundapp.models.base import Base, Evidential

#: A row as the database gave it back: `id`, `home`, `salt` and the evidential columns.
AnyRow: TypeAlias = Row[*tuple[Any, ...]]

__all__ = [
    "AnyRow",
    "UnrecordedWrite",
    "WrongHome",
    "change",
    "change_many",
    "change_row",
    "erase_row",
    "left_by",
    "put",
    "put_many",
    "saw",
]


class WrongHome(Exception):
    """A row would have been recorded in the chain of a subject that is not its home: the caller's mistake."""


def put(conn: Connection, entry: Entry, model: type[Evidential], values: Mapping[str, Any]) -> int:
    """Inserts one row, recorded in `entry`; its id. `values` may carry an `id` from `fresh_ids`."""
    _at_home(model, entry)
    row = conn.execute(_insert(model.__tablename__), _filled(entry, values)).one()
    _commit(entry, model, row)
    return int(row.id)


def put_many(
    conn: Connection, model: type[Evidential], items: Sequence[tuple[Entry, Mapping[str, Any]]]
) -> list[int]:
    """Inserts many rows of the same columns, each recorded in its entry; their ids in the order of `items`.

    ValueError if the items do not all set the same columns.
    """
    if not items:
        return []
    columns = items[0][1].keys()
    if any(values.keys() != columns for _, values in items):
        raise ValueError(f"rows of {model.__tablename__} written together must set the same columns")
    ids = (
        [int(values["id"]) for _, values in items] if "id" in columns else fresh_ids(conn, model, len(items))
    )
    rows = []
    for (entry, values), row_id in zip(items, ids, strict=True):
        _at_home(model, entry)
        rows.append({**_filled(entry, values), "id": row_id})
    written = {row.id: row for row in conn.execute(_insert(model.__tablename__), rows)}
    for (entry, _), row_id in zip(items, ids, strict=True):
        _commit(entry, model, written[row_id])
    return ids


def change(
    conn: Connection,
    entry: Entry,
    model: type[Evidential],
    where: ColumnElement[bool],
    values: Mapping[str, Any],
) -> list[AnyRow]:
    """Changes the rows that match, all of the entry's subject; what they now hold, none if nothing matched.

    Rows come back with `id`, `home`, `salt` and the evidential columns. A row can be changed once per event.
    Raises WrongHome when a matching row belongs to another subject.
    """
    table = _table(model)
    found = conn.execute(select(table.c.id).where(where)).scalars().all()
    _as_left(conn, model, dict.fromkeys(found, entry))
    statement = (
        update(table)
        .where(where)
        .values(**values, event_no=entry.number)
        .returning(*_returned(model.__tablename__))
        .execution_options(recorded=RECORDED)
    )
    rows = list(conn.execute(statement))
    for row in rows:
        _commit(entry, model, row)
    return rows


def change_row(
    conn: Connection,
    entry: Entry,
    model: type[Evidential],
    row_id: int,
    version: int | None,
    values: Mapping[str, Any],
) -> AnyRow | None:
    """Changes one row by its id, and by its version where one is given: None when that is stale. Prebuilt."""
    _as_left(conn, model, {row_id: entry})
    given: dict[str, Any] = {f"n_{name}": value for name, value in values.items()}
    given.update(b_id=row_id, n_event_no=entry.number)
    if version is not None:
        given["b_version"] = version
    row = conn.execute(_update(model.__tablename__, tuple(values), version is not None), given).one_or_none()
    if row is not None:
        _commit(entry, model, row)
    return row


def erase_row(
    conn: Connection, entry: Entry, model: type[Evidential], row_id: int, values: Mapping[str, Any]
) -> AnyRow | None:
    """Overwrites what people wrote in a row, under a new salt: what older events commit to can never be opened again.

    The salt shows that the row was erased; the event must be of the action `erased` and name the row. None: no such row.
    """
    return change_row(conn, entry, model, row_id, None, {**values, "salt": erased_salt()})


def change_many(
    conn: Connection,
    model: type[Evidential],
    items: Sequence[tuple[Entry, int, int | None, Mapping[str, Any]]],
) -> int:
    """Changes many rows, `(entry, id, expected version or None, values)`, in one statement; how many.

    Fewer than `items` when a row is missing or its version is not the expected one: then roll back.
    ValueError if the items do not all set the same columns, or name a row twice.
    """
    if not items:
        return 0
    names = tuple(items[0][3])
    if any(values.keys() != items[0][3].keys() for *_, values in items):
        raise ValueError(f"rows of {model.__tablename__} changed together must set the same columns")
    entries = {row_id: entry for entry, row_id, _, _ in items}
    if len(entries) != len(items):
        raise ValueError(f"a row of {model.__tablename__} would be changed twice")
    _as_left(conn, model, entries)
    table = _table(model)
    versioned = any(version is not None for _, _, version, _ in items)
    columns = [table.c.id, table.c.event_no, *([table.c.version] if versioned else []),
               *(table.c[name] for name in names)]  # fmt: skip
    lists: list[list[Any]] = [
        [row_id for _, row_id, _, _ in items],
        [entry.number for entry, _, _, _ in items],
        *([[version for _, _, version, _ in items]] if versioned else []),
        *([values[name] for _, _, _, values in items] for name in names),
    ]
    parameters: dict[str, Any]
    if conn.dialect.name == "postgresql":
        parameters = {f"l{place}": values for place, values in enumerate(lists)}
    else:
        stored = [_stored(conn, column, values) for column, values in zip(columns, lists, strict=True)]
        parameters = {"items": orjson.dumps(list(zip(*stored, strict=True))).decode()}
    changed = 0
    for row in conn.execute(
        _update_many(model.__tablename__, names, versioned, conn.dialect.name), parameters
    ):
        _commit(entries[row.id], model, row)
        changed += 1
    return changed


def saw(entry: Entry, model: type[Evidential], row: AnyRow) -> None:
    """Take notice of a row that was read locked, with the columns of `left_by`, before it is changed in this entry.

    If it is as its newest event left it, changing it need not read it again; else the change looks for itself.
    """
    if _is_as_left(entry, model, row):
        entry.whole.add((model.__tablename__, row.id))


def _as_left(conn: Connection, model: type[Evidential], entries: Mapping[int, Entry]) -> None:
    """Raises RecordBroken if a row that is about to change is not as its newest event left it.

    Otherwise the new event would commit to what somebody wrote behind the service's back, and make it right.
    """
    table = model.__tablename__
    unseen = [row_id for row_id, entry in entries.items() if (table, row_id) not in entry.whole]
    if not unseen:
        return
    dialect = conn.dialect.name
    one = len(unseen) == 1
    wanted: Any = unseen[0] if one else unseen
    if not one and dialect == "sqlite":
        wanted = orjson.dumps(wanted).decode()
    for row in conn.execute(_left(table, dialect, one), {"ids": wanted}):
        if not _is_as_left(entries[row.id], model, row):
            raise RecordBroken(
                f"{table} {row.id} is not as the record says: somebody changed it past this service. "
                "Nothing was written. Verify the record."
            )


def _is_as_left(entry: Entry, model: type[Evidential], row: AnyRow) -> bool:
    table, held = model.__tablename__, row._mapping
    made = commitment(row.salt, table, row.id, {name: plain(held[name]) for name in model.EVIDENCE})
    # An event of this very transaction may still be unwritten: then its entry knows the rows.
    pending = entry.before
    while pending is not None and pending.number != row.event_no:
        pending = pending.before
    if pending is not None and pending.event is None:
        return [table, row.id, made] in pending.rows
    whole = row.e_body is not None and hashlib.sha256(row.e_body.encode()).hexdigest() == row.e_hash
    signed = whole and (entry.mac_of is None or entry.mac_of(row.e_hash) == row.e_mac)
    # The commitment is of this very table, id and columns: finding it anywhere in the event is enough.
    return bool(signed and made in row.e_body and not row.later)


def _filled(entry: Entry, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **values,
        "home": entry.subject,
        "event_no": entry.number,
        "salt": secrets.token_bytes(SALT_BYTES),
    }


def _at_home(model: type[Evidential], entry: Entry) -> None:
    if entry.subject.partition(":")[0] != model.HOME:
        raise WrongHome(f"{model.__tablename__} is at home with a {model.HOME}, not in {entry.subject}")


def _commit(entry: Entry, model: type[Evidential], row: AnyRow) -> None:
    if row.home != entry.subject:
        raise WrongHome(f"{model.__tablename__} {row.id} is at home in {row.home}, not in {entry.subject}")
    held = row._mapping
    columns = {name: plain(held[name]) for name in model.EVIDENCE}
    table = model.__tablename__
    entry.rows.append([table, row.id, commitment(row.salt, table, row.id, columns)])


def _stored(conn: Connection, column: Column[Any], values: list[Any]) -> list[Any]:
    """Values as SQLite stores them; through JSON no bytes can travel (ValueError)."""
    if isinstance(column.type, LargeBinary):
        raise ValueError(f"{column.name} holds bytes and cannot be changed for many rows at once")
    convert = column.type.dialect_impl(conn.dialect).bind_processor(conn.dialect)
    return values if convert is None else [convert(value) for value in values]


def _table(model: type[Evidential]) -> Table:
    return Base.metadata.tables[model.__tablename__]


@lru_cache(maxsize=128)
def _returned(name: str) -> tuple[Column[Any], ...]:
    table = Base.metadata.tables[name]
    return (
        table.c.id,
        table.c.home,
        table.c.salt,
        *(table.c[column] for column in EVIDENTIAL[name].EVIDENCE),
    )


def left_by(name: str, dialect: str) -> tuple[list[ColumnElement[Any]], Table, ColumnElement[bool]]:
    """For a select of a table's rows: what must come along, what to join for it (outer), and on what.

    The row's salt and number of event, that event's text, hash and mac, and whether a later event of its home speaks
    of the row too: then the one that it names is not the newest.
    """
    table, events = Base.metadata.tables[name], Base.metadata.tables["audit_event"]
    after = events.alias("later")
    within = func.strpos if dialect == "postgresql" else func.instr
    spoken = literal(f'["{name}",').concat(cast(table.c.id, String)).concat(",")
    later = exists().where(
        after.c.subject == table.c.home, after.c.number > table.c.event_no, within(after.c.body, spoken) > 0
    )
    columns: list[ColumnElement[Any]] = [
        table.c.salt, table.c.event_no, events.c.body.label("e_body"), events.c.hash.label("e_hash"),
        events.c.mac.label("e_mac"), later.label("later"),
    ]  # fmt: skip
    return columns, events, (events.c.subject == table.c.home) & (events.c.number == table.c.event_no)


@lru_cache(maxsize=128)
def _left(name: str, dialect: str, one: bool) -> Any:
    table = Base.metadata.tables[name]
    columns, events, on = left_by(name, dialect)
    evidence = (table.c[column] for column in EVIDENTIAL[name].EVIDENCE)
    asked = select(table.c.id, table.c.home, *evidence, *columns).select_from(table.outerjoin(events, on))
    if one:
        return asked.where(table.c.id == bindparam("ids"))
    if dialect == "postgresql":
        kind = ARRAY(table.c.id.type)
        return asked.where(table.c.id == func.any(cast(bindparam("ids", type_=kind), kind)))
    listed = func.json_each(bindparam("ids")).table_valued("value")
    return asked.where(table.c.id.in_(select(listed.c.value)))


@lru_cache(maxsize=128)
def _insert(name: str) -> Any:
    return insert(Base.metadata.tables[name]).returning(*_returned(name)).execution_options(recorded=RECORDED)


@lru_cache(maxsize=512)
def _update(name: str, names: tuple[str, ...], versioned: bool) -> Any:
    table = Base.metadata.tables[name]
    statement = update(table).where(table.c.id == bindparam("b_id"))
    if versioned:
        statement = statement.where(table.c.version == bindparam("b_version"))
    new = {column: bindparam(f"n_{column}", type_=table.c[column].type) for column in (*names, "event_no")}
    return statement.values(new).returning(*_returned(name)).execution_options(recorded=RECORDED)


@lru_cache(maxsize=512)
def _update_many(name: str, names: tuple[str, ...], versioned: bool, dialect: str) -> Any:
    """UPDATE … FROM the items: parallel arrays on PostgreSQL, one JSON text on SQLite."""
    table = Base.metadata.tables[name]
    given = ["id", "event_no", *(["version"] if versioned else []), *names]
    labels = [f"l{place}" for place in range(len(given))]
    if dialect == "postgresql":
        arrays = [
            cast(bindparam(label, type_=ARRAY(table.c[column].type)), ARRAY(table.c[column].type))
            for label, column in zip(labels, given, strict=True)
        ]
        source: Any = func.unnest(*arrays).table_valued(*labels).render_derived("item")
    else:
        listed = func.json_each(bindparam("items")).table_valued("value")
        source = select(
            *(
                func.json_extract(listed.c.value, literal_column(f"'$[{place}]'")).label(label)
                for place, label in enumerate(labels)
            )
        ).subquery("item")
    item = dict(zip(labels, (source.c[label] for label in labels), strict=True))
    statement = update(table).where(table.c.id == item["l0"])
    first = 2
    if versioned:
        seen = item["l2"]
        statement = statement.where(or_(seen.is_(None), table.c.version == cast(seen, Integer)))
        first = 3
    new: dict[str, Any] = {"event_no": item["l1"]}
    new.update({column: item[label] for column, label in zip(names, labels[first:], strict=True)})
    return statement.values(new).returning(*_returned(name)).execution_options(recorded=RECORDED)
