"""The directory of representatives, and people, as an officer looks through them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, among
from fundapp.models import (
    Account,
    Area,
    Bid,
    Endorsement,
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
    """Open requests to a representative, each with the newest effect that was to mail it: (bid_id, holding_id, args)."""
    return requests_open(conn, [holding_id])


def requests_open(conn: Connection, holding_ids: Sequence[int]) -> list[AnyRow]:
    """The same for many offices, in order of bids."""
    newest = (
        select(func.max(Outbox.id))
        .where(Outbox.bid_id == EndorsementRequest.bid_id, Outbox.name == "endorsement_request")
        .correlate(EndorsementRequest)
        .scalar_subquery()
    )
    asked = (
        select(EndorsementRequest.bid_id, EndorsementRequest.holding_id, Outbox.args)
        .join(Bid, Bid.id == EndorsementRequest.bid_id)
        .join(Outbox, Outbox.id == newest)
        .where(
            among(conn, EndorsementRequest.holding_id, holding_ids), EndorsementRequest.void_at.is_(None),
            EndorsementRequest.answered_at.is_(None), Bid.state == "submitted",
        )
        .order_by(EndorsementRequest.bid_id)
    )  # fmt: skip
    return list(conn.execute(asked))


_OFFICE = (
    OfficeHolding.id, OfficeHolding.person_id, OfficeHolding.home, OfficeHolding.office, OfficeHolding.area_id,
    OfficeHolding.party, OfficeHolding.from_on, OfficeHolding.to_on, OfficeHolding.email, OfficeHolding.source,
    Person.name,
)  # fmt: skip


def standing(conn: Connection, area_ids: Collection[int]) -> dict[tuple[str, int], list[AnyRow]]:
    """Every office ever held for these areas, by (office, area), the newest term first."""
    asked = (
        select(*_OFFICE)
        .join(Person, Person.id == OfficeHolding.person_id)
        .where(among(conn, OfficeHolding.area_id, list(area_ids)))
        .order_by(OfficeHolding.from_on.desc(), OfficeHolding.id)
    )
    found: dict[tuple[str, int], list[AnyRow]] = {}
    for row in conn.execute(asked):
        found.setdefault((row.office, row.area_id), []).append(row)
    return found


def in_office(
    conn: Connection, area_ids: Collection[int], offices: Collection[str], on: date
) -> list[AnyRow]:
    """Those of some offices for these areas whose term has not ended on a day, by name."""
    asked = (
        select(*_OFFICE)
        .join(Person, Person.id == OfficeHolding.person_id)
        .where(
            among(conn, OfficeHolding.area_id, list(area_ids)), OfficeHolding.office.in_(offices),
            or_(OfficeHolding.to_on.is_(None), OfficeHolding.to_on >= on),
        )
        .order_by(Person.name, OfficeHolding.id)
    )  # fmt: skip
    return list(conn.execute(asked))


def answers(conn: Connection, holding_ids: Sequence[int]) -> dict[int, tuple[datetime, datetime]]:
    """When each of these offices was first and last answered under."""
    asked = (
        select(Endorsement.holding_id, func.min(Endorsement.given_at), func.max(Endorsement.given_at))
        .where(among(conn, Endorsement.holding_id, holding_ids))
        .group_by(Endorsement.holding_id)
    )
    return {row[0]: (row[1], row[2]) for row in conn.execute(asked)}


def people_by_address(conn: Connection, emails: Sequence[str]) -> dict[str, tuple[int, str]]:
    """(person, name) by an address with which they sign in, or at which an office of theirs is written to."""
    offices = (
        select(OfficeHolding.email, Person.id, Person.name)
        .join(Person, Person.id == OfficeHolding.person_id)
        .where(among(conn, OfficeHolding.email, emails), Person.erased_at.is_(None))
        .order_by(OfficeHolding.id.desc())
    )
    signing = (
        select(Account.email, Person.id, Person.name)
        .join(Person, Person.id == Account.person_id)
        .where(among(conn, Account.email, emails), Person.erased_at.is_(None))
    )
    found: dict[str, tuple[int, str]] = {}
    for row in [*conn.execute(offices), *conn.execute(signing)]:
        found[str(row[0])] = (row[1], row[2])
    return found


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
