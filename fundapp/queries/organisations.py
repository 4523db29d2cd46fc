"""Organisations."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from fundapp.models import Organisation
from fundapp.queries.locks import CHUNK


def by_key(conn: Connection, official: Sequence[str], names: Sequence[str]) -> dict[str, int]:
    """Organisations by official id, and those without one by `name:` and their name; the oldest of a name."""
    found: dict[str, int] = {}
    for start in range(0, len(official), CHUNK):
        asked = select(Organisation.official_id, Organisation.id).where(
            Organisation.official_id.in_(official[start : start + CHUNK])
        )
        found.update({str(key): row for key, row in conn.execute(asked)})
    for start in range(0, len(names), CHUNK):
        unregistered = (
            select(Organisation.name, Organisation.id)
            .where(Organisation.official_id.is_(None), Organisation.name.in_(names[start : start + CHUNK]))
            .order_by(Organisation.id.desc())
        )
        found.update({f"name:{name}": row for name, row in conn.execute(unregistered)})
    return found
