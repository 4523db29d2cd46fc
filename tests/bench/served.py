"""Apps behind gunicorn on loopback, and a client that asks them for pages."""

import http.client
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gunicorn(target: str, environment: dict[str, str]) -> Iterator[int]:
    """The port of an app served by two workers of four threads, until the end of the block."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-w", "2", "-k", "gthread", "--threads", "4", "--no-control-socket",
               "-b", f"127.0.0.1:{port}", "--log-level", "error", target]  # fmt: skip
    process = subprocess.Popen(command, env=environment)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("gunicorn did not come up")


def ask(port: int, path: str, cookie: str, count: int, at_once: int) -> tuple[float, list[float]]:
    """(requests a second, seconds of each): `count` requests over `at_once` kept connections; all must be 200."""
    taken: list[float] = []
    wrong: list[int] = []

    def client(share: int) -> None:
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for _ in range(share):
            begun = time.perf_counter()
            wire.request("GET", path, headers={"Cookie": cookie})
            answer = wire.getresponse()
            answer.read()
            taken.append(time.perf_counter() - begun)
            if answer.status != 200:
                wrong.append(answer.status)
        wire.close()

    clients = [threading.Thread(target=client, args=(count // at_once,)) for _ in range(at_once)]
    begun = time.perf_counter()
    for one in clients:
        one.start()
    for one in clients:
        one.join(120)
    span = time.perf_counter() - begun
    if wrong or not taken:
        raise RuntimeError(f"{path} answered {sorted(set(wrong))}, not 200")
    return len(taken) / span, taken
