"""The files of a bid in a reviewer's pile, as they were sent."""

from flask import Response, abort, g

from fundapp.domain import documents as named
from fundapp.pages import downloads, sent_copy
from fundapp.pages.gate import gate
from fundapp.pages.reviewer import blueprint, reach
from fundapp.queries import documents, reading


@blueprint.get("/pile/<ref>/documents/<int:document>")
@gate("reviewer")
def document(ref: str, document: int) -> Response:
    """A file of the newest copy, as the reviewer reads it: without names, only one that an officer has cleared."""
    turn = reach.fetch(ref)
    if turn.bid.masked:
        return sent_copy.cleared_file(g.conn, turn.bid, document)
    copy = reading.frozen(g.conn, turn.bid.id)
    if copy is None or document not in named.numbers(copy.answers):
        abort(404)
    found = documents.open_one(g.conn, turn.bid.id, document)
    if found is None:
        abort(404)
    return downloads.send(found)
