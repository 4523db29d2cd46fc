"""The last minute of a round: 300 applicants save and send through two web processes, on a real PostgreSQL.

What counts is when a request arrived. Each is given its moment by the proxy's header, so that it is known of each
beforehand whether it is in time; the service gets round to all of them after the round has closed.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.demo import projects
from fundapp.demo.stage import build
from fundapp.jobs.tick import Ticked, tick
from fundapp.models import Bid, BidVersion, Draft, EndorsementRequest, Outbox, Round
from fundapp.services import drafts, people
from fundapp.services.deed import Actor
from tests.bench.served import gunicorn
from tests.cast import BUDGET, Cast, over, session_of
from tests.databases import url_of
from tests.effort import times
from tests.races.crowd import Applicant, Plan, rush
from tests.web import KEYS

pytestmark = [pytest.mark.race, pytest.mark.postgres]

#: As many as in the fund's largest round so far are still writing in its last minute.
APPLICANTS = 300
#: What stood in every draft before the rush.
BEFORE = "A first sentence, kept since last week."


@pytest.fixture
def cast(postgres_database: Database, tmp_path: Path) -> Iterator[Cast]:
    """The cast over PostgreSQL."""
    yield from over(postgres_database, tmp_path)


def plan_of(number: int, closes: datetime) -> Plan:
    """What the applicant of that number does: of every ten six are in time, each in a way of its own."""
    second, moment = timedelta(seconds=1), timedelta(microseconds=1)
    early = closes - timedelta(seconds=1 + number % 40)
    return [
        Plan("in time", early, closes - second, elsewhere="sending"),
        Plan("in time", early, closes - second, elsewhere="saving"),
        Plan("in time", early, closes - moment, presses=2),
        Plan("in time", early, early + moment, elsewhere="saving", presses=2),
        Plan("in time", closes, closes, elsewhere="sending"),
        Plan("in time", closes - moment, closes, elsewhere="saving"),
        Plan("sent late", early, closes + moment),
        Plan("sent late", closes, closes + moment + second * (number % 25), elsewhere="saving"),
        Plan("all late", closes + moment, closes + 2 * moment),
        Plan("all late", closes + second, closes + 9 * second, elsewhere="saving"),
    ][number % 10]


def crowd_of(cast: Cast, closes_at: datetime, round_id: int, count: int, during: datetime) -> list[Applicant]:
    """So many members, each signed in, with a draft in which every question is answered."""
    office, cookies = cast.office, cast.app.session_interface.get_signing_serializer(cast.app)  # type: ignore[attr-defined]
    names = [(f"Applicant {number}", f"applicant{number}@rush.example") for number in range(count)]
    with office.deed(cast.operator, cast.now) as deed:
        persons = people.enter(deed, [people.Newcomer(name, email) for name, email in names])
        accounts = []
        for person, (_name, email) in zip(persons, names, strict=True):
            people.give_role(deed, person, "member")
            accounts.append(people.open_account(deed, person, email, None))
            people.join(deed, person, f"R{person:07}", "Millbeck CLP", "the membership list")
    with office.db.read() as conn:
        tokens = [people.asks.token(conn, person) for person in persons]
    crowd = []
    for number, project in enumerate(projects.projects(count)):
        actor = Actor(persons[number], tokens[number])
        bid = drafts.start(office, actor, round_id, during)
        # All of them in Millbeck, so that every bid hangs on the one councillor.
        project |= {"ward": "E05900011", "representative": "councillor"}
        whole = projects.answers(project, cast.people.areas, cast.people.holdings)
        drafts.save(office, actor, bid, {**whole, "summary": BEFORE, "people": BEFORE}, 1, during)
        with office.db.read() as conn:
            ref = conn.execute(select(Bid.reference).where(Bid.id == bid)).scalar_one()
        cookie = cookies.dumps({"_user_id": session_of(office, accounts[number])})
        crowd.append(
            Applicant(
                persons[number],
                bid,
                ref,
                f"The last words of {number}: Ŷstwyll & “tea” – £{number}.",
                f"{number + 20} people of the {number}th street",
                {"fund": cookie},
                plan_of(number, closes_at),
            )
        )
    return crowd


@contextmanager
def ticking(cast: Cast, at: datetime) -> Iterator[list[Ticked]]:
    """The clock runs over and over meanwhile, at that moment; what it did each time."""
    done: list[Ticked] = []
    over_now = threading.Event()
    broke: list[BaseException] = []

    def run() -> None:
        try:
            while not over_now.is_set():
                done.append(tick(cast.office, at))
                over_now.wait(0.3)
        except BaseException as wrong:
            broke.append(wrong)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield done
    finally:
        over_now.set()
        thread.join()
    if broke:
        raise broke[0]


def answers_of(cast: Cast) -> dict[int, dict[str, Any]]:
    """The draft of every bid."""
    with cast.office.db.read() as conn:
        return {row.bid_id: row.answers for row in conn.execute(select(Draft.bid_id, Draft.answers))}


def states_of(cast: Cast) -> dict[int, str]:
    """The state of every bid."""
    with cast.office.db.read() as conn:
        return {row.id: row.state for row in conn.execute(select(Bid.id, Bid.state))}


def effects_of(cast: Cast, name: str) -> dict[int, int]:
    """How many mails of that name each bid sends."""
    asked = select(Outbox.bid_id, func.count().label("mails")).where(Outbox.name == name)
    with cast.office.db.read() as conn:
        return {row.bid_id: row.mails for row in conn.execute(asked.group_by(Outbox.bid_id))}


def test_the_last_minute(cast: Cast, tmp_path: Path, record_property: Any) -> None:
    """Who arrived in time is in, word for word; who did not is told so, and has lost nothing."""
    count = times(APPLICANTS)
    # By the clock on the wall the round closed a minute ago: only the moment of arrival can let anybody in.
    closes = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    stage = build(
        cast.office, cast.operator, cast.people, cast.fund, "RUSH", "The rush", closes - timedelta(days=30), closes,
        budget_pence=BUDGET, now=cast.now,
    )  # fmt: skip
    crowd = crowd_of(cast, closes, stage.round, count, stage.during)
    before = answers_of(cast)
    environment = {
        **os.environ, **KEYS, "DATABASE_URL": url_of(cast.office.db), "FUNDAPP_DATA": str(tmp_path / "served"),
        "TRUSTED_PROXIES": "1", "FUNDAPP_DEMO": "0",
    }  # fmt: skip
    with gunicorn("fundapp.wsgi:app", environment) as port:
        with ticking(cast, closes + timedelta(minutes=5) - timedelta(microseconds=1)) as ticks:
            span = rush(port, crowd, at_once=32)
        seconds = sorted(taken for one in crowd for taken in one.seconds)
        figures = {
            "requests": len(seconds), "per_second": round(len(seconds) / span, 1), "slowest": round(seconds[-1], 2),
            "p95": round(seconds[len(seconds) * 95 // 100], 2), "seconds": round(span, 1), "ticks": len(ticks),
        }  # fmt: skip
        for name, figure in figures.items():
            record_property(name, figure)
        print(figures)
        assert [status for one in crowd for status in one.statuses if status >= 500] == []
        assert sum(done.closed + done.lapsed for done in ticks) == 0
        assert ticks
        for one in crowd:
            each_was_told(one)
        in_time = {one.bid for one in crowd if one.plan.kind == "in time"}
        assert len(in_time) == count * 6 // 10
        everything_stands(cast, crowd, in_time, before)
        # Five minutes after, the clock ends what was not sent, and takes nothing else.
        done = tick(cast.office, closes + timedelta(minutes=5, seconds=1))
        assert (done.closed, done.lapsed) == (1, count - len(in_time))
        states = states_of(cast)
        assert {states[one.bid] for one in crowd if one.bid in in_time} == {"submitted"}
        assert {states[one.bid] for one in crowd if one.bid not in in_time} == {"lapsed"}
        for one in crowd:
            if one.bid not in in_time:
                page = one.ask(port, "GET", f"/my-bids/{one.ref}/answers", closes + timedelta(seconds=30))
                kept = BEFORE if one.plan.kind == "all late" else one.words
                assert page.status == 200
                assert kept.partition(":")[0] in page.text
    found = verify(cast.office.db, cast.office.recorder)
    assert found.problems == []


def each_was_told(one: Applicant) -> None:
    """What the pages said: saved or not, sent or late; to whoever was late, when, and that nothing is lost."""
    where = f"{one.ref}, {one.plan}"
    assert one.saved is not None, where
    assert (one.saved_elsewhere is not None) == bool(one.plan.elsewhere), where
    if one.plan.kind == "all late":
        for told in filter(None, (one.saved, one.saved_elsewhere)):
            assert told.status == 409, where
            assert "This was not saved" in told.text, where
    else:
        assert one.saved.status == 303, where
        if one.saved_elsewhere is not None:
            # While it is being sent, a save is either in what is sent or refused.
            expected = (303, 409) if one.plan.elsewhere == "sending" else (303,)
            assert one.saved_elsewhere.status in expected, where
    if one.plan.kind == "in time":
        # A second press of the same button sends nothing more; one of the two was first.
        assert [told.status for told in one.sent].count(303) == 1, where
        assert all(told.status in (303, 409) for told in one.sent), where
    else:
        for told in one.sent:
            assert told.status == 409, where
            assert "It came too late, and was not sent" in told.text, where
            assert "Nothing that you wrote is lost" in told.text, where
            assert f"/my-bids/{one.ref}/answers" in told.text, where


def everything_stands(
    cast: Cast, crowd: list[Applicant], in_time: set[int], before: dict[int, dict[str, Any]]
) -> None:
    """Every word that was acknowledged is there, every sent bid once, every other as it was."""
    now, states = answers_of(cast), states_of(cast)
    with cast.office.db.read() as conn:
        versions = {row.bid_id: row for row in conn.execute(select(BidVersion))}
        assert len(versions) == conn.execute(select(func.count()).select_from(BidVersion)).scalar_one()
        asked = conn.execute(select(EndorsementRequest.bid_id)).scalars().all()
        assert conn.execute(select(Round.state)).scalars().all() == ["open"]
    receipts, requests = effects_of(cast, "receipt"), effects_of(cast, "endorsement_request")
    assert sorted(asked) == sorted(in_time)
    assert receipts == requests == dict.fromkeys(in_time, 1)
    assert set(versions) == in_time
    for one in crowd:
        kept = dict(before[one.bid])
        if one.saved is not None and one.saved.status == 303:
            kept |= {"summary": one.words}
        if one.saved_elsewhere is not None and one.saved_elsewhere.status == 303:
            kept |= {"people": one.people}
        assert now[one.bid] == kept, one.plan
        assert states[one.bid] == ("submitted" if one.bid in in_time else "draft"), one.plan
        if one.bid in in_time:
            version = versions[one.bid]
            assert (version.number, version.answers) == (1, copy_of(kept)), one.plan
            assert version.sha256 == hash_of(copy_of(kept))


def copy_of(answers: dict[str, Any]) -> dict[str, Any]:
    """What a version holds: every answer that was given, but for whom was asked to back it."""
    return {name: answer for name, answer in answers.items() if answer != "" and name != "representative"}


def hash_of(copy: dict[str, Any]) -> str:
    """SHA-256 of the copy's canonical JSON, by the standard library: these copies hold no fractions."""
    told = json.dumps(copy, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()
