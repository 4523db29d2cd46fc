"""Signing in: sessions, mailed links, second factors, what a person is told of it, and what slows guessing down."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base


class SignInSession(Base):
    """One browser that is signed in. The cookie carries the key; only its SHA-256 stands here.

    `browser` is what it calls itself in short, `how` the first factor, `second_factor_at` when it gave the second.
    """

    __tablename__ = "sign_in_session"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    key_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    how: Mapped[str] = mapped_column(String(10))
    browser: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    #: Written at most every ten minutes.
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]


class SignInLink(Base):
    """A mailed link that signs in whoever reads the mail of one address, once; only its token's SHA-256 is kept.

    An `invitation` hangs on the role that it was sent for, and dies with it. `next_path` is where the reader wanted to go.
    """

    __tablename__ = "sign_in_link"
    kind: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(320))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("role_grant.id"), index=True)
    next_path: Mapped[str | None]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    used_on: Mapped[str | None] = mapped_column(String(60))
    #: When a newer link of the same address took its place.
    void_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("kind IN ('sign_in', 'invitation')", name="kind"),
        Index("ix_sign_in_link_email", "email", "id"),
    )


class SecondFactor(Base):
    """A person's authenticator. The secret is sealed under SECRET_KEY; `last_step` is the newest code that was taken."""

    __tablename__ = "second_factor"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    secret_sealed: Mapped[str]
    made_at: Mapped[datetime]
    #: Null until the person has typed a first code.
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """One of ten codes for a lost telephone; only its HMAC under SECRET_KEY is kept."""

    __tablename__ = "recovery_code"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_mac: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SecurityEvent(Base):
    """Something about a person's way in that they should see. It is told to them, and is no evidence."""

    __tablename__ = "security_event"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    details: Mapped[dict[str, Any]]
    __table_args__ = (Index("ix_security_event_person_id", "person_id", "id"),)


class Throttle(Base):
    """How often something was tried by one mark since its window began; a mark is an HMAC, never an address."""

    __tablename__ = "throttle"
    kind: Mapped[str] = mapped_column(String(20))
    mark: Mapped[str] = mapped_column(String(64))
    window_start: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]
    __table_args__ = (UniqueConstraint("kind", "mark"),)
