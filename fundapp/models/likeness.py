"""By what bids are alike, and the likenesses that somebody looked at. No evidence: nothing is decided by a hint."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base


class Likeness(Base):
    """One mark of a bid: a hash of what its group is known by (`kind` says what), or of a band of its text."""

    __tablename__ = "likeness"
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    mark: Mapped[str] = mapped_column(String(32))
    #: In this order it is what pairs are found by.
    __table_args__ = (UniqueConstraint("kind", "mark", "bid_id"),)


class LikenessLooked(Base):
    """Somebody looked at two bids that are alike, and says why that is fine. `low_id` is the smaller of the two."""

    __tablename__ = "likeness_looked"
    low_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    high_id: Mapped[int] = mapped_column(ForeignKey("bid.id"), index=True)
    note: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    looked_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("low_id", "high_id"),
        CheckConstraint("low_id < high_id", name="ordered"),
    )
