"""Which bid a reviewer may open: one they were given, and in which they have no part."""

from dataclasses import dataclass
from typing import Any

from flask import abort, g, make_response, render_template
from sqlalchemy import Row

from fundapp.pages.gate import funds_for, named_funds, sees_names
from fundapp.queries import panel, reading
from fundapp.queries.ranking import ON_TABLE


@dataclass(frozen=True, slots=True)
class Turn:
    """A reviewer's bid, and the version of their turn at it."""

    bid: Row[Any]
    version: int


def fetch(reference: str) -> Turn:
    """The bid of that reference, if it is in this person's pile; else 404, as if there were none.

    Where the panel reads without names it is as the panel reads it; whoever sees names by their work has no such bid,
    and one whose copy no officer has confirmed is answered with a page that says so.
    """
    bid = reading.with_round(g.conn, reference)
    if bid is None or bid.state not in ON_TABLE:
        abort(404)
    turn = reading.assigned(g.conn, bid.id, g.person.id)
    funds = funds_for("reviewer")
    if funds is not None and bid.fund_id not in funds:
        abort(404)
    if turn is None or reading.stands_apart(g.conn, bid.id, g.person.id):
        abort(404)
    if bid.masked and sees_names(bid.fund_id):
        abort(404)
    if bid.masked and bid.masked_copy_id is None:
        abort(make_response(render_template("reviewer/masking.html", bid=bid), 409))
    return Turn(bid, turn.version)


def pile_rows() -> list[Row[Any]]:
    """The reviewer's bids whose panel is at work, the unread first; none in which they have a part."""
    apart, funds = reading.apart_from(g.conn, g.person.id), funds_for("reviewer")
    pile = panel.pile(g.conn, g.person.id)
    named = named_funds()
    return [
        row
        for row in pile
        if row.id not in apart
        and (funds is None or row.fund_id in funds)
        and not (row.masked and (named is None or row.fund_id in named))
    ]
