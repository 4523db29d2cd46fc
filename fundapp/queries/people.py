"""People by what is known of them: sign-in, roles, offices, areas."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow
from fundapp.models import Account, Area, Fund, Naming, OfficeHolding, Person, RoleGrant, SignInSession
from fundapp.queries.areas import with_those_above
from fundapp.queries.grants import counts_in, standing
from fundapp.queries.locks import CHUNK


def by_token(conn: Connection, token: str) -> int | None:
    """The person of that token."""
    return conn.execute(select(Person.id).where(Person.token == token)).scalar()


def token(conn: Connection, person: int) -> str:
    """How the audit log knows a person."""
    return conn.execute(select(Person.token).where(Person.id == person)).scalar_one()


def names(conn: Connection, people: Sequence[int]) -> dict[int, str]:
    """Names by person."""
    return dict(conn.execute(select(Person.id, Person.name).where(Person.id.in_(people))).all())


def person(conn: Connection, person_id: int) -> AnyRow | None:
    """(id, token, name, email, show_name)."""
    asked = select(Person.id, Person.token, Person.name, Person.email, Person.show_name).where(
        Person.id == person_id
    )
    return conn.execute(asked).one_or_none()


def account_by_email(conn: Connection, email: str) -> AnyRow | None:
    """(id, person_id, email, password_hash, name, token)."""
    asked = (
        select(
            Account.id,
            Account.person_id,
            Account.email,
            Account.password_hash,
            Person.name,
            Person.token,
        )
        .join(Person, Person.id == Account.person_id)
        .where(Account.email == email)
    )
    return conn.execute(asked).one_or_none()


def roles(conn: Connection, person_id: int, at: datetime) -> list[AnyRow]:
    """The roles that a person holds at a moment: (id, role, fund_id)."""
    return list(conn.execute(_ROLES, {"person": person_id, "at": at}))


# Asked with every page: built once.
_ROLES = (
    select(RoleGrant.id, RoleGrant.role, RoleGrant.fund_id)
    .where(
        RoleGrant.person_id == bindparam("person"),
        standing(bindparam("at")),
    )
    .order_by(RoleGrant.id)
)


def with_role(conn: Connection, role: str, fund_id: int | None, at: datetime) -> list[AnyRow]:
    """Everybody who holds a role in a fund: (id, name, email)."""
    asked = (
        select(Person.id, Person.name, Person.email)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role == role,
            standing(at),
            counts_in(fund_id),
        )
        .distinct()
        .order_by(Person.name, Person.id)
    )
    return list(conn.execute(asked))


def standing_grant(conn: Connection, person_id: int, role: str, fund: int | None, at: datetime) -> int | None:
    """The grant of that very role and scope that stands."""
    scope = RoleGrant.fund_id.is_(None) if fund is None else RoleGrant.fund_id == fund
    asked = select(RoleGrant.id).where(
        RoleGrant.person_id == person_id,
        RoleGrant.role == role,
        scope,
        or_(RoleGrant.to_at.is_(None), RoleGrant.to_at > at),
    )
    return conn.execute(asked.limit(1)).scalar()


def grant(conn: Connection, grant_id: int) -> AnyRow | None:
    """(id, person_id, role, fund_id, to_at, home)."""
    asked = select(
        RoleGrant.id, RoleGrant.person_id, RoleGrant.role, RoleGrant.fund_id, RoleGrant.to_at, RoleGrant.home
    ).where(RoleGrant.id == grant_id)
    return conn.execute(asked).one_or_none()


def to_invite(conn: Connection, person_id: int, at: datetime) -> AnyRow | None:
    """(email, grant_id): a person's first address, if nobody has signed in with any of theirs, and their newest role."""
    entered = select(SignInSession.id).join(own := aliased(Account), own.id == SignInSession.account_id)
    asked = (
        select(Account.email, RoleGrant.id.label("grant_id"))
        .join(RoleGrant, RoleGrant.person_id == Account.person_id)
        .where(
            Account.person_id == person_id,
            standing(at),
            ~entered.where(own.person_id == person_id).exists(),
        )
        .order_by(Account.id, RoleGrant.id.desc())
        .limit(1)
    )
    return conn.execute(asked).one_or_none()


