"""Sign-in links: asked for, mailed, used once by whoever reads the mail of that address."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, update

from fundapp import outbox
from fundapp.database import AnyRow, fresh_ids
from fundapp.domain.signing_in import INVITATION_LASTS, LINK_LASTS
from fundapp.models import SignInLink
from fundapp.models.base import iso
from fundapp.queries.links import sha256_of
from fundapp.services.deed import Office
from fundapp.services.throttle import Visitor, spend

#: Sets these tokens apart from anything else that is signed with the same key.
_PURPOSE: Final = b"fundapp sign-in link v1\x00"
#: Whether a link was used, and on what, is told so long after it ended.
KEPT: Final = timedelta(days=30)


class LinkDead(Exception):
    """A link that signs nobody in: `why` is unknown, used, replaced, expired or ended."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def make_token(secret_key: str, link: int, email: str, made_at: datetime) -> str:
    """The token of one link: 32 letters and figures, 160 bits, made of its row.

    A mail that is tried again carries the same link, and no row of the outbox has to carry it.
    """
    said = _PURPOSE + f"{link}\x00{email}\x00{iso(made_at)}".encode()
    digest = hmac.new(secret_key.encode(), said, hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode().lower()


def is_ours(secret_key: str, link: AnyRow, token: str) -> bool:
    """Whether a token was made here for that row: one that somebody wrote into the database signs nobody in."""
    return hmac.compare_digest(make_token(secret_key, link.id, link.email, link.made_at), token.lower())


def ask(
    office: Office, secret_key: str, visitor: Visitor, email: str, next_path: str | None, now: datetime
) -> datetime | None:
    """Have a link mailed. None when it is on its way, else when the next may be asked for.

    Asks nothing of who has an account, so that it cannot tell: whose address it is, the worker finds out.
    """
    with office.db.write() as conn:
        spent = [spend(conn, secret_key, "link", now, email, visitor.place)]
        if visitor.known_by is None:
            spent.append(spend(conn, secret_key, "link_host", now, visitor.host))
            spent.append(spend(conn, secret_key, "link_address", now, email))
        later = [moment for moment in spent if moment is not None]
        if later:
            return max(later)
        _make(conn, secret_key, "sign_in", email, now, LINK_LASTS, next_path=next_path)
    return None


def invite(conn: Connection, secret_key: str, email: str, grant: int, now: datetime) -> None:
    """Have an invitation to a role mailed; an older one of that address is dead."""
    _make(conn, secret_key, "invitation", email, now, INVITATION_LASTS, grant=grant)


def why_dead(link: AnyRow | None, now: datetime) -> str:
    """`unknown`, `used`, `replaced`, `expired`, `ended` for an invitation to a role that has; empty if it works."""
    if link is None:
        return "unknown"
    if link.used_at is not None:
        return "used"
    if link.void_at is not None:
        return "replaced"
    if link.grant_id is not None and link.grant_ended_at is not None and link.grant_ended_at <= now:
        return "ended"
    return "expired" if link.expires_at <= now else ""


def use(conn: Connection, link: AnyRow, browser: str, now: datetime) -> None:
    """Use a link up, and every other that was mailed to its address. Raises LinkDead if somebody was quicker."""
    still = (SignInLink.used_at.is_(None), SignInLink.void_at.is_(None), SignInLink.expires_at > now)
    used = conn.execute(
        update(SignInLink).where(SignInLink.id == link.id, *still).values(used_at=now, used_on=browser[:60])
    )
    if used.rowcount != 1:
        raise LinkDead("used")
    conn.execute(update(SignInLink).where(SignInLink.email == link.email, *still).values(void_at=now))


def forget_old(office: Office, at: datetime) -> int:
    """Delete links that ended long ago, with the addresses in them; how many."""
    with office.db.write() as conn:
        return int(conn.execute(delete(SignInLink).where(SignInLink.expires_at < at - KEPT)).rowcount)


def _make(
    conn: Connection, secret_key: str, kind: str, email: str, now: datetime, lasts: timedelta, **more: Any
) -> None:
    conn.execute(
        update(SignInLink)
        .where(
            SignInLink.email == email, SignInLink.kind == kind, SignInLink.used_at.is_(None),
            SignInLink.void_at.is_(None), SignInLink.expires_at > now,
        )
        .values(void_at=now)
    )  # fmt: skip
    (link,) = fresh_ids(conn, SignInLink, 1)
    conn.execute(
        insert(SignInLink).values(
            id=link, kind=kind, email=email, token_sha256=sha256_of(make_token(secret_key, link, email, now)),
            next_path=more.get("next_path"), grant_id=more.get("grant"), made_at=now, expires_at=now + lasts,
        )
    )  # fmt: skip
    outbox.put(conn, kind, {"link": link}, f"{kind}:{link}", at=now)
