"""Checkpoints of the record, each to be kept elsewhere, and the keys that sign them."""

from typing import Final

from flask import Response, abort, g, render_template, request

from fundapp.pages.auditor import blueprint, drawn
from fundapp.pages.gate import gate
from fundapp.pages.public.log import known, pictured
from fundapp.queries import record as asks

PAGE: Final = 50


@blueprint.get("/record/checkpoints")
@gate("auditor")
def checkpoints() -> str:
    """Every checkpoint, largest first."""
    text = request.args.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
    rows = asks.checkpoints(g.conn, before, PAGE + 1)
    count, drawing, marks = pictured(g.conn)
    told = drawn.items(asks.log_events(g.conn), {}, {}, set()) if before is None else []
    return render_template(
        "auditor/checkpoints.html", rows=rows[:PAGE], count=count, drawn=drawing, marks=marks, keys=known(),
        older=rows[PAGE - 1].size if len(rows) > PAGE else None, handovers=told,
    )  # fmt: skip


@blueprint.get("/record/checkpoints/<int:size>")
@gate("auditor")
def checkpoint(size: int) -> Response:
    """One as a file."""
    row = asks.checkpoint(g.conn, size) if size < 1 << 62 else None
    if row is None:
        abort(404)
    response = Response(row.note.encode(), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="checkpoint-{size}.txt"'
    return response
