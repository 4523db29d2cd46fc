"""A reviewer hands a bid back without scores, and says why."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundapp.pages import acting, typed
from fundapp.pages.gate import gate
from fundapp.pages.reviewer import blueprint, reach
from fundapp.queries import reviewing
from fundapp.services import panel
from fundapp.words.tongue import gettext as _

MOST = 1000


@blueprint.route("/pile/<ref>/abstain", methods=["GET", "POST"])
@gate("reviewer")
def abstain(ref: str) -> Response | str | tuple[str, int]:
    """Says what handing back does, asks for the reason, and does it; once scores are in, says that they stand."""
    turn = reach.fetch(ref)
    bid, reason = turn.bid, typed.words("reason")
    stands = reviewing.has_reviewed(g.conn, bid.id, g.person.id)
    if request.method == "GET" or stands:
        page = render_template(
            "reviewer/abstain.html", bid=bid, reason=reason, problems=None, most=MOST, stands=stands
        )
        return page if request.method == "GET" else (page, 409)
    if not reason or len(reason) > MOST:
        words = (
            _("Say in a few words why you cannot score it.")
            if not reason
            else _("Shorten it to %(most)s characters.", most=f"{MOST:,}")
        )
        problems = [{"field": "reason", "words": words}]
        page = render_template(
            "reviewer/abstain.html", bid=bid, reason=reason, problems=problems, most=MOST, stands=False
        )
        return page, 422
    acting.end_reading()
    try:
        panel.abstain(acting.office(), acting.actor(), bid.id, reason, g.arrived)
    except panel.AbstainRefused:  # sent from another page while this one was read
        page = render_template(
            "reviewer/abstain.html", bid=bid, reason=reason, problems=None, most=MOST, stands=True
        )
        return page, 409
    flash(_("You handed %(bid)s back. It has left your pile, and the chair sees why.", bid=bid.reference))
    return redirect(url_for("reviewer.pile"), 303)
