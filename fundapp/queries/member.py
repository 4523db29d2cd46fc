"""What a member sees of their own bids."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, cast, null, or_, select, union_all
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Area,
    Award,
    Bid,
    CoApplicant,
    Draft,
    Endorsement,
    FormVersion,
    OfficeHolding,
    Person,
    Remark,
    Report,
    Round,
)


def _theirs(person: Any) -> Any:
    """What a person may read: their own bids, and those they bid in together now."""
    together = select(CoApplicant.bid_id).where(CoApplicant.person_id == person, CoApplicant.to_at.is_(None))
    return or_(Bid.applicant_id == person, Bid.id.in_(together))


def bids(conn: Connection, person: int) -> list[AnyRow]:
    """Every bid of a person, newest first, with its round and what waits in it."""
    return list(conn.execute(_bids(), {"person": person}))


@cache
def _bids() -> AnySelect:
    return (
        select(
            Bid.id, Bid.reference, Bid.title, Bid.state, Bid.amount_pence, Bid.due_at, Bid.since, Bid.applicant_id,
            Round.title.label("round"),
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


def sent_back(conn: Connection, bid_id: int) -> AnyRow | None:
    """Why a bid was last sent back, and by whom: (words, name, office, at); office null for the fund's officer."""
    return conn.execute(_sent_back(), {"bid_id": bid_id}).one_or_none()


@cache
def _sent_back() -> AnySelect:
    nothing = cast(null(), OfficeHolding.office.type)
    by_representative = (
        select(Endorsement.statement.label("words"), Person.name, OfficeHolding.office, Endorsement.given_at.label("at"))
        .join(Person, Person.id == Endorsement.person_id)
        .join(OfficeHolding, OfficeHolding.id == Endorsement.holding_id)
        .where(Endorsement.bid_id == bindparam("bid_id"), Endorsement.answer == "send_back")
    )  # fmt: skip
    by_officer = (
        select(Remark.words, Person.name, nothing, Remark.said_at)
        .outerjoin(Person, Person.id == Remark.person_id)
        .where(Remark.bid_id == bindparam("bid_id"), Remark.move == "send_back")
    )
    both = union_all(by_representative, by_officer).subquery()
    return select(both.c.words, both.c.name, both.c.office, both.c.at).order_by(both.c.at.desc()).limit(1)
