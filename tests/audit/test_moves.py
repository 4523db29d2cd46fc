"""Every move is held against its policy, the state that it found, and the right of who made it."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fundapp.audit import evidence
from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.models import Bid, CoApplicant, Membership, OfficeHolding, RoleGrant
from tests.audit.world import APPLICANT, COUNCILLOR, DAY, NOW, OFFICER, lawful, move
from tests.databases import RECORDER


def act(
    db: Database, target: str = "endorsed", *, at: datetime = NOW, write: bool = True, **given: Any
) -> None:
    """One more event on bid 2, which stands at submitted, with a move unless told otherwise."""
    said = {"action": "bid.endorse", "actor": OFFICER, "role": "officer", "under": ["role_grant", 1],
            "move": move("bid", 2, "submitted", target), **given}  # fmt: skip
    with db.write() as conn:
        entry = RECORDER.open_entry(conn, "bid:2")
        if write:
            evidence.change_row(conn, entry, Bid, 2, None, {"state": target})
        RECORDER.append(conn, entry, at=at, **said)


def codes(db: Database, **given: Any) -> list[str]:
    return [problem.code for problem in verify(db, RECORDER, **{"legal": lawful, **given}).problems]


def grant(db: Database, person: int, **given: Any) -> None:
    with db.write() as conn:
        entry = RECORDER.open_entry(conn, f"person:{person}")
        values = {"person_id": person, "role": "officer", "fund_id": None, "from_at": NOW - DAY,
                  "to_at": None, "granted_by": 2, **given}  # fmt: skip
        evidence.put(conn, entry, RoleGrant, values)
        RECORDER.append(conn, entry, action="role.granted", actor="clock", at=NOW)


def test_a_rightful_move_is_clean(fund: Database) -> None:
    act(fund)
    assert codes(fund) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"under": None}, "role_missing"),
        ({"role": None}, "role_other"),
        ({"actor": "clock"}, "role_missing"),
        ({"actor": "clock", "role": "clock"}, "role_missing"),
        ({"role": "clock", "under": None}, "role_missing"),
        ({"under": ["role_grant", 77]}, "role_unknown"),
        ({"under": ["person", 2]}, "role_unknown"),
        ({"under": ["nothing", 2]}, "role_unknown"),
        ({"actor": APPLICANT}, "role_of_another"),
        ({"role": "chair"}, "role_other"),
        ({"role": "representative"}, "role_other"),
        ({"under": ["bid", 1], "actor": APPLICANT, "role": "applicant"}, "role_elsewhere"),
        ({"under": ["bid", 2], "actor": OFFICER, "role": "applicant"}, "role_of_another"),
        ({"under": ["assignment", 1], "role": "assigned_reviewer"}, "role_elsewhere"),
        ({"at": NOW - 9 * DAY - timedelta(microseconds=1)}, "role_not_then"),
        ({"at": NOW + 9 * DAY + timedelta(microseconds=1)}, "role_not_then"),
    ],
)
def test_a_role_that_was_not_held(sqlite_fund: Database, given: dict[str, Any], expected: str) -> None:
    act(sqlite_fund, **given)
    assert codes(sqlite_fund) == [expected]


@pytest.mark.parametrize(
    "given",
    [
        {"actor": "clock", "role": "clock", "under": None},
        {"under": ["bid", 2], "actor": APPLICANT, "role": "applicant"},
        {"under": ["office_holding", 1], "actor": COUNCILLOR, "role": "representative"},
        {"at": NOW - 9 * DAY},
        {"at": NOW + 9 * DAY},
        {"move": None, "role": None, "under": None, "actor": "whoever", "write": False},
    ],
)
def test_a_role_that_was_held(sqlite_fund: Database, given: dict[str, Any]) -> None:
    act(sqlite_fund, **({"target": "submitted"} if not given.get("write", True) else {}), **given)
    assert codes(sqlite_fund) == []


def test_members_act_by_their_own_rows(fund: Database) -> None:
    with fund.write() as conn:
        entry = RECORDER.open_entry(conn, "person:3")
        claim = {"person_id": 3, "number": "7", "local_party": "Elm", "claimed_at": NOW}
        membership = evidence.put(conn, entry, Membership, claim)
        RECORDER.append(conn, entry, action="membership.claimed", actor=COUNCILLOR, at=NOW)
    act(fund, actor=COUNCILLOR, role="member", under=["membership", membership])
    assert codes(fund) == []


@pytest.mark.parametrize(
    ("under", "code"), [(["bid", 2], "role_of_another"), (["co_applicant", 2], "role_unknown")]
)
def test_who_bids_together_acts_by_nothing(sqlite_fund: Database, under: list[Any], code: str) -> None:
    """They read and comment: a move in their name is no applicant's move."""
    with sqlite_fund.write() as conn:
        entry = RECORDER.open_entry(conn, "bid:2")
        evidence.put(conn, entry, CoApplicant, {"bid_id": 2, "person_id": 3, "from_at": NOW, "to_at": None})
        RECORDER.append(conn, entry, action="co_applicant.joined", actor=COUNCILLOR, at=NOW)
    assert codes(sqlite_fund) == []
    act(sqlite_fund, actor=COUNCILLOR, role="applicant", under=under)
    assert codes(sqlite_fund) == [code]


