"""What the end of a bid writes."""

from collections.abc import Sequence
from datetime import timedelta

from fundapp.models import Cancellation
from fundapp.queries import owing
from fundapp.services.case import Case
from fundapp.services.consequences.table import records, sets
from fundapp.services.deed import Deed

#: How long the treasurer's asking to cancel an award stands.
CANCEL_STANDS = timedelta(days=14)


@sets("bid", "rule_out", "withdraw", "lapse", "refuse", "decline", "report", "fall_through")
def _nothing_due(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["due_at"] = None
        if case.step.move == "rule_out":
            case.params["reason"] = case.input("reason")


@records("bid", "ask_cancel")
def _cancel_asked(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        deed.put(
            case.subject,
            Cancellation,
            {
                "bid_id": case.id, "asked_by": case.actor.person, "reason": case.input("reason").strip(),
                "asked_at": deed.now, "expires_at": deed.now + CANCEL_STANDS, "confirmed_by": None,
                "confirmed_at": None, "owed_back_pence": None,
            },
        )  # fmt: skip


@sets("bid", "confirm_cancel")
def _cancelled(deed: Deed, cases: Sequence[Case]) -> None:
    _nothing_due(deed, cases)


@records("bid", "confirm_cancel")
def _cancel_confirmed(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        values = {
            "confirmed_by": case.actor.person, "confirmed_at": deed.now,
            "owed_back_pence": owing.of_bid(deed.conn, case.id).owed,
        }  # fmt: skip
        deed.change(case.subject, Cancellation, case.found["cancelling"].id, values)
