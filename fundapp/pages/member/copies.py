"""The bid as it was sent, version by version: on a page, as a PDF."""

from flask import abort, g, render_template, url_for
from werkzeug.wrappers import Response

from fundapp.pages import answers_shown, changes_shown, copy_paper
from fundapp.pages.gate import gate
from fundapp.pages.member import blueprint, reach
from fundapp.queries import copies as asks


@blueprint.get("/my-bids/<ref>/sent/<int:number>")
@gate("signed_in")
def sent(ref: str, number: int) -> str:
    """The frozen copy, as representative and panel see it, with its mark and the other copies."""
    row = reach.fetch(ref)
    version = asks.version(g.conn, row.id, number)
    if version is None:
        abort(404)
    return render_template(
        "member/sent.html", bid=row, version=version, rows=answers_shown.rows(version.questions, version.answers),
        versions=asks.versions(g.conn, row.id),
    )  # fmt: skip


@blueprint.get("/my-bids/<ref>/sent/<int:number>.pdf")
@gate("signed_in")
def sent_pdf(ref: str, number: int) -> Response:
    """The same on paper, to keep."""
    return copy_paper.answer(reach.fetch(ref).id, number)


@blueprint.get("/my-bids/<ref>/changes/<int:number>")
@gate("signed_in")
def changes(ref: str, number: int) -> str:
    """What that version says otherwise than the one before it."""
    row = reach.fetch(ref)
    shown = changes_shown.shown(g.conn, row.id, number - 1, number)
    if shown is None:
        abort(404)
    back = url_for("member.sent", ref=row.reference, number=number)
    return render_template("panel/changes.html", shown=shown, back=back)
