"""Of a reviewer's reviews of a bid the one that counts: the newest, unless it was set aside."""

from typing import Any

from sqlalchemy import and_, exists
from sqlalchemy.orm import aliased

from fundapp.models import Assignment, Review


def review() -> Any:
    """Whether a review of the statement is the one of its reader that counts for that bid."""
    return and_(newest(), ~set_aside())


def newest() -> Any:
    """Whether a review of the statement is its reader's newest of that bid, set aside or not."""
    later = aliased(Review)
    return ~exists().where(
        later.bid_id == Review.bid_id, later.person_id == Review.person_id, later.number > Review.number
    )


def set_aside() -> Any:
    """Whether a review of the statement counts no more: its reader's turn ended by an interest, declared or found.

    Turns end so only while the panel is at it: what is released stays as it was decided.
    """
    turn = aliased(Assignment)
    return exists().where(
        turn.bid_id == Review.bid_id, turn.person_id == Review.person_id, turn.ended_why == "interest"
    )
