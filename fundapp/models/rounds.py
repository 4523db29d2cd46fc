"""Funds, their rounds, and the form that a round asks people to fill in."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base, Evidential, Pence


class Fund(Evidential, Base):
    """A purse with a policy. `policy` names the version of the lives in `workflows/` that its bids live by.

    `terms`: object with `conditions` (list of sentences), `signatories` (list of [name, title]), `address`, `phone`, `hours`,
    `email`, `instalments` (list of [label, when, needs, share in hundredths, and `report` if it waits for the final report]).
    """

    __tablename__ = "fund"
    HOME = "fund"
    EVIDENCE = ("code", "name", "policy", "terms")
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str]
    policy: Mapped[str] = mapped_column(String(20))
    terms: Mapped[dict[str, Any]]


class Round(Evidential, Base):
    """One call for bids. Money in pence; moments in UTC.

    `rubric`: list of {id, label, describe, low, high, weight (hundredths)}, where they are not the usual also {top: the
    highest mark, else 5; anchors: mark as words to what it means; guidance: words for the reader}. `blind`: the panel reads
    masked copies, without names and places. `reasons`: code to words, for ruling a bid out.
    `about`: what the public page says, in the shape of `fundapp.domain.about`. `signatories`: list of [name, title] who sign this
    round's letters; null leaves them to the fund's.
    """

    __tablename__ = "round"
    HOME = "round"
    EVIDENCE = (
        "fund_id", "code", "title", "state", "version", "opens_at", "closes_at", "endorse_by", "panel_by",
        "decide_by", "report_by", "grace_days", "offer_days", "release_minutes", "publish_at", "budget_pence",
        "min_pence", "max_pence", "reviews_needed", "disagreement_limit", "rubric", "reasons", "about", "signatories",
        "blind",
    )  # fmt: skip
    EXTRA_ARGS = (
        CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        CheckConstraint("budget_pence > 0", name="budget"),
        CheckConstraint("min_pence > 0 AND max_pence >= min_pence", name="limits"),
    )
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    title: Mapped[str]
    about: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20), index=True)
    version: Mapped[int]
    since: Mapped[datetime]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    endorse_by: Mapped[datetime]
    panel_by: Mapped[datetime]
    decide_by: Mapped[datetime]
    report_by: Mapped[datetime]
    grace_days: Mapped[int] = mapped_column(default=14)
    offer_days: Mapped[int] = mapped_column(default=21)
    release_minutes: Mapped[int] = mapped_column(default=10)
    #: When the running release window ends; null outside `releasing`.
    publish_at: Mapped[datetime | None]
    budget_pence: Mapped[Pence]
    min_pence: Mapped[Pence]
    max_pence: Mapped[Pence]
    reviews_needed: Mapped[int] = mapped_column(default=3)
    #: Reviewers' weighted totals may lie this far apart, in hundredths of a point, before the chair must moderate.
    disagreement_limit: Mapped[int] = mapped_column(default=200)
    rubric: Mapped[list[Any]]
    reasons: Mapped[dict[str, Any]]
    signatories: Mapped[list[Any] | None]
    blind: Mapped[bool] = mapped_column(default=False)


class FormVersion(Evidential, Base):
    """The questions of a round, as they stood. A bid's version points to the form version that it answers."""

    __tablename__ = "form_version"
    HOME = "round"
    EVIDENCE = ("round_id", "number", "questions")
    EXTRA_ARGS = (UniqueConstraint("round_id", "number"),)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    questions: Mapped[list[Any]]
