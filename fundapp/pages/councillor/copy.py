"""The copy that a representative is asked about, on paper, behind their own link."""

from typing import Any

from werkzeug.wrappers import Response

from fundapp.pages import copy_paper
from fundapp.pages.councillor import blueprint, reach
from fundapp.pages.gate import gate


@blueprint.get("/answer/<token>/copy.pdf")
@gate("anyone")
def copy_pdf(token: str) -> Response | Any:
    """The version that this link asks about and no other; a link that is dead for answering is dead for reading."""
    asked = reach.by_link(token)
    if asked is None:
        return reach.dead(None, "unknown")
    why = reach.why_dead(asked)
    if why:
        return reach.dead(asked, why)
    return copy_paper.answer(asked.bid_id, asked.version_number)
