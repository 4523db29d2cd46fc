"""A bid that was sent back: what was asked for, by whom, by when, and what was changed since."""

from typing import Any

from flask import g

from fundapp.pages import changes_shown
from fundapp.queries import member as asks
from fundapp.words import states
from fundapp.words.tongue import gettext as _


def asked_for(bid: Any, draft: Any) -> dict[str, Any] | None:
    """{words, who, at, until, changed} of a bid that was sent back; None for any other.

    `changed` are the ids of the questions whose answers are not as they were sent.
    """
    if bid.state != "returned":
        return None
    said = asks.sent_back(g.conn, bid.id)
    who = _("the fund’s officer")
    if said is not None and said.office is not None:
        who = states.titled(said.name, said.office)
    return {
        "words": said.words if said else "", "who": who, "at": said.at if said else bid.since, "until": bid.due_at,
        "changed": changes_shown.since(g.conn, bid.id, bid.version_number, draft.questions, draft.answers),
    }  # fmt: skip
