"""Which bids those who run the fund may open."""

from typing import Any, Final

from flask import abort, g
from sqlalchemy import Row

from fundapp.pages.gate import funds_for, sees_names
from fundapp.queries import reading, staff

ROLES: Final = ("officer", "chair", "treasurer", "auditor")


def fetch(reference: str, *roles: str) -> Row[Any]:
    """The bid of that reference, if it was ever sent, in a fund where this person holds one of the roles.

    404 too for a bid in which they have a part or an interest: that it exists is not told. And for one that its panel
    reads without names, unless they see names by their work: a chair reads it at the panel's table.
    """
    row = staff.bid(g.conn, reference)
    if row is None or row.version_number == 0:
        abort(404)
    funds = funds_for(*(roles or ROLES))
    if funds is not None and row.fund_id not in funds:
        abort(404)
    if reading.stands_apart(g.conn, row.id, g.person.id):
        abort(404)
    if row.masked and not sees_names(row.fund_id):
        abort(404)
    return row
