"""People, how they sign in, what they belong to, the offices they hold and the roles they were given."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.domain.areas import name_key
from fundapp.models.base import Base, Evidential


class Person(Base):
    """One human, however many roles. `token` is the opaque id by which the audit log knows them."""

    __tablename__ = "person"
    token: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str]
    email: Mapped[str | None]
    show_name: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class Account(Base):
    """A way to sign in: one address, lower case. A person may have several."""

    __tablename__ = "account"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


_WAITING = "confirmed_at IS NULL AND ended_at IS NULL"


class Membership(Evidential, Base):
    """A person's membership of the party, as claimed and as confirmed.

    `source` says by what it was confirmed: `list` (the membership list that was imported) or the words of an officer.
    An unconfirmed member may write a bid, but not send it.
    """

    __tablename__ = "membership"
    HOME = "person"
    EVIDENCE = (
        "person_id", "number", "local_party", "claimed_at", "confirmed_at", "confirmed_by", "source", "ended_at",
        "ended_why",
    )  # fmt: skip
    EXTRA_ARGS = (
        Index("ix_membership_standing", "person_id", unique=True,
              sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
        Index("ix_membership_waiting", "claimed_at", "id", sqlite_where=text(_WAITING), postgresql_where=text(_WAITING)),
    )  # fmt: skip
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    number: Mapped[str] = mapped_column(String(40), index=True)
    local_party: Mapped[str]
    claimed_at: Mapped[datetime]
    source: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    #: The words of the officer who turned it down.
    ended_why: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ListedMember(Base):
    """One line of the membership list, as fingerprints: enough to tell whether a number goes with an address or a name.

    The list itself is not kept: who belongs to a party is nobody's to read here (UK GDPR art. 9).
    """

    __tablename__ = "listed_member"
    number_mark: Mapped[str] = mapped_column(String(64), unique=True)
    email_mark: Mapped[str | None] = mapped_column(String(64))
    name_mark: Mapped[str | None] = mapped_column(String(64))
    local_party: Mapped[str] = mapped_column(index=True)
    listed_at: Mapped[datetime]


class Organisation(Base):
    """A group that bids, with its official ids where it has any."""

    __tablename__ = "organisation"
    name: Mapped[str]
    #: org-id.guide form: GB-CHC-1168381. Null for an unregistered group.
    official_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    charity_number: Mapped[str | None]
    company_number: Mapped[str | None]
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    created_at: Mapped[datetime]
    __table_args__ = (Index("ix_organisation_name", "name"),)


def _key_of_name(context: Any) -> str:
    return name_key(context.get_current_parameters()["name"])


class Area(Base):
    """A ward, council, constituency or region, by its official code. `key` is the name as names are searched."""

    __tablename__ = "area"
    kind: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str]
    key: Mapped[str] = mapped_column(default=_key_of_name, server_default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    __table_args__ = (
        CheckConstraint("kind IN ('ward', 'council', 'constituency', 'region', 'nation')", name="kind"),
        Index("ix_area_name", "kind", "name"),
    )


class WardConstituency(Base):
    """A ward lies, wholly or in part, in a constituency: constituencies and councils cut the country differently."""

    __tablename__ = "ward_constituency"
    ward_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    constituency_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    __table_args__ = (UniqueConstraint("ward_id", "constituency_id"),)


class Postcode(Base):
    """Which ward a postcode lies in. `code` is the postcode in capitals without a space: LS31HH."""

    __tablename__ = "postcode"
    code: Mapped[str] = mapped_column(String(8), unique=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))


class OfficeHolding(Evidential, Base):
    """An elected office that a person holds for an area between two days.

    `source` says how the address is known: `directory`, or the words of an officer who confirmed it.
    Without a source no endorsement link leaves for it.
    """

    __tablename__ = "office_holding"
    HOME = "person"
    EVIDENCE = ("person_id", "office", "area_id", "from_on", "to_on", "email", "source", "confirmed_by")
    EXTRA_ARGS = (Index("ix_office_holding_email", "email"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office: Mapped[str] = mapped_column(String(20))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    party: Mapped[str | None]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    email: Mapped[str | None]
    source: Mapped[str | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class RoleGrant(Evidential, Base):
    """A role given to a person, for one fund or for all (null), between two moments."""

    __tablename__ = "role_grant"
    HOME = "person"
    EVIDENCE = ("person_id", "role", "fund_id", "from_at", "to_at", "granted_by")
    EXTRA_ARGS = (UniqueConstraint("person_id", "role", "fund_id", "from_at"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
