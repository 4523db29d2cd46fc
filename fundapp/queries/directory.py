"""The directory of representatives, and people, as an officer looks through them."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow
from fundapp.models import (
    Account,
    Area,
    Bid,
    EndorsementRequest,
    Fund,
    OfficeHolding,
    Outbox,
    Person,
    RoleGrant,
)
from fundapp.queries.areas import with_those_above


def areas_around(conn: Connection, area_id: int | None) -> list[AnyRow]:
    """A ward with the areas that contain it; with none, every ward and council: (id, kind, name, within)."""
    parent = aliased(Area)
    asked = (
        select(Area.id, Area.kind, Area.name, parent.name.label("within"))
        .select_from(Area)
        .outerjoin(parent, parent.id == Area.parent_id)
    )
    if area_id is None:
        return list(
            conn.execute(
                asked.where(Area.kind.in_(("ward", "council"))).order_by(parent.name, Area.name).limit(2000)
            )
        )
    ids = with_those_above(conn, area_id)
    return list(conn.execute(asked.where(Area.id.in_(ids)).order_by(Area.id)))


def requests_unsent(conn: Connection, holding_id: int) -> list[AnyRow]:
    """Open requests to a representative, each with the newest effect that was to mail it: (bid_id, args)."""
    newest = (
        select(func.max(Outbox.id))
        .where(Outbox.bid_id == EndorsementRequest.bid_id, Outbox.name == "endorsement_request")
        .correlate(EndorsementRequest)
        .scalar_subquery()
    )
    asked = (
        select(EndorsementRequest.bid_id, Outbox.args)
        .join(Bid, Bid.id == EndorsementRequest.bid_id)
        .join(Outbox, Outbox.id == newest)
        .where(
            EndorsementRequest.holding_id == holding_id, EndorsementRequest.void_at.is_(None),
            EndorsementRequest.answered_at.is_(None), Bid.state == "submitted",
        )
        .order_by(EndorsementRequest.bid_id)
    )  # fmt: skip
    return list(conn.execute(asked))


def people(conn: Connection, words: str, after: int, limit: int) -> list[AnyRow]:
    """People whose name or address holds the words, by id: (id, name, email)."""
    asked = select(Person.id, Person.name, Person.email).where(
        Person.id > after, Person.erased_at.is_(None), Person.token != "operator"
    )
    if words:
        lower = words.lower()
        asked = asked.where(
            or_(
                func.lower(Person.name).contains(lower, autoescape=True),
                func.lower(Person.email).contains(lower, autoescape=True),
            )
        )
    return list(conn.execute(asked.order_by(Person.id).limit(limit)))


def grants(conn: Connection, people_ids: Sequence[int]) -> dict[int, list[AnyRow]]:
    """Roles that stand, by person: (id, person_id, role, fund, fund_id, from_at)."""
    asked = (
        select(
            RoleGrant.id, RoleGrant.person_id, RoleGrant.role, Fund.name.label("fund"), RoleGrant.fund_id,
            RoleGrant.from_at,
        )
        .outerjoin(Fund, Fund.id == RoleGrant.fund_id)
        .where(RoleGrant.person_id.in_(people_ids), RoleGrant.to_at.is_(None))
        .order_by(RoleGrant.id)
    )  # fmt: skip
    found: dict[int, list[AnyRow]] = {}
    for row in conn.execute(asked):
        found.setdefault(row.person_id, []).append(row)
    return found


def accounts(conn: Connection, person_id: int) -> list[str]:
    """The addresses with which a person signs in."""
    return list(
        conn.scalars(select(Account.email).where(Account.person_id == person_id).order_by(Account.id))
    )


def holdings(conn: Connection, person_id: int) -> list[AnyRow]:
    """Offices of a person, newest first: (office, area, from_on, to_on, email, source)."""
    asked = (
        select(
            OfficeHolding.id, OfficeHolding.office, Area.name.label("area"), OfficeHolding.from_on, OfficeHolding.to_on,
            OfficeHolding.email, OfficeHolding.source,
        )
        .join(Area, Area.id == OfficeHolding.area_id)
        .where(OfficeHolding.person_id == person_id)
        .order_by(OfficeHolding.from_on.desc(), OfficeHolding.id.desc())
    )  # fmt: skip
    return list(conn.execute(asked))
