"""Bids: one of them, and the lists that staff look through."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, text

from fundapp.database import AnyRow, among
from fundapp.models import Bid, Draft, Round


def by_id(conn: Connection, bid: int) -> AnyRow | None:
    """A bid's own row."""
    return conn.execute(select(Bid.__table__).where(Bid.id == bid)).one_or_none()


def by_reference(conn: Connection, reference: str) -> AnyRow | None:
    """A bid's own row, by its reference."""
    return conn.execute(select(Bid.__table__).where(Bid.reference == reference)).one_or_none()


def by_source_key(conn: Connection, round_id: int, key: str, applicant: int | None) -> int | None:
    """The bid that was begun under a key in a round."""
    asked = select(Bid.id).where(
        Bid.round_id == round_id, Bid.source_key == key, Bid.applicant_id == applicant
    )
    return conn.execute(asked).scalar()


def in_funds(conn: Connection, bids: Sequence[int], funds: Sequence[int]) -> set[int]:
    """Those of these bids that belong to one of these funds."""
    return set(conn.scalars(select(Bid.id).where(among(conn, Bid.id, bids), Bid.fund_id.in_(funds))))


def source_keys(conn: Connection, round_id: int) -> set[str]:
    """The keys of every bid of a round that was taken in."""
    asked = select(Bid.source_key).where(Bid.round_id == round_id, Bid.source_key.is_not(None))
    return {key for key in conn.scalars(asked) if key is not None}


def own_draft(conn: Connection, bid: int, person: int | None) -> AnyRow | None:
    """The draft of a bid, if the person is its applicant, with the state and times that say if it may be changed; locked.

    The bid is held before it, shared: it is not sent between this look at its state and the writing, without what is
    written.
    """
    asked = (
        select(Draft.answers, Draft.revision, Bid.state, Bid.due_at, Round.closes_at)
        .join(Bid, Bid.id == Draft.bid_id)
        .join(Round, Round.id == Bid.round_id)
        .where(Draft.bid_id == bid, Bid.applicant_id == person)
        .with_for_update(read=True, of=Bid)
        .suffix_with(text("FOR UPDATE OF draft"), dialect="postgresql")
    )
    return conn.execute(asked).one_or_none()


def writable_draft(conn: Connection, bid: int, person: int | None) -> AnyRow | None:
    """The draft of a bid that is a draft or was sent back, if the person bids in it; locked."""
    draft = own_draft(conn, bid, person)
    return draft if draft is not None and draft.state in ("draft", "returned") else None
