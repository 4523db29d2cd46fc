"""The PDF of a frozen copy as an answer: the one that was kept, else one that is made now."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from flask import Response, abort, current_app, g

from fundapp.letters.paper import PressNotReady
from fundapp.pages import acting
from fundapp.queries import copies as asks
from fundapp.services import copies
from fundapp.storage import FileMissing, Files

_PIECE = 65_536


def answer(bid_id: int, number: int) -> Response:
    """The paper of that version of a bid that the person may read; 404 if there is no such version.

    Looking keeps nothing: what the worker has not made yet is made for this one answer, after the read has ended.
    """
    row = asks.version(g.conn, bid_id, number)
    if row is None:
        abort(404)
    stream = _kept(row)
    if stream is not None:
        response = Response(_pieces(stream), content_type="application/pdf")
        response.call_on_close(stream.close)
        response.content_length = row.paper_size
    else:
        sheet = copies.sheet(g.conn, row, acting.office().zone)
        acting.end_reading()
        try:
            response = Response(copies.press(sheet), content_type="application/pdf")
        except PressNotReady as missing:
            current_app.logger.error("%s", missing)
            abort(503)
    response.headers["Content-Disposition"] = f'inline; filename="{row.reference}-copy-{row.number}.pdf"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _kept(row: Any) -> BinaryIO | None:
    if row.paper_sha256 is None:
        return None
    files: Files = current_app.extensions["files"]
    try:
        return files.open(row.paper_sha256)
    except FileMissing:
        return None


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece
