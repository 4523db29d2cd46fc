"""Hostile requests to every route by everybody: what is sent, and what no answer may be."""

import json
import random
import re
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import Flask, got_request_exception, url_for
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from fundapp.models import SignInSession
from fundapp.queries.sessions import sha256_of
from tests.cast import session_of
from tests.house.parish import ASKING, Parish
from tests.web import office_of

#: What is planted with every text: found again as it stands, it was not escaped.
MARK: Final = "<x-fuzz-123>"

#: Texts, each meant to break something else.
HOSTILE: Final[tuple[str, ...]] = (
    "", " ", "\t", "\x00", "a\x00b", "\ud800", "\udfff end", "\u202egnp.exe", "\ufeff", "\r\nSet-Cookie: a=b", "\r\n\r\n",
    "' OR '1'='1", "'; DROP TABLE bid; --", "{{ 7*7 }}", "{% for a in b %}", "%(a)s %s %d", "${7*7}", "{0.__class__}", "%",
    "=HYPERLINK(\"x\")", "+1", "-1", "@SUM(A1)", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
    "javascript:alert(1)", "../../../../etc/passwd", "..%2f..%2f", "file:///etc/passwd", "http://127.0.0.1:1/", "//elsewhere",
    "0", "-0", "1", "2", "-9" * 9, "9" * 19, "9" * 400, "1e999", "NaN", "Infinity", "-inf", "1_000", "٣", "²", "½", "0x10",
    "£1.00", "1.005", "1,0", "true", "null", "[]", "{}", "2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "24:61",
    "a@b", "a@b.example\nBcc: c@d.example", "é" * 300, "👩‍👩‍👧" * 40, "x" * 5000, "e\u0301" * 100, "\x1b[31m", "\u2028",
    "AB12CD", "K7QM-4TXA-9WEH",
)  # fmt: skip

#: Names that no form has, or that ought to say nothing.
STRANGE: Final = (
    "id",
    "person",
    "state",
    "role",
    "amount_pence",
    "__proto__",
    "version",
    "csrf_token",
    "next",
    "",
    "a[b]",
    "é",
)

_FIELD: Final = re.compile(
    r'<(?:input|textarea|select|button)\b[^>]*?\bname="([^"]*)"(?:[^>]*?\bvalue="([^"]*)")?'
)
#: What must name its charset. JSON has but one (RFC 8259).
_TEXTS: Final = re.compile(r"text/|.*[/+]xml$")
_TRACE: Final = re.compile(
    r"Traceback \(most recent|sqlalchemy\.exc|werkzeug\.exceptions|File &#34;/|sqlite3\.|psycopg\."
)


@dataclass(slots=True)
class Request:
    """One request, written so that it can be sent again: who asks, by which method, where, and with what."""

    who: str
    method: str
    path: str
    given: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.who} {self.method} {self.path!a} {self.given!a}"[:3000]


