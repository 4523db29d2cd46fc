"""The pile: what a reviewer has to read, by when, and how far they are."""

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
    """Every bid in the pile, the unread first."""
    rows = reach.pile_rows()
    unread = [row for row in rows if not row.reviewed]
    read = len(rows) - len(unread)
    # Who has read nothing of a round yet says first what they are tied to.
    begun = {row.round_id for row in rows if row.reviewed}
    new = sorted({row.round_id for row in rows} - begun)
    first = bool(set(new) - apart.was_asked(g.conn, g.person.id, new)) if new else False
    return render_template(
        "reviewer/pile.html",
        rows=rows,
        first=first,
        talks=talk.open_for(g.conn, g.person.id),
        unread=unread,
        read=read,
        aside=reading.set_aside(g.conn, g.person.id),
        due=min((row.panel_by for row in unread or rows), default=None),
        kinds=["done"] * read + ["next"] * bool(unread) + ["todo"] * max(0, len(unread) - 1),
        seats_fit=len(rows) <= SEATS,
    )


def marks(rows: list[Any], current: str) -> list[dict[str, Any]]:
    """A mark for each bid of the pile in a steady order, for `parts/pile.html`; empty where they would be too many."""
    if len(rows) > MOST_MARKS:
        return []
    items = []
    for number, row in enumerate(sorted(rows, key=lambda row: row.id), 1):
        says = _("scored") if row.reviewed else _("not scored yet")
        here = row.reference == current
        items.append(
            {
                "kind": "done" if row.reviewed else "you" if here else "not_started",
                "href": url_for("reviewer.review", ref=row.reference),
                "words": _(
                    "Bid %(number)s of %(count)s, %(bid)s, %(says)s",
                    number=number, count=len(rows), bid=row.reference, says=says,
                ),
                "current": here,
            }
        )  # fmt: skip
    return items
