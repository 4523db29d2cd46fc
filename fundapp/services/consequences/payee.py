"""What the moves of bank details write."""

from collections.abc import Sequence
from datetime import timedelta

from fundapp.queries import paying
from fundapp.services.case import Case
from fundapp.services.consequences.table import bid_of, sets
from fundapp.services.deed import Deed

#: How long a change of bank details waits at least, so that whoever had the old ones can say that it was not theirs.
COOLING = timedelta(days=3)


@sets("payee", "give", "change")
def _given(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        changing = case.step.move == "change"
        case.changes |= {
            "bid_id": bid_of(case).id, "number": paying.payee_count(deed.conn, bid_of(case).id) + 1,
            "holder_name": case.input("holder_name").strip(), "kind": case.input("kind"), "sealed": case.input("sealed"),
            "account_ends": case.input("account")[-4:], "data_key_id": case.input("data_key_id"),
            "checked": case.input("checked"), "given_by": case.actor.person, "given_at": deed.now,
            "cools_until": deed.now + COOLING if changing else None, "confirmed_by": None, "confirmed_at": None,
            "bank_answer": None, "bank_answer_by": None, "vouched_by": None, "vouched_why": "",
            "reason": case.input("reason", "").strip(), "made_sure": "", "refused_why": "", "ended_at": None,
        }  # fmt: skip


@sets("payee", "confirm")
def _confirmed(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= {
            "confirmed_by": case.actor.person, "confirmed_at": deed.now, "made_sure": case.input("reason").strip(),
        }  # fmt: skip


@sets("payee", "refuse")
def _refused(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= {"refused_why": case.input("reason").strip(), "ended_at": deed.now}


@sets("payee", "replace")
def _replaced(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["ended_at"] = deed.now


@sets("payee", "note_bank")
def _noted(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        # Another answer is another question: what was made sure of was the answer before.
        case.changes |= {
            "bank_answer": case.input("answer"), "bank_answer_by": case.actor.person, "vouched_by": None, "vouched_why": "",
        }  # fmt: skip


@sets("payee", "vouch")
def _vouched(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= {"vouched_by": case.actor.person, "vouched_why": case.input("reason").strip()}
