"""The life of a payment: prepared by one person, approved by another."""

import workflows.guards  # noqa: F401
from workflows.grammar import Ask, Life, Move

_APART = ("apart_from_applicant", "apart_from_endorser")

PAYMENT = Life(
    name="payment",
    policy=("communities", 1),
    spine=("scheduled", "approved", "sent", "paid"),
    side=("failed",),
    ends=("paid", "cancelled"),
    moves=(
        Move(
            "schedule", (), "scheduled", by=("treasurer",),
            needs=(*_APART, "award_accepted", "payments_within_award", "day_due_given"),
            asks=(Ask("amount_pence", "pence"), Ask("due_on", "day"), Ask("needs", "words", required=False)),
            records=("payment",), sends=("payment_approval_needed",),
        ),
        Move(
            "approve", ("scheduled",), "approved", by=("officer",),
            needs=(*_APART, "another_than_scheduler"),
        ),
        Move("send", ("approved",), "sent", by=("treasurer",), needs=_APART, records=("run",), sends=("payment_sent",)),
        Move(
            "confirm", ("sent",), "paid", by=("treasurer",), needs=(*_APART, "day_paid_given"),
            asks=(Ask("paid_on", "day"),),
        ),
        Move(
            "fail", ("sent",), "failed", by=("treasurer",), needs=(*_APART, "reason_given"),
            asks=(Ask("reason", "text"),), sends=("payment_failed",),
        ),
        Move(
            "reschedule", ("failed",), "scheduled", by=("treasurer",), needs=(*_APART, "day_due_given"),
            asks=(Ask("due_on", "day"),), sends=("payment_approval_needed",),
        ),
        Move(
            "cancel", ("scheduled", "approved", "failed"), "cancelled", by=("treasurer", "officer"),
            needs=(*_APART, "officer_only_with_the_bid"),
        ),
    ),
)  # fmt: skip
