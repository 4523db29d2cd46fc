"""What a payment's moves write."""

from collections.abc import Sequence

from fundapp.queries import facts as asks
from fundapp.services.case import Case
from fundapp.services.consequences.table import bid_of, sets
from fundapp.services.deed import Deed


@sets("payment", "schedule")
def _scheduled(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        award = case.found["award"]
        case.changes |= {
            "bid_id": bid_of(case).id, "award_id": award.id, "number": asks.payment_count(deed.conn, award.id) + 1,
            "amount_pence": case.input("amount_pence"), "due_on": case.input("due_on"),
            "milestone": case.input("milestone", ""), "needs": case.input("needs", ""),
            "scheduled_by": case.actor.person, "approved_by": None, "payee_id": None, "run_id": None,
            "sent_at": None, "paid_on": None, "failure": None,
        }  # fmt: skip
        case.params["amount_pence"] = case.input("amount_pence")


@sets("payment", "approve")
def _approved(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= {"approved_by": case.actor.person, "payee_id": case.found["payee"].id}


@sets("payment", "recall")
def _recalled(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= {"approved_by": None, "payee_id": None}


@sets("payment", "send")
def _sent(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= {"sent_at": deed.now, "run_id": case.input("run_id")}


@sets("payment", "confirm")
def _paid(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["paid_on"] = case.input("paid_on")


@sets("payment", "fail")
def _failed(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["failure"] = case.input("reason").strip()


@sets("payment", "reschedule")
def _again(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= {
            "due_on": case.input("due_on"), "approved_by": None, "payee_id": None, "run_id": None,
            "sent_at": None, "scheduled_by": case.actor.person,
        }  # fmt: skip
