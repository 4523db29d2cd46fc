"""Of a reviewer's reviews of a bid the one that counts: the newest."""

from typing import Any

from sqlalchemy import exists
from sqlalchemy.orm import aliased

from fundapp.models import Review


def review() -> Any:
    """Whether a review of the statement is its reader's newest of that bid."""
    later = aliased(Review)
    return ~exists().where(
        later.bid_id == Review.bid_id, later.person_id == Review.person_id, later.number > Review.number
    )
