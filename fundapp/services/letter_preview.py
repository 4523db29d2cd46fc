"""A letter as the release will send it, from the decision that is staged; nothing is written."""

from typing import Any

from fundapp.domain import deadlines
from fundapp.queries import facts as asks
from fundapp.queries import locks
from fundapp.services import letter_facts
from fundapp.services.case import Case, Step
from fundapp.services.deed import Deed


def preview(deed: Deed, bid_id: int) -> tuple[str, dict[str, Any]] | None:
    """(kind, facts) of the letter on a reviewed bid with a decision; None without one.

    Made by the functions that make the letter itself. `deed` is only looked through: its moment is when the letter would
    be made, and its offer runs from there.
    """
    found = locks.bid_in_round(deed.conn, bid_id, exclusive=False, asking=True)
    decision = asks.decisions(deed.conn, [bid_id]).get(bid_id)
    if found is None or decision is None or found[0].state != "reviewed":
        return None
    bid, owner = found
    move = ("award", "offer") if decision.outcome == "award" else ("bid", "decline")
    case = Case(Step(*move), deed.actor, bid.home, None, bid, owner, found={"decision": decision})
    if decision.outcome == "decline":
        return "feedback", letter_facts.feedback(deed, [case])[0][1]
    answers = asks.newest_versions(deed.conn, [bid_id])[bid_id].answers
    case.changes = {
        "amount_pence": decision.amount_pence, "conditions": decision.conditions,
        "starts_on": letter_facts.day(answers.get("starts_on")), "ends_on": letter_facts.day(answers.get("ends_on")),
        "offer_until": deadlines.days_later(deed.now, owner.offer_days, deed.zone),
    }  # fmt: skip
    return "award", letter_facts.award(deed, [case])[0][1]
