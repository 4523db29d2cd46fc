"""The life of an award: from offered to complete."""

import workflows.guards  # noqa: F401
from workflows.grammar import Ask, Life, Move

_APART = ("apart_from_applicant", "apart_from_endorser")

AWARD = Life(
    name="award",
    policy=("communities", 2),
    spine=("offered", "accepted", "complete"),
    side=(),
    ends=("complete", "refused", "lapsed", "cancelled"),
    moves=(
        Move("offer", (), "offered", by=("clock",), needs=("bid_awarded",), records=("award", "letter")),
        Move(
            "accept", ("offered",), "accepted", by=("applicant",),
            needs=("before_offer_ends", "terms_agreed", "name_typed"),
            asks=(Ask("agreed", "flag"), Ask("name", "text"), Ask("recipient", "choice", required=False)),
            records=("award_answer", "letter"), sends=("offer_accepted",),
        ),
        Move(
            "refuse", ("offered",), "refused", by=("applicant",), needs=("before_offer_ends",),
            asks=(Ask("reason", "text", required=False),), records=("award_answer",), sends=("offer_refused",),
        ),
        Move("lapse", ("offered",), "lapsed", by=("clock",), needs=("offer_long_ended",), sends=("offer_lapsed",)),
        Move(
            "cancel", ("offered", "accepted"), "cancelled", by=("officer",), needs=(*_APART, "bid_cancelled"),
            records=("variation",),
        ),
        Move(
            "propose", ("accepted",), "accepted", by=("officer",),
            needs=(*_APART, "reason_given", "lower_amount_covers_payments", "no_variation_open"),
            asks=(Ask("amount_pence", "pence"), Ask("reason", "text"), Ask("conditions", "text", required=False),
                  Ask("starts_on", "day", required=False), Ask("ends_on", "day", required=False)),
            records=("variation",), sends=("variation_proposed",),
        ),
        Move(
            "take_back", ("accepted",), "accepted", by=("officer",), needs=(*_APART, "variation_open"),
            records=("variation",), sends=("variation_taken_back",),
        ),
        Move(
            "vary", ("accepted",), "accepted", by=("applicant",),
            needs=("variation_open", "variation_covers_payments", "terms_agreed", "name_typed"),
            asks=(Ask("agreed", "flag"), Ask("name", "text")),
            records=("award", "award_answer", "variation", "letter"), sends=("variation_agreed",),
        ),
        Move(
            "keep", ("accepted",), "accepted", by=("applicant",), needs=("variation_open",),
            asks=(Ask("reason", "text", required=False),), records=("award_answer", "variation"), sends=("variation_kept",),
        ),
        Move(
            "complete", ("accepted",), "complete", by=("officer",),
            needs=(*_APART, "final_report_accepted", "no_open_payment", "no_variation_open"),
        ),
    ),
)  # fmt: skip
