"""A reviewer says that they know these people: the bid leaves their pile at once."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.reviewer import blueprint, reach
from fundapp.services import panel
from fundapp.words.tongue import gettext as _

MOST = 1000


@blueprint.route("/pile/<ref>/interest", methods=["GET", "POST"])
@gate("reviewer")
def interest(ref: str) -> Response | str | tuple[str, int]:
    """Says what declaring does, asks for the reason, and does it."""
    turn = reach.fetch(ref)
    if request.method == "GET":
        return render_template("reviewer/interest.html", bid=turn.bid, reason="", problems=None, most=MOST)
    reason = typed.words("reason")
    if not reason or len(reason) > MOST:
        words = (
            _("Say in a few words how you know them, or what it is.")
            if not reason
            else _("Shorten it to %(most)s characters.", most=f"{MOST:,}")
        )
        problems = [{"field": "reason", "words": words}]
        page = render_template(
            "reviewer/interest.html", bid=turn.bid, reason=reason, problems=problems, most=MOST
        )
        return page, 422
    bid = turn.bid
    acting.end_reading()
    panel.declare(acting.office(), acting.actor(), bid.id, reason, g.arrived)
    acting.nudge()
    flash(_("Your interest is recorded. The bid has left your pile, and the chair finds another reader."))
    return redirect(url_for("reviewer.pile"), 303)
