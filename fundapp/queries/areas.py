"""The tree of areas: a ward stands in a council, that in a region; beside it in constituencies."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect, among
from fundapp.models import Area, WardConstituency

_OWN: Final = aliased(Area)


def _above() -> AnySelect:
    """An area, the three levels that contain it, and a row for each of its constituencies."""
    second, third = aliased(Area), aliased(Area)
    return (
        select(_OWN.id, _OWN.parent_id, second.parent_id, third.parent_id, WardConstituency.constituency_id)
        .select_from(_OWN)
        .outerjoin(second, second.id == _OWN.parent_id)
        .outerjoin(third, third.id == second.parent_id)
        .outerjoin(WardConstituency, WardConstituency.ward_id == _OWN.id)
    )


def with_those_above(conn: Connection, area_id: int) -> list[int]:
    """The ids of an area, of the three levels that contain it and of its constituencies; empty if there is none such."""
    rows = conn.execute(_chain(), {"area": area_id}).all()
    above = [found for row in rows[:1] for found in row[:4] if found is not None]
    return above + [row.constituency_id for row in rows if row.constituency_id is not None]


def with_all_above(conn: Connection, area_ids: Sequence[int]) -> set[int]:
    """The ids of these areas, of all that contain them and of their constituencies, in one statement."""
    rows = conn.execute(_chains(), {"areas": list(area_ids)})
    return {found for row in rows for found in row if found is not None}


@cache
def _chain() -> AnySelect:
    return _above().where(_OWN.id == bindparam("area")).order_by(WardConstituency.constituency_id)


@cache
def _chains() -> AnySelect:
    return _above().where(_OWN.id.in_(bindparam("areas", expanding=True)))


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
