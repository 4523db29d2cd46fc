"""The minutes: asked for here, made by the worker, opened here when they are there."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from flask import Response, flash, g, redirect, render_template, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response as BaseResponse

from fundapp.pages import acting, downloads
from fundapp.pages.chair import blueprint, reach
from fundapp.pages.chair.sittings import READERS
from fundapp.pages.gate import gate
from fundapp.queries import minutes as asks
from fundapp.services import minutes as made
from fundapp.services import minutes_papers
from fundapp.storage import FileMissing
from fundapp.words.tongue import gettext as _

_PIECE = 64 * 1024


@blueprint.get("/panel/<code>/minutes")
@gate(*READERS)
def minutes(code: str) -> str:
    """The minutes as they stand: to be made, being made, or to be opened."""
    row = reach.fetch_round(code, *READERS)
    paper = asks.paper(g.conn, _tells(row))
    kept = minutes_papers.is_kept(downloads.storage(), paper)
    return render_template(
        "chair/minutes.html", round=row, paper=paper if kept else None,
        waits=minutes_papers.waits(paper, g.arrived), draft=row.state not in made.RELEASED,
    )  # fmt: skip


@blueprint.post("/panel/<code>/minutes")
@gate(*READERS)
def make_minutes(code: str) -> BaseResponse:
    """Have them made; asking twice makes them once."""
    row = reach.fetch_round(code, *READERS)
    tells = _tells(row)
    acting.end_reading()
    minutes_papers.ask(
        acting.office(), downloads.storage(), row.id, tells, g.person.id, g.arrived
    )  # fmt: skip
    acting.nudge()
    return redirect(url_for("chair.minutes", code=code), 303)


@blueprint.get("/panel/<code>/minutes.pdf")
@gate(*READERS)
def minutes_paper(code: str) -> BaseResponse:
    """The minutes as a PDF, a draft until the round is released; where they are not made yet, the page that says so."""
    row = reach.fetch_round(code, *READERS)
    paper = asks.paper(g.conn, _tells(row))
    stream = _open(paper.sha256) if paper is not None and paper.sha256 is not None else None
    if paper is None or stream is None:
        flash(_("These minutes are not made yet, or something in them has changed since."))
        return redirect(url_for("chair.minutes", code=code), 303)
    response = Response(_pieces(stream), content_type="application/pdf")
    response.call_on_close(stream.close)
    response.content_length = paper.size
    name = f"{row.code}-minutes{'' if row.state in made.RELEASED else '-draft'}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _tells(row: Row[Any]) -> str:
    """What the minutes say now to whoever asks."""
    return made.tells(made.minutes_of(g.conn, row, g.person.id, g.arrived, acting.office().zone))


def _open(sha256: str) -> BinaryIO | None:
    try:
        return downloads.storage().open(sha256)
    except FileMissing:
        return None


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece
