"""The pile: what a reviewer has to read, by when, and how far they are."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import g, render_template, url_for

from fundapp.pages.gate import gate
from fundapp.pages.reviewer import blueprint, reach
from fundapp.queries import apart, reading, talk
from fundapp.words.tongue import gettext as _

#: More marks than this say less than the words beside them.
MOST_MARKS = 24
#: Seats round the table.
SEATS = 12


@blueprint.get("/pile")
@gate("reviewer")
def pile() -> str:
    """Every bid in the pile, by round; those that are due first, and in each round the unread first.

    A masked copy that no officer has confirmed cannot be read yet, so nobody is led to it.
    """
    rows = reach.pile_rows()
    unread = [row for row in rows if not row.reviewed and row.ready]
    read = sum(bool(row.reviewed) for row in rows)
    waiting = len(rows) - read - len(unread)
    # Who has read nothing of a round yet says first what they are tied to.
    begun = {row.round_id for row in rows if row.reviewed}
    new = sorted({row.round_id for row in rows} - begun)
    first = bool(set(new) - apart.was_asked(g.conn, g.person.id, new)) if new else False
    return render_template(
        "reviewer/pile.html",
        rounds=_by_round(rows), count=len(rows), unread=unread, talks=talk.open_for(g.conn, g.person.id),
        first=first, read=read, waiting=waiting, aside=reading.set_aside(g.conn, g.person.id),
        due=min((row.panel_by for row in unread or rows), default=None),
        kinds=["done"] * read + ["next"] * bool(unread) + ["todo"] * (max(0, len(unread) - 1) + waiting),
        seats_fit=len(rows) <= SEATS,
    )  # fmt: skip


def _by_round(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """[{title, due, read, rows}], the earliest due first."""
    order = sorted(rows, key=lambda row: (row.panel_by, row.round_id))  # stable: the unread stay first
    found = []
    for _round, group in groupby(order, key=lambda row: row.round_id):
        mine = list(group)
        found.append(
            {
                "title": mine[0].round, "due": mine[0].panel_by, "rows": mine,
                "read": sum(bool(row.reviewed) for row in mine),
            }
        )  # fmt: skip
    return found


def marks(rows: list[Any], current: str) -> list[dict[str, Any]]:
    """A mark for each bid of the pile in a steady order, for `parts/pile.html`; empty where they would be too many."""
    if len(rows) > MOST_MARKS:
        return []
    items = []
    for number, row in enumerate(_steady(rows), 1):
        kind, says = _mark(row)
        here = row.reference == current
        items.append(
            {
                "kind": "you" if here and kind != "done" else kind,
                "href": url_for("reviewer.review", ref=row.reference),
                "words": _(
                    "Bid %(number)s of %(count)s, %(bid)s, %(says)s",
                    number=number, count=len(rows), bid=row.reference, says=says,
                ),
                "current": here,
            }
        )  # fmt: skip
    return items


def _mark(row: Any) -> tuple[str, str]:
    """A bid's status kind, and the words for it."""
    if row.reviewed:
        return "done", _("scored")
    if not row.ready:
        return "wait", _("not ready to be read")
    return ("started", _("begun")) if row.begun else ("not_started", _("not scored yet"))


def beside(rows: list[Any], current: str) -> tuple[Any | None, Any | None]:
    """The bids before and after this one, in the order of the marks."""
    order = _steady(rows)
    at = next((place for place, row in enumerate(order) if row.reference == current), None)
    if at is None:
        return None, None
    return order[at - 1] if at else None, order[at + 1] if at + 1 < len(order) else None


def _steady(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: row.id)
