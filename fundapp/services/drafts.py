"""What a member is writing: begun through the door, saved without it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from fundapp.database import AnyRow
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


class Closed(NotWritable):
    """It was theirs to write in, and is not any more: `state` it stands in, `until` when it could be changed (or None)."""

    def __init__(self, state: str, until: datetime | None) -> None:
        self.state, self.until = state, until
        super().__init__(f"the bid is {state}, and could be changed until {until}")


def start(
    office: Office,
    actor: Actor,
    round_id: int,
    arrived: datetime,
    key: str | None = None,
    answers: Mapping[str, Any] | None = None,
) -> int:
    """Begin a bid in a round; its id. `answers` is what stands in it already, as when another bid is copied.

    The same `key` again gives the same bid, so that a double click begins one.
    """
    given = {"key": key, "answers": dict(answers or {})}
    try:
        return fire(office, actor, "bid", "start", None, arrived, given, parent=round_id).id
    except IntegrityError:
        with office.db.read() as conn:
            begun = asks.by_source_key(conn, round_id, key or "", actor.person)
        if begun is None:
            raise
        return begun


def hold_open(draft: AnyRow, now: datetime) -> None:
    """Whether a draft may still be changed by what arrived at that moment. Raises Closed."""
    if draft.state not in ("draft", "returned"):
        raise Closed(draft.state, None)
    until = draft.closes_at if draft.state == "draft" else draft.due_at
    if until is not None and now > until:
        raise Closed(draft.state, until)


def save(
    office: Office, actor: Actor, bid: int, changed: Mapping[str, Any], revision: int, now: datetime
) -> int:
    """Save some answers; the new revision. `now` is when they arrived: it is held against the deadline.

    A save that changes nothing keeps the revision, so that saving twice is harmless, even after the deadline.
    Raises NotWritable if the bid is not theirs, Closed if it was sent, has ended or its time is over, DraftConflict
    if the draft moved on.
    """
    with office.db.write() as conn:
        draft = asks.own_draft(conn, bid, actor.person)
        if draft is None:
            raise NotWritable(f"bid {bid}")
        answers = {**draft.answers, **changed}
        if answers == draft.answers:
            return int(draft.revision)
        hold_open(draft, now)
        if draft.revision != revision:
            raise DraftConflict(draft.answers, draft.revision)
        conn.execute(
            update(Draft)
            .where(Draft.bid_id == bid)
            .values(answers=answers, revision=revision + 1, saved_at=now)
        )
        return revision + 1