def test_a_grant_for_another_fund_gives_nothing_here(fund: Database) -> None:
    with fund.write() as conn:
        (entry,) = RECORDER.begin(conn, ["fund:2"])
        from fundapp.models import Fund

        evidence.put(conn, entry, Fund, {"id": 2, "code": "B", "name": "B", "policy": "p", "terms": {}})
        RECORDER.append(conn, entry, action="fund.made", actor="clock", at=NOW)
    grant(fund, 1, fund_id=2)
    grant(fund, 1, fund_id=None, role="chair")
    act(fund, actor=APPLICANT, role="chair", under=["role_grant", 3])
    assert codes(fund) == []
    act(fund, actor=APPLICANT, under=["role_grant", 2], move=move("bid", 2, "endorsed", "endorsed"))
    assert codes(fund) == ["role_elsewhere"]


def test_days_of_office_are_days_of_the_funds_zone(sqlite_fund: Database) -> None:
    """Half past eleven at night, UTC, on 30 June is 1 July in London."""
    with sqlite_fund.write() as conn:
        entry = RECORDER.open_entry(conn, "person:1")
        evidence.put(conn, entry, OfficeHolding, {
            "person_id": 1, "office": "councillor", "area_id": 1, "from_on": date(2027, 7, 1), "to_on": None,
        })  # fmt: skip
        RECORDER.append(conn, entry, action="office.entered", actor="clock", at=NOW)
    act(sqlite_fund, actor=APPLICANT, role="representative", under=["office_holding", 2],
        at=datetime.fromisoformat("2027-06-30T23:30:00+00:00"))  # fmt: skip
    assert codes(sqlite_fund) == []
    assert codes(sqlite_fund, zone=ZoneInfo("America/New_York")) == ["role_not_then"]


def test_a_move_from_where_the_bid_did_not_stand(fund: Database) -> None:
    act(fund, "reviewed", move=move("bid", 2, "endorsed", "reviewed"))
    assert codes(fund) == ["move_from"]


def test_a_move_whose_row_was_not_written(fund: Database) -> None:
    act(fund, write=False)
    assert sorted(codes(fund)) == ["move_without_row", "state_differs"]


def test_a_state_that_no_move_made(fund: Database) -> None:
    with fund.write() as conn:
        entry = RECORDER.open_entry(conn, "bid:2")
        evidence.change_row(conn, entry, Bid, 2, None, {"state": "awarded"})
        RECORDER.append(conn, entry, action="bid.edited", actor="clock", at=NOW)
    assert codes(fund) == ["state_differs"]


def test_the_released_policy_judges_by_default(fund: Database) -> None:
    """The small world's moves are all named `go`, which no policy knows."""
    report = verify(fund, RECORDER)
    illegal = [problem for problem in report.problems if problem.code == "move_illegal"]
    assert len(illegal) == len(report.problems) == 8
    assert {problem.params["why"] for problem in illegal} == {"no_such_move"}
    first = next(problem for problem in illegal if problem.where == "event 23 of bid:1")
    assert first.sentence == (
        "Event 23 of bid:1 went from submitted to endorsed by go as representative, "
        "against the policy (no_such_move)."
    )


def test_a_policy_that_refuses_is_asked_with_all_that_it_needs(fund: Database) -> None:
    asked: list[tuple[Any, ...]] = []

    def judge(*about: Any) -> str | None:
        asked.append(about)
        return "no" if about[0] == "report" else None

    assert codes(fund, legal=judge) == ["move_illegal"]
    assert ("bid", ("communities", 1), "go", "submitted", "endorsed", "representative", ()) in asked