class Walk:
    """Requests drawn from one seed over a settled parish, and what was wrong with their answers."""

    def __init__(
        self,
        app: Flask,
        parish: Parish,
        seed: int,
        forms: dict[str, dict[str, str]],
        may: dict[str, list[str]],
    ) -> None:
        self.app, self.parish, self.dice, self.forms = app, parish, random.Random(seed), forms
        self.may = may
        self.office = office_of(app)
        self.rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "bootstrap.static"]
        self.seen: dict[str, dict[str, str]] = {}
        self.wrong: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.reached: set[str] = set()
        self._raised: list[str] = []
        self._places: set[tuple[str | None, str]] = set()
        self._of: dict[str, int] = {}
        with self.office.db.read() as conn:
            for who, key in ASKING.items():
                if key is not None:
                    hashed = sha256_of(parish.accounts[key])
                    self._of[who] = conn.execute(
                        select(SignInSession.account_id).where(SignInSession.key_sha256 == hashed)
                    ).scalar_one()
        got_request_exception.connect(self._note, app)

    def _note(self, sender: Flask, exception: BaseException, **more: Any) -> None:
        self._raised.append("".join(traceback.format_exception(exception)[-4:]))

    def client(self, who: str) -> FlaskClient:
        """A browser in which this person signed in a moment ago."""
        client = self.app.test_client()
        if who in self._of:
            with client.session_transaction() as session:
                session["_user_id"] = session_of(self.office, self._of[who])
        return client

    def text(self) -> str:
        """A hostile text; mostly with the mark in it."""
        dice = self.dice
        said = dice.choice(HOSTILE)
        if dice.random() < 0.1:
            said = "".join(
                chr(dice.choice((dice.randrange(128), dice.randrange(0xFFFF))))
                for _ in range(dice.randrange(30))
            )
        if dice.random() < 0.0015:
            said = dice.choice("a<\u00e9 \n") * 1_000_000
        return f"{said}{MARK}" if dice.random() < 0.4 else said

    def requests(self) -> Iterator[Request]:
        """For ever: a route, a thing, a person, and something that its form does not expect."""
        while True:
            rule = self.dice.choice(self.rules)
            # Mostly whoever may: what is refused at the door is soon tried.
            may = self.may.get(rule.endpoint)
            who = self.dice.choice(may if may and self.dice.random() < 0.8 else tuple(ASKING))
            yield Request(who, self._method(rule), self._path(rule), self._given(rule))

    def _method(self, rule: Rule) -> str:
        if self.dice.random() < 0.03:
            return self.dice.choice(("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "FUZZ"))
        return self.dice.choice(sorted((rule.methods or {"GET"}) & {"GET", "POST"}))

    def _path(self, rule: Rule) -> str:
        dice = self.dice
        fits = [thing for thing in self.parish.things.values() if rule.arguments <= thing.keys()]
        known: dict[str, Any] = dict(dice.choice(fits)) if fits else {}
        values = {}
        for name in rule.arguments:
            value = known.get(name, dice.choice((1, 2, 3, "1", "PANEL-1", "open")))
            values[name] = (
                value if dice.random() < 0.93 else dice.choice((0, 2**31, 10**30, self.text() or "x"))
            )
        try:
            with self.app.test_request_context():
                path = url_for(rule.endpoint, **values)
        except Exception:
            path = re.sub(
                r"<[^>]*>", lambda _: quote(self.text(), errors="surrogatepass")[:200] or "x", rule.rule
            )
        if dice.random() < 0.2:
            pairs = [(dice.choice(("page", "after", "q", "state", "next", "round", "sort", "how", *STRANGE)), self.text())
                     for _ in range(dice.randrange(1, 4))]  # fmt: skip
            path += "?" + urlencode([(k, v[:2000]) for k, v in pairs], errors="surrogatepass")
        return path

    def _given(self, rule: Rule) -> dict[str, Any]:
        """The fields that the form has, most of them as they should be, some hostile; or another body altogether."""
        dice = self.dice
        known = {**self.seen.get(rule.endpoint, {}), **self.forms.get(rule.endpoint, {})}
        if dice.random() < 0.12:
            return dice.choice(
                (
                    {"data": b"--b\r\nContent-Disposition: form-data; name=", "content_type": "multipart/form-data; boundary=b"},
                    {"data": b"x=1", "content_type": "multipart/form-data"},
                    {"data": b"\xff\xfe" + self.text().encode("utf-16", "surrogatepass"),
                     "content_type": "application/x-www-form-urlencoded; charset=utf-16"},
                    {"data": b"%ff%fe=%80&=&&a=%", "content_type": "application/x-www-form-urlencoded"},
                    {"data": b"[" * dice.choice((10, 100_000)), "content_type": "application/json"},
                    {"data": json.dumps({name: self.text() for name in (*known, *STRANGE)}), "content_type": "application/json"},
                    {"data": b'{"a": NaN, "a": 1e999, "version": -1}', "content_type": "application/json"},
                    {"data": b"null", "content_type": "application/json"},
                    {"data": dice.randbytes(300), "content_type": dice.choice(("text/xml", "image/png", "a"))},
                )
            )  # fmt: skip
        pairs: list[tuple[str, str]] = []
        upset = dice.choice((0.05, 0.3, 1.0))
        for name, value in known.items():
            for _ in range(dice.choice((1, 1, 1, 1, 2, 0))):
                pairs.append((name, self.text() if dice.random() < upset else value))
        if dice.random() < 0.2:
            pairs.append((dice.choice(STRANGE), self.text()))
        if dice.random() < 0.06:
            files = [n for n in known if "file" in n or "list" in n] or ["file"]
            named = dice.choice(
                ("a.pdf", "a.csv", "../../x.png", "a.xlsx", "x\r\ny.svg", MARK + ".pdf", "é" * 300 + ".docx")
            )
            body = dice.choice((b"", b"%PDF-1.7", b"PK\x03\x04" + dice.randbytes(50), b"<svg onload=a>",
                                dice.randbytes(99), self.text().encode("utf-8", "surrogatepass")))  # fmt: skip
            edge = "b0undary"
            parts = [
                f'--{edge}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n'.encode("utf-8", "surrogatepass")
                + v.encode("utf-8", "surrogatepass") + b"\r\n"
                for n, v in pairs if len(v) < 10_000
            ]  # fmt: skip
            head = f'--{edge}\r\nContent-Disposition: form-data; name="{dice.choice(files)}"; filename="{named}"\r\n\r\n'
            parts.append(head.encode() + body + f"\r\n--{edge}--\r\n".encode())
            return {"data": b"".join(parts), "content_type": f"multipart/form-data; boundary={edge}"}
        return {
            "data": urlencode(pairs, errors="surrogatepass").encode(),
            "content_type": "application/x-www-form-urlencoded",
        }

    def send(self, client: FlaskClient, asked: Request) -> None:
        """Send it and look at the answer."""
        self._raised.clear()
        given = asked.given if asked.method not in ("GET", "HEAD") else {}
        answer = client.open(asked.path, method=asked.method, **given)
        body = answer.get_data()
        answer.close()
        self.statuses[answer.status_code] += 1
        self.reached.add(asked.path)
        faults = []
        # Without a worker the service is not ready, and says so.
        if answer.status_code >= 500 and not asked.path.startswith("/readyz"):
            faults.append(f"{answer.status_code}")
        if answer.mimetype == "text/html":
            page = body.decode("utf-8", "replace")
            if MARK in page:
                at = page.index(MARK)
                faults.append(f"not escaped: {page[max(0, at - 80) : at + 40]!a}")
            if _TRACE.search(page):
                faults.append("a trace of the inside")
            endpoint = self._endpoint(asked.path)
            if endpoint and answer.status_code == 200:
                self.seen.setdefault(endpoint, {}).update({n: v for n, v in _FIELD.findall(page) if n})
        elif body and not answer.mimetype:
            faults.append("no content type")
        if _TEXTS.match(answer.mimetype) and "charset=utf-8" not in answer.content_type.lower():
            faults.append("a text without its charset")
        if any("\n" in value or "\r" in value for _, value in answer.headers):
            faults.append("a header broke")
        if faults or self._raised:
            place = (
                self._endpoint(asked.path),
                self._raised[0].strip().rpartition("\n")[2] if self._raised else "",
            )
            if place not in self._places:  # once a place: the next may be another
                self._places.add(place)
                self.wrong.append(f"{asked}\n    {'; '.join(faults)}\n{''.join(self._raised)}")

    def _endpoint(self, path: str) -> str | None:
        try:
            found: str = self.app.url_map.bind("").match(path.partition("?")[0])[0]
        except Exception:
            return None
        return found

    def run(self, count: int) -> None:
        """Send that many, a few by each browser in turn; ends early after ten faults."""
        drawn, clients = self.requests(), {who: self.client(who) for who in ASKING}
        for number in range(count):
            asked = next(drawn)
            if number % 40 == 0 or "sign-out" in asked.path or "account" in asked.path:
                clients[asked.who] = self.client(asked.who)
            self.send(clients[asked.who], asked)
            if len(self.wrong) >= 10:
                break
