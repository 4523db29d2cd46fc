"""The keys of single rows of bank details, as they lie encrypted."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from fundapp.database import AnyRow
from fundapp.models import DataKey
from fundapp.queries.locks import chunks


def by_id(conn: Connection, data_key: int) -> AnyRow | None:
    """(id, key_id, wrapped) of one."""
    asked = select(DataKey.id, DataKey.key_id, DataKey.wrapped).where(DataKey.id == data_key)
    return conn.execute(asked).one_or_none()


def not_under(conn: Connection, key_id: str, after: int, limit: int) -> list[AnyRow]:
    """Those that still lie under another of the service's keys, in order of id: (id, key_id, wrapped)."""
    asked = (
        select(DataKey.id, DataKey.key_id, DataKey.wrapped)
        .where(DataKey.key_id != key_id, DataKey.wrapped != "", DataKey.id > after)
        .order_by(DataKey.id)
        .limit(limit)
    )
    return list(conn.execute(asked))


def by_ids(conn: Connection, data_keys: Sequence[int]) -> dict[int, AnyRow]:
    """(id, key_id, wrapped) of many, by id."""
    found: dict[int, AnyRow] = {}
    for part in chunks(data_keys):
        asked = select(DataKey.id, DataKey.key_id, DataKey.wrapped).where(DataKey.id.in_(part))
        found.update((row.id, row) for row in conn.execute(asked))
    return found


def under(conn: Connection) -> dict[str, int]:
    """How many lie under each of the service's keys, by the key's name; destroyed ones are not counted."""
    asked = select(DataKey.key_id, func.count()).where(DataKey.wrapped != "").group_by(DataKey.key_id)
    return {name: int(many) for name, many in conn.execute(asked)}
