"""An answer saved while it is being typed: what a question's page sends by itself."""

from typing import Any

from flask import g, request

from fundapp.domain import forms
from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.kept import mark
from fundapp.pages.member import answers, blueprint, kept, saving, send
from fundapp.queries import forms as form_queries
from fundapp.queries import member as asks
from fundapp.services import drafts
from fundapp.words import moments
from fundapp.words.tongue import gettext as _


@blueprint.post("/my-bids/<ref>/autosave/<question>")
@gate("signed_in")
def autosave(ref: str, question: str) -> tuple[dict[str, Any], int]:
    """Save one answer and say so: {saved, revision, mark, at, words}, or why not.

    409 {conflict, theirs, revision, mark}: somebody else changed it. 422 {unreadable}: it cannot be read, the browser
    keeps it. 410 {closed, words}: sent, ended or too late. 403 {other, words}: somebody else is signed in now.
    404 {lost, words}: not, or no longer, theirs. With `look` nothing is saved and the mark alone is told.
    """
    if request.form.get("whose", "") not in ("", kept.whose()):
        words = _("Somebody else is signed in here now, so this was not saved. It is kept for you alone.")
        return {"other": True, "words": words}, 403
    bid = asks.bid(g.conn, ref.upper(), g.person.id)
    draft = asks.form(g.conn, bid.id) if bid is not None else None
    asked = next((q for q in draft.questions if q["id"] == question), None) if draft is not None else None
    if asked is None and bid is not None:  # taken away while it was being answered: what was typed is kept
        asked = form_queries.once_asked(g.conn, bid.round_id, question)
    if (
        bid is None or draft is None or asked is None or asked["kind"] == "file"
    ):  # files have a page of their own
        return _lost()
    if bid.state not in ("draft", "returned"):
        return _closed(drafts.Closed(bid.state, None))
    try:
        answer = answers.read(asked)
    except answers.Unreadable as wrong:
        return {"unreadable": wrong.problems}, 422
    if request.form.get("look"):
        return {"mark": mark(answer)}, 200
    try:
        revision = saving.keep(
            bid.id, asked, answer, request.form.get("revision", ""), request.form.get("before", "")
        )
    except drafts.DraftConflict as conflict:
        theirs = conflict.theirs.get(question)
        return {
            "conflict": True, "theirs": send.said(asked, theirs), "revision": conflict.revision,
            "mark": mark(theirs),
        }, 409  # fmt: skip
    except drafts.Closed as closed:
        return _closed(closed)
    except drafts.NotWritable:
        return _lost()
    return {
        "saved": True, "revision": revision, "mark": mark(answer),
        "at": moments.clock_time(g.arrived, acting.office().zone),
        "words": forms.words(answer) if isinstance(answer, str) else None,
    }, 200  # fmt: skip


def _closed(closed: drafts.Closed) -> tuple[dict[str, Any], int]:
    return {"closed": True, "words": saving.why_closed(closed)}, 410


def _lost() -> tuple[dict[str, Any], int]:
    return {"lost": True, "words": _("This bid is not yours to write in any more, so it was not saved.")}, 404
