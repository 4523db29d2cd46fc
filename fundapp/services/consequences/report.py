"""What a report's moves write."""

from collections.abc import Sequence

from fundapp.domain import deadlines
from fundapp.services.case import Case
from fundapp.services.consequences.table import bid_of, round_of, sets
from fundapp.services.deed import Deed


@sets("report", "open")
def _report_due(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        owner = round_of(case)
        case.changes |= {
            "bid_id": bid_of(case).id, "award_id": case.found["award"].id,
            "due_on": deadlines.civil_day(owner.report_by, deed.zone), "story": "", "learned": "",
            "people_reached": None, "spent_pence": None, "consent": False, "filed_by": None, "filed_at": None,
            "accepted_by": None, "accepted_at": None, "returned_reason": None,
        }  # fmt: skip


@sets("report", "file")
def _filed(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= {
            "story": case.input("story").strip(), "learned": case.input("learned").strip(),
            "people_reached": case.input("people_reached"), "spent_pence": case.input("spent_pence"),
            "consent": bool(case.input("consent")), "filed_by": case.actor.person, "filed_at": deed.now,
        }  # fmt: skip


@sets("report", "accept")
def _report_accepted(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes |= {"accepted_by": case.actor.person, "accepted_at": deed.now}


@sets("report", "return")
def _report_returned(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["returned_reason"] = case.input("reason").strip()
