"""One answer into the draft, whoever else is saving at this moment."""

from typing import Any

from flask import g

from fundapp.pages import acting, typed
from fundapp.pages.kept import mark
from fundapp.services import drafts
from fundapp.words import moments
from fundapp.words.tongue import gettext as _

#: How often others may come between before we give up; each time somebody else has saved.
TRIES = 8


def keep(bid: int, asked: dict[str, Any], answer: Any, revision: str, before: str) -> int:
    """Save one answer; the draft's new revision. `revision` and `before` are as the page carried them.

    Another part that was saved meanwhile is no conflict. Raises DraftConflict if this very answer was changed by
    somebody else, Closed if its time is over, NotWritable if the bid is not theirs to write in. Ends the reading.
    """
    name, stands = asked["id"], typed.whole(revision)
    at = -1 if stands is None else stands
    acting.end_reading()
    for tried in range(TRIES):
        try:
            return drafts.save(acting.office(), acting.actor(), bid, {name: answer}, at, g.arrived)
        except drafts.DraftConflict as conflict:
            theirs = conflict.theirs.get(name)
            if tried == TRIES - 1 or (theirs != answer and mark(theirs) != before):
                raise
            at = conflict.revision
    raise AssertionError("the last try returns or raises")


def why_closed(closed: drafts.Closed) -> str:
    """Why nothing more can be written, with the moment at which this arrived."""
    zone = acting.office().zone
    if closed.until is None:
        return _("The bid has been sent or has ended meanwhile, so it cannot be changed any more.")
    return _(
        "It could be changed until %(until)s. This reached us at %(arrived)s.",
        until=moments.moment(closed.until, zone),
        arrived=moments.exact_moment(g.arrived, zone),
    )
