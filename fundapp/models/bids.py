"""Bids, what was drafted, what was frozen, who was asked to back them and what they said."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base, Evidential


class Bid(Evidential, Base):
    """One bid. `since` is when it came into its state, `due_at` when whoever has it must have acted.

    While it is a draft, title, organisation and amount live in the draft; submit writes them here.
    """

    __tablename__ = "bid"
    EVIDENCE = (
        "reference", "fund_id", "round_id", "state", "version", "applicant_id", "organisation_id", "area_id",
        "title", "amount_pence", "version_number", "holding_id", "backed_sha256", "since", "due_at", "source",
    )  # fmt: skip
    EXTRA_ARGS = (
        Index("ix_bid_round_state_id", "round_id", "state", "id"),
        # The list of bids, whatever its order; its tabs, by the order it has unless another is asked for.
        Index("ix_bid_since", "since", "id"),
        Index("ix_bid_due", "due_at", "id"),
        Index("ix_bid_amount", "amount_pence", "id"),
        Index("ix_bid_state_since", "state", "since", "id"),
        Index("ix_bid_round_since", "round_id", "since", "id"),
        Index("ix_bid_state_due", "state", "due_at", "id"),
        UniqueConstraint("round_id", "source_key"),
    )
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    applicant_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    #: Ward, place and region as words, for lists; the area is the rule's.
    place: Mapped[str | None]
    title: Mapped[str]
    amount_pence: Mapped[int]
    #: The number of its newest frozen version; 0 while none is frozen.
    version_number: Mapped[int]
    #: The representative named to back it.
    holding_id: Mapped[int | None] = mapped_column(ForeignKey("office_holding.id"), index=True)
    #: The sha256 of the copy that a standing endorsement backs; null when none stands.
    backed_sha256: Mapped[str | None] = mapped_column(String(64))
    since: Mapped[datetime]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    #: For a bid taken in from a file or paper: {file, line, reason, key}.
    source: Mapped[dict[str, Any] | None]
    source_key: Mapped[str | None] = mapped_column(String(120))
    #: When what people had written in it went, and why: `asked` by its applicant, or `over`, as its time was.
    erased_at: Mapped[datetime | None]
    erased_why: Mapped[str | None] = mapped_column(String(8))


class CoApplicant(Evidential, Base):
    """Somebody who bids together with the applicant: they read and comment, nothing else.

    While `to_at` is null they may read. Whoever once bid together never judges, backs or pays that bid.
    """

    __tablename__ = "co_applicant"
    EVIDENCE = ("bid_id", "person_id", "from_at", "to_at")
    EXTRA_ARGS = (
        Index("ix_co_applicant_standing", "bid_id", "person_id", unique=True,
              sqlite_where=text("to_at IS NULL"), postgresql_where=text("to_at IS NULL")),
    )  # fmt: skip
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]


class CoInvitation(Base):
    """An address that was asked to bid together. Only the hash of its link's token is kept.

    It is dead once accepted, withdrawn, or past `expires_at`.
    """

    __tablename__ = "co_invitation"
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    address: Mapped[str] = mapped_column(String(320))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Comment(Base):
    """What somebody who bids together wrote beside the draft; no part of what is sent, and no evidence.

    `question` is the id of a question of the form, null for the whole bid.
    """

    __tablename__ = "comment"
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    question: Mapped[str | None] = mapped_column(String(80))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str]
    said_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Draft(Base):
    """What is being written. No evidence: an autosave is no event. `revision` refuses a silent overwrite."""

    __tablename__ = "draft"
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), unique=True)
    answers: Mapped[dict[str, Any]]
    revision: Mapped[int]
    saved_at: Mapped[datetime]


class BidVersion(Evidential, Base):
    """The bid as it was sent. `answers` are keyed by the form version's question ids; `sha256` is of their canonical bytes."""

    __tablename__ = "bid_version"
    EVIDENCE = ("bid_id", "number", "form_version_id", "answers", "amount_pence", "sha256", "frozen_at")
    EXTRA_ARGS = (UniqueConstraint("bid_id", "number"),)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    number: Mapped[int]
    form_version_id: Mapped[int] = mapped_column(ForeignKey("form_version.id"))
    answers: Mapped[dict[str, Any]]
    amount_pence: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime]


