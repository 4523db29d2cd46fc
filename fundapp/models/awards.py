"""Awards, the payments and reports that follow them, and the letters that tell people."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base, Evidential


class Award(Evidential, Base):
    """Money promised to a bid, in pence."""

    __tablename__ = "award"
    EVIDENCE = (
        "bid_id", "round_id", "state", "version", "amount_pence", "conditions", "starts_on", "ends_on",
        "offered_at", "offer_until", "accepted_at",
    )  # fmt: skip
    EXTRA_ARGS = (CheckConstraint("amount_pence > 0", name="amount"),)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    version: Mapped[int]
    amount_pence: Mapped[int]
    conditions: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    offered_at: Mapped[datetime]
    offer_until: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    since: Mapped[datetime]


class Cancellation(Evidential, Base):
    """The treasurer's asking to cancel an award; an officer, another person, confirms it before it expires."""

    __tablename__ = "cancellation"
    EVIDENCE = ("bid_id", "asked_by", "reason", "asked_at", "expires_at", "confirmed_by", "confirmed_at")
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]


class PaymentRun(Evidential, Base):
    """Payments sent to the bank together."""

    __tablename__ = "payment_run"
    HOME = "fund"
    EVIDENCE = ("fund_id", "number", "made_by", "made_at")
    EXTRA_ARGS = (UniqueConstraint("fund_id", "number"),)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    number: Mapped[int]
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class Payment(Evidential, Base):
    """One instalment of an award, in pence."""

    __tablename__ = "payment"
    EVIDENCE = (
        "bid_id", "award_id", "number", "state", "version", "amount_pence", "due_on", "needs", "scheduled_by",
        "approved_by", "run_id", "sent_at", "paid_on", "failure",
    )  # fmt: skip
    EXTRA_ARGS = (
        UniqueConstraint("award_id", "number"),
        CheckConstraint("amount_pence > 0", name="amount"),
        Index("ix_payment_state_due", "state", "due_on"),
    )
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    version: Mapped[int]
    amount_pence: Mapped[int]
    due_on: Mapped[date]
    needs: Mapped[str]
    scheduled_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("payment_run.id"))
    sent_at: Mapped[datetime | None]
    paid_on: Mapped[date | None]
    failure: Mapped[str | None]
    since: Mapped[datetime]


class Report(Evidential, Base):
    """How the project went, by those who ran it."""

    __tablename__ = "report"
    EVIDENCE = (
        "bid_id", "award_id", "state", "version", "due_on", "story", "learned", "people_reached", "spent_pence",
        "consent", "filed_by", "filed_at", "accepted_by", "accepted_at", "returned_reason",
    )  # fmt: skip
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), unique=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"))
    state: Mapped[str] = mapped_column(String(12), index=True)
    version: Mapped[int]
    due_on: Mapped[date]
    story: Mapped[str]
    learned: Mapped[str]
    people_reached: Mapped[int | None]
    spent_pence: Mapped[int | None]
    consent: Mapped[bool] = mapped_column(default=False)
    filed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    filed_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None]
    returned_reason: Mapped[str | None]
    since: Mapped[datetime]


class Letter(Evidential, Base):
    """A letter that was made: `facts` are the words and figures that it was made from."""

    __tablename__ = "letter"
    EVIDENCE = ("bid_id", "kind", "number", "facts", "made_at")
    EXTRA_ARGS = (
        UniqueConstraint("bid_id", "kind", "number"),
        CheckConstraint("kind IN ('award', 'feedback')", name="kind"),
    )
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    kind: Mapped[str] = mapped_column(String(12))
    number: Mapped[int]
    facts: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
