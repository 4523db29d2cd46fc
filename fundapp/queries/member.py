"""What a member sees of their own bids."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Area,
    Award,
    Bid,
    BidVersion,
    CoApplicant,
    Draft,
    FormVersion,
    OfficeHolding,
    Person,
    Report,
    Round,
)


def _theirs(person: Any) -> Any:
    together = select(CoApplicant.bid_id).where(CoApplicant.person_id == person)
    return or_(Bid.applicant_id == person, Bid.id.in_(together))


def bids(conn: Connection, person: int) -> list[AnyRow]:
    """Every bid of a person, newest first, with its round and what waits in it."""
    return list(conn.execute(_bids(), {"person": person}))


@cache
def _bids() -> AnySelect:
    return (
        select(
            Bid.id, Bid.reference, Bid.title, Bid.state, Bid.amount_pence, Bid.due_at, Bid.since, Round.title.label("round"),
            Round.state.label("round_state"), Draft.answers, Award.state.label("award_state"),
            Award.amount_pence.label("award_pence"), Report.state.label("report_state"), Report.due_on,
            OfficeHolding.office, Person.name.label("representative"),
        )
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(Draft, Draft.bid_id == Bid.id)
        .outerjoin(Award, Award.bid_id == Bid.id)
        .outerjoin(Report, Report.bid_id == Bid.id)
        .outerjoin(OfficeHolding, OfficeHolding.id == Bid.holding_id)
        .outerjoin(Person, Person.id == OfficeHolding.person_id)
        .where(_theirs(bindparam("person")))
        .order_by(Bid.id.desc())
        .limit(200)
    )  # fmt: skip


def bid(conn: Connection, reference: str, person: int) -> AnyRow | None:
    """One bid of this person's, with who was named to back it."""
    return conn.execute(_bid(), {"reference": reference, "person": person}).one_or_none()


@cache
def _bid() -> AnySelect:
    representative = aliased(Person)
    return (
        select(
            *Bid.__table__.columns, OfficeHolding.office, OfficeHolding.source.label("office_source"),
            representative.name.label("representative"), representative.id.label("representative_id"),
            Area.name.label("office_area"),
        )
        .outerjoin(OfficeHolding, OfficeHolding.id == Bid.holding_id)
        .outerjoin(representative, representative.id == OfficeHolding.person_id)
        .outerjoin(Area, Area.id == OfficeHolding.area_id)
        .where(Bid.reference == bindparam("reference"), _theirs(bindparam("person")))
    )  # fmt: skip


def form(conn: Connection, bid_id: int) -> AnyRow | None:
    """The draft with the round's newest form: (answers, revision, saved_at, questions)."""
    return conn.execute(_form(), {"bid_id": bid_id}).one_or_none()


@cache
def _form() -> AnySelect:
    return (
        select(Draft.answers, Draft.revision, Draft.saved_at, FormVersion.questions)
        .join(Bid, Bid.id == Draft.bid_id)
        .join(FormVersion, FormVersion.round_id == Bid.round_id)
        .where(Draft.bid_id == bindparam("bid_id"))
        .order_by(FormVersion.number.desc())
        .limit(1)
    )


def questions_of(conn: Connection, round_id: int) -> list[dict[str, Any]] | None:
    """What a round's newest form asks."""
    found: list[dict[str, Any]] | None = conn.execute(_questions_of(), {"round_id": round_id}).scalar()
    return found


@cache
def _questions_of() -> AnySelect:
    return (
        select(FormVersion.questions)
        .where(FormVersion.round_id == bindparam("round_id"))
        .order_by(FormVersion.number.desc())
        .limit(1)
    )


def version(conn: Connection, bid_id: int, number: int) -> AnyRow | None:
    """A frozen copy with the form that it answers."""
    return conn.execute(_version(), {"bid_id": bid_id, "number": number}).one_or_none()


@cache
def _version() -> AnySelect:
    return (
        select(
            BidVersion.number, BidVersion.answers, BidVersion.amount_pence, BidVersion.sha256, BidVersion.frozen_at,
            FormVersion.questions,
        )
        .join(FormVersion, FormVersion.id == BidVersion.form_version_id)
        .where(BidVersion.bid_id == bindparam("bid_id"), BidVersion.number == bindparam("number"))
    )  # fmt: skip
