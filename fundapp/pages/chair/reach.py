"""Which rounds and bids a chair may open."""

from typing import Any

from flask import abort, g, make_response, render_template
from sqlalchemy import Row

from fundapp.pages.gate import funds_for, sees_names
from fundapp.queries import ranking, reading, rounds


def fetch_round(code: str, *roles: str) -> Row[Any]:
    """The round of that code, if its panel has begun or may, in a fund this person chairs; else 404."""
    row = rounds.by_code(g.conn, code)
    funds = funds_for(*(roles or ("chair",)))
    if row is None or row.state not in ranking.PANEL_STATES:
        abort(404)
    if funds is not None and row.fund_id not in funds:
        abort(404)
    return row


def fetch_bid(code: str, reference: str) -> Row[Any]:
    """A bid of that round; 404 too if the chair has a part or an interest in it.

    Where the panel reads without names it is as the panel reads it, and a chair who sees names by other work in the fund
    is answered with a page that says why another chair decides.
    """
    row = fetch_round(code)
    bid = reading.with_round(g.conn, reference)
    if bid is None or bid.round_id != row.id or bid.state not in ranking.ON_TABLE:
        abort(404)
    if reading.stands_apart(g.conn, bid.id, g.person.id):
        abort(404)
    if bid.masked and sees_names(bid.fund_id):
        abort(make_response(render_template("chair/sees_names.html", bid=bid), 403))
    return bid
