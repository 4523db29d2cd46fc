"""What a mailed sign-in link leads to."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Account, Person, RoleGrant, SignInLink
from fundapp.queries.links import sha256_of


def _links() -> AnySelect:
    return (
        select(
            SignInLink.id, SignInLink.kind, SignInLink.email, SignInLink.next_path, SignInLink.made_at,
            SignInLink.expires_at, SignInLink.used_at, SignInLink.used_on, SignInLink.void_at, SignInLink.grant_id,
            SignInLink.token_sha256, RoleGrant.role, RoleGrant.to_at.label("grant_ended_at"),
            Account.id.label("account_id"), Account.person_id, Person.name, Person.token,
        )
        .outerjoin(RoleGrant, RoleGrant.id == SignInLink.grant_id)
        .outerjoin(Account, Account.email == SignInLink.email)
        .outerjoin(Person, Person.id == Account.person_id)
    )  # fmt: skip


def by_token(conn: Connection, token: str) -> AnyRow | None:
    """A link with the role that it invites to and the account of its address, where there is one; None if unknown."""
    if not token.isascii() or len(token) != 32:
        return None
    return conn.execute(_links().where(SignInLink.token_sha256 == sha256_of(token))).one_or_none()


def by_id(conn: Connection, link: int) -> AnyRow | None:
    """The same, by its id."""
    return conn.execute(_links().where(SignInLink.id == link)).one_or_none()


def asked_before(conn: Connection, link: int, email: str, since: timedelta, now: datetime) -> int:
    """How many links were asked for an address before this one."""
    asked = (
        select(func.count())
        .select_from(SignInLink)
        .where(SignInLink.email == email, SignInLink.id < link, SignInLink.made_at > now - since)
    )
    return int(conn.execute(asked).scalar_one())
