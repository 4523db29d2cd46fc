"""What mails are made from: whom a bid concerns, what was said, who to write to."""

from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow
from fundapp.models import (
    Area,
    Assignment,
    AuditEvent,
    Award,
    AwardAnswer,
    Bid,
    Endorsement,
    EndorsementRequest,
    Fund,
    Letter,
    OfficeHolding,
    Organisation,
    Payment,
    Person,
    Remark,
    Report,
    Round,
    Variation,
)
from fundapp.queries import blind


def about(conn: Connection, bid: int) -> AnyRow | None:
    """A bid with its applicant, representative, organisation, place, fund and round; `panel_title` is for its panel."""
    applicant, representative = aliased(Person), aliased(Person)
    asked = (
        select(
            Bid.id, Bid.reference, Bid.title, Bid.state, Bid.amount_pence, Bid.due_at, Bid.fund_id, Bid.version_number,
            Bid.place, applicant.id.label("applicant_id"), applicant.name.label("applicant"),
            applicant.email.label("applicant_email"), representative.id.label("representative_id"),
            representative.name.label("representative"), OfficeHolding.office, OfficeHolding.email.label("office_email"),
            OfficeHolding.source.label("office_source"), Area.name.label("office_area"),
            Organisation.name.label("organisation"), Fund.name.label("fund"), Fund.terms, Round.title.label("round"),
            Round.panel_by, Round.decide_by, Round.report_by, Round.reasons, Bid.round_id,
            blind.title().label("panel_title"),
        )
        .select_from(Bid)
        .join(Fund, Fund.id == Bid.fund_id)
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(applicant, applicant.id == Bid.applicant_id)
        .outerjoin(OfficeHolding, OfficeHolding.id == Bid.holding_id)
        .outerjoin(representative, representative.id == OfficeHolding.person_id)
        .outerjoin(Area, Area.id == OfficeHolding.area_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(Bid.id == bid)
    )  # fmt: skip
    return conn.execute(asked).one_or_none()


def event_body(conn: Connection, subject: str, number: int) -> dict[str, Any]:
    """The body of one event; empty if there is none."""
    import orjson

    asked = select(AuditEvent.body).where(AuditEvent.subject == subject, AuditEvent.number == number)
    body = conn.execute(asked).scalar()
    whole: dict[str, Any] = orjson.loads(body) if body else {}
    return whole


def request(conn: Connection, request_id: int) -> AnyRow | None:
    """An endorsement request with where it may be sent, and how many were made for its bid before."""
    earlier = aliased(EndorsementRequest)
    before = (
        select(func.count())
        .where(earlier.bid_id == EndorsementRequest.bid_id, earlier.id < EndorsementRequest.id)
        .correlate(EndorsementRequest)
        .scalar_subquery()
    )
    asked = (
        select(
            EndorsementRequest.id, EndorsementRequest.void_at, EndorsementRequest.answered_at, OfficeHolding.office,
            OfficeHolding.email, OfficeHolding.source, Person.name, Area.name.label("area"), before.label("earlier"),
        )
        .join(OfficeHolding, OfficeHolding.id == EndorsementRequest.holding_id)
        .join(Person, Person.id == OfficeHolding.person_id)
        .join(Area, Area.id == OfficeHolding.area_id)
        .where(EndorsementRequest.id == request_id)
    )  # fmt: skip
    return conn.execute(asked).one_or_none()


def last_answer(conn: Connection, bid: int) -> AnyRow | None:
    """The last thing that a representative said of a bid: (answer, statement, name, office, email)."""
    asked = (
        select(
            Endorsement.answer, Endorsement.statement, Person.name, OfficeHolding.office, OfficeHolding.email
        )
        .join(Person, Person.id == Endorsement.person_id)
        .join(OfficeHolding, OfficeHolding.id == Endorsement.holding_id)
        .where(Endorsement.bid_id == bid)
        .order_by(Endorsement.id.desc())
        .limit(1)
    )
    return conn.execute(asked).one_or_none()


def readers(conn: Connection, bid: int) -> list[AnyRow]:
    """Those who were given a bid to read: (id, name, email)."""
    asked = (
        select(Person.id, Person.name, Person.email)
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.bid_id == bid, Assignment.ended_at.is_(None))
        .order_by(Person.id)
    )
    return list(conn.execute(asked))


def award(conn: Connection, bid: int) -> AnyRow | None:
    """(id, state, amount_pence, offer_until) of a bid's award."""
    asked = select(Award.id, Award.state, Award.amount_pence, Award.offer_until).where(Award.bid_id == bid)
    return conn.execute(asked).one_or_none()


def answer(conn: Connection, bid: int) -> AnyRow | None:
    """The last answer of a bid's applicant about their award: (answer, reason)."""
    asked = (
        select(AwardAnswer.answer, AwardAnswer.reason)
        .where(AwardAnswer.bid_id == bid)
        .order_by(AwardAnswer.id.desc())
        .limit(1)
    )
    return conn.execute(asked).one_or_none()


def variation(conn: Connection, bid: int) -> AnyRow | None:
    """The newest change proposed of a bid's award: (id, amount_pence, reason, outcome)."""
    asked = (
        select(Variation.id, Variation.amount_pence, Variation.reason, Variation.outcome)
        .where(Variation.bid_id == bid)
        .order_by(Variation.id.desc())
        .limit(1)
    )
    return conn.execute(asked).one_or_none()


def payment(conn: Connection, payment_id: int) -> AnyRow | None:
    """(amount_pence, due_on, failure) of a payment."""
    asked = select(Payment.amount_pence, Payment.due_on, Payment.failure).where(Payment.id == payment_id)
    return conn.execute(asked).one_or_none()


def report(conn: Connection, bid: int) -> AnyRow | None:
    """(due_on, returned_reason) of a bid's report."""
    return conn.execute(
        select(Report.due_on, Report.returned_reason).where(Report.bid_id == bid)
    ).one_or_none()


def letter_for(conn: Connection, bid: int, kind: str) -> AnyRow | None:
    """The newest letter of a kind: (id, facts, number, reference)."""
    asked = (
        select(Letter.id, Letter.facts, Letter.number, Bid.reference)
        .join(Bid, Bid.id == Letter.bid_id)
        .where(Letter.bid_id == bid, Letter.kind == kind)
        .order_by(Letter.id.desc())
        .limit(1)
    )
    return conn.execute(asked).one_or_none()


def person(conn: Connection, person_id: int) -> AnyRow | None:
    """(name, email)."""
    return conn.execute(select(Person.name, Person.email).where(Person.id == person_id)).one_or_none()


def officer_reason(conn: Connection, bid: int) -> str:
    """Why an officer last sent a bid back."""
    asked = (
        select(Remark.words)
        .where(Remark.bid_id == bid, Remark.move == "send_back")
        .order_by(Remark.id.desc())
    )
    return conn.execute(asked.limit(1)).scalar() or ""


def last_reason(conn: Connection, bid: int) -> str:
    """What the last answer that sent a bid back or refused it said."""
    asked = (
        select(Endorsement.statement)
        .where(Endorsement.bid_id == bid, Endorsement.answer.in_(("send_back", "refuse")))
        .order_by(Endorsement.id.desc())
        .limit(1)
    )
    return conn.execute(asked).scalar() or ""
