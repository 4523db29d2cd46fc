"""The audit log: events, and the head of each subject's chain. Append-only, by triggers made in the migrations."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base


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
    __table_args__ = (UniqueConstraint("subject", "number"),)


class AuditHead(Base):
    """Where a subject's chain ends. Number 0 with an empty hash when the subject is made."""

    __tablename__ = "audit_head"
    subject: Mapped[str] = mapped_column(String(40), unique=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))
