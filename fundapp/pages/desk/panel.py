"""What waits for those who read bids, and for those who chair."""

from typing import Any

from flask import g, url_for

from fundapp.pages import formats
from fundapp.pages.desk.things import Thing
from fundapp.pages.gate import funds_for
from fundapp.queries import desk, talk
from fundapp.words.tongue import gettext as _
from fundapp.words.tongue import ngettext


def reading() -> list[Thing]:
    """A reviewer's piles: one thing for each round."""
    return [
        Thing(
            ngettext(
                "Score the last bid in your pile", "Score the %(num)s bids left in your pile", row.to_read
            )
            if row.to_read < row.given
            else ngettext("Score the bid in your pile", "Score the %(num)s bids in your pile", row.to_read),
            url_for("reviewer.pile"),
            _("Open the next"),
            _("as panel member, %(round)s", round=row.title),
            row.panel_by,
            _("Due %(day)s", day=formats.day(row.panel_by)),
            detail=_("About 15 minutes each."),
        )
        for row in desk.piles(g.conn, g.person.id)
    ]


def talking() -> list[Thing]:
    """Bids whose scores a reviewer talks over with the others and has not answered: one thing for each round."""
    funds = funds_for("reviewer")
    waiting = [
        row
        for row in talk.open_for(g.conn, g.person.id).values()
        if not row.answered and (funds is None or row.fund_id in funds)
    ]
    found = []
    for code in dict.fromkeys(row.code for row in waiting):
        rows = [row for row in waiting if row.code == code]
        first = url_for("reviewer.review", ref=rows[0].reference, _anchor="talk")
        found.append(
            Thing(
                ngettext("Talk over one bid", "Talk over %(num)s bids", len(rows)),
                first if len(rows) == 1 else url_for("reviewer.pile"), _("See the reasons"),
                _("as panel member, %(round)s", round=rows[0].round), rows[0].decide_by,
                _("The panel decides by %(day)s", day=formats.day(rows[0].decide_by)),
                detail=_("Your scores lie far apart. Change yours, or keep them."),
            )
        )  # fmt: skip
    return found


def chairing() -> list[Thing]:
    """For each round at the panel: bids to give out, to close, to decide; or the release."""
    found: list[Thing] = []
    talks = talk.to_do(g.conn, g.person.id, funds_for("chair"))
    for row in desk.tables(g.conn, g.person.id, funds_for("chair")):
        role = _("as chair, %(round)s", round=row.title)
        table = url_for("chair.round", code=row.code)
        read_by = _("Read by %(day)s", day=formats.day(row.panel_by))
        decide_by = _("Decide by %(day)s", day=formats.day(row.decide_by))
        if row.to_give:
            found.append(
                Thing(
                    ngettext("Find readers for one bid", "Find readers for %(num)s bids", row.to_give),
                    url_for("chair.assign", code=row.code), _("Give them out"), role, row.panel_by, read_by,
                )
            )  # fmt: skip
        talked = talks.get(row.code)
        if talked is not None:
            found += _disagreements(row, talked, role, decide_by)
        to_conclude = row.to_conclude - (talked.held if talked is not None else 0)
        if to_conclude:
            found.append(
                Thing(
                    ngettext("Close the reviews of one bid", "Close the reviews of %(num)s bids", to_conclude),
                    table, _("See the scores"), role, row.decide_by, decide_by,
                    detail=_("Every review is in."),
                )
            )  # fmt: skip
        if row.to_decide:
            found.append(
                Thing(
                    ngettext("Decide on one bid", "Decide on %(num)s bids", row.to_decide), table,
                    _("See where the money reaches"), role, row.decide_by, decide_by,
                )
            )  # fmt: skip
        if row.staged and not row.open:
            found.append(
                Thing(
                    ngettext("Release one decision", "Release %(num)s decisions", row.staged),
                    url_for("chair.release", code=row.code), _("Look through them"), role, row.decide_by, decide_by,
                )
            )  # fmt: skip
    return found


def _disagreements(row: Any, talked: Any, role: str, decide_by: str) -> list[Thing]:
    found = []
    page = url_for("chair.disagreements", code=row.code)
    if talked.to_ask:
        found.append(
            Thing(
                ngettext(
                    "Ask the readers of one bid to talk it over", "Ask the readers of %(num)s bids to talk them over",
                    talked.to_ask,
                ),
                page, _("See where they disagree"), role, row.decide_by, decide_by,
                detail=_("Their scores lie far apart."),
            )
        )  # fmt: skip
    if talked.to_settle:
        words = ngettext("Close one talk about scores", "Close %(num)s talks about scores", talked.to_settle)
        found.append(Thing(words, page, _("See how they stand"), role, row.decide_by, decide_by))
    return found
