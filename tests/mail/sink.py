"""A small mail server on loopback, that keeps what it is sent and answers as it is told."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Sink:
    """What arrived, and what to answer to a command (`RCPT`, `MAIL`, `DATA.` for the end of the mail, …)."""

    answers: Mapping[str, str] = field(default_factory=dict)
    abilities: tuple[str, ...] = ("8BITMIME",)
    #: TLS from the start with `tls_at_once`, else when asked by STARTTLS.
    tls: ssl.SSLContext | None = None
    tls_at_once: bool = False
    port: int = 0
    commands: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        sink = self.server.sink
        if sink.tls_at_once:
            try:
                self._secure()
            except OSError:
                return
        self._say(sink.answers.get("HELLO", "220 sink"))
        while line := self.rfile.readline():
            command = line.decode("ascii").rstrip("\r\n")
            verb, _, rest = command.partition(" ")
            verb = verb.upper()
            sink.commands.append(f"{verb} {rest}".rstrip())
            told = sink.answers.get(verb)
            if told == "":  # hangs up without a word
                return
            if told is not None:
                self._say(told)
                if told.startswith("421"):
                    return
            elif verb == "EHLO":
                self._say("\r\n".join(["250-sink", *(f"250-{one}" for one in sink.abilities), "250 HELP"]))
            elif verb == "STARTTLS" and sink.tls:
                self._say("220 go on")
                try:
                    self._secure()
                except OSError:
                    return
            elif verb == "AUTH":
                self._say("235 welcome")
            elif verb == "DATA":
                self._say("354 go on")
                sink.mails.append(self._mail())
                self._say(sink.answers.get("DATA.", "250 taken"))
            elif verb == "QUIT":
                self._say("221 farewell")
                return
            else:
                self._say("250 good")

    def finish(self) -> None:
        super().finish()
        self.rfile.close()
        self.connection.close()

    def _secure(self) -> None:
        assert self.server.sink.tls is not None
        self.connection = self.server.sink.tls.wrap_socket(self.connection, server_side=True)
        self.rfile.close()
        self.rfile = self.connection.makefile("rb")

    def _mail(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.connection.sendall(text.encode("ascii") + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    sink: Sink


@contextmanager
def listening(sink: Sink) -> Iterator[Sink]:
    """The sink on a free port of loopback, until the end of the block."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.sink, sink.port = sink, server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join()
