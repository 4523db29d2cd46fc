"""What the chair decides with the panel: disagreements talked over, suggestions made, sittings held, decisions staged."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base, Evidential


class Moderation(Evidential, Base):
    """A disagreement on a bid talked over: while it is open its reviewers see one another's reasons and may revise.

    `spread`: how far apart the totals lay when it was opened, in hundredths. `words`: what the chair said on closing it.
    A bid has one row; opening it again begins it anew, and both openings stand in the record.
    """

    __tablename__ = "moderation"
    EVIDENCE = ("bid_id", "spread", "opened_by", "opened_at", "closed_by", "closed_at", "words")
    EXTRA_ARGS = (CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed"),)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), unique=True)
    spread: Mapped[int]
    opened_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    words: Mapped[str]


class Suggestion(Evidential, Base):
    """A set of awards worked out for the chair, with the terms that it was worked out under. It decides nothing.

    `terms`: {budget_pence, least_score, floors, caps, partial, ...}; `result`: {awards: [[bid, pence], ...], value, bound}.
    """

    __tablename__ = "suggestion"
    HOME = "round"
    EVIDENCE = ("round_id", "number", "terms", "result", "made_by", "made_at")
    EXTRA_ARGS = (UniqueConstraint("round_id", "number"),)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    terms: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class Sitting(Evidential, Base):
    """A meeting of a round's panel, for its minutes.

    `present`: ids of the people who sat; `left_for`: [person, bid] pairs of who left the room for which bid.
    """

    __tablename__ = "sitting"
    HOME = "round"
    EVIDENCE = (
        "round_id",
        "number",
        "held_at",
        "place",
        "present",
        "left_for",
        "words",
        "recorded_by",
        "recorded_at",
    )
    EXTRA_ARGS = (UniqueConstraint("round_id", "number"),)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    held_at: Mapped[datetime]
    place: Mapped[str]
    present: Mapped[list[Any]]
    left_for: Mapped[list[Any]]
    words: Mapped[str]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class Decision(Evidential, Base):
    """What the chair staged for a bid; changes until the round is released. `suggestion_id`: what was suggested then."""

    __tablename__ = "decision"
    EVIDENCE = (
        "bid_id", "round_id", "version", "outcome", "amount_pence", "conditions", "feedback", "reason", "suggestion_id",
        "decided_by", "decided_at",
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
    #: Why the panel decided so, for the minutes; the applicant is not told it.
    reason: Mapped[str]
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("suggestion.id"))
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]


class MinutesPaper(Base):
    """The minutes of a round as PDF, asked for by somebody and made by the worker; kept by the hash of its bytes.

    `tells` is the SHA-256 of what they say, but for the day and the record: while that is the same, so is the paper. Until
    it is made the last three are null. No evidence: it can be made again.
    """

    __tablename__ = "minutes_paper"
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    tells: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime]
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    made_at: Mapped[datetime | None]
