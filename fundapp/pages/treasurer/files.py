"""Letters to print, and the awards of a round as a file."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final

from flask import Response, abort, g, render_template, request
from sqlalchemy import Row

from fundapp.pages import acting
from fundapp.pages.gate import gate
from fundapp.pages.treasurer import blueprint, reach
from fundapp.queries import reading, rounds, treasury
from fundapp.services import papers

PAGE = 50
_KINDS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@blueprint.get("/money/letters")
@gate("treasurer")
def letters() -> str:
    """The awards of a round with their letters, a page at a time."""
    rounds_ = treasury.rounds(g.conn, reach.funds())
    code = request.args.get("round", "")
    chosen = next((one for one in rounds_ if one.code == code), None) if code else None
    if code and chosen is None:
        abort(404)
    chosen = chosen or next((one for one in rounds_ if one.awards), rounds_[0] if rounds_ else None)
    text = request.args.get("after", "0")
    after = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
    rows = treasury.letters(g.conn, chosen.id, after, PAGE + 1) if chosen else []
    apart = reading.apart_from(g.conn, g.person.id) if rows else frozenset()
    return render_template(
        "treasurer/letters.html",
        rounds=rounds_, chosen=chosen, rows=[row for row in rows[:PAGE] if row.bid_id not in apart],
        older=rows[PAGE - 1].bid_id if len(rows) > PAGE else None,
    )  # fmt: skip


@blueprint.get("/money/awards.<kind>")
@gate("treasurer")
def export(kind: str) -> Response:
    """The awards of one round as CSV or XLSX, sent a piece at a time."""
    if kind not in _KINDS:
        abort(404)
    row: Row[Any] | None = rounds.by_code(g.conn, request.args.get("round", ""))
    held = reach.funds()
    if row is None or (held is not None and row.fund_id not in held):
        abort(404)
    # The file has no name any more once it is open: nothing is left behind, however the download ends.
    with TemporaryDirectory(prefix="awards-") as folder:
        path = Path(folder) / f"awards.{kind}"
        papers.write_awards(g.conn, row.id, kind, path, acting.office().zone)
        stream = path.open("rb")
        size = path.stat().st_size
    name = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in row.code)
    response = Response(_pieces(stream), content_type=_KINDS[kind])
    response.call_on_close(stream.close)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="awards-{name.encode("ascii", "replace").decode()}.{kind}"'
    )
    response.content_length = size
    return response


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    """The file in pieces."""
    with stream:
        while piece := stream.read(65_536):
            yield piece
