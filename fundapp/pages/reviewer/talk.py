"""A bid talked over: its readers see one another's marks and reasons while the chair keeps the talk open."""

from typing import Any

from flask import flash, g, redirect, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from fundapp.pages import acting, talk_shown, typed
from fundapp.pages.gate import gate
from fundapp.pages.reviewer import blueprint, reach
from fundapp.queries import talk as asks
from fundapp.words.tongue import gettext as _

#: Longer than any note that somebody reads.
MOST_WORDS = 4000


def shown(bid: Row[Any], seen: int) -> dict[str, Any] | None:
    """What `templates/reviewer/_talk.html` draws; None unless this person takes part in an open talk about the bid.

    Names are shown: those who answer for a bid together sit at one table, and a reason is weighed by who can be asked
    about it. Who has sent no scores of their own, or is kept from the bid, is told nothing.
    """
    talked = asks.open_for(g.conn, g.person.id).get(bid.id)
    if talked is None:
        return None
    voices = asks.voices(g.conn, bid.id)
    voices.sort(key=lambda voice: voice.person != g.person.id)
    totals = [voice.now.total for voice in voices]
    own = next((voice for voice in voices if voice.person == g.person.id), None)
    if own is None:
        return None  # found to have an interest at this very moment
    return {
        "readers": talk_shown.by_reader(voices, g.person.id), "answered": talked.answered, "kept": own.kept,
        "criteria": talk_shown.by_criterion(bid.rubric, voices, g.person.id), "opened_at": talked.opened_at,
        "spread": talk_shown.points(max(totals) - min(totals)), "decide_by": talked.decide_by, "note": own.now.note,
        "seen": seen, "most": MOST_WORDS,
    }  # fmt: skip


@blueprint.post("/pile/<ref>/keep")
@gate("reviewer")
def keep(ref: str) -> Response:
    """The reader has read the others' reasons and keeps their scores: the same marks once more, with a note."""
    turn = reach.fetch(ref)
    note = typed.words("said")
    back = redirect(url_for("reviewer.review", ref=ref, _anchor="talk"), 303)
    if turn.bid.id not in asks.open_for(g.conn, g.person.id):
        flash(_("The talk about this bid is closed, so there is nothing to keep or change in it."))
        return back
    if len(note) > MOST_WORDS:
        flash(_("Nothing is sent. Shorten your note to %(most)s characters.", most=f"{MOST_WORDS:,}"))
        return back
    voices = asks.voices(g.conn, turn.bid.id)
    now = next((voice.now for voice in voices if voice.person == g.person.id), None)
    if now is None:
        return redirect(url_for("reviewer.pile"), 303)
    given = {
        "scores": now.marks,
        "comment": now.comment,
        "note": note,
        "confidence": now.confidence,
        "draft": 0,
    }
    done, why = acting.move("bid", "review", turn.bid.id, given)
    for words in (
        why if done is None else [_("You keep your scores. The chair and the others see that you do.")]
    ):
        flash(words)
    return back
