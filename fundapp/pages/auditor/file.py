"""The record as a file, to be kept and checked elsewhere."""

from collections.abc import Iterator

from flask import Response, g

from fundapp.audit.export import pieces
from fundapp.audit.standalone.notes import Key
from fundapp.pages import acting
from fundapp.pages.auditor import blueprint
from fundapp.pages.gate import gate
from fundapp.pages.public.log import known
from fundapp.services.deed import Office


@blueprint.get("/record/export")
@gate("auditor")
def export() -> Response:
    """Every event and head, one JSON object a line, from one snapshot; sent as it is read.

    The whole of it to an auditor of any fund: a part would prove nothing, and what people typed is not in it. A file that
    breaks off lacks its last line, and whoever checks it is told.
    """
    keys = known()
    acting.end_reading()
    response = Response(_sent(acting.office(), keys), content_type="application/x-ndjson")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="record-{g.arrived.strftime("%Y-%m-%d")}.jsonl"'
    )
    return response


def _sent(office: Office, keys: tuple[Key, ...]) -> Iterator[bytes]:
    for _events, piece in pieces(office.db, keys):
        yield piece
