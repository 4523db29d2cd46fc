"""What asking a representative and their answer write."""

from collections.abc import Sequence
from typing import Any

from fundapp.domain import deadlines
from fundapp.models import Endorsement, EndorsementRequest, Remark
from fundapp.queries import facts as asks
from fundapp.queries import standing
from fundapp.services.case import Case
from fundapp.services.consequences.table import bid_of, records, round_of, sets
from fundapp.services.deed import Deed


def ask(deed: Deed, case: Case, version: int, holding: int) -> None:
    """Record the request of that office holder's endorsement of that version."""
    case.params["request"] = deed.put(
        case.subject,
        EndorsementRequest,
        {
            "bid_id": case.id, "bid_version_id": version, "holding_id": holding, "asked_at": deed.now,
            "void_at": None, "answered_at": None,
        },
    )  # fmt: skip


@records("bid", "rule_out", "withdraw", "lapse")
def void_open_requests(deed: Deed, cases: Sequence[Case]) -> None:
    """The requests of these bids that nobody answered are void from now on."""
    # Nobody was asked about a bid that names no representative.
    named = [case.id for case in cases if bid_of(case).holding_id is not None]
    still_open = asks.open_requests(deed.conn, named) if named else {}
    rows: list[tuple[str, int, int | None, dict[str, Any]]] = [
        (case.subject, still_open[case.id], None, {"void_at": deed.now})
        for case in cases
        if case.id in still_open
    ]
    deed.change_many(EndorsementRequest, rows)
    for case in cases:
        if case.id in still_open:
            case.params["voided"] = still_open[case.id]


@sets("bid", "name_endorser")
def _named(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["holding_id"] = case.input("holding_id")


@records("bid", "name_endorser")
def _asked_anew(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        void_open_requests(deed, [case])
        version = asks.newest_version(deed.conn, case.id)
        if version is not None:
            ask(deed, case, version.id, case.input("holding_id"))


@sets("bid", "endorse")
def _endorsed(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.found["version"] = asks.newest_version(deed.conn, case.id)
        case.changes |= {"backed_sha256": case.found["version"].sha256, "due_at": round_of(case).panel_by}


@records("bid", "endorse")
def _backing(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        _answer(deed, case, "endorse", case.input("statement"))


@sets("bid", "stand_aside")
def _stood_aside(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["holding_id"] = None
        case.params["why"] = case.input("reason")


@records("bid", "stand_aside")
def _standing_aside(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        _answer(deed, case, case.input("reason"), case.input("statement") or "")


@records("bid", "refuse")
def _refusing(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        _answer(deed, case, "refuse", case.input("reason"))


def _answer(deed: Deed, case: Case, answer: str, statement: str) -> None:
    """The representative's answer: their own, or one in writing that an officer records."""
    bid, verdict = bid_of(case), case.verdict
    version = case.found.get("version") or asks.newest_version(deed.conn, case.id)
    by_officer = verdict is not None and verdict.role == "officer"
    today = deadlines.civil_day(deed.arrived, deed.zone)
    known = case.found.get("reach") or standing.reach(deed.conn, bid.holding_id, bid.id, bid.area_id, today)
    if version is None or known is None:
        raise LookupError(f"bid {case.id} has no version or nobody named to answer for it")
    identified = "written" if by_officer else case.actor.identified
    deed.put(
        case.subject,
        Endorsement,
        {
            "bid_id": case.id, "bid_version_id": version.id, "holding_id": bid.holding_id, "person_id": known.person,
            "answer": answer, "statement": statement.strip(), "identified": identified,
            "recorded_by": case.actor.person if by_officer else None, "document_id": case.input("document_id"),
            "checked": known.checked, "given_at": deed.now,
        },
    )  # fmt: skip
    case.params["identified"] = identified
    still_open = asks.open_requests(deed.conn, [case.id]).get(case.id)
    if still_open is not None:
        deed.change(case.subject, EndorsementRequest, still_open, {"answered_at": deed.now})


@sets("bid", "send_back")
def _returned(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        case.changes["due_at"] = deadlines.days_later(deed.arrived, round_of(case).grace_days, deed.zone)


@records("bid", "send_back")
def _sent_back(deed: Deed, cases: Sequence[Case]) -> None:
    for case in cases:
        if case.verdict is not None and case.verdict.role == "representative":
            _answer(deed, case, "send_back", case.input("reason"))
        else:
            void_open_requests(deed, [case])
            _remark(deed, case)


def _remark(deed: Deed, case: Case) -> None:
    """Keep the reason of a move that leaves no other row."""
    values = {"bid_id": case.id, "move": case.step.move, "person_id": case.actor.person}
    deed.put(case.subject, Remark, values | {"words": case.input("reason").strip(), "said_at": deed.now})
