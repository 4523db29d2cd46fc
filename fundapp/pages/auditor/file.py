"""The record as a file, to be kept and checked elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Response, g

from fundapp.audit.export import export_file
from fundapp.pages import acting
from fundapp.pages.auditor import blueprint
from fundapp.pages.gate import gate

_PIECE = 65_536


@blueprint.get("/record/export")
@gate("auditor")
def export() -> Response:
    """Every event and head, one JSON object a line, from one snapshot; sent a piece at a time.

    The whole of it to an auditor of any fund: a part would prove nothing, and what people typed is not in it.
    """
    folder = TemporaryDirectory(prefix="record-")
    path = Path(folder.name) / "record.jsonl"
    try:
        export_file(acting.office().db, path)
    except BaseException:
        folder.cleanup()
        raise
    response = Response(_pieces(path), content_type="application/x-ndjson")
    response.call_on_close(folder.cleanup)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="record-{g.arrived.strftime("%Y-%m-%d")}.jsonl"'
    )
    response.content_length = path.stat().st_size
    return response


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece
