"""A bid's letter and the files that were given for it."""

from flask import Response, abort, g

from fundapp.pages import downloads, sent_copy
from fundapp.pages.chair import reach as chair_reach
from fundapp.pages.gate import gate, sees_names
from fundapp.pages.staff import blueprint, reach
from fundapp.queries import documents, letters, reading


@blueprint.get("/bids/<ref>/letter")
@gate(*reach.ROLES)
def letter(ref: str) -> Response:
    """The newest letter of a bid as the PDF that is kept of it."""
    row = reach.fetch(ref)
    return downloads.letter(letters.newest(g.conn, row.id), row.reference)


@blueprint.get("/bids/<ref>/acceptance")
@gate(*reach.ROLES)
def acceptance(ref: str) -> Response:
    """The countersigned copy of an award's terms as a PDF."""
    row = reach.fetch(ref)
    return downloads.letter(letters.acceptance(g.conn, row.id), row.reference)


@blueprint.get("/bids/<ref>/documents/<int:document>")
@gate(*reach.ROLES)
def document(ref: str, document: int) -> Response:
    """A file of what was sent, or of an answer in writing; never one that only the draft names.

    A chair whose panel reads without names opens what an officer has cleared.
    """
    bid = reading.with_round(g.conn, ref)
    if bid is not None and bid.masked and not sees_names(bid.fund_id):
        return sent_copy.cleared_file(g.conn, chair_reach.fetch_bid(bid.code, ref), document)
    row = reach.fetch(ref)
    found = documents.open_one(g.conn, row.id, document)
    if found is None or (found.question is not None and document not in documents.sent(g.conn, row.id)):
        abort(404)
    return downloads.send(found)
