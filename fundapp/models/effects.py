"""What is still to be done outside the database, written in the transaction that caused it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base


class Outbox(Base):
    """One effect. `key` is unique: none is asked for twice. A worker holds it by `lease_owner` until `lease_until`."""

    __tablename__ = "outbox"
    name: Mapped[str] = mapped_column(String(40))
    args: Mapped[dict[str, Any]]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    bid_id: Mapped[int | None] = mapped_column(ForeignKey("bid.id"), index=True)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int]
    lease_owner: Mapped[str | None] = mapped_column(String(60))
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    #: Set when the last try failed for good; the row then stands on the officer's desk.
    failed_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    #: The number of the request that asked for it, by which the logs of web and worker hang together.
    request_id: Mapped[str | None] = mapped_column(String(64))
    __table_args__ = (
        Index(
            "ix_outbox_due", "not_before", "id",
            sqlite_where=text("done_at IS NULL AND failed_at IS NULL"),
            postgresql_where=text("done_at IS NULL AND failed_at IS NULL"),
        ),
    )  # fmt: skip


class Tally(Base):
    """How often effects of a name came to an outcome, ever: what is counted in the transaction that marks them."""

    __tablename__ = "tally"
    name: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(20))
    number: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (UniqueConstraint("name", "outcome"),)


class Pulse(Base):
    """When something that must go on was last seen: the clock (`tick`), and each worker (`worker …`)."""

    __tablename__ = "pulse"
    name: Mapped[str] = mapped_column(String(80), unique=True)
    at: Mapped[datetime]
