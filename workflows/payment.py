"""The life of a payment: prepared by one person, approved by another for the bank details as they then stand."""

import workflows.guards  # noqa: F401
from workflows.grammar import Ask, Life, Move

_APART = ("apart_from_applicant", "apart_from_endorser")

PAYMENT = Life(
    name="payment",
    policy=("communities", 2),
    spine=("scheduled", "approved", "sent", "paid"),
    side=("failed",),
    ends=("paid", "cancelled"),
    moves=(
        Move(
            "schedule", (), "scheduled", by=("treasurer",),
            needs=(*_APART, "award_accepted", "payments_within_award", "day_due_given", "milestone_listed"),
            asks=(Ask("amount_pence", "pence"), Ask("due_on", "day"), Ask("needs", "words", required=False),
                  Ask("milestone", "choice", required=False)),
            records=("payment",), sends=("payment_approval_needed",),
        ),
        Move(
            "approve", ("scheduled",), "approved", by=("officer",),
            needs=(*_APART, "award_accepted", "another_than_scheduler", "bank_details_stand", "no_change_under_way",
                   "name_not_in_doubt"),
        ),
        Move(
            "recall", ("approved",), "scheduled", by=("officer", "clock"), needs=_APART,
            sends=("payment_approval_needed",),
        ),
        Move(
            "send", ("approved",), "sent", by=("treasurer",),
            needs=(*_APART, "award_accepted", "bank_details_as_approved", "no_change_under_way", "name_not_in_doubt",
                   "due_by_then", "milestone_reached", "no_report_overdue", "money_is_there"),
            asks=(Ask("pay_on", "day"),),
            records=("run",), sends=("payment_sent",),
        ),
        Move(
            "confirm", ("sent",), "paid", by=("treasurer",), needs=(*_APART, "day_paid_given"),
            asks=(Ask("paid_on", "day"),),
        ),
        Move(
            "fail", ("sent",), "failed", by=("treasurer",), needs=(*_APART, "reason_given"),
            asks=(Ask("reason", "text"),), sends=("payment_failed",),
        ),
        Move(
            "reschedule", ("failed",), "scheduled", by=("treasurer",), needs=(*_APART, "award_accepted", "day_due_given"),
            asks=(Ask("due_on", "day"),), sends=("payment_approval_needed",),
        ),
        Move(
            "cancel", ("scheduled", "approved", "failed"), "cancelled", by=("treasurer", "officer"),
            needs=(*_APART, "officer_only_with_the_bid"),
        ),
    ),
)  # fmt: skip
