"""The virus scanner that the operator runs: ClamAV's own protocol over its socket, a file sent piece by piece."""

import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO, Final
from urllib.parse import urlsplit

_PIECE: Final = 64 * 1024
#: Seconds that the scanner may be silent.
_PATIENCE: Final = 60.0
_LONGEST_ANSWER: Final = 4096


class ScannerUnusable(Exception):
    """The scanner is not there, or did not say whether a file is clean; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """A scanner at `clamd://host:port` or `clamd:///path/to/socket`."""

    url: str
    patience: float = _PATIENCE

    def ping(self) -> None:
        """Whether it answers. Raises ScannerUnusable."""
        answer = self._ask(b"zPING\0", None)
        if answer != "PONG":
            raise ScannerUnusable(
                f"The virus scanner at {self.url} answers, but not as one: {answer[:80]!r}."
            )

    def scan(self, content: BinaryIO) -> str:
        """What it found in a file, by its own name for it; empty for a clean file. Raises ScannerUnusable.

        Only the very words "stream: OK" are taken for clean.
        """
        answer = self._ask(b"zINSTREAM\0", content)
        if answer == "stream: OK":
            return ""
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")[:100] or "?"
        raise ScannerUnusable(f"The virus scanner at {self.url} did not judge the file: {answer[:120]!r}.")

    def _ask(self, command: bytes, content: BinaryIO | None) -> str:
        try:
            with self._connected() as connection:
                connection.sendall(command)
                if content is not None:
                    _send(connection, content)
                answer = b""
                while b"\0" not in answer and len(answer) < _LONGEST_ANSWER:
                    piece = connection.recv(_LONGEST_ANSWER)
                    if not piece:
                        break
                    answer += piece
        except OSError as failure:
            why = failure.strerror or failure
            raise ScannerUnusable(f"The virus scanner at {self.url} cannot be reached: {why}.") from failure
        whole, ended, _rest = answer.partition(b"\0")
        if not ended:
            raise ScannerUnusable(f"The virus scanner at {self.url} broke off in the middle of its answer.")
        said = whole.decode("utf-8", "replace").strip()
        return "".join(sign if sign.isprintable() else "?" for sign in said)

    def _connected(self) -> socket.socket:
        parts = urlsplit(self.url)
        if parts.hostname:
            return socket.create_connection((parts.hostname, parts.port or 3310), timeout=self.patience)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(self.patience)
            connection.connect(parts.path)
        except BaseException:
            connection.close()
            raise
        return connection


def _send(connection: socket.socket, content: BinaryIO) -> None:
    """The file in pieces, each with its length before it, and a piece of no length at the end."""
    try:
        while piece := content.read(_PIECE):
            connection.sendall(struct.pack(">I", len(piece)) + piece)
        connection.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has heard enough, as when a file is larger than it takes: its answer says why
