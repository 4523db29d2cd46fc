"""Two webs and two workers on one PostgreSQL, as on four machines; one of each is killed in the middle of its work."""

import http.client
import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import text

from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.demo import projects
from tests.cast import Cast, over
from tests.databases import PostgresServer, url_of
from tests.fleet.processes import Fleet, Running, Web, stalled
from tests.fleet.visitor import Answer, Visitor
from tests.fleet.waiting import SHARED_KEYS, wait_for

TOKEN = "only-for-prometheus-0001"
MEMBER, COUNCILLOR = "member@demo.example", "councillor@demo.example"


@pytest.fixture(scope="module")
def town(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """The cast on PostgreSQL, with the keys of the fleet."""
    name = postgres_server.create(postgres_server.migrated())
    database = Database(postgres_server.database_url(name))
    yield from over(database, tmp_path_factory.mktemp("town"), **SHARED_KEYS)
    database.close()
    postgres_server.drop(name)


@pytest.fixture(scope="module")
def fleet(town: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Two webs of two processes, and two workers."""
    folder = tmp_path_factory.mktemp("fleet")
    environ = {"METRICS_TOKEN": TOKEN}
    with Fleet(folder, url_of(town.office.db), processes=2, environ=environ) as ships:
        yield ships


def lines(*ships: Running) -> list[dict[str, Any]]:
    """What these processes wrote to their logs, each line JSON."""
    return [json.loads(line) for ship in ships for line in ship.said().splitlines()]


@pytest.mark.postgres
def test_a_story_can_be_followed_from_web_to_worker_without_anybody_s_name(town: Cast, fleet: Fleet) -> None:
    member = Visitor()
    page = member.get(fleet.webs[0], "/sign-in")
    asked = member.send(
        fleet.webs[1], "/sign-in", {"email": MEMBER}, page=page, **{"X-Request-ID": "ring-me-0001"}
    )
    assert asked.headers["X-Request-ID"] == "ring-me-0001"
    mail = fleet.post.wait(MEMBER)
    wait_for(
        lambda: [line for line in lines(*fleet.workers) if "effect" in line], "the worker to tell of the mail"
    )
    (web,) = [line for line in lines(*fleet.webs) if line.get("request_id") == "ring-me-0001"]
    assert {name: web[name] for name in ("method", "route", "status", "level")} == {
        "method": "POST", "route": "/sign-in", "status": 303, "level": "info",
    }  # fmt: skip
    (work,) = [line for line in lines(*fleet.workers) if line.get("request_id") == "ring-me-0001"]
    assert (work["name"], work["outcome"], work["try"]) == ("sign_in", "done", 1)
    # The link opens an account: neither it nor its owner stands in any log, whatever becomes of the request.
    assert member.get(fleet.webs[0], mail.link).status == 200
    assert Visitor().get(fleet.webs[0], mail.link + "x").status == 404
    entered = member.send(fleet.webs[1], mail.link, {}, page=member.get(fleet.webs[0], mail.link))
    assert member.get(fleet.webs[0], entered.to).status == 200
    said = "".join(ship.said() for ship in fleet.running)
    for secret in (
        mail.link.rpartition("/")[2],
        MEMBER,
        "Sunita",
        *member.cookies.values(),
        *SHARED_KEYS.values(),
    ):
        assert secret not in said
    with town.office.db.read() as conn:
        token = conn.execute(text("SELECT token FROM person WHERE name = 'Sunita Rao'")).scalar_one()
    assert token in [line.get("person") for line in lines(*fleet.webs)]


@pytest.mark.postgres
def test_figures_are_true_whichever_process_is_asked(town: Cast, fleet: Fleet) -> None:
    web, stranger = fleet.webs[0], Visitor()
    bearer = {"Authorization": f"Bearer {TOKEN}"}

    def asked() -> list[float]:
        read = stranger.ask(web, "GET", "/metrics", **bearer).text
        return [float(line.split()[-1]) for line in read.splitlines()
                if line.startswith('fund_requests_total{route="/rules"')]  # fmt: skip

    before = asked()
    with ThreadPoolExecutor(8) as crowd:
        assert {one.status for one in crowd.map(lambda _: Visitor().get(web, "/rules"), range(40))} == {200}
    told = [asked() for _ in range(6)]
    assert told == [[sum(before) + 40]] * 6
    assert stranger.get(web, "/metrics").status == 404
    # A process that is killed takes nothing of it away, and the one in its place counts on.
    (child, *_others) = psutil.Process(web.pid).children()
    child.kill()
    wait_for(
        lambda: child.pid not in [one.pid for one in psutil.Process(web.pid).children()],
        "the dead to be seen",
    )
    wait_for(lambda: len(psutil.Process(web.pid).children()) == 2, "another in its place")
    wait_for(lambda: _answers(web), "an answer")
    assert asked() == [sum(before) + 40]
    figures = stranger.ask(web, "GET", "/metrics", **bearer).text
    assert 'fund_effects_total{name="sign_in",outcome="done"}' in figures
    assert "fund_database_up 1" in figures
    # A worker is seen from its first round on, which on a busy machine may come late.
    wait_for(
        lambda: "fund_workers 2" in stranger.ask(web, "GET", "/metrics", **bearer).text,
        "both workers to be seen",
    )


def _answers(web: Web) -> bool:
    try:
        return Visitor().get(web, "/healthz").status == 200
    except OSError:
        return False


@pytest.mark.postgres
def test_what_is_in_hand_is_answered_before_a_web_ends(town: Cast, fleet: Fleet) -> None:
    one, other = fleet.webs
    stage, _code = town.round(closed=False)
    bid = stage.draft(next(iter(projects.projects(1))))
    path = f"/my-bids/{town.value('SELECT reference FROM bid WHERE id = :b', b=bid)}"
    member = Visitor()
    member.sign_in(other, one, fleet.post, MEMBER)
    page, told = member.get(other, f"{path}/check"), list[Answer]()
    with town.office.db.engine.begin() as held:
        held.execute(text("SELECT id FROM bid WHERE id = :bid FOR UPDATE"), {"bid": bid})
        pressing = threading.Thread(
            target=lambda: told.append(member.send(one, f"{path}/submit", {}, page=page))
        )
        pressing.start()
        wait_for(lambda: _waiting_for_a_lock(town), "the form to stand before the lock")
        os.kill(one.pid, signal.SIGTERM)
        wait_for(lambda: "Handling signal: term" in one.said(), "the web to hear that it is to end")
    pressing.join(30)
    assert [answer.status for answer in told] == [303]
    assert (one.end(), town.state(bid)) == (0, "submitted")
    one.start()


@pytest.mark.postgres
def test_one_of_each_dies_and_nothing_is_lost_or_doubled(town: Cast, fleet: Fleet) -> None:
    """A session and its forms move between webs; a web dies over a form, a worker over a mail; the others go on."""
    one, other = fleet.webs
    stage, _code = town.round(closed=False)
    project = next(iter(projects.projects(1)))
    bids = [stage.draft(project) for _number in range(4)]
    reference = {bid: town.value("SELECT reference FROM bid WHERE id = :b", b=bid) for bid in bids}
    member = Visitor()
    member.sign_in(one, other, fleet.post, MEMBER)
    wait_for(lambda: not _open(town), "what was asked for before")
    asked, told_before = len(fleet.post.to(COUNCILLOR)), len(fleet.post.to(MEMBER))

    # The form of one web, sent to the other.
    pressed: list[int] = []
    for bid, (shows, takes) in zip(bids[:2], ((one, other), (other, one)), strict=True):
        path = f"/my-bids/{reference[bid]}"
        sent = member.send(takes, f"{path}/submit", {}, page=member.get(shows, f"{path}/check"))
        assert sent.status == 303
        pressed.append(bid)
    for number in range(2):
        fleet.post.wait(COUNCILLOR, asked + number)

    # A web dies over a form: held up by the bid's lock, it has not answered, and so nothing was kept.
    doomed = bids[2]
    path = f"/my-bids/{reference[doomed]}"
    page = member.get(one, f"{path}/check")
    told: list[Answer | Exception] = []

    def press() -> None:
        try:
            told.append(member.send(one, f"{path}/submit", {}, page=page))
        except (OSError, http.client.HTTPException) as died:
            told.append(died)

    with town.office.db.engine.begin() as held:
        held.execute(text("SELECT id FROM bid WHERE id = :bid FOR UPDATE"), {"bid": doomed})
        pressing = threading.Thread(target=press)
        pressing.start()
        wait_for(lambda: _waiting_for_a_lock(town), "the form to stand before the lock")
        one.kill()
        pressing.join(30)
    assert isinstance(told[0], Exception), told
    assert town.state(doomed) == "draft"
    assert member.send(other, f"{path}/submit", {}, page=member.get(other, f"{path}/check")).status == 303
    pressed.append(doomed)
    fleet.post.wait(COUNCILLOR, asked + 2)

    # A worker dies over a mail that it is handing over: the other goes on, and takes that up when the lease is over.
    fleet.post.mode = "stall"
    path = f"/my-bids/{reference[bids[3]]}"
    assert member.send(other, f"{path}/submit", {}, page=member.get(other, f"{path}/check")).status == 303
    pressed.append(bids[3])
    wait_for(lambda: _held(town), "a worker to have the mail in hand")
    holder = int(_held(town)[0].split(":")[-2])
    dead = next(worker for worker in fleet.workers if worker.pid == holder)
    dead.kill()
    left = [owner for owner in _held(town) if int(owner.split(":")[-2]) == holder]
    assert len(left) == 1, "the lease of the dead stands"
    fleet.post.mode = "accept"
    with town.office.db.write() as conn:  # as it is when the lease has run out
        late = {"owner": left[0], "past": datetime(2026, 1, 1, tzinfo=UTC)}
        conn.execute(text("UPDATE outbox SET lease_until = :past WHERE lease_owner = :owner"), late)
    wait_for(lambda: not _open(town), "every effect to be done by the worker that lives")

    assert {bid: town.state(bid) for bid in pressed} == dict.fromkeys(bids, "submitted")
    assert all(count == 1 for count in Counter(fleet.post.ids()).values()), Counter(fleet.post.ids())
    # Each bid: the councillor is asked, the applicant has a receipt.
    assert len(fleet.post.to(COUNCILLOR)) == asked + 4
    assert len(fleet.post.to(MEMBER)) == told_before + 4
    assert town.value("SELECT count(*) FROM outbox WHERE failed_at IS NOT NULL") == 0
    assert verify(town.office.db, town.office.recorder).problems == []


def _waiting_for_a_lock(town: Cast) -> bool:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(town.value(asked))


def _held(town: Cast) -> list[str]:
    with town.office.db.read() as conn:
        rows = conn.execute(
            text("SELECT lease_owner FROM outbox WHERE lease_owner IS NOT NULL AND done_at IS NULL")
        )
        return [str(owner) for owner in rows.scalars()]


def _open(town: Cast) -> int:
    return int(town.value("SELECT count(*) FROM outbox WHERE done_at IS NULL AND failed_at IS NULL"))


def test_a_fleet_on_sqlite_is_stalled_woken_killed_and_begun_again(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with (
        contextmanager(over)(sqlite_database, tmp_path / "town", **SHARED_KEYS) as town,
        Fleet(tmp_path / "fleet", url_of(sqlite_database), web_count=1, worker_count=1) as fleet,
    ):
        (web,), (worker,), post = fleet.webs, fleet.workers, fleet.post
        with stalled(web), pytest.raises(TimeoutError):
            Visitor(time_out=0.5).get(web, "/healthz")
        assert Visitor().get(web, "/healthz").status == 200

        def ask() -> int:
            visitor = Visitor()
            page = visitor.get(web, "/sign-in")
            return visitor.send(web, "/sign-in", {"email": MEMBER}, page=page).status

        # A mail that is not taken is tried again later; one that was taken and not answered is sent again under its id.
        post.mode = "defer"
        assert ask() == 303
        wait_for(
            lambda: town.value("SELECT count(*) FROM outbox WHERE attempts = 1 AND lease_until IS NULL"),
            "a try",
        )
        post.mode = "mute"
        _due(town)
        fleet.nudge()
        wait_for(
            lambda: town.value("SELECT count(*) FROM outbox WHERE attempts = 2 AND lease_until IS NULL"),
            "another",
        )
        assert len(post.taken) == 1
        # And one whose worker dies between the server's word and its own mark, too.
        post.mode = "accept"
        post.before_answer = lambda mail: worker.kill()
        _due(town)
        fleet.nudge()
        wait_for(lambda: not worker.alive, "the worker to be killed over its mail")
        post.before_answer = None
        web.restart()
        worker.restart()
        _due(town)
        fleet.nudge()
        wait_for(lambda: not _open(town), "the mail")
        assert post.ids() == [post.ids()[0]] * 3
        assert verify(town.office.db, town.office.recorder).problems == []


def _due(town: Cast) -> None:
    """As if the wait after a failed try, and the lease of whoever died, were over."""
    with town.office.db.write() as conn:
        past = {"past": "2026-01-01T00:00:00.000000Z"}
        conn.execute(text("UPDATE outbox SET not_before = :past WHERE done_at IS NULL"), past)
        conn.execute(
            text("UPDATE outbox SET lease_until = :past WHERE lease_until IS NOT NULL AND done_at IS NULL"),
            past,
        )
