"""Bank accounts: whom an award is paid to, and what the fund pays from. Their numbers are kept encrypted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base, Evidential


class DataKey(Base):
    """The key that one row's bank details are encrypted under, itself encrypted under the service's key `key_id`.

    Changing the service's key changes these rows and nothing that is evidence; emptying `wrapped` makes the details
    unreadable for good.
    """

    __tablename__ = "data_key"
    key_id: Mapped[str] = mapped_column(String(16), index=True)
    wrapped: Mapped[str]
    made_at: Mapped[datetime]


class Payee(Evidential, Base):
    """Bank details that an applicant gave for an award. See `workflows/payee.py`.

    `sealed`: sort code and account number, encrypted; `account_ends`: the account number's last four digits, for people to
    know it by. `checked`: what the modulus check said. `bank_answer`: what the bank's own check of the name said to the
    treasurer, and `vouched_by`, where it knows the account by another name, who made sure that it is theirs all the same.
    `cools_until`: a change takes effect no sooner. What was written stays beside the rest: `reason` of the applicant for a
    change, `made_sure` of who confirmed it, `refused_why` of who turned it down, `vouched_why`.
    """

    __tablename__ = "payee"
    EVIDENCE = (
        "bid_id", "number", "state", "version", "holder_name", "kind", "sealed", "account_ends", "checked", "given_by",
        "given_at", "cools_until", "confirmed_by", "confirmed_at", "bank_answer", "bank_answer_by", "vouched_by",
        "vouched_why", "reason", "made_sure", "refused_why", "ended_at",
    )  # fmt: skip
    EXTRA_ARGS = (
        UniqueConstraint("bid_id", "number"),
        CheckConstraint("kind IN ('business', 'personal')", name="kind"),
        CheckConstraint("checked IN ('passes', 'fails', 'unknown')", name="checked"),
        CheckConstraint("bank_answer IN ('match', 'close', 'no_match', 'unavailable')", name="bank_answer"),
    )
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), index=True)
    version: Mapped[int]
    holder_name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[str]
    account_ends: Mapped[str] = mapped_column(String(4))
    data_key_id: Mapped[int] = mapped_column(ForeignKey("data_key.id"))
    checked: Mapped[str] = mapped_column(String(8))
    given_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
    cools_until: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    bank_answer: Mapped[str | None] = mapped_column(String(12))
    bank_answer_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    vouched_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    vouched_why: Mapped[str]
    reason: Mapped[str]
    made_sure: Mapped[str]
    refused_why: Mapped[str]
    ended_at: Mapped[datetime | None]
    since: Mapped[datetime]


class Payer(Evidential, Base):
    """An account that a fund pays from. The newest confirmed one counts; another person than its setter confirms it."""

    __tablename__ = "payer"
    HOME = "fund"
    EVIDENCE = (
        "fund_id", "number", "holder_name", "sealed", "account_ends", "set_by", "set_at", "confirmed_by", "confirmed_at",
    )  # fmt: skip
    EXTRA_ARGS = (UniqueConstraint("fund_id", "number"),)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    number: Mapped[int]
    holder_name: Mapped[str]
    sealed: Mapped[str]
    account_ends: Mapped[str] = mapped_column(String(4))
    data_key_id: Mapped[int] = mapped_column(ForeignKey("data_key.id"))
    set_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
