"""What stands while the database is away, stuck or back: pages, readiness, figures; nobody waits long, nothing is lost."""

import http.client
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fundapp.database import Database
from fundapp.demo import projects
from tests.cast import Cast, over
from tests.fleet.database_server import DatabaseServer
from tests.fleet.processes import Fleet
from tests.fleet.visitor import Answer, Visitor
from tests.fleet.waiting import SHARED_KEYS, wait_for

pytestmark = pytest.mark.postgres

MEMBER = "member@demo.example"
TOKEN = "only-for-prometheus-0001"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseServer]:
    """A PostgreSQL of the test's own, that it may stop."""
    if "XDG_RUNTIME_DIR" not in os.environ:
        monkeypatch.setenv("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="fundapp-run-"))
    with DatabaseServer() as made:
        yield made


@pytest.fixture
def town(server: DatabaseServer, tmp_path: Path) -> Iterator[Cast]:
    """The cast in it."""
    database = Database(server.migrated())
    yield from over(database, tmp_path / "town", **SHARED_KEYS)
    database.close()


@pytest.fixture
def fleet(town: Cast, server: DatabaseServer, tmp_path: Path) -> Iterator[Fleet]:
    """One web and one worker."""
    given = {"METRICS_TOKEN": TOKEN}
    with Fleet(tmp_path / "fleet", server.url("fund"), web_count=1, worker_count=1, environ=given) as ships:
        yield ships


def test_a_database_that_goes_away_hangs_and_comes_back(
    server: DatabaseServer, town: Cast, fleet: Fleet
) -> None:
    (web,), member, nobody = fleet.webs, Visitor(), Visitor()
    stage, _code = town.round(closed=False)
    bid = stage.draft(next(iter(projects.projects(1))))
    path = f"/my-bids/{town.value('SELECT reference FROM bid WHERE id = :b', b=bid)}"
    member.sign_in(web, web, fleet.post, MEMBER)
    page = member.get(web, f"{path}/check")
    assert page.status == 200
    assert nobody.get(web, "/readyz").status == 200
    town.office.db.close()

    # Stopped: alive, not ready, and every page says so in plain words, with a number; a form says that it was not kept.
    server.stop()
    assert nobody.get(web, "/healthz").status == 200
    wait_for(lambda: nobody.get(web, "/readyz").status == 503, "it to be found out")
    assert b"The database does not answer." in nobody.get(web, "/readyz?of=web").body
    looked = member.get(web, f"{path}/check")
    assert (looked.status, looked.headers["Retry-After"]) == (503, "30")
    assert "Nothing that you saved is lost." in looked.text
    assert looked.headers["X-Request-ID"] in looked.text
    sent = member.send(web, f"{path}/submit", {}, page=page)
    assert sent.status == 503
    assert "What you just sent was not saved" in sent.text
    figures = nobody.ask(web, "GET", "/metrics", Authorization=f"Bearer {TOKEN}").text
    assert "fund_database_up 0" in figures
    assert 'route="/healthz"' in figures

    # Back: the same process serves on, without anybody's help; so does the worker.
    server.start()
    wait_for(lambda: nobody.get(web, "/readyz?of=web").status == 200, "it to be found again")
    wait_for(lambda: member.get(web, f"{path}/check").status == 200, "its pages")
    sent = member.send(web, f"{path}/submit", {}, page=member.get(web, f"{path}/check"))
    assert sent.status == 303
    fleet.post.wait("councillor@demo.example")

    # Stuck: a connection is taken and nothing answered. Whoever asks is told in time, however many ask at once.
    server.stall()
    try:
        told, begun = list[Answer](), time.monotonic()

        def ask() -> None:
            told.append(Visitor().get(web, "/readyz"))

        crowd = [threading.Thread(target=ask) for _ in range(8)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join(60)
        taken = time.monotonic() - begun
        assert [answer.status for answer in told] == [503] * 8
        # Four threads of two processes answer, and each turn ends by itself.
        assert taken < 30, taken
        assert nobody.get(web, "/healthz").status == 200
    finally:
        server.wake()
    wait_for(lambda: nobody.get(web, "/readyz?of=web").status == 200, "it to be found again")

    # Killed and back: at most a page of apology for each process, never a fault of ours.
    second = stage.draft(next(iter(projects.projects(1))))
    other = f"/my-bids/{town.value('SELECT reference FROM bid WHERE id = :b', b=second)}"
    assert member.get(web, f"{other}/check").status == 200
    town.office.db.close()
    server.kill()
    server.start()
    answers = set[int]()
    for _ in range(40):
        try:
            answers.add(member.get(web, f"{other}/check").status)
        except (OSError, http.client.HTTPException):
            answers.add(0)
    assert answers <= {200, 503}
    assert member.get(web, f"{other}/check").status == 200
    assert town.state(bid) == "submitted"
