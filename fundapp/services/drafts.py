"""What a member is writing: begun through the door, saved without it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from fundapp.models import Draft
from fundapp.queries import bids as asks
from fundapp.services.deed import Actor, Office
from fundapp.services.transition import fire


class DraftConflict(Exception):
    """The draft was saved elsewhere meanwhile. `theirs` are the answers as they now stand, `revision` theirs."""

    def __init__(self, theirs: Mapping[str, Any], revision: int) -> None:
        self.theirs, self.revision = theirs, revision
        super().__init__(f"the draft stands at revision {revision}")


class NotWritable(LookupError):
    """The bid has no draft that this person may write in now."""


def start(office: Office, actor: Actor, round_id: int, arrived: datetime, key: str | None = None) -> int:
    """Begin a bid in a round; its id. The same `key` again gives the same bid, so that a double click begins one."""
    try:
        return fire(office, actor, "bid", "start", None, arrived, {"key": key}, parent=round_id).id
    except IntegrityError:
        with office.db.read() as conn:
            begun = asks.by_source_key(conn, round_id, key or "", actor.person)
        if begun is None:
            raise
        return begun


def save(
    office: Office, actor: Actor, bid: int, changed: Mapping[str, Any], revision: int, now: datetime
) -> int:
    """Save some answers; the new revision. Raises DraftConflict if the draft moved on, NotWritable if it is not theirs.

    A save that changes nothing keeps the revision, so that saving twice is harmless.
    """
    with office.db.write() as conn:
        draft = asks.writable_draft(conn, bid, actor.person)
        if draft is None:
            raise NotWritable(f"bid {bid}")
        answers = {**draft.answers, **changed}
        if answers == draft.answers:
            return int(draft.revision)
        if draft.revision != revision:
            raise DraftConflict(draft.answers, draft.revision)
        conn.execute(
            update(Draft)
            .where(Draft.bid_id == bid)
            .values(answers=answers, revision=revision + 1, saved_at=now)
        )
        return revision + 1
