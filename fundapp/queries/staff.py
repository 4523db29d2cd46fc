"""One bid for those who run the fund: its row with what hangs on it, its people, its papers."""

from functools import cache

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Area,
    Bid,
    Cancellation,
    Document,
    OfficeHolding,
    Organisation,
    Outbox,
    Person,
    Remark,
    Round,
)
from fundapp.queries import blind


def bid(conn: Connection, reference: str) -> AnyRow | None:
    """A bid with its round, its people and its representative."""
    return conn.execute(_bid(), {"reference": reference}).one_or_none()


@cache
def _bid() -> AnySelect:
    applicant, holder = aliased(Person), aliased(Person)
    return (
        select(
            Bid.id, Bid.reference, Bid.title, Bid.amount_pence, Bid.state, Bid.version, Bid.place, Bid.round_id,
            Bid.fund_id, Bid.since, Bid.due_at, Bid.version_number, Bid.holding_id, Bid.area_id, Bid.applicant_id,
            Bid.source, Bid.erased_at, Bid.erased_why, Organisation.name.label("organisation"), Organisation.official_id,
            applicant.name.label("applicant"), applicant.email.label("applicant_email"),
            holder.name.label("representative"), OfficeHolding.office, OfficeHolding.email.label("rep_email"),
            OfficeHolding.source.label("rep_source"), Area.name.label("rep_area"), Round.code,
            Round.title.label("round"), Round.state.label("round_state"), Round.reasons, blind.is_masked().label("masked"),
        )
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(applicant, applicant.id == Bid.applicant_id)
        .outerjoin(OfficeHolding, OfficeHolding.id == Bid.holding_id)
        .outerjoin(Area, Area.id == OfficeHolding.area_id)
        .outerjoin(holder, holder.id == OfficeHolding.person_id)
        .where(Bid.reference == bindparam("reference"))
    )  # fmt: skip


def documents(conn: Connection, bid_id: int) -> list[AnyRow]:
    """Files of answers in writing to a bid, newest first: (id, name, media_type, size, state, given_at, given_by).

    Only a clean one may be opened; one that waits is being looked over for viruses.
    """
    return list(conn.execute(_documents(), {"bid_id": bid_id}))


@cache
def _documents() -> AnySelect:
    return (
        select(
            Document.id, Document.name, Document.media_type, Document.size, Document.sha256, Document.state, Document.given_at,
            Person.name.label("given_by"),
        )
        .outerjoin(Person, Person.id == Document.given_by)
        .where(Document.bid_id == bindparam("bid_id"), Document.question.is_(None), Document.state.in_(("clean", "waiting")))
        .order_by(Document.id.desc())
    )  # fmt: skip


def remarks(conn: Connection, bid_id: int) -> list[AnyRow]:
    """What officers wrote in their moves, newest first: (move, words, said_at, name)."""
    return list(conn.execute(_remarks(), {"bid_id": bid_id}))


@cache
def _remarks() -> AnySelect:
    return (
        select(Remark.move, Remark.words, Remark.said_at, Person.name)
        .outerjoin(Person, Person.id == Remark.person_id)
        .where(Remark.bid_id == bindparam("bid_id"))
        .order_by(Remark.id.desc())
    )


def asked_to_cancel(conn: Connection, bid_id: int) -> AnyRow | None:
    """The newest asking to cancel an award: (reason, asked_at, expires_at, asked_by, confirmed_at)."""
    return conn.execute(_asked_to_cancel(), {"bid_id": bid_id}).one_or_none()


@cache
def _asked_to_cancel() -> AnySelect:
    return (
        select(
            Cancellation.reason, Cancellation.asked_at, Cancellation.expires_at, Cancellation.confirmed_at,
            Person.name.label("asked_by"),
        )
        .join(Person, Person.id == Cancellation.asked_by)
        .where(Cancellation.bid_id == bindparam("bid_id"))
        .order_by(Cancellation.id.desc())
        .limit(1)
    )  # fmt: skip


def mails_failed(conn: Connection, bid_id: int) -> list[AnyRow]:
    """Effects of a bid that were given up: (name, last_error, failed_at)."""
    return list(conn.execute(_mails_failed(), {"bid_id": bid_id}))


@cache
def _mails_failed() -> AnySelect:
    return (
        select(Outbox.name, Outbox.last_error, Outbox.failed_at).where(
            Outbox.bid_id == bindparam("bid_id"), Outbox.failed_at.is_not(None), Outbox.done_at.is_(None)
        )
    ).order_by(Outbox.failed_at.desc())
