"""The keys of single rows of bank details, as they lie encrypted."""

from sqlalchemy import Connection, select

from fundapp.database import AnyRow
from fundapp.models import DataKey


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
