"""What has had its time goes by itself, and nothing inside its time is ever touched."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.domain import retention as rules
from fundapp.domain.deadlines import civil_day
from fundapp.services import privacy, retention
from tests import cast as cast_room
from tests.cast import Cast
from tests.databases import BOTH
from tests.traces import dump, settle, traces

LONDON = ZoneInfo("Europe/London")


@pytest.fixture(params=BOTH)
def fund(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cast]:
    """The cast on either database."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    database: Database = request.getfixturevalue(name)
    yield from cast_room.over(database, tmp_path)


def run(cast: Cast, on: date, part: int = 25) -> dict[str, int]:
    at = datetime.combine(on, time(12), UTC)
    return retention.run(cast.office, cast.app.extensions["files"], at, part)


def state_of(cast: Cast, bid: int) -> bool:
    return cast.value("SELECT erased_at FROM bid WHERE id = :bid", bid=bid) is not None


def test_each_class_goes_when_its_time_is_over_and_not_a_day_before(fund: Cast) -> None:
    zebedee = settle(fund, awarded=True)
    assert zebedee.awarded is not None
    today = civil_day(fund.now, LONDON)
    bid_over = rules.later(today, 12)
    before = dump(fund.office.db)
    assert run(fund, bid_over - timedelta(days=1)) == {}
    assert dump(fund.office.db) == before
    privacy.place_hold(
        fund.office, fund.actor("officer"), zebedee.withdrawn, "A complaint is open.", fund.now
    )
    assert run(fund, bid_over, part=1).get("bid") == 1, "one part after the other"
    assert not run(fund, bid_over).get("bid"), "the held one stays"
    assert state_of(fund, zebedee.declined)
    assert not state_of(fund, zebedee.withdrawn)
    privacy.end_hold(fund.office, fund.actor("officer"), zebedee.withdrawn, fund.now)
    assert run(fund, bid_over).get("bid") == 1
    assert not state_of(fund, zebedee.awarded)
    assert fund.value("SELECT count(*) FROM payee WHERE sealed <> ''") == 1
    assert run(fund, rules.later(today, 13) + timedelta(days=1)).get("bank") == 1
    assert fund.value("SELECT count(*) FROM payee WHERE sealed <> '' OR account_ends <> ''") == 0
    assert fund.value("SELECT count(*) FROM payee WHERE holder_name <> ''") == 1
    assert fund.value("SELECT count(*) FROM data_key WHERE wrapped = ''") == 1
    last = date(today.year + 7, 1, 1)
    run(fund, last - timedelta(days=1))
    assert not state_of(fund, zebedee.awarded)
    assert run(fund, last).get("award") == 1
    assert state_of(fund, zebedee.awarded)
    # The draft never lapsed here, and the name stays while it stands.
    left = {word for _, word in traces(fund.office.db)}
    assert "a friend of the panjandrum" not in left
    assert fund.value("SELECT erased_why FROM bid WHERE id = :bid", bid=zebedee.declined) == "over"
    report = verify(fund.office.db, fund.office.recorder)
    assert [problem.sentence for problem in report.problems] == []


def test_an_award_stays_with_the_accounts_when_its_person_goes(cast: Cast) -> None:
    zebedee = settle(cast, awarded=True)
    files = cast.app.extensions["files"]
    privacy.ask(cast.office, cast.actor("officer"), zebedee.person, "phone", cast.now)
    plan = privacy.confirm(cast.office, files, cast.operator, zebedee.person, cast.now)
    assert [(each.bid.id, each.verdict.code) for each in plan.stays] == [(zebedee.awarded, "money")]
    assert not state_of(cast, zebedee.awarded or 0)
    assert {table for table, _ in traces(cast.office.db)} >= {"award_answer", "bid_version"}
    assert not {table for table, _ in traces(cast.office.db)} & {"person", "account", "membership"}
    for _ in range(3):
        run(cast, date(cast.now.year + 8, 1, 1))
    words = traces(cast.office.db)
    assert words == []
    assert verify(cast.office.db, cast.office.recorder).clean


def test_who_has_nothing_here_any_more_becomes_a_former_member(cast: Cast) -> None:
    gone = cast.person("member2")
    on = rules.later(civil_day(cast.now, LONDON), 24)
    assert not run(cast, on - timedelta(days=1)).get("person")
    assert run(cast, on)["person"] >= 1
    names = cast.value("SELECT name FROM person WHERE id = :person", person=gone)
    assert names == "A former member"
    for key in ("reviewer", "officer", "councillor", "treasurer"):
        assert cast.value("SELECT erased_at FROM person WHERE id = :p", p=cast.person(key)) is None, key
    assert verify(cast.office.db, cast.office.recorder).clean


@given(
    state=st.sampled_from(
        ("draft", "submitted", "returned", "endorsed", "reviewed", "awarded", "reported", "withdrawn", "not_endorsed",
         "ineligible", "declined", "lapsed", "cancelled")
    ),
    since=st.datetimes(datetime(2024, 1, 1), datetime(2044, 1, 1), timezones=st.just(UTC)),
    accepted=st.booleans(), paid_after=st.none() | st.integers(0, 900), held=st.booleans(), waited=st.integers(0, 4000),
)  # fmt: skip
def test_nothing_inside_its_time_is_due(
    state: str, since: datetime, accepted: bool, paid_after: int | None, held: bool, waited: int
) -> None:
    """Said a second time, in plain sums of days: twelve months are at least 365 days, six years of accounts 2191."""
    began = since.astimezone(LONDON).date()
    paid = None if paid_after is None else began + timedelta(days=paid_after)
    verdict = rules.judge(
        state, since, accepted=accepted, last_paid=paid, held=held, erased=False, zone=LONDON
    )
    on = began + timedelta(days=waited)
    goes = verdict.code in ("goes", "money") and verdict.until is not None and verdict.until <= on
    if state in rules.GOING_ON or state == "draft" or held:
        assert not goes
    elif accepted or paid is not None:
        last = max(began, paid or began)
        assert goes == (on.year >= last.year + 7)
        assert not goes or (on - last).days >= 2191
    else:
        assert not goes or waited >= 365
        assert goes or waited <= 366


@pytest.mark.parametrize(
    ("record", "began", "first"),
    [
        ("bid", date(2027, 3, 8), date(2028, 3, 8)),
        ("bid", date(2024, 2, 29), date(2025, 2, 28)),
        ("award", date(2026, 1, 1), date(2033, 1, 1)),
        ("award", date(2026, 12, 31), date(2033, 1, 1)),
        ("bank", date(2026, 1, 31), date(2027, 2, 28)),
        ("person", date(2026, 11, 22), date(2028, 11, 22)),
    ],
)
def test_the_first_day_on_which_it_goes(record: str, began: date, first: date) -> None:
    assert rules.ends(record, began, LONDON) == first


@given(day=st.dates(date(2024, 1, 1), date(2060, 1, 1)), wait=st.integers(-40, 40))
def test_what_is_due_is_always_among_those_that_are_looked_for(day: date, wait: int) -> None:
    for rule in rules.RULES:
        until = rules.ends(rule.record, day, LONDON)
        on = until + timedelta(days=wait)
        if on >= until:
            assert day <= rules.before(rule.record, on)
