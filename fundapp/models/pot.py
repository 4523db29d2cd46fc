"""Money in, where it came from, and what the bank says happened. Amounts in pence."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base, Evidential, Pence


class Source(Evidential, Base):
    """A person or body that money comes from; what it gave is added up over the year, as election law asks."""

    __tablename__ = "source"
    HOME = "fund"
    EVIDENCE = ("fund_id", "name", "kind", "official_id", "address")
    EXTRA_ARGS = (
        CheckConstraint(
            "kind IN ('individual', 'company', 'union', 'party', 'association', 'charity', 'other', 'own')",
            name="kind",
        ),
    )
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(12))
    official_id: Mapped[str | None]
    address: Mapped[str]


class Income(Evidential, Base):
    """Money that came in: a donation, a transfer of our own, or an award's money returned (`bid_id`).

    `round_id` earmarks it for one round; null is the fund's general money. A voided row never came in.
    """

    __tablename__ = "income"
    HOME = "fund"
    EVIDENCE = (
        "fund_id", "round_id", "source_id", "kind", "amount_pence", "received_on", "words", "bid_id", "recorded_by",
        "recorded_at", "voided_by", "voided_at", "void_reason",
    )  # fmt: skip
    EXTRA_ARGS = (
        CheckConstraint("amount_pence > 0", name="amount"),
        CheckConstraint("kind IN ('donation', 'transfer', 'returned')", name="kind"),
        CheckConstraint("(voided_at IS NULL) = (voided_by IS NULL)", name="voided"),
        Index("ix_income_fund_received", "fund_id", "received_on"),
    )
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    amount_pence: Mapped[Pence]
    received_on: Mapped[date]
    words: Mapped[str]
    bid_id: Mapped[int | None] = mapped_column(ForeignKey("bid.id"))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str]


class Permissibility(Evidential, Base):
    """What was found when a donation over the limit was checked: who may give, and how that was looked up."""

    __tablename__ = "permissibility"
    HOME = "fund"
    EVIDENCE = (
        "fund_id",
        "income_id",
        "outcome",
        "words",
        "checked_on",
        "checked_by",
        "recorded_at",
        "returned_on",
    )
    EXTRA_ARGS = (CheckConstraint("outcome IN ('permissible', 'impermissible')", name="outcome"),)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    income_id: Mapped[int] = mapped_column(ForeignKey("income.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(14))
    words: Mapped[str]
    checked_on: Mapped[date]
    checked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    returned_on: Mapped[date | None]


class DonationReport(Evidential, Base):
    """A source's donations of a year reported to the Electoral Commission, up to and with `income_id`."""

    __tablename__ = "donation_report"
    HOME = "fund"
    EVIDENCE = (
        "fund_id",
        "source_id",
        "income_id",
        "year",
        "reported_on",
        "words",
        "recorded_by",
        "recorded_at",
    )
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    income_id: Mapped[int] = mapped_column(ForeignKey("income.id"))
    year: Mapped[int]
    reported_on: Mapped[date]
    words: Mapped[str]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class BankLine(Evidential, Base):
    """One line of the bank's statement, brought in once. Money out is below nothing.

    `mark` is the same for the same line in whatever file it comes; `payment_id` or `income_id` is what it was found to be.
    """

    __tablename__ = "bank_line"
    HOME = "fund"
    EVIDENCE = (
        "fund_id", "mark", "file_sha256", "line", "booked_on", "amount_pence", "words", "payment_id", "income_id", "brought_by",
        "brought_at",
    )  # fmt: skip
    EXTRA_ARGS = (UniqueConstraint("fund_id", "mark"),)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    mark: Mapped[str] = mapped_column(String(64))
    file_sha256: Mapped[str] = mapped_column(String(64))
    line: Mapped[int]
    booked_on: Mapped[date]
    amount_pence: Mapped[Pence]
    words: Mapped[str]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    income_id: Mapped[int | None] = mapped_column(ForeignKey("income.id"))
    brought_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    brought_at: Mapped[datetime]
