"""The tree of areas: a ward stands in a council, that in a region; beside it in constituencies."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect, among
from fundapp.models import Area, WardConstituency


def with_those_above(conn: Connection, area_id: int) -> list[int]:
    """The ids of an area, of the three levels that contain it and of its constituencies; empty if there is none such."""
    rows = conn.execute(_chain(), {"area": area_id}).all()
    above = [found for row in rows[:1] for found in row[:4] if found is not None]
    return above + [row.constituency_id for row in rows if row.constituency_id is not None]


@cache
def _chain() -> AnySelect:
    first, second, third = aliased(Area), aliased(Area), aliased(Area)
    return (
        select(first.id, first.parent_id, second.parent_id, third.parent_id, WardConstituency.constituency_id)
        .select_from(first)
        .outerjoin(second, second.id == first.parent_id)
        .outerjoin(third, third.id == second.parent_id)
        .outerjoin(WardConstituency, WardConstituency.ward_id == first.id)
        .where(first.id == bindparam("area"))
        .order_by(WardConstituency.constituency_id)
    )


def every(conn: Connection) -> list[AnyRow]:
    """All areas: (id, kind, code, name, parent_id). Some ten thousand for the whole country."""
    return list(
        conn.execute(select(Area.id, Area.kind, Area.code, Area.name, Area.parent_id).order_by(Area.id))
    )


def constituencies_of(conn: Connection, ward_ids: Sequence[int]) -> dict[int, set[int]]:
    """The constituencies of each of these wards that has any."""
    asked = select(WardConstituency.ward_id, WardConstituency.constituency_id).where(
        among(conn, WardConstituency.ward_id, ward_ids)
    )
    found: dict[int, set[int]] = {}
    for ward, constituency in conn.execute(asked):
        found.setdefault(ward, set()).add(constituency)
    return found
