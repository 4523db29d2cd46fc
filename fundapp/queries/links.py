"""What a mailed link leads to, and what a representative is asked."""

import hashlib
import re
from typing import Final

from sqlalchemy import Connection, and_, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Bid,
    BidVersion,
    Endorsement,
    EndorsementLink,
    EndorsementRequest,
    OfficeHolding,
    Person,
)
from workflows.guards.people import REASONS_ASIDE

_SHAPE: Final = re.compile(r"[a-z2-7]{32}")


def sha256_of(token: str) -> str:
    """What is kept of a link's token, in hex. Letters of either case are the same link."""
    return hashlib.sha256(token.lower().encode()).hexdigest()


def request_of(conn: Connection, token: str) -> AnyRow | None:
    """The request that a mailed link belongs to, as `_requests` gives it, with `sent_to` and the link's `effect_key`.

    None for an unknown link.
    """
    if not _SHAPE.fullmatch(token.lower()):
        return None
    asked = (
        _requests()
        .add_columns(EndorsementLink.sent_to, EndorsementLink.effect_key)
        .join(EndorsementLink, EndorsementLink.request_id == EndorsementRequest.id)
        .where(EndorsementLink.token_sha256 == sha256_of(token))
    )
    return conn.execute(asked).one_or_none()


def _requests() -> AnySelect:
    """Requests with their bid, the copy that they show, and whose they are."""
    return (
        select(
            EndorsementRequest.id, EndorsementRequest.bid_id, EndorsementRequest.bid_version_id,
            EndorsementRequest.holding_id, EndorsementRequest.asked_at, EndorsementRequest.void_at,
            EndorsementRequest.answered_at, OfficeHolding.person_id, OfficeHolding.office, OfficeHolding.area_id,
            OfficeHolding.email, Person.name.label("person_name"), Person.token.label("person_token"),
            Bid.reference, Bid.version.label("bid_version"), Bid.state, Bid.due_at,
            BidVersion.number.label("version_number"), BidVersion.answers, BidVersion.amount_pence,
        )
        .join(OfficeHolding, OfficeHolding.id == EndorsementRequest.holding_id)
        .join(Person, Person.id == OfficeHolding.person_id)
        .join(Bid, Bid.id == EndorsementRequest.bid_id)
        .join(BidVersion, BidVersion.id == EndorsementRequest.bid_version_id)
    )  # fmt: skip


def requests_for(conn: Connection, person: int) -> list[AnyRow]:
    """Every request to a representative, those that wait first: with title and deadline."""
    waits = and_(EndorsementRequest.answered_at.is_(None), EndorsementRequest.void_at.is_(None))
    asked = (
        _requests()
        .add_columns(Bid.title, waits.label("waits"))
        .where(OfficeHolding.person_id == person)
        .order_by(waits.desc(), Bid.due_at, EndorsementRequest.id.desc())
        .limit(200)
    )
    return list(conn.execute(asked))


def request_for(conn: Connection, reference: str, person: int) -> AnyRow | None:
    """The newest request to a representative about one bid."""
    asked = (
        _requests()
        .where(OfficeHolding.person_id == person, Bid.reference == reference)
        .order_by(EndorsementRequest.id.desc())
        .limit(1)
    )
    return conn.execute(asked).one_or_none()


def version_before(conn: Connection, request_id: int) -> int | None:
    """The number of the copy that the same representative was asked about last before this request, if they were."""
    this = aliased(EndorsementRequest)
    asked = (
        select(BidVersion.number)
        .join(EndorsementRequest, EndorsementRequest.bid_version_id == BidVersion.id)
        .join(
            this,
            and_(
                this.bid_id == EndorsementRequest.bid_id, this.holding_id == EndorsementRequest.holding_id,
                EndorsementRequest.id < this.id,
            ),
        )
        .where(this.id == request_id)
        .order_by(EndorsementRequest.id.desc())
        .limit(1)
    )  # fmt: skip
    return conn.execute(asked).scalar()


def answer_to(conn: Connection, asked: AnyRow) -> AnyRow | None:
    """What the representative answered to a request themselves: (id, event_no); none where an officer recorded it."""
    found = (
        select(Endorsement.id, Endorsement.event_no)
        .where(
            Endorsement.bid_version_id == asked.bid_version_id, Endorsement.holding_id == asked.holding_id,
            Endorsement.person_id == asked.person_id, Endorsement.recorded_by.is_(None),
        )
        .order_by(Endorsement.id.desc())
        .limit(1)
    )  # fmt: skip
    return conn.execute(found).one_or_none()


def stood_aside(conn: Connection, bid_id: int) -> frozenset[int]:
    """The office holdings whose holders stood aside from a bid."""
    asked = select(Endorsement.holding_id).where(
        Endorsement.bid_id == bid_id, Endorsement.answer.in_(REASONS_ASIDE)
    )
    return frozenset(conn.scalars(asked))


def request_now(conn: Connection, request_id: int) -> AnyRow | None:
    """One request as it stands."""
    return conn.execute(_requests().where(EndorsementRequest.id == request_id)).one_or_none()
