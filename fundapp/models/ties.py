"""What people and bids are tied to: from it follows who may not read which bid, before anybody opens it.

A key names a thing: `person:9`, `organisation:7`, `area:12`, `party:leeds north`, `home:` with a mark of an address under
the service's key. A person and a bid with a key in common are kept apart.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.models.base import Base, Evidential


class Tie(Evidential, Base):
    """What somebody of the panel said beforehand of a person, organisation, area, party or address: the register of interests.

    `why`: lives, member, knows, works, belongs, gives or other; `words` is what they said of it.
    """

    __tablename__ = "tie"
    HOME = "person"
    EVIDENCE = ("person_id", "key", "why", "words", "declared_at", "ended_at")
    EXTRA_ARGS = (
        UniqueConstraint("person_id", "key", "declared_at"),
        CheckConstraint(
            "why IN ('lives', 'member', 'knows', 'works', 'belongs', 'gives', 'other')", name="why"
        ),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(String(120))
    why: Mapped[str] = mapped_column(String(10))
    words: Mapped[str]
    declared_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PersonMark(Base):
    """One thing that somebody of the panel is tied to, by what they said, belong to or hold. Made anew from that; no evidence.

    `why`: own (they themselves), local_party, ward, household, organisation, person, area or donor.
    """

    __tablename__ = "person_mark"
    __table_args__ = (UniqueConstraint("person_id", "key", "why"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(String(120), index=True)
    why: Mapped[str] = mapped_column(String(14))


class BidMark(Base):
    """One thing that a bid is tied to: its people, group, areas, party, address. Made anew from what was sent; no evidence."""

    __tablename__ = "bid_mark"
    __table_args__ = (UniqueConstraint("bid_id", "key"),)
    bid_id: Mapped[int] = mapped_column(ForeignKey("bid.id"))
    key: Mapped[str] = mapped_column(String(120), index=True)
