"""Every route, asked by everybody, of their own and of others' things, against a table that people wrote.

`matrix/routes.csv` is written from the design, never from what the service answers. A row is one route asked of
one thing (tests/house/parish.py); a column is who asks. `in` is the way to the sign-in page, `away` the way to
another page with nothing done, `303` a change that was made, `saved` one that a script asked for, `taken` a file
whose taking out is recorded, `shown` a thing shown in full, and on record that it was, `409` and `422` a change
refused for when or what it is, `410` a time that is over, `401` a request for words that are kept while signing in
again, `404` a thing whose existence is not told, `403` a room that is not theirs. A route that stands in no row
fails: nobody adds one that nobody has thought about.
"""

import csv
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask, url_for
from sqlalchemy import event

from fundapp.database import upgrade
from fundapp.services import throttle
from tests.house.parish import ASKING, Parish, settle
from tests.web import KEYS, app_over, office_of

TABLE = Path(__file__).parent / "matrix" / "routes.csv"
OPEN_FILES = {"static", "bootstrap.static"}


@dataclass(frozen=True)
class Row:
    """One line of the table: what is asked of what, with which form, and what each person is answered."""

    line: int
    endpoint: str
    method: str
    thing: str
    fills: dict[str, str]
    form: dict[str, str]
    expected: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint} {self.thing}"


def table() -> list[Row]:
    """The rows in order; lines that begin with # are headings."""
    with TABLE.open(newline="") as file:
        lines = [
            (number, line) for number, line in enumerate(file, 1) if line.strip() and not line.startswith("#")
        ]
    numbers = [number for number, _ in lines[1:]]
    found = []
    for number, entry in zip(numbers, csv.DictReader(line for _, line in lines), strict=True):
        cells = {str(key).strip(): (value or "").strip() for key, value in entry.items()}
        found.append(
            Row(
                number, cells["endpoint"], cells["method"], cells["thing"], dict(parse_qsl(cells["fills"])),
                dict(parse_qsl(cells["form"], keep_blank_values=True)), {who: cells[who] for who in ASKING},
            )
        )  # fmt: skip
    return found


ROWS = table()
#: What is shown in full once somebody asks, and that they asked is put on record.
LOOKS = {"treasurer.look_at_bank"}


_WRITTEN = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)", re.IGNORECASE)


