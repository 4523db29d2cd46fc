"""The files of the copy that a representative was asked about, and of no other."""

from typing import Any

from flask import Response, abort, g

from fundapp.domain import documents as named
from fundapp.pages import downloads
from fundapp.pages.councillor import blueprint, reach
from fundapp.pages.gate import gate
from fundapp.queries import documents
from fundapp.queries import links as asks


@blueprint.get("/answer/<token>/files/<int:document>")
@gate("anyone")
def file(token: str, document: int) -> Response:
    """A file, by the link that was mailed, while it waits for its answer."""
    return _sent(reach.by_link(token), document)


@blueprint.get("/requests/<ref>/files/<int:document>")
@gate("signed_in")
def request_file(ref: str, document: int) -> Response:
    """A file, for a representative who is signed in."""
    return _sent(asks.request_for(g.conn, ref.upper(), g.person.id), document)


def _sent(asked: Any, document: int) -> Response:
    if asked is None or reach.why_dead(asked) or document not in named.numbers(asked.answers):
        abort(404)
    found = documents.open_one(g.conn, asked.bid_id, document)
    if found is None:
        abort(404)
    return downloads.send(found)