def everybody(conn: Connection, after: int = 0, limit: int = 50) -> list[AnyRow]:
    """People with their standing roles, a row for each: (id, name, email, grant, role, fund)."""
    page = select(Person.id).where(Person.id > after).order_by(Person.id).limit(limit).subquery()
    asked = (
        select(
            Person.id, Person.name, Person.email, RoleGrant.id.label("grant_id"), RoleGrant.role,
            Fund.name.label("fund"),
        )
        .join(page, page.c.id == Person.id)
        .outerjoin(RoleGrant, (RoleGrant.person_id == Person.id) & RoleGrant.to_at.is_(None))
        .outerjoin(Fund, Fund.id == RoleGrant.fund_id)
        .order_by(Person.id, RoleGrant.id)
    )  # fmt: skip
    return list(conn.execute(asked))


def holding(conn: Connection, holding_id: int) -> AnyRow | None:
    """An office holding with its person and area."""
    asked = (
        select(
            OfficeHolding.id, OfficeHolding.home, OfficeHolding.person_id, OfficeHolding.office, OfficeHolding.email,
            OfficeHolding.source, OfficeHolding.from_on, OfficeHolding.to_on, Person.name, Area.name.label("area"),
        )
        .join(Person, Person.id == OfficeHolding.person_id)
        .join(Area, Area.id == OfficeHolding.area_id)
        .where(OfficeHolding.id == holding_id)
    )  # fmt: skip
    return conn.execute(asked).one_or_none()


def holder_at(conn: Connection, email: str) -> AnyRow | None:
    """(id, name, token) of whoever holds an office at a confirmed address and has never signed in; None otherwise.

    Whoever reads the mail of that address is that person. Who has an account is known by its address alone: any officer
    may change the address of an office, and must not come in by it as somebody who decides or pays.
    """
    asked = (
        select(Person.id, Person.name, Person.token)
        .join(OfficeHolding, OfficeHolding.person_id == Person.id)
        .where(
            OfficeHolding.email == email, OfficeHolding.source.is_not(None), Person.erased_at.is_(None),
            ~exists().where(Account.person_id == Person.id),
        )
        .order_by(OfficeHolding.id.desc())
        .limit(1)
    )  # fmt: skip
    return conn.execute(asked).one_or_none()


def representatives(
    conn: Connection, area_id: int | None, on: date, bid_id: int | None = None
) -> list[AnyRow]:
    """Those in office on a day for an area or one that contains it: (id, name, office, area, email, source).

    With no area: everybody in office. Whom an applicant named, and nobody has confirmed, is there for that bid only.
    """
    named = exists().where(Naming.holding_id == OfficeHolding.id)
    here = exists().where(Naming.holding_id == OfficeHolding.id, Naming.bid_id == bid_id)
    own = aliased(Area)
    asked = (
        select(
            OfficeHolding.id, Person.name, OfficeHolding.office, own.name.label("area"), own.kind, OfficeHolding.email,
            OfficeHolding.source,
        )
        .select_from(OfficeHolding)
        .join(Person, Person.id == OfficeHolding.person_id)
        .join(own, own.id == OfficeHolding.area_id)
        .where(
            OfficeHolding.from_on <= on, or_(OfficeHolding.to_on.is_(None), OfficeHolding.to_on >= on),
            or_(OfficeHolding.source.is_not(None), ~named, here),
        )
        .order_by(Person.name, OfficeHolding.id)
    )  # fmt: skip
    if area_id is not None:
        asked = asked.where(OfficeHolding.area_id.in_(with_those_above(conn, area_id)))
    return list(conn.execute(asked))


def areas_by_code(conn: Connection, codes: Sequence[str]) -> dict[str, int]:
    """Areas that are known, by code."""
    found: dict[str, int] = {}
    for start in range(0, len(codes), CHUNK):
        asked = select(Area.code, Area.id).where(Area.code.in_(codes[start : start + CHUNK]))
        found.update(conn.execute(asked).all())
    return found
