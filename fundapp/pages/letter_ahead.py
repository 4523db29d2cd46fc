"""A letter as the release will send it, as an answer; nothing is recorded."""

from datetime import timedelta
from typing import Any

from flask import Response, abort, g
from sqlalchemy import Row

from fundapp.letters.paper import PressNotReady
from fundapp.pages import acting
from fundapp.services import papers
from fundapp.services.deed import Deed
from fundapp.services.letter_preview import preview


def answer(bid: Row[Any], round_: Row[Any]) -> Response:
    """The letter on a decided bid if the round were released now, as a PDF; 404 without a staged decision.

    Who asks may read it: a letter has names.
    """
    office = acting.office()
    at = round_.publish_at or g.arrived + timedelta(minutes=round_.release_minutes)
    found = preview(Deed(g.conn, office.recorder, acting.actor(), g.arrived, at, office.zone), bid.id)
    if found is None:
        abort(404)
    kind, facts = found
    try:
        content = papers.rendered(facts, kind)
    except PressNotReady:
        abort(503)
    response = Response(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{bid.reference}-{kind}-preview.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response
