"""The audit log: events, the head of each subject's chain, and the tree that seals them. Append-only, by triggers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base, BigId


class AuditEvent(Base):
    """One thing that happened. All columns but `id`, `hash` and `mac` are copies of fields of `body`.

    `body` is canonical JSON text; `hash` is SHA-256 of its bytes; `mac` is HMAC-SHA-256 under the audit key.
    """

    __tablename__ = "audit_event"
    subject: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    body: Mapped[str]
    hash: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))
    __table_args__ = (
        UniqueConstraint("subject", "number"),
        # What an auditor searches by.
        Index("ix_audit_event_at", "at", "id"),
        Index("ix_audit_event_action", "action", "at", "id"),
        Index("ix_audit_event_actor", "actor", "at", "id"),
    )


class AuditHead(Base):
    """Where a subject's chain ends. Number 0 with an empty hash when the subject is made."""

    __tablename__ = "audit_head"
    subject: Mapped[str] = mapped_column(String(40), unique=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))


class AuditLeaf(Base):
    """The place of an event in the sealed tree, from 0 on. `hash`: SHA-256 of a zero byte and the event's body (RFC 9162).

    `event_id` is the event's handle. No foreign key holds it: events are never deleted, and verifying names a leaf without one.
    """

    __tablename__ = "audit_leaf"
    id = None  # type: ignore[assignment]
    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(BigId, unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditNode(Base):
    """The hash of a complete subtree of 2^level leaves, kept for the levels that proofs are made from."""

    __tablename__ = "audit_node"
    id = None  # type: ignore[assignment]
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditCheckpoint(Base):
    """A signed statement of how many events were sealed, and of the root over them: the C2SP checkpoint, as it was signed.

    Their ids count from 1 without a gap.
    """

    __tablename__ = "audit_checkpoint"
    size: Mapped[int] = mapped_column(BigId, unique=True)
    at: Mapped[datetime]
    note: Mapped[str]


class Verification(Base):
    """Somebody asked whether the record holds, and what was found; null until then. No evidence: it can be asked again.

    `outside` holds the checkpoints that were given, as they were signed; `counts` what was read; `findings` the first of
    them, each {where, words}; `found` how many there are in all.
    """

    __tablename__ = "verification"
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    outside: Mapped[str]
    begun_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    found: Mapped[int | None]
    counts: Mapped[dict[str, Any]]
    findings: Mapped[list[Any]]
