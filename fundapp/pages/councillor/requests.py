"""For representatives who sign in: the requests that wait for them."""

from flask import abort, g, render_template

from fundapp.pages import acting
from fundapp.pages.councillor import answer, blueprint, reach
from fundapp.pages.gate import gate
from fundapp.queries import links as asks


@blueprint.get("/requests")
@gate("signed_in")
def requests() -> str:
    """Those that wait, and those that were answered."""
    return render_template("councillor/requests.html", rows=asks.requests_for(g.conn, g.person.id))


@blueprint.route("/requests/<ref>", methods=["GET", "POST"])
@gate("signed_in")
def request(ref: str) -> answer.Page:
    """One request, as behind the mailed link."""
    asked = asks.request_for(g.conn, ref.upper(), g.person.id)
    if asked is None:
        abort(404)
    why = reach.why_dead(asked)
    if why:
        return reach.dead(asked, why)
    return answer.respond(asked, acting.actor())
