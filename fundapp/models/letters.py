"""Letters: their wording, what they were made from, and the files that people hold."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base, Evidential

_KINDS = "kind IN ('award', 'feedback', 'acceptance')"


class Wording(Evidential, Base):
    """One version of the words that a fund's letters of a kind are set in.

    `texts`: the name of a passage to its text, with placeholders; see `fundapp.domain.wording`.
    """

    __tablename__ = "wording"
    HOME = "fund"
    EVIDENCE = ("fund_id", "kind", "number", "texts", "made_by", "made_at")
    EXTRA_ARGS = (UniqueConstraint("fund_id", "kind", "number"), CheckConstraint(_KINDS, name="kind"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    kind: Mapped[str] = mapped_column(String(12))
    number: Mapped[int]
    texts: Mapped[dict[str, Any]]
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class Letter(Evidential, Base):
    """A letter that was written: `facts` are the words and figures that it is made from.

    `replaces_id`: the letter that this one corrects. `code` is printed on it and opens its check page; it cannot be guessed.
    """

    __tablename__ = "letter"
    EVIDENCE = ("bid_id", "kind", "number", "facts", "wording_id", "replaces_id", "code", "made_at")
    EXTRA_ARGS = (UniqueConstraint("bid_id", "kind", "number"), CheckConstraint(_KINDS, name="kind"))
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    kind: Mapped[str] = mapped_column(String(12))
    number: Mapped[int]
    facts: Mapped[dict[str, Any]]
    wording_id: Mapped[int | None] = mapped_column(ForeignKey("wording.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    code: Mapped[str | None] = mapped_column(String(20), unique=True)
    made_at: Mapped[datetime]


class LetterFile(Evidential, Base):
    """The PDF of a letter, made once and kept by its SHA-256.

    `signed_by`: SHA-256 of the certificate that signed it, in hex; null where the service had no key.
    """

    __tablename__ = "letter_file"
    EVIDENCE = ("bid_id", "letter_id", "sha256", "size", "signed_by", "made_at")
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    signed_by: Mapped[str | None] = mapped_column(String(64))
    made_at: Mapped[datetime]


class LetterBundle(Base):
    """Letters of a round in one file, as a ZIP or for the printer: made by the worker, kept by the hash of its bytes.

    `tells` is the SHA-256 of which letters are in it, so whoever may see just these gets the same one. Until it is made the
    last three are null. No evidence: it can be made again.
    """

    __tablename__ = "letter_bundle"
    __table_args__ = (CheckConstraint("kind IN ('zip', 'print')", name="kind"),)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    tells: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime]
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    made_at: Mapped[datetime | None]
