"""A bid's letter and the files that were given for it."""

from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from flask import Response, abort, current_app, g

from fundapp.letters.paper import PressNotReady
from fundapp.pages.gate import gate
from fundapp.pages.staff import blueprint, reach
from fundapp.queries import letters, staff
from fundapp.services import papers
from fundapp.storage import FileMissing

_PIECE = 65_536


@blueprint.get("/bids/<ref>/letter")
@gate(*reach.ROLES)
def letter(ref: str) -> Response:
    """The newest letter of a bid as a PDF, from the words on record."""
    row = reach.fetch(ref)
    found = letters.newest(g.conn, row.id)
    if found is None:
        abort(404)
    try:
        content = papers.rendered(found.facts, found.kind)
    except PressNotReady:
        abort(503)
    response = Response(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{row.reference}-{found.kind}.pdf"'
    return response


@blueprint.get("/bids/<ref>/documents/<int:document>")
@gate(*reach.ROLES)
def document(ref: str, document: int) -> Response:
    """A file that somebody gave, to be kept and never shown by the browser itself."""
    row = reach.fetch(ref)
    found = staff.document(g.conn, row.id, document) if document < 2**53 else None
    if found is None:
        abort(404)
    try:
        stream: BinaryIO = current_app.extensions["files"].open(found.sha256)
    except FileMissing:
        abort(404)
    response = Response(_pieces(stream), content_type="application/octet-stream")
    response.call_on_close(stream.close)
    response.content_length = found.size
    # The name is what somebody typed: an ASCII shadow of it, and the whole of it percent-encoded.
    plain = "".join(
        sign if (sign.isalnum() and sign.isascii()) or sign in ".-_ " else "_" for sign in found.name
    )
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name, safe='')}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece
