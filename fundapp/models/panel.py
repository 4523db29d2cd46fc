"""Who reads which bid, what stands in their way, and what they scored."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base, Evidential


class PanelSeat(Evidential, Base):
    """A reviewer's seat at the panel of one round. Whoever may review in the fund and has none sits there all the same.

    `most`: bids they take at most in this round, null for no limit. `themes`: words of the bids' themes that they know.
    `regions`: ids of areas whose bids they would rather read. `left_at`: they dropped out, and are given nothing more.
    """

    __tablename__ = "panel_seat"
    HOME = "round"
    EVIDENCE = ("round_id", "person_id", "most", "themes", "regions", "changed_at", "left_at")
    EXTRA_ARGS = (
        UniqueConstraint("round_id", "person_id"),
        CheckConstraint("most IS NULL OR most >= 0", name="most"),
    )
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    most: Mapped[int | None]
    themes: Mapped[list[Any]]
    regions: Mapped[list[Any]]
    changed_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class Assignment(Evidential, Base):
    """A reviewer's turn to read a bid. `version` is what two saves of one review race on.

    `ended_why`: interest, abstained, dropped_out or moved; `ended_words` is what the reviewer said of it.
    """

    __tablename__ = "assignment"
    EVIDENCE = (
        "bid_id",
        "person_id",
        "version",
        "assigned_by",
        "assigned_at",
        "ended_at",
        "ended_why",
        "ended_words",
    )
    EXTRA_ARGS = (
        UniqueConstraint("bid_id", "person_id"),
        CheckConstraint("ended_why IN ('interest', 'abstained', 'dropped_out', 'moved')", name="ended_why"),
    )
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    version: Mapped[int]
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None] = mapped_column(String(12))
    ended_words: Mapped[str | None]


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
    """A reviewer's marks and words on a frozen version. `total` is the weighted mean in hundredths of a point.

    `masked_copy_id`: the masked copy that they read, in a round whose panel reads without names.
    `confidence`: 1 unsure, 2 fairly sure, 3 sure; null where nothing was said.
    """

    __tablename__ = "review"
    EVIDENCE = (
        "bid_id", "person_id", "bid_version_id", "masked_copy_id", "number", "comment", "note", "total", "confidence",
        "given_at",
    )  # fmt: skip
    EXTRA_ARGS = (
        UniqueConstraint("bid_id", "person_id", "number"),
        CheckConstraint("confidence BETWEEN 1 AND 3", name="confidence"),
    )
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    bid_version_id: Mapped[int] = mapped_column(ForeignKey("bid_version.id"))
    #: 1 for the first, more when a reviewer revises; both are kept, the newest counts.
    number: Mapped[int]
    comment: Mapped[str]
    note: Mapped[str]
    total: Mapped[int]
    given_at: Mapped[datetime]
    masked_copy_id: Mapped[int | None] = mapped_column(ForeignKey("masked_copy.id"))
    confidence: Mapped[int | None]


class ReviewDraft(Base):
    """What a reviewer has chosen and typed so far. No evidence: an autosave is no event.

    `given`: {scores: criterion to mark, comment, note, confidence}. `revision` refuses a silent overwrite.
    """

    __tablename__ = "review_draft"
    __table_args__ = (UniqueConstraint("bid_id", "person_id"),)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    given: Mapped[dict[str, Any]]
    revision: Mapped[int]
    saved_at: Mapped[datetime]


class MaskedCopy(Evidential, Base):
    """A bid's frozen version as the panel reads it where it reads without names; an officer confirmed every word.

    `answers` holds the answers that are shown, by question id, names and places masked. `cleared` lists the documents
    that may be opened. `sha256` is that of title, answers and cleared as canonical JSON. The newest number counts.
    """

    __tablename__ = "masked_copy"
    EVIDENCE = (
        "bid_id", "bid_version_id", "number", "title", "answers", "cleared", "sha256", "confirmed_by", "confirmed_at",
    )  # fmt: skip
    EXTRA_ARGS = (UniqueConstraint("bid_id", "number"),)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    bid_version_id: Mapped[int] = mapped_column(ForeignKey("bid_version.id"))
    number: Mapped[int]
    title: Mapped[str]
    answers: Mapped[dict[str, Any]]
    cleared: Mapped[list[Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    confirmed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime]


class Score(Evidential, Base):
    """One criterion's mark, from 0 to the top of its scale (5 unless the rubric says another, never above 10)."""

    __tablename__ = "score"
    EVIDENCE = ("review_id", "bid_id", "criterion", "value")
    EXTRA_ARGS = (
        UniqueConstraint("review_id", "criterion"),
        CheckConstraint("value BETWEEN 0 AND 10", name="value"),
    )
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    criterion: Mapped[str] = mapped_column(String(40))
    value: Mapped[int]