@dataclass
class House:
    """The settled service, and how it is put back as it was."""

    app: Flask
    parish: Parish
    file: Path
    kept: Path
    writes: list[str]

    def tables(self) -> list[str]:
        """The tables that were written to, in order."""
        return [_WRITTEN.match(statement).group(1) for statement in self.writes]  # type: ignore[union-attr]

    def restore(self) -> None:
        """The database as it was when everybody had settled."""
        office_of(self.app).db.close()
        for end in ("-wal", "-shm"):
            self.file.with_name(self.file.name + end).unlink(missing_ok=True)
        shutil.copy(self.kept, self.file)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The parish behind an app whose forms need no token: tokens have tests of their own."""
    data = tmp_path_factory.mktemp("matrix")
    app = app_over(data, FUNDAPP_DEMO="1")
    app.config["WTF_CSRF_ENABLED"] = False
    app.testing = False
    office = office_of(app)
    # Here everybody tries everything: each try is to be seen.
    limits = dict(throttle.LIMITS)
    throttle.LIMITS["refused"] = (10**6, timedelta(hours=1))
    upgrade(office.db)
    parish = settle(office, KEYS["SECRET_KEY"], app.extensions["files"])
    office.db.close()
    file = data / "fundapp.db"
    kept = data / "kept.db"
    shutil.copy(file, kept)
    writes: list[str] = []

    @event.listens_for(office.db.engine, "before_cursor_execute")
    def look(conn: Any, cursor: Any, statement: str, *more: Any) -> None:
        if statement.lstrip().split(None, 1)[0].upper() in ("INSERT", "UPDATE", "DELETE"):
            writes.append(statement)

    yield House(app, parish, file, kept, writes)
    throttle.LIMITS.update(limits)
    office.db.close()


def address(house: House, row: Row) -> str:
    """Where the row is asked."""
    rule = next(rule for rule in house.app.url_map.iter_rules() if rule.endpoint == row.endpoint)
    known = {**house.parish.things[row.thing], **row.fills}
    with house.app.test_request_context():
        return url_for(row.endpoint, **{name: known[name] for name in rule.arguments | row.fills.keys()})


def answer(house: House, row: Row, who: str) -> tuple[str, Any]:
    """What this person is answered, in the table's words, and the answer itself."""
    client = house.app.test_client()
    key = ASKING[who]
    if key is not None:
        with client.session_transaction() as session:
            session["_user_id"] = house.parish.accounts[key]
    house.writes.clear()
    path = address(house, row)
    # `{grant}` in a form is the grant of the thing that is asked about.
    things = house.parish.things[row.thing]
    form = {name: value.format(**things) for name, value in row.form.items()}
    given = client.get(path) if row.method == "GET" else client.post(path, data=form)
    # That a try was counted, so that guessing is slow, changes nothing of anybody's.
    wrote = any("throttle" not in statement for statement in house.writes)
    if row.method == "POST" and key is not None and given.status_code in (403, 404, 409, 422):
        tables = [table for table in house.tables() if table != "throttle"]
        # That it was tried stands in the record of whoever tried, and nothing else was written.
        if tables or given.status_code in (403, 404):
            assert tables == ["audit_event", "audit_head"], path
        house.writes.clear()
        return str(given.status_code), given
    if row.method == "GET":
        assert not wrote, f"GET {path} wrote"
    if house.writes:
        house.restore()
    status = str(given.status_code)
    if given.status_code in (302, 303, 308):
        to_sign_in = (
            urlsplit(given.headers["Location"]).path == "/sign-in" and row.endpoint != "signin.sign_out"
        )
        status = "in" if to_sign_in else "303" if wrote else "away"
    elif wrote and status == "200" and given.is_json:
        status = "saved"
    elif wrote and status == "200" and given.headers.get("Content-Disposition", "").startswith("attachment"):
        status = "taken"
    elif wrote and status == "200" and row.endpoint in LOOKS:
        status = "shown"
    else:
        assert not wrote, f"{row.method} {path} was answered {status} and wrote all the same"
    return status, given


class Faults(HTMLParser):
    """What no page may hold."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Inline style and script, handlers, and forms without their token."""
        names = {name for name, _ in attrs}
        self.found += [f"{name} on <{tag}>" for name in names if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and not names & {"src", "nonce"}):
            self.found.append(f"inline <{tag}>")


def test_every_route_is_reviewed(house: House) -> None:
    """Each method of each route stands in the table, and the table names nothing else."""
    served = {
        (rule.endpoint, method)
        for rule in house.app.url_map.iter_rules()
        if rule.endpoint not in OPEN_FILES
        for method in (rule.methods or set()) & {"GET", "POST"}
    }
    assert served == {(row.endpoint, row.method) for row in ROWS}


def test_the_table_is_whole() -> None:
    """Every cell is filled with an answer that means something, and no line stands twice."""
    allowed = {
        "200",
        "saved",
        "taken",
        "shown",
        "303",
        "in",
        "away",
        "401",
        "403",
        "404",
        "409",
        "410",
        "422",
    }
    for row in ROWS:
        assert set(row.expected.values()) <= allowed, f"line {row.line}"
    asked = [(row.endpoint, row.method, row.thing, str(row.fills), str(row.form)) for row in ROWS]
    assert len(asked) == len(set(asked))


def test_every_bid_that_is_asked_of_someone_is_refused_to_someone() -> None:
    """No row about a bid lets everybody in: one that did would have been filled in without thought."""
    for row in ROWS:
        if row.endpoint == "member.start":
            continue  # anybody signed in may ask; who is no member is led away with nothing done
        if row.thing not in ("nothing",) and not row.endpoint.startswith(
            (
                "public.",
                "councillor.answer",
                "councillor.copy_pdf",
                "councillor.file",
                "signin.link",
                "signin.again",
            )
        ):
            assert set(row.expected.values()) & {"403", "404"}, f"line {row.line}"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_route(house: House, row: Row) -> None:
    """Everybody is answered as the table says."""
    found: dict[str, str] = {}
    for who in ASKING:
        found[who], given = answer(house, row, who)
        if given.mimetype == "text/html":
            page = Faults()
            page.feed(given.text)
            assert page.found == []
        given.close()
    assert found == row.expected, f"line {row.line}"
