"""A stand-in for ClamAV's daemon: a real server that speaks its protocol and knows one virus, EICAR's test file."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.handed import EICAR

FOUND = "Win.Test.EICAR_HDB-1"


@dataclass
class StandIn:
    """What it listens on, how it answers, and what it was shown. `says`: this instead of a verdict."""

    url: str = ""
    says: bytes | None = None
    most: int = 25 * 1024 * 1024
    shown: list[bytes] = field(default_factory=list)


class _Answering(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """One command, as the daemon takes it: ended by a zero byte, then the file in measured pieces."""
        known: StandIn = self.server.known  # type: ignore[attr-defined]
        command = b""
        while not command.endswith(b"\0"):
            got = self.request.recv(1)
            if not got:
                return
            command += got
        if known.says is not None and command == b"zPING\0":
            self.request.sendall(known.says)
        elif command == b"zPING\0":
            self.request.sendall(b"PONG\0")
        elif command == b"zINSTREAM\0":
            self.request.sendall(self._verdict(known))

    def _verdict(self, known: StandIn) -> bytes:
        content = b""
        while size := struct.unpack(">I", self._exactly(4))[0]:
            if len(content) + size > known.most:
                return b"INSTREAM size limit exceeded. ERROR\0"
            content += self._exactly(size)
        known.shown.append(content)
        if known.says is not None:
            return known.says
        return f"stream: {FOUND} FOUND\0".encode() if EICAR in content else b"stream: OK\0"

    def _exactly(self, size: int) -> bytes:
        got = b""
        while len(got) < size:
            piece: bytes = self.request.recv(size - len(got))
            if not piece:
                raise ConnectionError("the client went away")
            got += piece
        return got


class _Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Local(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def listening(socket: Path | None = None) -> Iterator[StandIn]:
    """The stand-in on a free port of this machine, or on a socket in the file system, until the block ends."""
    known = StandIn()
    server: Any = _Local(str(socket), _Answering) if socket else _Tcp(("127.0.0.1", 0), _Answering)
    server.known = known
    known.url = f"clamd://{socket}" if socket else f"clamd://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