class Naming(Base):
    """A representative whom an applicant named for a bid, because the directory did not know them.

    `found` says in the applicant's words where the address is from; an officer confirms it before anything is mailed.
    """

    __tablename__ = "naming"
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    holding_id: Mapped[int] = mapped_column(ForeignKey("office_holding.id"))
    named_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    found: Mapped[str]
    named_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("holding_id", "bid_id"),)


class CopyPaper(Base):
    """The PDF of a frozen version, made once and kept by the hash of its bytes. No evidence: it can be made again."""

    __tablename__ = "copy_paper"
    bid_version_id: Mapped[int] = mapped_column(ForeignKey("bid_version.id"), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    made_at: Mapped[datetime]


class EndorsementRequest(Evidential, Base):
    """One representative asked to back one frozen version. `void_at` when replaced or the copy changed."""

    __tablename__ = "endorsement_request"
    EVIDENCE = ("bid_id", "bid_version_id", "holding_id", "asked_at", "void_at", "answered_at")
    EXTRA_ARGS = (
        Index("ix_endorsement_request_open", "bid_id", unique=True,
              sqlite_where=text("void_at IS NULL AND answered_at IS NULL"),
              postgresql_where=text("void_at IS NULL AND answered_at IS NULL")),
    )  # fmt: skip
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    bid_version_id: Mapped[int] = mapped_column(ForeignKey("bid_version.id"))
    holding_id: Mapped[int] = mapped_column(ForeignKey("office_holding.id"), index=True)
    asked_at: Mapped[datetime]
    void_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class EndorsementLink(Base):
    """A single-purpose link that was mailed. Only the hash of its token is kept."""

    __tablename__ = "endorsement_link"
    request_id: Mapped[int] = mapped_column(ForeignKey("endorsement_request.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    #: What its token was derived from, with the service's own key: a row that somebody invents opens nothing.
    effect_key: Mapped[str]
    sent_to: Mapped[str]
    made_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]


class Endorsement(Evidential, Base):
    """What a representative said of a version: backed it, refused, sent it back, or stood aside.

    `identified` says how they were known: link, sign_in or written."""

    __tablename__ = "endorsement"
    EVIDENCE = (
        "bid_id", "bid_version_id", "holding_id", "person_id", "answer", "statement", "identified", "recorded_by",
        "document_id", "checked", "given_at",
    )  # fmt: skip
    EXTRA_ARGS = (
        CheckConstraint(
            "answer IN ('endorse', 'refuse', 'send_back', 'interest', 'elsewhere')", name="answer"
        ),
        CheckConstraint("identified IN ('link', 'sign_in', 'written')", name="identified"),
        CheckConstraint("identified <> 'written' OR document_id IS NOT NULL", name="written_has_file"),
    )
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    bid_version_id: Mapped[int] = mapped_column(ForeignKey("bid_version.id"))
    holding_id: Mapped[int] = mapped_column(ForeignKey("office_holding.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    answer: Mapped[str] = mapped_column(String(12))
    statement: Mapped[str]
    identified: Mapped[str] = mapped_column(String(12))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    #: The office as the directory had it that day: {office, area, from, to, source, on, in_office, covers}.
    checked: Mapped[dict[str, Any]]
    given_at: Mapped[datetime]


class Remark(Evidential, Base):
    """What somebody wrote in a move that leaves no row of its own: why an officer sent a bid back, say."""

    __tablename__ = "remark"
    EVIDENCE = ("bid_id", "move", "person_id", "words", "said_at")
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    move: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str]
    said_at: Mapped[datetime]


class Document(Base):
    """A file somebody gave us, kept by the hash of its bytes.

    `state`: waiting while a virus scanner has not seen it, clean, refused. `reason` says why it was refused: a code
    of fundapp.words.files.REASONS, and behind a colon what the scanner named. A file that was taken away before it
    was ever sent has `removed_at`, and its bytes go.
    """

    __tablename__ = "document"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'clean', 'refused')", name="state"),)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    #: The question of the form that it answers; null for the file of an answer in writing.
    question: Mapped[str | None] = mapped_column(String(60))
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    given_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    judged_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    removed_at: Mapped[datetime | None]
