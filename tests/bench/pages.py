"""The staff's list of bids and the page of one bid, beside a page of three queries on the same database."""

import os
from datetime import UTC, datetime
from statistics import median
from typing import Any

from sqlalchemy import select

from fundapp.app import create_app
from fundapp.models import Account, Bid
from fundapp.services import sessions
from fundapp.services.deed import Office
from tests.bench import grounds
from tests.bench.measure import Line, at_percent, interleaved
from tests.bench.plan import Plan
from tests.bench.served import ask, gunicorn

SECRET = "b" * 64
#: Who looks: somebody who sees every bid.
READER = "officer@demo.example"


def run(plan: Plan) -> list[Line]:
    """At 1,000 bids and at 10,000, on SQLite as `make run` has it, and on PostgreSQL."""
    lines: list[Line] = []
    with grounds.both(plan.server, plan.folder) as kinds:
        for kind, url in kinds:
            for count in (1_000, 10_000) if kind == "SQLite" or not plan.quick else (1_000,):
                place = url if count == 1_000 else _another(plan, kind, url)
                office, _ = grounds.filled(place, count)
                lines += _on(plan, f"{kind}, {count:,}", place, office)
                office.db.close()
    return lines


def _another(plan: Plan, kind: str, url: str) -> str:
    if kind == "SQLite" or plan.server is None:
        return url.replace("fund.db", "larger.db")
    return plan.server.database_url(plan.server.create())


def _on(plan: Plan, where: str, url: str, office: Office) -> list[Line]:
    environment = {
        **os.environ, "DATABASE_URL": url, "SECRET_KEY": SECRET, "AUDIT_KEY": grounds.KEY.hex(),
        "FUNDAPP_DATA": str(plan.folder), "FUNDAPP_DEMO": "0",
    }  # fmt: skip
    os.environ.update(
        {name: environment[name] for name in ("DATABASE_URL", "SECRET_KEY", "AUDIT_KEY", "FUNDAPP_DATA")}
    )
    app = create_app()
    cookie, bid = _signed_in(app, office), f"/bids/{_busiest(office)}"
    list_queries, size = _looked(app, "/bids", cookie)
    bid_queries, _ = _looked(app, bid, cookie)
    lines = [
        Line(f"{where}: queries of the list", "", list_queries, target=6, sense="at_most"),
        Line(f"{where}: size of the list", "kB", size / 1000, target=40, sense="at_most"),
        Line(f"{where}: queries of a bid's page", "", bid_queries),
    ]
    count, rounds = (24, 2) if plan.quick else (200, 5)
    with (
        gunicorn("fundapp.wsgi:app", environment) as ours,
        gunicorn("tests.bench.limit_page:create()", environment) as least,
    ):
        pages = ((ours, "/bids"), (least, "/bids"), (ours, bid))
        for port, path in pages:
            ask(port, path, cookie, 40, 8)
        for at_once in (1, 8):
            slow: list[list[float]] = [[], [], []]
            middles: list[list[float]] = [[], [], []]

            def asked(place: int, at_once: int = at_once, slow: Any = slow, middles: Any = middles) -> float:
                port, path = pages[place]
                rate, taken = ask(port, path, cookie, count, at_once)
                slow[place] += taken
                middles[place].append(median(taken))
                return rate

            rates = interleaved(rounds, lambda _: asked(0), lambda _: asked(1), lambda _: asked(2))
            middle = [median(values) * 1000 for values in middles]
            tail = [at_percent(values, 95) * 1000 for values in slow]
            lines += _lines(f"{where}, {at_once} at once", at_once, middle, tail, rates)
    return lines


def _lines(
    where: str, at_once: int, middle: list[float], tail: list[float], rates: list[float]
) -> list[Line]:
    """p50 of list and page, the targets at one request at a time."""
    held = at_once == 1
    return [
        Line(f"{where}: list, p50", "ms", middle[0], middle[1], 1.3 if held else None, "at_most",
             f"{rates[0]:.0f}/s, limit {rates[1]:.0f}/s; p95 {tail[0]:.1f} ms, limit {tail[1]:.1f}"),
        Line(f"{where}: a bid's page, p50", "ms", middle[2], middle[0], 2.0 if held else None, "at_most",
             f"{rates[2]:.0f}/s; p95 {tail[2]:.1f} ms; the limit is the list"),
    ]  # fmt: skip


def _signed_in(app: Any, office: Office) -> str:
    """The cookie of somebody signed in, as the service signs it."""
    with office.db.write() as conn:
        account = conn.execute(select(Account.id).where(Account.email == READER)).scalar_one()
        key = sessions.begin(conn, account, "password", "", datetime.now(UTC))
    signer = app.session_interface.get_signing_serializer(app)
    return "fund=" + signer.dumps({"_user_id": key})


def _busiest(office: Office) -> str:
    """A bid that lived a whole life: the first of the seed."""
    with office.db.read() as conn:
        return str(conn.execute(select(Bid.reference).order_by(Bid.id).limit(1)).scalar_one())


def _looked(app: Any, path: str, cookie: str) -> tuple[int, int]:
    """(queries, bytes) of a page."""
    client = app.test_client(use_cookies=False)
    with grounds.statements(app.extensions["office"].db) as seen:
        answer = client.get(path, headers={"Cookie": cookie})
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}, not 200")
    return len(seen), len(answer.data)
