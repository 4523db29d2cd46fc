"""Whoever is kept from a bid reads nothing of it anywhere: every page, list, search, export and file, and every mail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask, url_for
from sqlalchemy import select, text
from werkzeug.routing import BuildError

from fundapp.database import upgrade
from fundapp.domain import ties
from fundapp.jobs import addressees, handlers
from fundapp.models import Bid, Organisation, Person
from fundapp.queries import messages
from fundapp.services import panel, people
from fundapp.services import ties as register
from tests.cast import session_of
from tests.house.parish import Parish, settle
from tests.web import KEYS, app_over, office_of

ROLES = ("reviewer", "chair", "officer", "treasurer", "auditor")
#: Rooms that the whole world reads, what the demonstration shows to anybody, and links that open for who was mailed them.
OPEN = ("public.", "demo.", "static", "bootstrap.", "councillor.")
#: Of things of the same kind, as many are asked for.
OF_A_KIND = 3
#: People as people: who belongs to the party and holds which role says nothing of bids; and whom they said they know.
OF_PEOPLE = frozenset(
    {"officer.people", "officer.person", "officer.memberships", "officer.membership", "officer.confirm_memberships",
     "reviewer.interests_page"}
)  # fmt: skip


@dataclass
class House:
    """The parish, somebody who is kept from all of its bids, and somebody with the same roles who is kept from none."""

    app: Flask
    parish: Parish
    keys: dict[str, str]
    persons: dict[str, int]
    #: What tells of a bid: references, titles, groups.
    of_bids: frozenset[str]
    #: Names of those who bid.
    of_people: frozenset[str]

    def read(self, who: str, path: str) -> tuple[int, str]:
        """What somebody is answered."""
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = self.keys[who]
        given = client.get(path, follow_redirects=False)
        body = given.get_data()
        found = (given.status_code, body.decode("utf-8", "replace") + str(given.headers))
        given.close()
        return found


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Both hold every role of the fund; one of them lives where all of the bids are."""
    app = app_over(tmp_path_factory.mktemp("kept-apart"), FUNDAPP_DEMO="1")
    app.config["WTF_CSRF_ENABLED"] = False
    app.testing = False
    office = office_of(app)
    upgrade(office.db)
    parish = settle(office, KEYS["SECRET_KEY"], app.extensions["files"])
    now = datetime.now(UTC)
    operator = people.operator(office, now)
    names = {"kept": "Petra Vogelsang", "free": "Hamish Quill"}
    keys: dict[str, str] = {}
    with office.deed(operator, now) as deed:
        made = people.enter(
            deed, [people.Newcomer(name, f"{key}@example.org") for key, name in names.items()]
        )
        persons = dict(zip(names, made, strict=True))
        accounts = {}
        for key, person in persons.items():
            for role in ROLES:
                people.give_role(deed, person, role, None)
            accounts[key] = people.open_account(deed, person, f"{key}@example.org", None)
        actor = people.actor(deed.conn, persons["kept"])
        wards = list(deed.conn.scalars(select(Bid.area_id).where(Bid.area_id.is_not(None)).distinct()))
    for key, account in accounts.items():
        keys[key] = session_of(office, account)
    # Both were given a bid to read before anything was known.
    pairs = [(parish.things["panel"]["bid"], person) for person in persons.values()]
    with office.db.read() as conn:
        chair = people.actor(conn, persons["free"])
    assert panel.assign(office, chair, pairs, now) == 2
    said = [register.Said(ties.area(ward), "lives") for ward in wards]
    # A draft has no place yet: it is hidden for who writes it.
    with office.db.read() as conn:
        writers = conn.scalars(select(Bid.applicant_id).where(Bid.applicant_id.is_not(None)).distinct())
        said += [register.Said(ties.person(writer), "knows") for writer in writers]
    register.declare(office, actor, said, [], now)
    with office.db.read() as conn:
        bids = conn.execute(
            select(Bid.reference, Bid.title, Organisation.name, Person.name)
            .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
            .outerjoin(Person, Person.id == Bid.applicant_id)
        ).all()
    of_bids = {text for row in bids for text in row[:3] if text}
    yield House(app, parish, keys, persons, frozenset(of_bids), frozenset(row[3] for row in bids))
    office.db.close()


def paths(house: House) -> Iterator[tuple[str, str]]:
    """(endpoint, path) of every GET route with everything in the parish that fills its address, and what is searched."""
    for rule in house.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith(OPEN):
            continue
        seen = set()
        for thing in house.parish.things.values():
            if rule.arguments <= thing.keys():
                seen.add(_built(house.app, rule.endpoint, thing, rule.arguments))
            elif rule.arguments == {"subject"} and "bid" in thing:
                subject = {"subject": f"bid:{thing['bid']}"}
                seen.add(_built(house.app, rule.endpoint, subject, rule.arguments))
        for path in sorted(filter(None, seen))[-OF_A_KIND:]:
            yield rule.endpoint, path
            if not rule.arguments:
                texts = sorted(house.of_bids)
                for words in (texts[0], texts[-2], texts[-1]):
                    yield rule.endpoint, f"{path}?words={quote(words)}&q={quote(words)}"


def _built(app: Flask, endpoint: str, thing: dict[str, Any], wanted: set[str]) -> str | None:
    with app.test_request_context():
        try:
            return url_for(endpoint, **{name: thing[name] for name in wanted})
        except BuildError:
            return None


def told(house: House, who: str) -> dict[str, set[str]]:
    """Which endpoints tell this person of a bid, and what of it. What was asked for is not told by being repeated."""
    found: dict[str, set[str]] = {}
    for endpoint, path in paths(house):
        status, text = house.read(who, path)
        assert status < 500, path
        needles = house.of_bids if endpoint in OF_PEOPLE else house.of_bids | house.of_people
        if "?" in path:
            needles = frozenset(needle for needle in needles if quote(needle) not in path)
        for needle in needles:
            if needle in text:
                found.setdefault(endpoint, set()).add(f"{needle} at {path}")
    return found


def test_nothing_anywhere_tells_of_a_bid_to_whoever_is_kept_from_it(house: House) -> None:
    assert told(house, "kept") == {}


def test_the_walk_reads_what_there_is_to_be_told(house: House) -> None:
    """The same walk by somebody who is kept from nothing finds bids in every room."""
    found = told(house, "free")
    assert {endpoint.partition(".")[0] for endpoint in found} >= {
        "staff", "desk", "reviewer", "chair", "treasurer", "officer", "auditor",
    }  # fmt: skip
    assert len(found) >= 15


def test_no_mail_tells_of_a_bid_to_whoever_is_kept_from_it(house: House) -> None:
    """Whatever stands to be delivered, to everybody by their roles."""
    office = office_of(house.app)
    sent = {"kept@example.org": 0, "free@example.org": 0}
    known = handlers.registry(office, house.app.extensions["settings"])
    with office.db.read() as conn:
        rows = conn.execute(text("SELECT id, name, args, key, bid_id FROM outbox ORDER BY id")).all()
    for row in rows:
        assert row.name in known
        with office.db.read() as conn:
            bid = messages.about(conn, row.bid_id) if row.bid_id else None
            if bid is None:
                continue
            for part in ("officer", "treasurer", "chair", "reviewer"):
                for _name, address in addressees.in_part(conn, part, bid):
                    if address in sent:
                        sent[address] += 1
    assert sent["kept@example.org"] == 0
    assert sent["free@example.org"] > 10
