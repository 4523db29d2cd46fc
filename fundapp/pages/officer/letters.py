"""The letters of a panel that reads without names, read by an officer before they go out: who decides never sees them."""

from typing import Any, Final

from flask import Response, abort, g, render_template
from sqlalchemy import Row

from fundapp.pages import letter_ahead
from fundapp.pages.gate import gate
from fundapp.pages.officer import blueprint
from fundapp.pages.officer.rounds import fetch
from fundapp.pages.staff.reach import fetch as fetch_bid
from fundapp.queries import facts, reading
from fundapp.queries import letters as asks
from workflows import BID

#: States of a round in which its letters are still to be sent.
AHEAD: Final = ("panel", "releasing")


@blueprint.get("/rounds/<code>/letters")
@gate("officer")
def letters(code: str) -> str:
    """Every letter that the release will send, once every bid is decided; until then what it waits for."""
    row = _round(code)
    open_ = _undecided(row)
    return render_template(
        "officer/letters.html", round=row, open=open_, rows=[] if open_ else asks.staged(g.conn, row.id),
        apart=reading.apart_from(g.conn, g.person.id),
    )  # fmt: skip


@blueprint.get("/rounds/<code>/letters/<ref>")
@gate("officer")
def letter(code: str, ref: str) -> Response:
    """One of them as a PDF. 404 while a bid of the round is undecided, and to an officer who stands apart from this one."""
    row, bid = _round(code), fetch_bid(ref)
    if bid.round_id != row.id or _undecided(row):
        abort(404)
    return letter_ahead.answer(bid, row)


def _round(code: str) -> Row[Any]:
    """A round of theirs whose panel reads without names and is not released; else 404: the chair reads those letters."""
    row = fetch(code)
    if not row.blind or row.state not in AHEAD:
        abort(404)
    return row


def _undecided(row: Row[Any]) -> int:
    """How many bids of a round are still to be decided."""
    unsettled, _staged = facts.round_progress(g.conn, row.id, BID.ends)
    return unsettled
