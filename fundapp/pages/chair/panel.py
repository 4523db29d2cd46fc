"""Every round that the chair's panel has, had or is about to have."""

from flask import g, render_template

from fundapp.pages.chair import blueprint
from fundapp.pages.gate import funds_for, gate
from fundapp.queries import ranking


@blueprint.get("/panel")
@gate("chair")
def panel() -> str:
    """Rounds, newest first, with what is decided of each."""
    return render_template("chair/panel.html", rows=ranking.rounds_of_panel(g.conn, funds_for("chair")))
