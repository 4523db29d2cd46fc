"""Forms and addresses that no page of the panel sends: numbers beyond every column, signs that no database takes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from fundapp.database import Database
from tests.cast import Cast, over
from tests.pages.chair.test_deciding import read


@pytest.fixture
def both(database: Database, tmp_path: Path) -> Iterator[Cast]:
    """The cast over either database."""
    yield from over(database, tmp_path)


def test_numbers_beyond_every_column_name_nothing(both: Cast) -> None:
    bid = read(both, 1)[0]
    chair, reviewer, officer = (both.client(who) for who in ("chair", "reviewer", "officer"))
    for huge in (2**31, 2**63, 10**30):
        for client, path in (
            (chair, f"/panel/{bid.code}/why/{huge}/{bid.reference}"),
            (chair, f"/panel/{bid.code}/readers/{huge}"),
            (chair, f"/panel/{bid.code}/sittings/{huge}/correct"),
            (chair, f"/bids/{bid.reference}/documents/{huge}"),
            (chair, f"/bids/{bid.reference}/versions/{huge}"),
            (chair, f"/bids/{bid.reference}/changes/{huge}"),
            (reviewer, f"/pile/{bid.reference}/documents/{huge}"),
            (officer, f"/bids/{bid.reference}/documents/{huge}"),
        ):
            assert client.get(path).status_code == 404, path
        assert reviewer.post(f"/pile/interests/{huge}/end").status_code == 404
        assert chair.get(f"/panel/{bid.code}/decide?suggestion={huge}").status_code == 200
        moved = chair.post(
            f"/panel/{bid.code}/readers/{both.person('reviewer')}/move", data={"bid": huge, "to": huge}
        )
        assert moved.status_code == 422
        sat = {
            "day": "2027-01-02",
            "time": "18:00",
            "place": "Here",
            "present": str(huge),
            "left": f"{huge}:{huge}",
        }
        assert chair.post(f"/panel/{bid.code}/sittings/new", data=sat).status_code == 422
        reminded = chair.post(f"/panel/{bid.code}/behind/remind", data={"person": str(huge)})
        assert reminded.status_code in (303, 422)


def test_signs_that_no_database_takes_are_left_out_of_what_was_typed(both: Cast) -> None:
    first, second = read(both, 2, close=0)
    chair, nul = both.client("chair"), "We met\0 once.\x0b"
    reviewer = both.client("reviewer")
    first.stage.review(first.id, "reviewer2", (0, 0, 0, 0, 0))
    assert chair.post(f"/panel/{first.code}/{first.reference}/moderate", data={}).status_code == 303
    assert reviewer.post(f"/pile/{first.reference}/keep", data={"said": nul}).status_code == 303
    settled = chair.post(f"/panel/{first.code}/{first.reference}/settle", data={"reason": nul})
    assert settled.status_code == 303
    assert chair.post(f"/panel/{first.code}/{first.reference}/conclude", data={}).status_code == 303
    decided = {"outcome": "award", "amount": "1,000\0", "conditions": nul, "feedback": nul, "seen": "0"}
    assert chair.post(f"/panel/{first.code}/{first.reference}/decide", data=decided).status_code == 303
    seat = {"most": "7", "other_themes": f"{nul}, food"}
    path = f"/panel/{first.code}/readers/{both.person('reviewer')}"
    assert chair.post(path, data=seat).status_code == 303
    assert chair.post(f"{path}/give", data={"reference": f"B-1\0{nul}"}).status_code == 422
    assert reviewer.post(f"/pile/{second.reference}/interest", data={"reason": nul}).status_code == 303
    assert (
        chair.post(f"/panel/{first.code}/{second.reference}/interest", data={"reason": nul}).status_code
        == 303
    )
    with both.office.db.read() as conn:
        kept = conn.execute(text("SELECT reason FROM interest")).scalars().all()
        assert [*kept, *conn.execute(text("SELECT feedback FROM decision")).scalars()] == ["We met once."] * 3
        events = conn.execute(
            text("SELECT body FROM audit_event WHERE action = 'interest.declared' ORDER BY number")
        )
        assert [("chair" in body, "reviewer" in body) for (body,) in events] == [(False, True), (True, False)]
