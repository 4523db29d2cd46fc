"""The copy that a representative is asked about, on paper, behind their own link."""

from flask import g, render_template
from werkzeug.wrappers import Response

from fundapp.pages import copy_paper
from fundapp.pages.councillor import answer, blueprint
from fundapp.pages.gate import gate
from fundapp.queries import links as asks


@blueprint.get("/answer/<token>/copy.pdf")
@gate("anyone")
def copy_pdf(token: str) -> Response | tuple[str, int]:
    """The version that this link asks about and no other; a link that is dead for answering is dead for reading."""
    asked = asks.request_of(g.conn, token)
    if asked is None:
        return render_template("councillor/dead.html", why="unknown", asked=None), 404
    dead = answer.why_dead(asked)
    if dead:
        return render_template("councillor/dead.html", why=dead, asked=asked, about=None), 410
    return copy_paper.answer(asked.bid_id, asked.version_number)
