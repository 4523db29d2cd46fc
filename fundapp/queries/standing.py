"""Whether somebody may speak for a place or bid at all: the office they hold on a day, the membership that stands."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, exists, select
from sqlalchemy.orm import aliased

from fundapp.database import AnySelect
from fundapp.models import Area, Endorsement, Membership, OfficeHolding, WardConstituency
from workflows.guards.people import REASONS_ASIDE


@dataclass(frozen=True, slots=True)
class Reach:
    """An office holding held against a bid on one day.

    `checked` is what the directory said of the office: {office, area, from, to, source, on, in_office, covers}; areas
    by their official code, days as ISO words.
    """

    person: int
    in_office: bool
    covers: bool
    stood_aside: bool
    checked: dict[str, Any]


def reach(
    conn: Connection, holding_id: int, bid_id: int | None, area_id: int | None, on: date
) -> Reach | None:
    """An office holding held against a bid and its area on a day; None if there is no such holding.

    An area that nobody knows is covered by whomever the officer names: a bid from a file may lack its ward.
    """
    known = {"holding": holding_id, "bid": bid_id, "area": area_id}
    row = conn.execute(_reach(), known).one_or_none()
    if row is None:
        return None
    in_office = row.from_on <= on and (row.to_on is None or on <= row.to_on)
    covers = area_id is None or bool(row.within) or row.area_id in row[-4:]
    checked = {
        "office": row.office, "area": row.code, "from": row.from_on.isoformat(),
        "to": row.to_on.isoformat() if row.to_on else None, "source": row.source, "on": on.isoformat(),
        "in_office": in_office, "covers": covers,
    }  # fmt: skip
    return Reach(row.person_id, in_office, covers, bool(row.stood_aside), checked)


@cache
def _reach() -> AnySelect:
    first, second, third, own = aliased(Area), aliased(Area), aliased(Area), aliased(Area)
    aside = exists().where(
        Endorsement.bid_id == bindparam("bid", type_=Integer),
        Endorsement.holding_id == OfficeHolding.id,
        Endorsement.answer.in_(REASONS_ASIDE),
    )
    within = exists().where(
        WardConstituency.ward_id == first.id, WardConstituency.constituency_id == OfficeHolding.area_id
    )
    return (
        select(
            OfficeHolding.person_id, OfficeHolding.from_on, OfficeHolding.to_on, OfficeHolding.area_id,
            OfficeHolding.office, OfficeHolding.source, own.code, aside.label("stood_aside"), within.label("within"),
            first.id, first.parent_id, second.parent_id, third.parent_id,
        )
        .select_from(OfficeHolding)
        .join(own, own.id == OfficeHolding.area_id)
        .outerjoin(first, first.id == bindparam("area", type_=Integer))
        .outerjoin(second, second.id == first.parent_id)
        .outerjoin(third, third.id == second.parent_id)
        .where(OfficeHolding.id == bindparam("holding"))
    )  # fmt: skip


def member_confirmed(conn: Connection, person: int) -> bool:
    """Whether a person's membership stands and is confirmed."""
    return conn.execute(_member_confirmed(), {"person": person}).first() is not None


@cache
def _member_confirmed() -> AnySelect:
    return select(Membership.id).where(
        Membership.person_id == bindparam("person"),
        Membership.confirmed_at.is_not(None),
        Membership.ended_at.is_(None),
    )
