"""The tree of areas: a ward stands in a council, that in a region."""

from functools import cache

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import aliased

from fundapp.database import AnySelect
from fundapp.models import Area


def with_those_above(conn: Connection, area_id: int) -> list[int]:
    """The ids of an area and of the three levels that contain it; empty if there is no such area."""
    return [found for row in conn.execute(_chain(), {"area": area_id}) for found in row if found is not None]


@cache
def _chain() -> AnySelect:
    first, second, third = aliased(Area), aliased(Area), aliased(Area)
    return (
        select(first.id, first.parent_id, second.parent_id, third.parent_id)
        .select_from(first)
        .outerjoin(second, second.id == first.parent_id)
        .outerjoin(third, third.id == second.parent_id)
        .where(first.id == bindparam("area"))
    )
