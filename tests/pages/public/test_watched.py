"""What whoever runs the service sees: a number for each request, lines without anybody's words, figures, readiness."""

import json
import logging
import re
import shutil
import threading
import time
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from fundapp import logs, outbox
from fundapp.metrics import BUCKETS, Board, Figure, exposition, of_requests
from fundapp.services import pulses, readiness
from fundapp.services.asked_once import AskedOnce
from tests.cast import Cast
from tests.web import app_over

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
LINE = re.compile(r'(fund_\w+)(\{\w+="(?:[^"\\]|\\.)*"(?:,\w+="(?:[^"\\]|\\.)*")*\})? (-?[0-9.e+-]+|\+Inf)')


def formatted(message: str, *args: object, failure: BaseException | None = None) -> dict[str, Any]:
    """The line of JSON that such a record becomes."""
    told = (type(failure), failure, failure.__traceback__) if failure is not None else None
    record = logging.LogRecord("fundapp.test", logging.ERROR, __file__, 1, message, args, told)
    line: dict[str, Any] = json.loads(logs.JsonLines().format(record))
    return line


def test_a_request_has_a_number_of_ours_unless_a_trusted_proxy_gives_one(tmp_path: Path) -> None:
    near, behind = app_over(tmp_path / "near"), app_over(tmp_path / "behind", TRUSTED_PROXIES="1")

    def number(app: Flask, given: str) -> str:
        return app.test_client().get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]

    assert number(behind, "a1b2-c3d4.e5") == "a1b2-c3d4.e5"
    for app, given in (
        (near, "a1b2-c3d4.e5"),
        (behind, "short"),
        (behind, 'x" onload="x'),
        (behind, "x" * 65),
    ):
        assert re.fullmatch(r"[0-9a-f]{4}(-[0-9a-f]{4}){2}", number(app, given))


def test_a_page_of_an_error_says_the_number_and_a_missing_page_does_not(cast: Cast) -> None:
    def broken() -> str:
        raise RuntimeError("member@demo.example")

    cast.app.testing = False
    cast.app.view_functions["public.rules"] = broken
    page = cast.client(None).get("/rules")
    assert page.status_code == 500
    assert f"<code>{page.headers['X-Request-ID']}</code>" in page.text
    for inside in ("member@demo.example", "RuntimeError", "Traceback", ".py"):
        assert inside not in page.text
    missing = cast.client(None).get("/nowhere")
    assert (missing.status_code, missing.headers["X-Request-ID"] in missing.text) == (404, False)


@pytest.mark.parametrize(("committed", "told"), [(0, "was not saved"), (1, "may have been saved, or not")])
def test_a_form_that_met_a_dying_database_is_told_what_became_of_it(
    cast: Cast, committed: int, told: str
) -> None:
    def dies() -> str:
        for _ in range(committed):
            pulses.beat(cast.office.db, "anything")
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    cast.app.testing = False
    cast.app.view_functions["public.check_letter"] = dies
    page = cast.client("member").post("/check", data={})
    assert page.status_code == 503
    assert told in page.text
    # What another request of the same thread committed before is not counted.
    assert told in cast.client("member").post("/check", data={}).text


def test_a_wrong_statement_is_a_fault_of_ours_and_no_database_that_is_away(cast: Cast) -> None:
    def wrong() -> str:
        with cast.office.db.read() as conn:
            return str(conn.execute(text("SELECT nothing FROM nowhere")).scalar())

    cast.app.testing = False
    cast.app.view_functions["public.rules"] = wrong
    assert cast.client(None).get("/rules").status_code == 500


@pytest.mark.parametrize(
    "secret",
    [
        "sunita.rao@demo.example", "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U", "/answer/x7Kd93-_ksJ2mNq8Rt4vWz1Y",
        "eyJfdXNlcl9pZCI6IjEyMyJ9.Zx",
    ],
)  # fmt: skip
def test_no_word_that_opens_or_names_stands_in_a_line(secret: str) -> None:
    line = formatted("it failed for %s, and again", secret)
    assert secret.rpartition("/")[2].split(".")[0] not in json.dumps(line)
    assert line["message"].startswith("it failed for ")
    assert line["message"].endswith("again")
    content = "5eed" * 16
    assert formatted("the content %s is not kept", content)["message"] == f"the content {content} is not kept"


