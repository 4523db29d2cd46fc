"""What may have had its time: candidates, found without reading all that is kept; each is judged once more before it goes."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from fundapp.database import AnyRow
from fundapp.domain.retention import GOING_ON
from fundapp.models import (
    Account,
    Assignment,
    Award,
    Bid,
    CoApplicant,
    Endorsement,
    Erasure,
    OfficeHolding,
    Outbox,
    Payee,
    Person,
    RoleGrant,
    SecurityEvent,
    SignInSession,
)
from fundapp.queries import grants


def _accepted() -> ColumnElement[bool]:
    return exists().where(Award.bid_id == Bid.id, Award.accepted_at.is_not(None))


def _over() -> tuple[ColumnElement[bool], ...]:
    return Bid.erased_at.is_(None), Bid.state.not_in((*GOING_ON, "draft"))


def bids(conn: Connection, before: datetime, after: int, limit: int, *, accepted: bool) -> list[int]:
    """Bids that are over since before a moment, whose words stand: with an accepted award, or without."""
    part = _accepted() if accepted else ~_accepted()
    asked = select(Bid.id).where(*_over(), Bid.since < before, Bid.id > after, part)
    return list(conn.scalars(asked.order_by(Bid.id).limit(limit)))


def with_bank_details(conn: Connection, before: datetime, after: int, limit: int) -> list[int]:
    """Bids that are over since before a moment, of which bank details can still be read."""
    known = exists().where(Payee.bid_id == Bid.id, Payee.sealed != "")
    asked = select(Bid.id).where(*_over(), Bid.since < before, Bid.id > after, known)
    return list(conn.scalars(asked.order_by(Bid.id).limit(limit)))


def people(
    conn: Connection, before: datetime, now: datetime, today: Any, after: int, limit: int
) -> list[AnyRow]:
    """(id, token, name, since) of those who have nothing here any more since before a moment: nothing but a name."""
    seen = (
        select(func.max(SignInSession.seen_at))
        .join(Account, Account.id == SignInSession.account_id)
        .where(Account.person_id == Person.id)
        .scalar_subquery()
    )
    since = func.coalesce(seen, Person.created_at, type_=Person.created_at.type)
    standing = Bid.erased_at.is_(None)
    asked = select(Person.id, Person.token, Person.name, since.label("since")).where(
        Person.erased_at.is_(None), Person.id > after, Person.created_at < before, since < before,
        ~exists().where(Bid.applicant_id == Person.id, standing),
        ~exists().where(RoleGrant.person_id == Person.id, RoleGrant.role != "member", grants.standing(now)),
        ~exists().where(OfficeHolding.person_id == Person.id, or_(OfficeHolding.to_on.is_(None), OfficeHolding.to_on >= today)),
        ~exists().where(Endorsement.person_id == Person.id, Endorsement.bid_id == Bid.id, standing),
        ~exists().where(Assignment.person_id == Person.id, Assignment.bid_id == Bid.id, standing),
        ~exists().where(CoApplicant.person_id == Person.id, CoApplicant.bid_id == Bid.id, standing),
        ~exists().where(Erasure.person_id == Person.id, Erasure.confirmed_at.is_(None), Erasure.withdrawn_at.is_(None)),
        ~exists().where(RoleGrant.person_id == Person.id, RoleGrant.from_at >= before),
        ~exists().where(OfficeHolding.person_id == Person.id, OfficeHolding.to_on >= before.date()),
    )  # fmt: skip
    return list(conn.execute(asked.order_by(Person.id).limit(limit)))


def sign_ins(conn: Connection, before: datetime, limit: int) -> tuple[list[int], list[int]]:
    """(sessions, security events) that are older than a moment, oldest first."""
    sessions = select(SignInSession.id).where(SignInSession.seen_at < before).order_by(SignInSession.id)
    events = select(SecurityEvent.id).where(SecurityEvent.at < before).order_by(SecurityEvent.id)
    return list(conn.scalars(sessions.limit(limit))), list(conn.scalars(events.limit(limit)))


def effects(conn: Connection, before: datetime, limit: int) -> list[int]:
    """Effects that were done before a moment."""
    asked = select(Outbox.id).where(Outbox.done_at < before).order_by(Outbox.id).limit(limit)
    return list(conn.scalars(asked))
