"""The two ways in: a mailed link, or a password. Each begins a session of its own, and says so to the person."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from fundapp.queries import people as asks
from fundapp.queries import sessions as sessions_asks
from fundapp.queries import sign_in_links as link_asks
from fundapp.services import passwords, people, security, sessions, sign_in_links
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.sign_in_links import LinkDead
from fundapp.services.throttle import Visitor, give_back, spend

log = logging.getLogger(__name__)


class TooOften(Exception):
    """Too many tries in too short a time; `again_at` is when the next may be made."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(again_at)
        self.again_at = again_at


@dataclass(frozen=True, slots=True)
class Entered:
    """A new session: the key for the cookie, whose it is, where they wanted to go, whether a second factor is still due."""

    key: str
    person: int
    email: str
    next_path: str | None
    factor_due: bool


def by_link(office: Office, visitor: Visitor, token: str, name: str, now: datetime) -> Entered:
    """Use a mailed link. An address that nobody has signed in with yet opens an account in that name.

    Raises LinkDead; people.PersonRefused for a name that cannot be one, and the link then still works.
    """
    with office.db.read() as conn:
        link = link_asks.by_token(conn, token)
    dead = sign_in_links.why_dead(link, now)
    if link is None or dead:
        raise LinkDead(dead)
    if link.account_id is None:
        with office.db.read() as conn:
            holder = asks.holder_at(conn, link.email)
        if holder is not None:
            return _first_account(office, visitor, link, holder.id, holder.token, now)
        return _newcomer(office, visitor, link, people.clean_name(name), now)
    with office.db.write() as conn:
        sign_in_links.use(conn, link, visitor.browser, now)
        return _enter(conn, visitor, link.account_id, link.person_id, link.email, "link", now, link.next_path)


def by_password(
    office: Office, secret_key: str, visitor: Visitor, email: str, password: str, now: datetime
) -> Entered | None:
    """Sign in with a password; None if it is not that of the address. Raises TooOften.

    Wrong passwords count against where they come from, never against the account: nobody can lock out its owner.
    """
    marks: list[tuple[str, tuple[str, ...]]] = [("password", (email, visitor.place))]
    if visitor.known_by is None:
        marks.append(("password_host", (visitor.host,)))
    with office.db.write() as conn:
        waits = [spend(conn, secret_key, kind, now, *of) for kind, of in marks]
    later = [moment for moment in waits if moment is not None]
    if later:
        raise TooOften(max(later))
    with office.db.read() as conn:
        account: Any = asks.account_by_email(conn, email)
    if not passwords.matches(account.password_hash if account else None, password):
        # The same line whoever it was tried on: the log tells of no address, and not whether there is an account.
        log.warning("a wrong password was tried", extra={"told": {"code": "wrong_password"}})
        return None
    with office.db.write() as conn:
        for kind, of in marks:
            give_back(conn, secret_key, kind, *of)
        return _enter(conn, visitor, account.id, account.person_id, email, "password", now, None)


def _newcomer(office: Office, visitor: Visitor, link: Any, name: str, now: datetime) -> Entered:
    """Somebody new: a person in a chain of their own, who acts for themselves from the first event on."""
    token = secrets.token_hex(16)
    with office.deed(Actor(None, token, "link"), now) as deed:
        sign_in_links.use(deed.conn, link, visitor.browser, now)
        person = people.enter(deed, [people.Newcomer(name, link.email)], token=token)[0]
        return _opened(deed, visitor, link, person, now)


def _first_account(
    office: Office, visitor: Visitor, link: Any, person: int, token: str, now: datetime
) -> Entered:
    """Somebody who is known by their office, and signs in for the first time."""
    with office.deed(Actor(person, token, "link"), now) as deed:
        sign_in_links.use(deed.conn, link, visitor.browser, now)
        return _opened(deed, visitor, link, person, now)


def _opened(deed: Deed, visitor: Visitor, link: Any, person: int, now: datetime) -> Entered:
    account = people.open_account(deed, person, link.email, None)
    security.note(deed.conn, person, "account_opened", now, browser=visitor.browser)
    return _enter(deed.conn, visitor, account, person, link.email, "link", now, link.next_path)


def _enter(
    conn: Connection, visitor: Visitor, account: int, person: int, email: str, how: str, now: datetime,
    next_path: str | None,
) -> Entered:  # fmt: skip
    before = sessions_asks.standing_of(conn, account)
    key = sessions.begin(conn, account, how, visitor.browser, now)
    security.note(conn, person, f"signed_in_{how}", now, browser=visitor.browser)
    if before.sessions and visitor.known_by is None:
        security.note(conn, person, "new_browser", now, browser=visitor.browser)
    return Entered(key, person, email, next_path, bool(before.has_factor))
