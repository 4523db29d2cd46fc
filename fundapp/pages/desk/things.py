"""Things that wait: each with its deadline, so that all roles' things stand in one order."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

#: Kinds of the same thing that are named one by one; more are one thing with a count.
NAMED = 5


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to do, as `templates/parts/desk.html` draws it. `due` orders the desk; None comes last."""

    title: str
    href: str
    action_words: str
    role_words: str
    due: datetime | date | None = None
    due_words: str = ""
    due_kind: str = "wait"
    detail: str = ""


def in_order(things: list[Thing]) -> list[Thing]:
    """The oldest deadline first, whatever the role; what has none follows as it came."""
    return sorted(things, key=lambda thing: (thing.due is None, _moment(thing.due)))


def _moment(due: datetime | date | None) -> datetime:
    if due is None:
        return datetime.max.replace(tzinfo=UTC)
    if isinstance(due, datetime):
        return due
    # A day is over at its end.
    return datetime.combine(due, time(23, 59, 59), UTC)


def drawn(thing: Thing, first: bool) -> dict[str, Any]:
    """The thing for its template; only the first is in red."""
    return {
        "title": thing.title, "href": thing.href, "action_words": thing.action_words, "role_words": thing.role_words,
        "due_words": thing.due_words, "due_kind": "you" if first else thing.due_kind, "detail": thing.detail,
    }  # fmt: skip