def test_a_failure_is_told_by_its_kind_and_places_never_by_its_words(cast: Cast) -> None:
    try:
        with cast.office.db.write() as conn:
            conn.execute(
                text("INSERT INTO area (kind, code, name) VALUES ('ward', :code, 'Sunita Rao of Elm')"),
                {"code": "E05900011"},
            )
    except IntegrityError as failure:
        line = formatted("it broke", failure=failure)
    assert line["failure"]["kind"] == "sqlalchemy.exc.IntegrityError"
    assert any("test_watched.py" in place for place in line["failure"]["at"])
    assert "Sunita" not in json.dumps(line)
    assert "E05900011" not in json.dumps(line)


def test_an_effect_remembers_the_request_that_asked(cast: Cast) -> None:
    with cast.office.db.write() as conn, logs.told_as("ring-me-0002"):
        outbox.put(conn, "sign_in", {}, "a", at=LONG_AGO)
    with cast.office.db.write() as conn:
        outbox.put(conn, "sign_in", {}, "b", at=LONG_AGO)
    taken = [outbox.claim(cast.office.db, "w", timedelta(minutes=1)) for _ in range(2)]
    assert [effect.request_id for effect in taken if effect] == ["ring-me-0002", None]


def test_whom_to_tell_of_a_weakness(tmp_path: Path) -> None:
    """RFC 9116: an address, an end that is less than a year away, this very place."""
    answer = (
        app_over(tmp_path, BASE_URL="https://fund.example").test_client().get("/.well-known/security.txt")
    )
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    told = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert list(told) == ["Contact", "Expires", "Preferred-Languages", "Canonical"]
    assert re.fullmatch(r"mailto:[^@\s]+@[^@\s]+", told["Contact"])
    ends = datetime.strptime(told["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=30) < ends - datetime.now(UTC) < timedelta(days=365)
    assert told["Canonical"] == "https://fund.example/.well-known/security.txt"


def test_figures_are_what_prometheus_reads() -> None:
    board = Board()
    for seconds in (0.004, 0.005, 0.3, 60):
        board.request("/bids/<ref>", "GET", 200, seconds)
    board.request('/odd"\\', "POST", 503, 0.1)
    board.take(1)  # another process, which begins where nobody counted
    board.request("/bids/<ref>", "GET", 200, 0.02)
    told = of_requests(board)
    for line in told.splitlines():
        assert line.startswith("# ") or LINE.fullmatch(line), line
    assert 'fund_requests_total{route="/bids/<ref>",method="GET",status="200"} 5' in told
    assert 'fund_requests_total{route="/odd\\"\\\\",method="POST",status="503"} 1' in told
    buckets = re.findall(r'seconds_bucket\{route="/bids/<ref>",le="([^"]+)"\} (\d+)', told)
    assert [le for le, _ in buckets] == [*map(str, BUCKETS), "+Inf"]
    assert [int(many) for _, many in buckets] == [2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5]
    assert 'fund_request_seconds_count{route="/bids/<ref>"} 5' in told
    assert float(re.search(r'seconds_sum\{route="/bids/<ref>"\} (\S+)', told)[1]) == pytest.approx(60.329)  # type: ignore[index]
    board.take(0)  # the one that comes in the place of the first goes on
    board.request("/first", "GET", 200, 1)
    board.request("/bids/<ref>", "GET", 200, 1)
    assert board.requests()["/first", "GET", "200"] == 1
    assert board.requests()["/bids/<ref>", "GET", "200"] == 6
    assert Board.free({0, 1, 3}) == 2
    assert (
        exposition([Figure("fund_x", "None of it.", "gauge")])
        == "# HELP fund_x None of it.\n# TYPE fund_x gauge\n"
    )


def test_who_may_read_the_figures(cast: Cast, tmp_path: Path) -> None:
    def asked(app: Flask, address: str, **headers: str) -> int:
        given = {"environ_base": {"REMOTE_ADDR": address}, "headers": headers}
        return app.test_client().get("/metrics", **given).status_code

    assert asked(cast.app, "127.0.0.1") == 200
    assert asked(cast.app, "203.0.113.9") == 404
    assert asked(cast.app, "127.0.0.1", **{"X-Forwarded-For": "203.0.113.9"}) == 404
    guarded = app_over(tmp_path / "guarded", METRICS_TOKEN="only-for-prometheus-0001")
    assert asked(guarded, "127.0.0.1") == 404
    assert asked(guarded, "127.0.0.1", Authorization="Bearer wrong-for-prometheus-01") == 404
    assert asked(guarded, "203.0.113.9", Authorization="Bearer only-for-prometheus-0001") == 200


def test_the_figures_of_the_database(cast: Cast) -> None:
    cast.bid("submitted")
    pulses.beat(cast.office.db, pulses.CLOCK)
    told = cast.client(None).get("/metrics").text
    for line in told.splitlines():
        assert line.startswith("# ") or LINE.fullmatch(line), line
    assert 'fund_outbox_waiting{name="endorsement_request"} 1' in told
    for line in ("fund_database_up 1", "fund_workers 0", "fund_letters_waiting 0"):
        assert line in told
    assert 0 <= float(re.search(r"^fund_tick_age_seconds (\S+)$", told, re.M)[1]) < 60  # type: ignore[index]


def _ready(cast: Cast) -> tuple[int, int, dict[str, Any]]:
    """(status for whoever watches, status for the load balancer, what was told), looked up anew."""
    settings, files = cast.app.extensions["settings"], cast.app.extensions["files"]
    cast.app.extensions["readiness"] = AskedOnce(lambda: readiness.look(cast.office.db, files, settings.data))
    client = cast.client(None)
    whole = client.get("/readyz")
    assert whole.json is not None
    return whole.status_code, client.get("/readyz?of=web").status_code, whole.json


def _effect(cast: Cast, key: str, **values: Any) -> None:
    with cast.office.db.write() as conn:
        outbox.put(conn, "sign_in", {}, key, at=values.pop("at", LONG_AGO))
        for column, value in values.items():
            conn.execute(text(f"UPDATE outbox SET {column} = :v WHERE key = :k"), {"v": value, "k": key})


def test_what_ails_is_named_and_only_what_hinders_pages_takes_a_web_away(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _ready(cast)[:2] == (200, 200)
    # A mail that no server took for two hours, tried again only later: nothing is late, and yet nothing goes.
    now = datetime.now(UTC)
    _effect(cast, "m", at=now - timedelta(hours=2), attempts=3, last_error="MailNotDelivered: 451 not now",
            not_before=(now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))  # fmt: skip
    status, web, told = _ready(cast)
    assert (status, web, told["mail"], told["worker"]) == (503, 200, False, True)
    with cast.office.db.write() as conn:
        conn.execute(text("DELETE FROM outbox"))
    _effect(cast, "late")
    status, web, told = _ready(cast)
    assert (status, web, told["worker"], len(told["problems"])) == (503, 200, False, 1)
    with cast.office.db.write() as conn:
        conn.execute(text("DELETE FROM outbox"))
        conn.execute(text("INSERT INTO pulse (name, at) VALUES ('tick', '2026-01-01T00:00:00.000000Z')"))
    status, web, told = _ready(cast)
    assert (status, web, told["worker"]) == (503, 200, False)
    assert told["problems"][0].startswith("The clock stands still for ")
    pulses.beat(cast.office.db, pulses.CLOCK)
    assert _ready(cast)[:2] == (200, 200)

    room = namedtuple("room", "total used free")(10**9, 10**9 - 10**6, 10**6)
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: room)
        status, web, told = _ready(cast)
    assert (status, web, told["problems"]) == (503, 503, ["The disk is nearly full: 1 MB are left."])
    folder: Path = cast.app.extensions["files"].folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("a file where the folder should be")
    status, web, told = _ready(cast)
    assert (status, web, told["storage"]) == (503, 503, False)
    folder.unlink()
    with cast.office.db.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    status, web, told = _ready(cast)
    assert (status, web, told["migrated"]) == (503, 503, False)


def test_a_question_that_hangs_is_asked_once_however_many_wait() -> None:
    go_on, asked = threading.Event(), list[float]()

    def hang() -> str:
        asked.append(time.monotonic())
        go_on.wait(30)
        return "there"

    once, told = AskedOnce(hang, keeps=30), list[str | None]()
    crowd = [threading.Thread(target=lambda: told.append(once.answer(0.05))) for _ in range(20)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(30)
    assert (told, len(asked)) == ([None] * 20, 1)
    go_on.set()
    assert (once.answer(30), once.answer(0), len(asked)) == ("there", "there", 1)
