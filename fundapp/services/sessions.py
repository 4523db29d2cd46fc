"""Sessions: a key for the browser, its SHA-256 for us; ended for good by a row that says so."""

import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from fundapp.models import Account, SignInSession
from fundapp.queries.sessions import sha256_of
from fundapp.services.deed import Office

#: What is known of a browser is cut here.
LONGEST_BROWSER: Final = 60


def begin(
    conn: Connection,
    account: int,
    how: str,
    browser: str,
    now: datetime,
    *,
    second_factor_at: datetime | None = None,
) -> str:
    """A new session of an account; the key that its cookie is to carry. `how` is link or password."""
    key = secrets.token_urlsafe(32)
    conn.execute(
        insert(SignInSession).values(
            account_id=account, key_sha256=sha256_of(key), how=how, browser=browser[:LONGEST_BROWSER], made_at=now,
            seen_at=now, second_factor_at=second_factor_at,
        )
    )  # fmt: skip
    return key


def renew(office: Office, session: int) -> str:
    """A new key for a session whose rights have grown: the one that it had until now opens nothing any more."""
    key = secrets.token_urlsafe(32)
    with office.db.write() as conn:
        conn.execute(
            update(SignInSession)
            .where(SignInSession.id == session, SignInSession.ended_at.is_(None))
            .values(key_sha256=sha256_of(key))
        )
    return key


def touch(office: Office, session: int, now: datetime) -> None:
    """The session was used now."""
    with office.db.write() as conn:
        conn.execute(update(SignInSession).where(SignInSession.id == session).values(seen_at=now))


def end(office: Office, session: int, now: datetime) -> None:
    """End a session: whoever kept a copy of its cookie has nothing."""
    with office.db.write() as conn:
        conn.execute(
            update(SignInSession)
            .where(SignInSession.id == session, SignInSession.ended_at.is_(None))
            .values(ended_at=now)
        )


def end_all(
    conn: Connection, person: int, now: datetime, *, but: int | None = None, only: int | None = None
) -> int:
    """End every session of a person, but one, or only one; how many."""
    theirs = select(Account.id).where(Account.person_id == person)
    ended = update(SignInSession).where(
        SignInSession.account_id.in_(theirs), SignInSession.ended_at.is_(None)
    )
    if but is not None:
        ended = ended.where(SignInSession.id != but)
    if only is not None:
        ended = ended.where(SignInSession.id == only)
    return int(conn.execute(ended.values(ended_at=now)).rowcount)
