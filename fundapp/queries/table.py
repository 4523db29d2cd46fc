"""How the panel stands with a bid, as its guards ask: scores in, disagreement talked over, masked copy, who is kept apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from fundapp.database import AnyRow
from fundapp.models import Bid, BidVersion, MaskedCopy, Moderation, Review, Round
from fundapp.queries import apart
from fundapp.queries import newest as newest_of
from fundapp.queries.locks import chunks


@dataclass(frozen=True, slots=True)
class Standing:
    """One bid: the newest total of each reviewer that counts, in hundredths; whether the person who acts is kept apart from it.

    `moderation`: none, open, settled, or stale where somebody sent scores after the chair had closed it. `masked`: the
    masked copy that counts, None while none is confirmed.
    """

    totals: tuple[int, ...]
    conflicted: bool
    moderation: str
    masked: int | None


def standings(conn: Connection, bid_ids: Sequence[int], person: int | None) -> dict[int, Standing]:
    """How the panel stands with each of these bids, for this person."""
    found: dict[int, Standing] = {}
    for part in chunks(bid_ids):
        totals: dict[int, dict[int, int]] = {bid: {} for bid in part}
        newest: dict[int, int] = {}
        asked = select(Review.bid_id, Review.person_id, Review.total, Review.event_no).where(
            Review.bid_id.in_(part), ~newest_of.set_aside()
        )
        for bid, reviewer, total, event in conn.execute(asked.order_by(Review.number)):
            totals[bid][reviewer] = total
            newest[bid] = max(event, newest.get(bid, event))
        talks = select(Moderation.bid_id, Moderation.closed_at, Moderation.event_no).where(
            Moderation.bid_id.in_(part)
        )
        moderation = {
            bid: _stands(closed, event, newest.get(bid, 0)) for bid, closed, event in conn.execute(talks)
        }
        # A copy of an older version is no longer what the bid says; one of a round with names is read by nobody.
        copies = (
            select(MaskedCopy.bid_id, MaskedCopy.id)
            .join(BidVersion, BidVersion.id == MaskedCopy.bid_version_id)
            .join(Bid, and_(Bid.id == MaskedCopy.bid_id, Bid.version_number == BidVersion.number))
            .join(Round, Round.id == Bid.round_id)
            .where(MaskedCopy.bid_id.in_(part), Round.blind)
            .order_by(MaskedCopy.number)
        )
        masked = dict(conn.execute(copies).all())
        conflicted: set[int] = set()
        if person is not None:
            conflicted = apart.kept_from(conn, person, part)
        for bid in part:
            found[bid] = Standing(
                tuple(totals[bid].values()), bid in conflicted, moderation.get(bid, "none"), masked.get(bid)
            )
    return found


def moderation(conn: Connection, bid: int) -> AnyRow | None:
    """The talking over of a bid's scores, open or closed; None if there was none."""
    return conn.execute(select(Moderation.__table__).where(Moderation.bid_id == bid)).one_or_none()


def _stands(closed_at: datetime | None, closed_by: int, newest: int) -> str:
    """By the numbers of the events in the bid's chain: two that come within one tick of a clock are in order there."""
    if closed_at is None:
        return "open"
    return "stale" if newest > closed_by else "settled"
