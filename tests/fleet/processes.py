"""The webs and workers of a fleet."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from config import ROOT, Settings
from fundapp.jobs.worker import nudge
from tests.fleet.post import PostOffice
from tests.fleet.visitor import Visitor
from tests.fleet.waiting import PATIENCE, SHARED_KEYS, SITE, free_port, wait_for


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


@contextmanager
def stalled(one: Running) -> Iterator[None]:
    """The process stands still during the block."""
    one.stall()
    try:
        yield
    finally:
        one.wake()
