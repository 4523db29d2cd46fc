"""A browser before a fleet."""

import http.client
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from tests.fleet.post import PostOffice
from tests.fleet.waiting import PATIENCE, SITE


class Listening(Protocol):
    """What answers requests at a port of this machine."""

    port: int


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

    def get(self, web: Listening, path: str) -> Answer:
        """One page, from that web."""
        return self.ask(web, "GET", path)

    def send(
        self, web: Listening, path: str, fields: Mapping[str, str], *, page: Answer, **headers: str
    ) -> Answer:
        """The form of a page: its hidden fields and these, sent to that web."""
        filled = {**hidden_fields(page.text, path), **fields}
        return self.ask(web, "POST", path, urlencode(filled).encode(), **headers)

    def ask(self, web: Listening, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
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

    def sign_in(self, ask: Listening, open_at: Listening, post: PostOffice, email: str) -> None:
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
