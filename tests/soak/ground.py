"""The ground of a soak: a fund with its people, a fleet over it, those who are signed in, and material to work on."""

import contextlib
import http.client
import os
import random
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
from sqlalchemy import text

from fundapp.audit import keys as seal_keys
from fundapp.database import Database, upgrade
from fundapp.demo import projects
from fundapp.services.refused import Refused
from tests.audit.sealing import key as seal_key
from tests.cast import Cast, over
from tests.databases import closing_database
from tests.fleet.database_server import DatabaseServer
from tests.fleet.post import Handed
from tests.fleet.processes import Fleet, Running, Web
from tests.fleet.visitor import Visitor, hidden_fields
from tests.fleet.waiting import SHARED_KEYS, SITE, wait_for
from tests.soak.acts import CHAIR, MEMBER, OFFICER, REVIEWERS, TREASURER, Act, Looks
from tests.soak.journal import Journal

PEOPLE = (MEMBER, CHAIR, TREASURER, OFFICER, *REVIEWERS)
SEAL_KEYS = seal_keys.SealKeys(seal_key(1, seal_keys.origin(SITE)))
#: Bids of a round that a panel works on, and drafts of one that is open.
PANEL_BIDS, DRAFTS = 4, 4
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
DISK = "48m"


@dataclass
class Ground:
    """Everything that a soak stands on."""

    folder: Path
    url: str
    town: Cast
    fleet: Fleet
    journal: Journal
    rng: random.Random
    server: DatabaseServer | None
    #: The folder of a small disk of its own, that can be filled; None where none could be mounted.
    disk: Path | None
    visitors: dict[str, Visitor] = field(default_factory=dict)
    #: The process that handed a mail over, by the port it spoke from and the moment; none where it had gone already.
    brought: dict[tuple[int, float], int] = field(default_factory=dict)

    @property
    def post(self) -> Any:
        """The mail server."""
        return self.fleet.post

    def restock(self) -> None:
        """New rounds, made in quiet by the services themselves: one that takes bids, one whose panel is at work."""
        self.town.office.db.engine.dispose()
        before = self._begun()
        stage, _code = self.town.round(closed=False)
        for project in islice(projects.projects(20), DRAFTS):
            stage.draft(project)
        for _again in range(5):
            # A worker's clock may close the round, whose day was yesterday, before all its bids are in it.
            with contextlib.suppress(Refused):
                self.town.panel(PANEL_BIDS)
                break
        self.journal.given([("*", "bid.start")], self._begun() - before)

    def _begun(self) -> int:
        return int(self.value("SELECT count(*) FROM audit_event WHERE action = 'bid.start'"))

    def acts(self) -> list[Act]:
        """What could be done now."""
        with closing_database(self.url) as db, db.read() as conn:
            return Looks(conn, self.rng, self.town.fund, lambda: list(self.post.taken)).all()

    def value(self, sql: str, **given: Any) -> Any:
        """One value from the database as it stands."""
        with closing_database(self.url) as db, db.read() as conn:
            return conn.execute(text(sql), given).scalar()

    def rows(self, sql: str, **given: Any) -> Sequence[Any]:
        """Rows from the database as it stands."""
        with closing_database(self.url) as db, db.read() as conn:
            return conn.execute(text(sql), given).all()

    def write(self, sql: str, **given: Any) -> None:
        """Moves what belongs to no record: the times of effects."""
        with closing_database(self.url) as db, db.write() as conn:
            conn.execute(text(sql), given)

    def do(self, act: Act, web: Web) -> None:
        """One act at that web, and its answer in the journal."""
        visitor = Visitor(time_out=30)
        if act.who:
            visitor.cookies = dict(self.visitors[act.who].cookies)
        try:
            page = visitor.get(web, act.page)
        except (OSError, http.client.HTTPException):
            return  # nothing was sent yet
        if page.status != 200:
            self._short(act, f"page {page.status}", page.status)
            return
        try:
            hidden = hidden_fields(page.text, act.to)
        except LookupError:
            self.journal.said_no(act.kind, 0)
            return
        if "csrf_token" not in hidden and (found := _TOKEN.search(page.text)):
            hidden["csrf_token"] = found[1]  # the first form of the page is one that only asks
        given = {name for name, _value in act.fields}
        body = urlencode(
            [*((name, value) for name, value in hidden.items() if name not in given), *act.fields]
        )
        try:
            answer = visitor.ask(web, "POST", act.to, body.encode())
        except (OSError, http.client.HTTPException) as died:
            self.journal.unheard(act.kind, act.claims, act.typed, type(died).__name__)
            return
        went = (
            act.kind == "back a bid"
            if answer.status == 200
            else answer.status == 303 and answer.to.startswith(act.onward)
        )
        if went:
            self.journal.answered(act.kind, act.claims, act.typed)
        elif answer.status >= 500:
            self.journal.unheard(act.kind, act.claims, act.typed, str(answer.status))
            self._short(act, "answer", answer.status)
        else:
            self.journal.said_no(act.kind, answer.status)

    def _short(self, act: Act, what: str, status: int) -> None:
        """An answer that only a fault excuses; 503 says so itself."""
        if status >= 500 and status != 503:
            self.journal.errors.append(f"{act.kind}: {what} {status}")
        elif status < 500:
            self.journal.said_no(act.kind, status)

    def begin(self, acts: Sequence[Act], webs: Sequence[Web]) -> list[threading.Thread]:
        """These acts at once, each at one of these webs."""
        threads = [
            threading.Thread(target=self.do, args=(act, webs[place % len(webs)]))
            for place, act in enumerate(acts)
        ]
        for thread in threads:
            thread.start()
        return threads

    def tick(self, as_of: str) -> subprocess.Popen[bytes]:
        """The clock, once, as if it were another moment: begun, not waited for."""
        command = [sys.executable, "-c", "from fundapp.cli import main; main()", "tick", "--as-of", as_of]
        with (self.folder / "tick.log").open("ab") as log:
            return subprocess.Popen(
                command, env=self.fleet.settings("worker-1"), cwd=Path(__file__).parents[2], stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def bring(self, mail: Handed) -> Running | None:
        """The worker that hands this mail over, kept with it."""
        for worker in self.fleet.workers:
            with contextlib.suppress(psutil.Error, RuntimeError):
                if any(
                    one.laddr and one.laddr.port == mail.port
                    for one in psutil.Process(worker.pid).net_connections("tcp")
                ):
                    self.brought[mail.port, mail.taken_at] = worker.pid
                    return worker
        return None


@contextmanager
def raised(kind: str, folder: Path, rng: random.Random, *, small_disk: bool) -> Iterator[Ground]:
    """A fund on SQLite or PostgreSQL, its fleet running and everybody signed in."""
    with ExitStack() as stack:
        disk = stack.enter_context(_small_disk(folder / "disk")) if small_disk else None
        home = disk or folder / "home"
        home.mkdir(exist_ok=True, parents=True)
        server = stack.enter_context(DatabaseServer()) if kind == "postgresql" else None
        url = server.migrated() if server else f"sqlite:///{home / 'fund.db'}"
        database = Database(url)
        upgrade(database)
        key = folder / "seal_key"
        seal_keys.write(key, SEAL_KEYS)
        stack.callback(database.close)
        town = stack.enter_context(contextmanager(over)(database, folder / "town", **SHARED_KEYS))
        environ = {"SEAL_KEY": str(key), "STORAGE_URL": f"file:{home / 'files'}"}
        queue = "" if server else f"sqlite:///{folder / 'huey.db'}"
        fleet = Fleet(folder / "fleet", url, queue, environ=environ)
        ground = Ground(folder, url, town, fleet, Journal(folder / "journal.jsonl"), rng, server, disk)
        stack.enter_context(fleet)
        fleet.post.before_answer = ground.bring
        for name in PEOPLE:
            visitor = ground.visitors[name] = Visitor()
            visitor.sign_in(fleet.webs[0], fleet.webs[1], fleet.post, f"{name}@demo.example")
        ground.restock()
        yield ground


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    """A disk of few megabytes; nothing where this user may mount none."""
    folder.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)], capture_output=True
    ).returncode == 0  # fmt: skip
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], capture_output=True)


def settled(ground: Ground) -> None:
    """Waits until no effect is due any more."""
    wait_for(lambda: not open_effects(ground), "every effect to be done", 180)


def open_effects(ground: Ground) -> int:
    """Effects that are neither done nor given up and have no later time."""
    now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')" if ground.url.startswith("sqlite") else "now()"
    return int(ground.value(
        f"SELECT count(*) FROM outbox WHERE done_at IS NULL AND failed_at IS NULL AND not_before <= {now}"
    ))  # fmt: skip
