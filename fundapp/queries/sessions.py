"""Who is signed in: a session by its key, the sessions of a person."""

import hashlib
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, select

from fundapp.database import AnyRow, AnySelect
from fundapp.domain.signing_in import GUARDED_ROLES
from fundapp.models import Account, Person, RoleGrant, SecondFactor, SignInSession
from fundapp.queries import grants


def sha256_of(key: str) -> str:
    """What is kept of a session's key, in hex."""
    return hashlib.sha256(key.encode()).hexdigest()


def guarded(now: Any) -> ColumnElement[bool]:
    """Whether the person of the row's account holds a role that needs a second factor."""
    return exists().where(
        RoleGrant.person_id == Account.person_id, RoleGrant.role.in_(GUARDED_ROLES), grants.standing(now)
    )


# Asked with every page: built once.
@cache
def _by_key() -> AnySelect:
    return (
        select(
            SignInSession.id, SignInSession.account_id, SignInSession.how, SignInSession.made_at,
            SignInSession.seen_at, SignInSession.second_factor_at, Account.person_id, Account.email, Person.name, Person.token,
            guarded(bindparam("now", type_=SignInSession.seen_at.type)).label("guarded"),
            exists()
            .where(SecondFactor.person_id == Account.person_id, SecondFactor.confirmed_at.is_not(None))
            .label("has_factor"),
        )
        .join(Account, Account.id == SignInSession.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            SignInSession.key_sha256 == bindparam("key"), SignInSession.ended_at.is_(None),
            Person.erased_at.is_(None),
        )
    )  # fmt: skip


def by_key(conn: Connection, key: str, now: datetime) -> AnyRow | None:
    """The session of a key that has not been ended, with its account and person, in one statement.

    (id, account_id, how, made_at, seen_at, second_factor_at, person_id, email, name, token, guarded, has_factor).
    """
    return conn.execute(_by_key(), {"key": sha256_of(key), "now": now}).one_or_none()


def standing_of(conn: Connection, account: int) -> AnyRow:
    """(sessions, has_factor): whether an account was ever signed in to, and whether its person has a second factor."""
    asked = select(
        exists().where(SignInSession.account_id == account).label("sessions"),
        exists()
        .where(
            SecondFactor.person_id == Account.person_id, SecondFactor.confirmed_at.is_not(None),
            Account.id == account,
        )
        .label("has_factor"),
    )  # fmt: skip
    return conn.execute(asked).one()


def goes_on(conn: Connection, person: int, session: int) -> bool:
    """Whether a person has a session of that id that was not ended."""
    asked = (
        select(SignInSession.id)
        .join(Account, Account.id == SignInSession.account_id)
        .where(SignInSession.id == session, Account.person_id == person, SignInSession.ended_at.is_(None))
    )
    return conn.execute(asked).scalar() is not None


def of_person(conn: Connection, person: int, limit: int = 50) -> list[AnyRow]:
    """Sessions of a person that were not ended, last seen first: (id, browser, made_at, seen_at, email)."""
    asked = (
        select(
            SignInSession.id,
            SignInSession.browser,
            SignInSession.made_at,
            SignInSession.seen_at,
            Account.email,
        )
        .join(Account, Account.id == SignInSession.account_id)
        .where(Account.person_id == person, SignInSession.ended_at.is_(None))
        .order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())
        .limit(limit)
    )
    return list(conn.execute(asked))
