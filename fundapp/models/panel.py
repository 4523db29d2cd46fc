"""Who reads which bid, what stands in their way, what they scored and what the chair decided."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base, Evidential


class Assignment(Evidential, Base):
    """A reviewer's turn to read a bid. `version` is what two saves of one review race on."""

    __tablename__ = "assignment"
    EVIDENCE = ("bid_id", "person_id", "version", "assigned_by", "assigned_at", "ended_at")
    EXTRA_ARGS = (UniqueConstraint("bid_id", "person_id"),)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    version: Mapped[int]
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Interest(Evidential, Base):
    """A declared conflict: hides the bid from the person everywhere."""

    __tablename__ = "interest"
    EVIDENCE = ("bid_id", "person_id", "reason", "declared_at")
    EXTRA_ARGS = (UniqueConstraint("bid_id", "person_id"),)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str]
    declared_at: Mapped[datetime]


class Review(Evidential, Base):
    """A reviewer's marks and words on a frozen version. `total` is the weighted mean in hundredths of a point."""

    __tablename__ = "review"
    EVIDENCE = ("bid_id", "person_id", "bid_version_id", "number", "comment", "note", "total", "given_at")
    EXTRA_ARGS = (UniqueConstraint("bid_id", "person_id", "number"),)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    bid_version_id: Mapped[int] = mapped_column(ForeignKey("bid_version.id"))
    #: 1 for the first, more when a reviewer revises; both are kept, the newest counts.
    number: Mapped[int]
    comment: Mapped[str]
    note: Mapped[str]
    total: Mapped[int]
    given_at: Mapped[datetime]


class Score(Evidential, Base):
    """One criterion's mark, 0 to 5."""

    __tablename__ = "score"
    EVIDENCE = ("review_id", "bid_id", "criterion", "value")
    EXTRA_ARGS = (
        UniqueConstraint("review_id", "criterion"),
        CheckConstraint("value BETWEEN 0 AND 5", name="value"),
    )
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    criterion: Mapped[str] = mapped_column(String(40))
    value: Mapped[int]


class Decision(Evidential, Base):
    """What the chair staged for a bid; changes until the round is released."""

    __tablename__ = "decision"
    EVIDENCE = (
        "bid_id", "round_id", "version", "outcome", "amount_pence", "conditions", "feedback", "decided_by",
        "decided_at", "moderated",
    )  # fmt: skip
    EXTRA_ARGS = (
        CheckConstraint("outcome IN ('award', 'decline')", name="outcome"),
        CheckConstraint("(outcome = 'award') = (amount_pence > 0)", name="amount"),
    )
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    version: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(8))
    amount_pence: Mapped[int]
    conditions: Mapped[str]
    feedback: Mapped[str]
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    moderated: Mapped[bool] = mapped_column(default=False)
