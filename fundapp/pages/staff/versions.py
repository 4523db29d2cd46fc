"""One frozen version of a bid for those who may read the bid: on a page, as a PDF."""

from typing import Any

from flask import abort, g, render_template, url_for
from werkzeug.wrappers import Response

from fundapp.pages import answers_shown, changes_shown, copy_paper
from fundapp.pages.gate import gate, held_roles
from fundapp.pages.reviewer import reach as reviewer_reach
from fundapp.pages.staff import blueprint, reach
from fundapp.queries import copies as asks


def _readable(ref: str, number: int) -> Any:
    """The bid, if this person may read that version: staff every one, a reviewer the one that they score.

    A frozen version holds every name, so nobody reads one whose panel reads without.
    """
    if held_roles() & set(reach.ROLES):
        return reach.fetch(ref)
    bid = reviewer_reach.fetch(ref).bid
    newest = asks.versions(g.conn, bid.id)
    if bid.masked or not newest or newest[0].number != number:
        abort(404)
    return bid


@blueprint.get("/bids/<ref>/versions/<int:number>")
@gate(*reach.ROLES, "reviewer")
def version(ref: str, number: int) -> str:
    """The copy with its mark; staff find the other copies beside it."""
    bid = _readable(ref, number)
    row = asks.version(g.conn, bid.id, number)
    if row is None:
        abort(404)
    staff = bool(held_roles() & set(reach.ROLES))
    return render_template(
        "staff/version.html", bid=bid, version=row, rows=answers_shown.rows(row.questions, row.answers), staff=staff,
        versions=asks.versions(g.conn, bid.id) if staff else [],
    )  # fmt: skip


@blueprint.get("/bids/<ref>/versions/<int:number>.pdf")
@gate(*reach.ROLES, "reviewer")
def version_pdf(ref: str, number: int) -> Response:
    """The same on paper."""
    return copy_paper.answer(_readable(ref, number).id, number)


@blueprint.get("/bids/<ref>/changes/<int:number>")
@gate(*reach.ROLES)
def changes(ref: str, number: int) -> str:
    """What that version says otherwise than the one before it."""
    bid = reach.fetch(ref)
    shown = changes_shown.shown(g.conn, bid.id, number - 1, number)
    if shown is None:
        abort(404)
    back = url_for("staff.version", ref=bid.reference, number=number)
    return render_template("panel/changes.html", shown=shown, back=back)
