"""What people do to their own way in: a password of their own, and sessions ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import update

from fundapp.models import Account
from fundapp.queries import people as asks
from fundapp.services import passwords, security, sessions
from fundapp.services.deed import Office
from fundapp.services.entrances import TooOften
from fundapp.services.throttle import Visitor, give_back, spend

#: Whoever came in by a mailed link so lately need not know the old password: that is how a lost one is replaced.
FRESH: Final = timedelta(minutes=15)


class PasswordNotTaken(ValueError):
    """A password that is not taken: `field` is current or new, `code` wrong or one of `passwords.weakness`."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field, self.code = field, code


def is_fresh(session: Any, now: datetime) -> bool:
    """Whether they signed in a moment ago: a session that somebody else found open makes no way in of its own."""
    return bool(now - session.made_at < FRESH)


def asks_current(session: Any, has_password: bool, now: datetime) -> bool:
    """Whether the old password must be given for a new one."""
    return has_password and not (session.how == "link" and is_fresh(session, now))


def set_password(
    office: Office, secret_key: str, visitor: Visitor, session: Any, current: str, new: str, about: Sequence[str],
    now: datetime,
) -> int:  # fmt: skip
    """Set or change the password of the session's account; every other session of the person ends. How many did.

    Raises PasswordNotTaken, TooOften.
    """
    weak = passwords.weakness(new, about)
    with office.db.read() as conn:
        account: Any = asks.account_by_email(conn, session.email)
    had_one = account.password_hash is not None
    if asks_current(session, had_one, now):
        tried = (session.email, visitor.place)
        with office.db.write() as conn:
            later = spend(conn, secret_key, "password", now, *tried)
        if later is not None:
            raise TooOften(later)
        if not passwords.matches(account.password_hash, current):
            raise PasswordNotTaken("current", "wrong")
        with office.db.write() as conn:
            give_back(conn, secret_key, "password", *tried)
    if weak is not None:
        raise PasswordNotTaken("new", weak)
    hashed = passwords.hashed(new)
    with office.db.write() as conn:
        conn.execute(update(Account).where(Account.id == session.account_id).values(password_hash=hashed))
        kind = "password_changed" if had_one else "password_set"
        security.note(conn, session.person_id, kind, now, browser=visitor.browser)
        return sessions.end_all(conn, session.person_id, now, but=session.id)


def end_session(office: Office, person: int, session: int, now: datetime) -> None:
    """End one session of a person; nothing happens if they have none of that id that goes on."""
    with office.db.write() as conn:
        ended = sessions.end_all(conn, person, now, only=session)
        if ended:
            security.note(conn, person, "sessions_ended", now, count=ended)


def end_others(office: Office, session: Any, now: datetime) -> int:
    """End every session of the person but this one; how many."""
    with office.db.write() as conn:
        ended = sessions.end_all(conn, session.person_id, now, but=session.id)
        if ended:
            security.note(conn, session.person_id, "sessions_ended", now, count=ended)
        return ended
