"""How many rows a table has."""

from sqlalchemy import Connection, func, select

from fundapp.models.base import Base


def rows(conn: Connection, table: str) -> int:
    """All of them, by the table's name."""
    counted = select(func.count()).select_from(Base.metadata.tables[table])
    return int(conn.execute(counted).scalar_one())
