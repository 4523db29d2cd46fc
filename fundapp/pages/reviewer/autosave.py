"""A review saved while it is being written: what its page sends by itself, and the button without script."""

from typing import Any

from flask import g, request
from werkzeug.exceptions import NotFound

from fundapp.pages import acting, kept, typed
from fundapp.pages.gate import gate
from fundapp.pages.reviewer import blueprint, reach, scored
from fundapp.queries import panel
from fundapp.services import review_drafts
from fundapp.words import moments
from fundapp.words.tongue import gettext as _


@blueprint.post("/pile/<ref>/autosave")
@gate("reviewer")
def autosave(ref: str) -> tuple[dict[str, Any], int]:
    """Save what was begun and say so: {saved, revision, mark, at}, or why not, as a question's page is told.

    409 {conflict, theirs, revision, mark}: the same review was saved or sent from another page. 422 {unreadable}: too long
    to keep. 410 {closed, words}: its reviews are closed. 403 {other, words}: somebody else is signed in now. 404 {lost,
    words}: it left the pile. With `look` nothing is saved and the mark alone is told.
    """
    if request.form.get("whose", "") not in ("", kept.whose()):
        words = _("Somebody else is signed in here now, so this was not saved. It is kept for you alone.")
        return {"other": True, "words": words}, 403
    try:
        turn = reach.fetch(ref)
    except NotFound:
        return _lost()
    rubric = turn.bid.rubric
    given = scored.read(rubric)
    if wrong := scored.too_long(given):
        return {"unreadable": wrong}, 422
    if request.form.get("look"):
        return {"mark": kept.mark(given)}, 200
    try:
        revision = keep(turn.bid.id, given)
    except review_drafts.ReviewConflict as conflict:
        theirs = conflict.theirs if conflict.theirs is not None else sent(turn.bid.id)
        return {
            "conflict": True, "theirs": scored.lines(rubric, theirs), "revision": conflict.revision,
            "mark": kept.mark(theirs),
        }, 409  # fmt: skip
    except review_drafts.ReviewsClosed:
        words = _("Its reviews are closed, so nothing more is saved.")
        return {"closed": True, "words": words}, 410
    except review_drafts.NoTurn:
        return _lost()
    return {
        "saved": True, "revision": revision, "mark": kept.mark(given),
        "at": moments.clock_time(g.arrived, acting.office().zone),
    }, 200  # fmt: skip


def keep(bid: int, given: dict[str, Any]) -> int:
    """Save what stands in the form, as the page carried its revision; the new one. Ends the reading.

    Raises what review_drafts.save raises.
    """
    revision, seen = typed.whole(request.form.get("revision", "")), acting.seen()
    acting.end_reading()
    return review_drafts.save(
        acting.office(), acting.actor(), bid, given, -1 if revision is None else revision,
        -1 if seen is None else seen, g.arrived,
    )  # fmt: skip


def sent(bid: int) -> dict[str, Any] | None:
    """The reader's own newest review of a bid, as the form gives it."""
    mine, marks = panel.own_review(g.conn, bid, g.person.id)
    return scored.of_review(mine, marks) if mine is not None else None


def _lost() -> tuple[dict[str, Any], int]:
    return {"lost": True, "words": _("This bid is not in your pile any more, so it was not saved.")}, 404
