"""The mail server of a fleet."""

import re
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes

from tests.fleet.waiting import SITE, wait_for


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
