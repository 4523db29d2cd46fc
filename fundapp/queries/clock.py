"""What the clock has to do at a moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, select

from fundapp.database import AnyRow
from fundapp.models import Award, Bid, EndorsementRequest, Outbox, Report, Round, Variation
from fundapp.queries.locks import chunks


def opening(conn: Connection, at: datetime) -> Sequence[int]:
    """Planned rounds whose opening time has come."""
    asked = select(Round.id).where(Round.state == "planned", Round.opens_at <= at).order_by(Round.id)
    return conn.scalars(asked).all()


def closing(conn: Connection, before: datetime) -> Sequence[int]:
    """Open rounds that closed before a moment."""
    asked = select(Round.id).where(Round.state == "open", Round.closes_at <= before).order_by(Round.id)
    return conn.scalars(asked).all()


def publishing(conn: Connection, at: datetime) -> Sequence[int]:
    """Rounds whose release window is over."""
    asked = select(Round.id).where(Round.state == "releasing", Round.publish_at <= at).order_by(Round.id)
    return conn.scalars(asked).all()


def lapsing(conn: Connection, before: datetime, after: int, limit: int) -> Sequence[int]:
    """Bids whose deadline passed before a moment, in rounds that are not being released."""
    asked = (
        select(Bid.id)
        .join(Round, Round.id == Bid.round_id)
        .where(
            Bid.state.in_(("draft", "submitted", "returned")),
            Bid.due_at <= before,
            Bid.id > after,
            Round.state != "releasing",
        )
        .order_by(Bid.id)
        .limit(limit)
    )
    return conn.scalars(asked).all()


def offers_ended(conn: Connection, before: datetime) -> list[AnyRow]:
    """Offers that ran out before a moment: (award, bid)."""
    asked = (
        select(Award.id, Award.bid_id)
        .join(Round, Round.id == Award.round_id)
        .where(Award.state == "offered", Award.offer_until <= before, Round.state != "releasing")
        .order_by(Award.id)
    )
    return list(conn.execute(asked))


def offers_due(conn: Connection, at: datetime, until: datetime) -> list[AnyRow]:
    """Offers that wait for their applicant and end between two moments: (award, bid, offered_at, offer_until)."""
    asked = (
        select(Award.id, Award.bid_id, Award.offered_at, Award.offer_until)
        .where(Award.state == "offered", Award.offer_until > at, Award.offer_until <= until)
        .order_by(Award.id)
    )
    return list(conn.execute(asked))


def variations_waiting(conn: Connection, before: datetime) -> list[AnyRow]:
    """Changes of standing awards that were proposed before a moment and wait for their applicant: (variation, bid)."""
    asked = (
        select(Variation.id, Variation.bid_id)
        .join(Award, Award.id == Variation.award_id)
        .where(Variation.outcome.is_(None), Variation.proposed_at <= before, Award.state == "accepted")
        .order_by(Variation.id)
    )
    return list(conn.execute(asked))


def bids_due(conn: Connection, at: datetime, until: datetime) -> list[AnyRow]:
    """Bids that wait for somebody and whose deadline lies between two moments, with their open request if they have one.

    (id, state, since, due_at, applicant_id, request, asked_at).
    """
    open_one = and_(
        EndorsementRequest.bid_id == Bid.id,
        EndorsementRequest.void_at.is_(None),
        EndorsementRequest.answered_at.is_(None),
    )
    asked = (
        select(
            Bid.id, Bid.state, Bid.since, Bid.due_at, Bid.applicant_id, EndorsementRequest.id.label("request"),
            EndorsementRequest.asked_at,
        )
        .outerjoin(EndorsementRequest, open_one)
        .where(Bid.state.in_(("draft", "submitted", "returned")), Bid.due_at > at, Bid.due_at <= until)
        .order_by(Bid.id)
    )  # fmt: skip
    return list(conn.execute(asked))


def effects_asked(conn: Connection, names: Sequence[str], bids: Sequence[int]) -> frozenset[str]:
    """The keys of effects of some names that were asked for some bids."""
    found: set[str] = set()
    for part in chunks(bids):
        asked = select(Outbox.key).where(Outbox.bid_id.in_(part), Outbox.name.in_(names))
        found.update(conn.scalars(asked))
    return frozenset(found)


def reports_due(conn: Connection, on: Any) -> list[AnyRow]:
    """Reports that fall due on or before a day and are not filed: (report, bid, due_on)."""
    asked = select(Report.id, Report.bid_id, Report.due_on).where(
        Report.state.in_(("due", "returned")), Report.due_on <= on
    )
    return list(conn.execute(asked.order_by(Report.id)))
