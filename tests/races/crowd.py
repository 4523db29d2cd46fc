"""Applicants at their pages over real HTTP: what each of them does in the last minute of a round, and what they were told."""

import http.client
import re
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import urlencode

#: What a proxy would give up after, in seconds.
PATIENCE = 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HIDDEN = re.compile(r'<input type="hidden" name="(csrf_token|revision|before|seen)" value="([^"]*)"')


@dataclass(frozen=True)
class Plan:
    """When the two requests of an applicant reach the service, and what comes at the same time.

    `elsewhere`: another window saves another answer while this one is `saving` or `sending`, or not at all.
    """

    kind: str
    saves: datetime
    sends: datetime
    elsewhere: str = ""
    presses: int = 1


@dataclass
class Told:
    """What one request came back with."""

    status: int
    text: str
    seconds: float


@dataclass
class Applicant:
    """One of the crowd: their bid, their cookies, their plan, and what they were told of each request."""

    person: int
    bid: int
    ref: str
    words: str
    people: str
    cookies: dict[str, str]
    plan: Plan
    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    saved: Told | None = None
    saved_elsewhere: Told | None = None
    sent: list[Told] = field(default_factory=list)

    def ask(
        self, port: int, method: str, path: str, at: datetime, form: dict[str, str] | None = None
    ) -> Told:
        """One request that reached the proxy at that moment, on a connection of its own."""
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        arrived = (at - _EPOCH) // timedelta(microseconds=1)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Request-Start": f"t={arrived // 1_000_000}.{arrived % 1_000_000:06}",
            "X-Forwarded-For": f"192.0.2.{self.person % 250}",
            "Connection": "close",
        }
        body = None
        if form is not None:
            body = urlencode(form).encode()
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Sec-Fetch-Site": "same-origin",
            }
        begun = time.perf_counter()
        try:
            wire.request(method, path, body, headers)
            answer = wire.getresponse()
            text = answer.read().decode()
        finally:
            wire.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        told = Told(answer.status, text, time.perf_counter() - begun)
        self.seconds.append(told.seconds)
        self.statuses.append(told.status)
        return told

    def carried(self, port: int, path: str, at: datetime) -> dict[str, str]:
        """What the forms of a page carry unseen: the token against forgery, the version that is looked at."""
        page = self.ask(port, "GET", path, at)
        assert page.status == 200, (path, page.status, page.text[:2000])
        return {name: unescape(value) for name, value in _HIDDEN.findall(page.text)}

    def rushes(self, port: int) -> None:
        """Open a question, answer it, look at everything once more, press the button."""
        form, plan = f"/my-bids/{self.ref}/form", self.plan
        seen = min(plan.saves, plan.sends) - timedelta(minutes=1)
        first = self.carried(port, f"{form}/summary", seen)
        second = self.carried(port, f"{form}/people", seen) if plan.elsewhere else {}
        check = self.carried(port, f"/my-bids/{self.ref}/check", seen)
        last = {"csrf_token": check["csrf_token"], "seen": check.get("seen", "")}
        with ThreadPoolExecutor(3) as hands:

            def at_once(path: str, at: datetime, given: dict[str, str]) -> "Future[Told]":
                return hands.submit(self.ask, port, "POST", path, at, given)

            def elsewhere(at: datetime) -> "Future[Told]":
                return at_once(f"{form}/people", at, {**second, "people": self.people, "go": "later"})

            other = elsewhere(plan.saves) if plan.elsewhere == "saving" else None
            self.saved = at_once(
                f"{form}/summary", plan.saves, {**first, "summary": self.words, "go": "on"}
            ).result()
            if other is not None:
                self.saved_elsewhere = other.result()
            if plan.elsewhere == "sending":
                other = elsewhere(plan.sends)
            pressed = [at_once(f"/my-bids/{self.ref}/submit", plan.sends, last) for _ in range(plan.presses)]
            self.sent = [press.result() for press in pressed]
            if plan.elsewhere == "sending" and other is not None:
                self.saved_elsewhere = other.result()


def rush(port: int, crowd: Sequence[Applicant], at_once: int) -> float:
    """Everybody at once, so many at a time; how many seconds it took. Whatever broke a client's request is raised."""
    begun = time.perf_counter()
    broke: list[BaseException] = []
    queue = iter(crowd)
    turn = threading.Lock()

    def hands() -> None:
        while not broke:
            with turn:
                one = next(queue, None)
            if one is None:
                return
            try:
                one.rushes(port)
            except BaseException as wrong:
                broke.append(wrong)

    threads = [threading.Thread(target=hands) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if broke:
        raise broke[0]
    return time.perf_counter() - begun
