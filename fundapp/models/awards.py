"""Awards, what their applicants answer, and the payments and reports that follow them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base, Evidential, Pence


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


class AwardAnswer(Evidential, Base):
    """What an applicant answered to an offer or to a variation, and what they had before them.

    `letter_id` is the letter that they answered, `terms_sha256` of the terms as the page showed them. `name_typed` stands for a
    signature. `recipient` says who will hold the money, as election law asks; see `fundapp.domain.recipients`.
    """

    __tablename__ = "award_answer"
    EVIDENCE = (
        "bid_id", "award_id", "letter_id", "variation_id", "person_id", "answer", "name_typed", "terms_sha256", "recipient",
        "reason", "answered_at",
    )  # fmt: skip
    EXTRA_ARGS = (CheckConstraint("answer IN ('accept', 'refuse', 'vary', 'keep')", name="answer"),)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    variation_id: Mapped[int | None] = mapped_column(ForeignKey("variation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str] = mapped_column(String(8))
    name_typed: Mapped[str]
    terms_sha256: Mapped[str | None] = mapped_column(String(64))
    recipient: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str]
    answered_at: Mapped[datetime]


class Variation(Evidential, Base):
    """A change to an accepted award that an officer proposes and the applicant agrees to or not.

    All four terms as they would stand: amount (pence), conditions, first and last day. `outcome`: null while it waits, then
    `agreed`, `kept` (the applicant would rather keep the award as it is), `taken_back`, or `dropped` with the award.
    """

    __tablename__ = "variation"
    EVIDENCE = (
        "bid_id", "award_id", "number", "amount_pence", "conditions", "starts_on", "ends_on", "reason", "proposed_by",
        "proposed_at", "outcome", "ended_at",
    )  # fmt: skip
    EXTRA_ARGS = (
        UniqueConstraint("award_id", "number"),
        CheckConstraint("amount_pence > 0", name="amount"),
        CheckConstraint("outcome IN ('agreed', 'kept', 'taken_back', 'dropped')", name="outcome"),
    )
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"))
    number: Mapped[int]
    amount_pence: Mapped[int]
    conditions: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    reason: Mapped[str]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(12))
    ended_at: Mapped[datetime | None]


class Cancellation(Evidential, Base):
    """The treasurer's asking to cancel an award; an officer, another person, confirms it before it expires.

    `owed_back_pence`: what had been paid or was with the bank at the moment it was confirmed. A payment may fail after that:
    what is owed now is `fundapp.queries.owing`, and only that is shown.
    """

    __tablename__ = "cancellation"
    EVIDENCE = (
        "bid_id", "asked_by", "reason", "asked_at", "expires_at", "confirmed_by", "confirmed_at", "owed_back_pence",
    )  # fmt: skip
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    owed_back_pence: Mapped[int | None]


class PaymentRun(Evidential, Base):
    """Payments sent to the bank together, from the fund's own account `payer_id`, to be made on `pay_on`.

    `payments`, `total_pence` and `sha256` are its control totals: how many, their sum, and the hash of its lines
    (`fundapp.exports`), so that whatever file is made of it later can be held against them. `lines` are the payments as they
    went into it, in the files' order: [payment, bank details (payee), pence, reference]. A payment that comes back may go
    with another run, for other details; this one says for good what it was made of.
    """

    __tablename__ = "payment_run"
    HOME = "fund"
    EVIDENCE = (
        "fund_id", "number", "made_by", "made_at", "payer_id", "pay_on", "payments", "total_pence", "lines",
        "sha256",
    )  # fmt: skip
    EXTRA_ARGS = (UniqueConstraint("fund_id", "number"),)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    number: Mapped[int]
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("payer.id"))
    pay_on: Mapped[date | None]
    payments: Mapped[int]
    total_pence: Mapped[Pence]
    lines: Mapped[list[Any]]
    sha256: Mapped[str | None] = mapped_column(String(64))


class Payment(Evidential, Base):
    """One instalment of an award, in pence, not before `due_on`.

    `milestone` is `report` if it waits for the final report to be accepted, else empty. `payee_id`: the bank details that
    its approver approved it for; null until then.
    """

    __tablename__ = "payment"
    EVIDENCE = (
        "bid_id", "award_id", "number", "state", "version", "amount_pence", "due_on", "milestone", "needs",
        "scheduled_by", "approved_by", "payee_id", "run_id", "sent_at", "paid_on", "failure",
    )  # fmt: skip
    EXTRA_ARGS = (
        UniqueConstraint("award_id", "number"),
        CheckConstraint("amount_pence > 0", name="amount"),
        CheckConstraint("milestone IN ('', 'report')", name="milestone"),
        Index("ix_payment_state_due", "state", "due_on"),
    )
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("award.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    version: Mapped[int]
    amount_pence: Mapped[int]
    due_on: Mapped[date]
    milestone: Mapped[str] = mapped_column(String(8), default="")
    needs: Mapped[str]
    scheduled_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    payee_id: Mapped[int | None] = mapped_column(ForeignKey("payee.id"))
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
