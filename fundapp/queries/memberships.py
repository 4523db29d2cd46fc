"""Memberships as claimed and confirmed: a person's own, those that wait for an officer, who else has a number."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from fundapp.database import AnyRow, AnySelect, among
from fundapp.models import Account, Membership, Person


def newest(conn: Connection, person: int) -> AnyRow | None:
    """The membership that a person claimed last, standing while `ended_at` is null; earlier ones have all ended."""
    return conn.execute(_newest(), {"home": f"person:{person}"}).one_or_none()


@cache
def _newest() -> AnySelect:
    # By home, which is indexed for every evidential table.
    return (
        select(Membership.__table__)
        .where(Membership.home == bindparam("home"))
        .order_by(Membership.id.desc())
        .limit(1)
    )


def by_id(conn: Connection, membership: int) -> AnyRow | None:
    """A membership with its person: the table's columns, name, email."""
    return conn.execute(_with_person().where(Membership.id == membership)).one_or_none()


def _with_person() -> AnySelect:
    return select(
        Membership.id, Membership.home, Membership.person_id, Membership.number, Membership.local_party,
        Membership.claimed_at, Membership.confirmed_at, Membership.confirmed_by, Membership.source,
        Membership.ended_at, Membership.ended_why, Person.name, Person.email,
    ).join(Person, Person.id == Membership.person_id)  # fmt: skip


def claims_since(conn: Connection, person: int, since: datetime) -> int:
    """How many memberships a person has claimed since a moment."""
    asked = select(func.count()).where(Membership.home == f"person:{person}", Membership.claimed_at > since)
    return int(conn.execute(asked).scalar_one())


def held_by_another(conn: Connection, number: str, person: int) -> bool:
    """Whether a standing, confirmed membership of somebody else has the number."""
    asked = select(Membership.id).where(
        Membership.number == number, Membership.person_id != person, Membership.confirmed_at.is_not(None),
        Membership.ended_at.is_(None),
    )  # fmt: skip
    return conn.execute(asked.limit(1)).first() is not None


def others_with(conn: Connection, numbers: Sequence[str]) -> dict[str, list[AnyRow]]:
    """Standing memberships by number, the confirmed first: (id, number, person_id, confirmed_at, name)."""
    asked = (
        select(
            Membership.id, Membership.number, Membership.person_id, Membership.confirmed_at, Person.name
        )
        .join(Person, Person.id == Membership.person_id)
        .where(among(conn, Membership.number, list(numbers)), Membership.ended_at.is_(None))
        .order_by(Membership.confirmed_at.is_(None), Membership.id)
    )  # fmt: skip
    found: dict[str, list[AnyRow]] = {}
    for row in conn.execute(asked):
        found.setdefault(row.number, []).append(row)
    return found


def addresses(conn: Connection, people: Sequence[int]) -> dict[int, list[str]]:
    """The addresses with which these people sign in and that they have confirmed, by person."""
    asked = (
        select(Account.person_id, Account.email)
        .where(among(conn, Account.person_id, list(people)), Account.confirmed_at.is_not(None))
        .order_by(Account.id)
    )
    found: dict[int, list[str]] = {}
    for row in conn.execute(asked):
        found.setdefault(row.person_id, []).append(row.email)
    return found


def waiting(
    conn: Connection, words: str, after: tuple[datetime, int] | None, limit: int, ids: Sequence[int] = ()
) -> list[AnyRow]:
    """Memberships that nobody has confirmed yet, the oldest first, after a (claimed_at, id); of `ids` alone if given."""
    asked = _with_person().where(Membership.confirmed_at.is_(None), Membership.ended_at.is_(None))
    if ids:
        asked = asked.where(among(conn, Membership.id, list(ids)))
    if after is not None:
        moment, number = after
        asked = asked.where(
            or_(
                Membership.claimed_at > moment,
                and_(Membership.claimed_at == moment, Membership.id > number),
            )
        )
    asked = _worded(asked, words).order_by(Membership.claimed_at, Membership.id)
    return list(conn.execute(asked.limit(limit)))


def confirmed(conn: Connection, words: str, after: int, limit: int) -> list[AnyRow]:
    """Confirmed memberships that stand, by id."""
    asked = _with_person().where(
        Membership.confirmed_at.is_not(None), Membership.ended_at.is_(None), Membership.id > after
    )
    return list(conn.execute(_worded(asked, words).order_by(Membership.id).limit(limit)))


def _worded(asked: AnySelect, words: str) -> AnySelect:
    """Those whose name, address, number or local party holds the words."""
    if not words:
        return asked
    columns = (Person.name, Person.email, Membership.number, Membership.local_party)
    lower = words.lower()
    return asked.where(or_(*(func.lower(column).contains(lower, autoescape=True) for column in columns)))


def waiting_in_all(conn: Connection, person: int) -> AnyRow:
    """(many, oldest claimed_at) of what waits for an officer, without this person's own."""
    asked = select(func.count().label("many"), func.min(Membership.claimed_at).label("oldest")).where(
        Membership.confirmed_at.is_(None), Membership.ended_at.is_(None), Membership.person_id != person
    )
    return conn.execute(asked).one()
