"""What people ask of the fund about themselves, and what may not go yet."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base, Evidential

_OPEN = "confirmed_at IS NULL AND withdrawn_at IS NULL"


class Erasure(Evidential, Base):
    """Somebody asked for what is held of them to go: one officer enters it, another confirms it.

    `how` says how they asked: letter, email, phone or person. Nothing goes before it is confirmed.
    """

    __tablename__ = "erasure"
    HOME = "person"
    EVIDENCE = ("person_id", "how", "asked_by", "asked_at", "confirmed_by", "confirmed_at", "withdrawn_at")
    EXTRA_ARGS = (
        CheckConstraint("how IN ('letter', 'email', 'phone', 'person')", name="how"),
        CheckConstraint("confirmed_by <> asked_by", name="two_people"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed"),
        Index("ix_erasure_open", "person_id", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
    )  # fmt: skip
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    how: Mapped[str] = mapped_column(String(10))
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class RetentionHold(Evidential, Base):
    """A bid of which nothing may go while this stands, as in a dispute: `reason` in an officer's words."""

    __tablename__ = "retention_hold"
    EVIDENCE = ("bid_id", "reason", "placed_by", "placed_at", "ended_by", "ended_at")
    EXTRA_ARGS = (
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
        Index("ix_retention_hold_standing", "bid_id", unique=True,
              sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    reason: Mapped[str]
    placed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
