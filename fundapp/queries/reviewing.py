"""A reviewer's own work on a bid that nobody else sees: what they began, and whether they may still write."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, select, text

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Assignment, Bid, Interest, Person, Review, ReviewDraft, Round
from fundapp.queries.apart import AT_PANEL


def draft(conn: Connection, bid: int, person: int) -> AnyRow | None:
    """What a reviewer began and has not sent: (given, revision, saved_at)."""
    return conn.execute(_draft(), {"bid": bid, "person": person}).one_or_none()


@cache
def _draft() -> AnySelect:
    return select(ReviewDraft.given, ReviewDraft.revision, ReviewDraft.saved_at).where(
        ReviewDraft.bid_id == bindparam("bid"), ReviewDraft.person_id == bindparam("person")
    )


def turn_to_write(conn: Connection, bid: int, person: int | None) -> AnyRow | None:
    """A reviewer's running turn with what they began: (version, state, round_state, given, revision); held until the end.

    The bid is held with it, shared, and the turn alone: two saves of one review follow each other. None where there is
    no turn, and where they declared an interest.
    """
    begun = and_(ReviewDraft.bid_id == Assignment.bid_id, ReviewDraft.person_id == Assignment.person_id)
    apart = exists().where(Interest.bid_id == Assignment.bid_id, Interest.person_id == Assignment.person_id)
    held = (
        select(Assignment.version, Bid.state, Round.state.label("round_state"))
        .join(Bid, Bid.id == Assignment.bid_id)
        .join(Round, Round.id == Bid.round_id)
        .where(
            Assignment.bid_id == bid, Assignment.person_id == person, Assignment.ended_at.is_(None), ~apart
        )
        .with_for_update(read=True, of=Bid)
        .suffix_with(text("FOR UPDATE OF assignment"), dialect="postgresql")
    )
    found = conn.execute(held).one_or_none()
    if found is None:
        return None
    asked = (
        select(
            Assignment.version, Bid.state, Round.state.label("round_state"), ReviewDraft.given,
            ReviewDraft.revision,
        )
        .join(Bid, Bid.id == Assignment.bid_id)
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(ReviewDraft, begun)
        .where(Assignment.bid_id == bid, Assignment.person_id == person)
    )  # fmt: skip
    return conn.execute(asked).one()


def has_reviewed(conn: Connection, bid: int, person: int) -> bool:
    """Whether scores of a reviewer are in for a bid."""
    return bool(conn.scalar(select(exists().where(Review.bid_id == bid, Review.person_id == person))))


def abstained(conn: Connection, bid: int) -> list[AnyRow]:
    """Who handed a bid back unread, and why: (name, ended_words, ended_at)."""
    asked = (
        select(Person.name, Assignment.ended_words, Assignment.ended_at)
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.bid_id == bid, Assignment.ended_why == "abstained")
        .order_by(Assignment.ended_at, Assignment.id)
    )
    return list(conn.execute(asked))


def is_over() -> Any:
    """Whether a ReviewDraft of the statement can never be sent: its reader's turn ended, or its bid left the panel."""
    held = (
        exists()
        .where(
            Assignment.bid_id == ReviewDraft.bid_id, Assignment.person_id == ReviewDraft.person_id,
            Assignment.ended_at.is_(None), Bid.id == ReviewDraft.bid_id, Bid.state.in_(AT_PANEL),
        )
        .correlate(ReviewDraft)
    )  # fmt: skip
    return ~held


def drafts_over(conn: Connection) -> list[int]:
    """The ids of all such drafts."""
    return list(conn.scalars(_drafts_over()))


@cache
def _drafts_over() -> AnySelect:
    return select(ReviewDraft.id).where(is_over())
