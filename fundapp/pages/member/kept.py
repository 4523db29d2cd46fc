"""What a member typed into a question, kept whatever becomes of the request."""

from typing import Any

from fundapp.pages import kept
from fundapp.pages.kept import MOST_FIELDS, whose
from fundapp.pages.member import blueprint

__all__ = ["MOST_FIELDS", "page", "whose"]

_ROOM = kept.Room(
    blueprint, "member.question", "member.autosave", frozenset({"area", "representative", "declarations"})
)
_ROOM.install()


def page(why: str, reason: str = "", bid: Any = None) -> str:
    """What was typed, why it is not saved (`signed_out`, `expired` or `closed`), and what to do."""
    return _ROOM.show(why, reason, bid)
