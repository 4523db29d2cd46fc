"""What the service could not do: each thing with why, and a way to have it tried again."""

from flask import abort, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from fundapp import outbox
from fundapp.pages import acting
from fundapp.pages.gate import funds_for, gate
from fundapp.pages.officer import blueprint
from fundapp.queries import bids, ranking, reading
from fundapp.services import effects
from fundapp.words.tongue import gettext as _

SHOWN = 100


@blueprint.get("/stuck")
@gate("officer")
def stuck() -> str:
    """Effects that were given up, the latest first."""
    found = _theirs()
    shown = found[:SHOWN]
    references = ranking.references(g.conn, [effect.bid_id for effect in shown if effect.bid_id is not None])
    return render_template(
        "officer/stuck.html",
        rows=shown,
        references=references,
        count=len(found),
        lag=outbox.lag(g.conn, g.arrived),
    )


@blueprint.post("/stuck/<int:effect>/again")
@gate("officer")
def again(effect: int) -> Response:
    """Have one of them tried again, now and with all its tries."""
    if effect not in {one.id for one in _theirs()}:
        abort(404)
    acting.end_reading()
    if effects.try_again(acting.office(), acting.actor(), effect, g.arrived):
        acting.nudge()
        flash(_("It is tried again now. If it fails once more, it comes back here."))
    else:
        flash(_("It was done, or is being tried already."))
    return redirect(url_for("officer.stuck"), 303)


def _theirs() -> list[outbox.FailedEffect]:
    """What stands still in the funds that this officer runs, but for bids in which they have a part or an interest."""
    found = outbox.failed(g.conn)
    apart = reading.apart_from(g.conn, g.person.id)
    held = funds_for("officer")
    if held is not None:
        about = [effect.bid_id for effect in found if effect.bid_id is not None]
        within = bids.in_funds(g.conn, about, held)
        found = [effect for effect in found if effect.bid_id is None or effect.bid_id in within]
    return [effect for effect in found if effect.bid_id not in apart]
