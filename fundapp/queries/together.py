"""Who bids together: invitations, who joined, what they said beside the draft, who may not join."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, or_, select, union

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Account,
    Assignment,
    Bid,
    Cancellation,
    CoApplicant,
    CoInvitation,
    Comment,
    Decision,
    Draft,
    Endorsement,
    OfficeHolding,
    Payment,
    Person,
    Remark,
    Review,
)


def invitation(conn: Connection, token_sha256: str) -> AnyRow | None:
    """An invitation by its link, with its bid and who invites: (id, bid_id, address, …, reference, state, title, who)."""
    return conn.execute(_invitation(), {"token": token_sha256}).one_or_none()


@cache
def _invitation() -> AnySelect:
    return (
        select(
            *CoInvitation.__table__.columns, Bid.reference, Bid.state, Bid.title, Bid.applicant_id, Draft.answers,
            Person.name.label("who"),
        )
        .join(Bid, Bid.id == CoInvitation.bid_id)
        .outerjoin(Draft, Draft.bid_id == Bid.id)
        .outerjoin(Person, Person.id == Bid.applicant_id)
        .where(CoInvitation.token_sha256 == bindparam("token"))
    )  # fmt: skip


def invitation_by_id(conn: Connection, invitation_id: int) -> AnyRow | None:
    """An invitation's own row."""
    return conn.execute(select(CoInvitation.__table__).where(CoInvitation.id == invitation_id)).one_or_none()


def invitations(conn: Connection, bid_id: int) -> list[AnyRow]:
    """Invitations of a bid that nobody took up or took back, expired ones too, oldest first."""
    asked = (
        select(CoInvitation.__table__)
        .where(
            CoInvitation.bid_id == bid_id,
            CoInvitation.accepted_at.is_(None),
            CoInvitation.withdrawn_at.is_(None),
        )
        .order_by(CoInvitation.id)
    )
    return list(conn.execute(asked))


def invited_so_far(conn: Connection, bid_id: int) -> int:
    """How many invitations a bid has ever had."""
    return int(conn.execute(select(func.count()).where(CoInvitation.bid_id == bid_id)).scalar_one())


def partners(conn: Connection, bid_id: int) -> list[AnyRow]:
    """Those who bid together now: (id, person_id, name, from_at), in the order they joined."""
    asked = (
        select(CoApplicant.id, CoApplicant.person_id, Person.name, CoApplicant.from_at)
        .join(Person, Person.id == CoApplicant.person_id)
        .where(CoApplicant.bid_id == bid_id, CoApplicant.to_at.is_(None))
        .order_by(CoApplicant.id)
    )
    return list(conn.execute(asked))


def standing(conn: Connection, bid_id: int, person: int) -> int | None:
    """The id of the row by which a person bids together now; None if they do not."""
    asked = select(CoApplicant.id).where(
        CoApplicant.bid_id == bid_id, CoApplicant.person_id == person, CoApplicant.to_at.is_(None)
    )
    return conn.execute(asked).scalar()


def addresses(conn: Connection, person: int) -> set[str]:
    """The confirmed addresses that a person signs in by, in lower case."""
    asked = select(Account.email).where(Account.person_id == person, Account.confirmed_at.is_not(None))
    return {address.lower() for address in conn.scalars(asked)}


def plays_a_part(conn: Connection, bid_id: int, person: int) -> bool:
    """Whether a person reads, answered for, decided on, pays or acted for the fund on a bid, or is named to back it.

    Parts that have ended count too. The draft's choice of a representative counts before it is sent.
    """
    of_bid: Any = bindparam("bid")
    theirs: Any = bindparam("person")
    named = (
        select(OfficeHolding.id)
        .join(Bid, Bid.holding_id == OfficeHolding.id)
        .where(Bid.id == of_bid, OfficeHolding.person_id == theirs)
    )
    parts = [
        select(Assignment.id).where(
            Assignment.bid_id == of_bid, or_(Assignment.person_id == theirs, Assignment.assigned_by == theirs)
        ),
        select(Review.id).where(Review.bid_id == of_bid, Review.person_id == theirs),
        select(Endorsement.id).where(
            Endorsement.bid_id == of_bid,
            or_(Endorsement.person_id == theirs, Endorsement.recorded_by == theirs),
        ),
        select(Decision.id).where(Decision.bid_id == of_bid, Decision.decided_by == theirs),
        select(Payment.id).where(
            Payment.bid_id == of_bid, or_(Payment.scheduled_by == theirs, Payment.approved_by == theirs)
        ),
        select(Cancellation.id).where(
            Cancellation.bid_id == of_bid,
            or_(Cancellation.asked_by == theirs, Cancellation.confirmed_by == theirs),
        ),
        select(Remark.id).where(Remark.bid_id == of_bid, Remark.person_id == theirs),
        named,
    ]
    known = {"bid": bid_id, "person": person}
    if conn.execute(union(*parts).limit(1), known).first() is not None:
        return True
    answers = conn.execute(select(Draft.answers).where(Draft.bid_id == bid_id)).scalar() or {}
    holding = answers.get("representative")
    if not isinstance(holding, int):
        return False
    asked = select(exists().where(OfficeHolding.id == holding, OfficeHolding.person_id == person))
    return bool(conn.scalar(asked))


def comments(conn: Connection, bid_id: int) -> list[AnyRow]:
    """What was said beside a draft and not taken away: (id, question, person_id, name, words, said_at), as it came."""
    return list(conn.execute(_comments(), {"bid": bid_id}))


@cache
def _comments() -> AnySelect:
    return (
        select(Comment.id, Comment.question, Comment.person_id, Person.name, Comment.words, Comment.said_at)
        .join(Person, Person.id == Comment.person_id)
        .where(Comment.bid_id == bindparam("bid"), Comment.removed_at.is_(None))
        .order_by(Comment.id)
    )


def comment_count(conn: Connection, bid_id: int) -> int:
    """How many comments a bid has ever had."""
    return int(conn.execute(select(func.count()).where(Comment.bid_id == bid_id)).scalar_one())


def comment(conn: Connection, bid_id: int, comment_id: int) -> AnyRow | None:
    """One comment of a bid: (id, person_id, removed_at)."""
    asked = select(Comment.id, Comment.person_id, Comment.removed_at).where(
        Comment.id == comment_id, Comment.bid_id == bid_id
    )
    return conn.execute(asked).one_or_none()


def who_said_since(conn: Connection, bid_id: int, since: datetime) -> list[str]:
    """The names of those who commented since a moment, whose comment still stands; the applicant's own aside."""
    asked = (
        select(Person.name)
        .join(Comment, Comment.person_id == Person.id)
        .join(Bid, Bid.id == Comment.bid_id)
        .where(Comment.bid_id == bid_id, Comment.removed_at.is_(None), Comment.said_at >= since)
        .where(Comment.person_id != func.coalesce(Bid.applicant_id, 0))
        .distinct()
        .order_by(Person.name)
    )
    return list(conn.scalars(asked))
