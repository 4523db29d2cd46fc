"""The life of an award: from offered to complete."""

import workflows.guards  # noqa: F401
from workflows.grammar import Ask, Life, Move

_APART = ("apart_from_applicant", "apart_from_endorser")

AWARD = Life(
    name="award",
    policy=("communities", 1),
    spine=("offered", "accepted", "complete"),
    side=(),
    ends=("complete", "refused", "lapsed", "cancelled"),
    moves=(
        Move("offer", (), "offered", by=("clock",), needs=("bid_awarded",), records=("award", "letter")),
        Move("accept", ("offered",), "accepted", by=("applicant",), needs=("before_offer_ends",), sends=("offer_accepted",)),
        Move("refuse", ("offered",), "refused", by=("applicant",), needs=("before_offer_ends",), sends=("offer_refused",)),
        Move("lapse", ("offered",), "lapsed", by=("clock",), needs=("offer_long_ended",), sends=("offer_lapsed",)),
        Move("cancel", ("offered", "accepted"), "cancelled", by=("officer",), needs=(*_APART, "bid_cancelled")),
        Move(
            "vary", ("accepted",), "accepted", by=("officer",),
            needs=(*_APART, "reason_given", "lower_amount_covers_payments", "member_agreed"),
            asks=(Ask("amount_pence", "pence"), Ask("reason", "text"), Ask("agreed", "flag")),
            records=("award", "letter"),
        ),
        Move(
            "complete", ("accepted",), "complete", by=("officer",),
            needs=(*_APART, "final_report_accepted", "no_open_payment"),
        ),
    ),
)  # fmt: skip
