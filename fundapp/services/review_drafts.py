"""What a reviewer has begun on a bid: saved without the door, superseded by the review that is sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from fundapp.models import ReviewDraft
from fundapp.queries import reviewing as asks
from fundapp.services.deed import Actor, Office


class ReviewConflict(Exception):
    """It was saved elsewhere meanwhile: `theirs` as it stands, at `revision`; None where it was sent."""

    def __init__(self, theirs: Mapping[str, Any] | None, revision: int) -> None:
        self.theirs, self.revision = theirs, revision
        super().__init__(f"the review stands at revision {revision}")


class NoTurn(LookupError):
    """The bid is not, or no longer, theirs to read."""


class ReviewsClosed(LookupError):
    """Its reviews are closed: nothing more is saved."""


def save(
    office: Office, actor: Actor, bid: int, given: Mapping[str, Any], revision: int, seen: int, now: datetime
) -> int:
    """Save what a reviewer began; the new revision, 1 for the first. A save that changes nothing keeps it.

    `given`: {scores, comment, note, confidence}; `revision` as the page carried it, 0 where nothing was begun; `seen` the
    version of the turn. Raises NoTurn, ReviewsClosed, and ReviewConflict where another page saved
    or sent it.
    """
    with office.db.write() as conn:
        turn = asks.turn_to_write(conn, bid, actor.person)
        if turn is None:
            raise NoTurn(f"bid {bid}")
        if turn.given == given and turn.version == seen:
            return int(turn.revision)
        if turn.state != "endorsed" or turn.round_state != "panel":
            raise ReviewsClosed(f"bid {bid} is {turn.state}")
        stands = turn.revision or 0
        if turn.version != seen or stands != revision:
            raise ReviewConflict(turn.given, stands)
        values = {"given": dict(given), "revision": stands + 1, "saved_at": now}
        if turn.revision is None:
            conn.execute(insert(ReviewDraft).values(bid_id=bid, person_id=actor.person, **values))
        else:
            conn.execute(
                update(ReviewDraft)
                .where(ReviewDraft.bid_id == bid, ReviewDraft.person_id == actor.person)
                .values(**values)
            )
        return stands + 1


def supersede(conn: Connection, bid: int, person: int, revision: int | None = None) -> None:
    """Throw away what a reviewer began, as it was sent or handed back: up to that revision, or whatever there is."""
    ended = delete(ReviewDraft).where(ReviewDraft.bid_id == bid, ReviewDraft.person_id == person)
    if revision is not None:
        ended = ended.where(ReviewDraft.revision <= revision)
    conn.execute(ended)


def forget_over(office: Office) -> int:
    """Throw away what was begun and can never be sent: the turn ended, or the bid left the panel; how many.

    What was begun on a bid whose reviews are closed stays while the chair may open them again.
    """
    with office.db.read() as conn:
        over = asks.drafts_over(conn)
    if not over:
        return 0
    with office.db.write() as conn:
        # Asked once more as it is deleted: whoever was given the bid again meanwhile goes on with what they had.
        return conn.execute(delete(ReviewDraft).where(ReviewDraft.id.in_(over), asks.is_over())).rowcount
