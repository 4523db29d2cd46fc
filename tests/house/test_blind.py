"""Where the panel reads without names, no page, file, search, export or mail of a reader or chair names anybody."""

import html
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import url_for
from flask.testing import FlaskClient

from fundapp.database import upgrade
from fundapp.demo import people as cast_room
from fundapp.demo import projects
from fundapp.domain.candidates import Terms
from fundapp.jobs import handlers
from fundapp.jobs.deliver import deliver_due
from fundapp.queries import panel as panel_asks
from fundapp.queries import rounds as round_asks
from fundapp.services import documents, panel, people, roles, round_terms, rounds, selection
from fundapp.services.transition import fire
from tests import handed, masks
from tests.cast import Cast, Made
from tests.web import app_over, office_of

#: Words that name who bids, for whom, or where. None is of two meanings.
SECRET = re.compile(
    r"\b(sunita|rao|millbeck|oyelaran|margaret|netherdale|thornley|hawthorn|mb3|north vale|mcg|0113|growers@|1168381)",
    re.IGNORECASE,
)
SUMMARY = (
    "Sunita Rao’s neighbours cook in Millbeck East with Cllr Margaret Oyelaran. Ring 0113 496 0000 or write to "
    "growers@example.org: Millbeck Growers answer."
)
#: Where the fund itself sits stands on its papers.
OWN_ADDRESS = "Millbeck MB1 4AA"
INTERESTS = "/pile/interests"
VIEWERS = {"reviewer": "reviewer", "chair": "chair", "both": "reviewer4"}


class World(Cast):
    """A blind round: bids that are read, prepared, decided and withdrawn."""

    bids: dict[str, Made]
    cleared: int
    withheld: int
    mail: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    data = tmp_path_factory.mktemp("blind")
    app = app_over(data, MAIL_URL=f"file:{data}/mail")
    app.config["WTF_CSRF_ENABLED"] = False
    office, now = office_of(app), datetime.now(UTC)
    upgrade(office.db)
    operator = people.operator(office, now)
    fund = rounds.found(office, operator, "communities", "Communities Fund", now)
    entered = cast_room.enter(office, operator, fund, now)
    made = World(app, office, entered, fund, operator, now)
    made.mail = data / "mail"
    roles.give(office, operator, made.person("reviewer4"), "chair", fund, now)
    _round(made)
    yield made
    office.db.close()


def _round(world: World) -> None:
    stage, code = world.round()
    office, officer = world.office, world.actor("officer")
    handed.ask_for_files(office, world.operator, stage.round, stage.during)
    with office.db.read() as conn:
        row: Any = round_asks.by_id(conn, stage.round)
    round_terms.change(office, officer, stage.round, {"blind": True}, stage.during, row.version)
    project = {**next(iter(projects.projects(1))), "summary": SUMMARY}
    world.bids = {}
    for name in ("read", "prepared", "decided", "withdrawn"):
        bid = stage.draft(project)
        if name == "read":
            files = [_file(world, bid, stage.during, each) for each in ("Plan of Millbeck.pdf", "Rao.pdf")]
            world.cleared, world.withheld = files
        stage.submit(bid)
        stage.endorse(bid)
        world.bids[name] = world._kept(stage, code, bid)
    stage.start_panel()
    stage.assign([bid.id for bid in world.bids.values()], ("reviewer", "reviewer2", "reviewer4"))
    for name in ("read", "decided", "withdrawn"):
        masks.confirm(office, officer, world.bids[name].id, stage.after, [world.cleared])
    for reviewer in ("reviewer", "reviewer2", "reviewer4"):
        stage.review(world.bids["decided"].id, reviewer, (4, 4, 3, 4, 5))
    stage.conclude(world.bids["decided"].id)
    stage.decide(world.bids["decided"].id, "award", 200_000)
    stage.review(world.bids["read"].id, "reviewer", (0, 0, 0, 0, 0))
    stage.review(world.bids["read"].id, "reviewer2", (5, 5, 5, 5, 5))
    stage.review(world.bids["read"].id, "reviewer4", (5, 5, 5, 5, 5))
    fire(office, world.actor("chair"), "bid", "moderate", world.bids["read"].id, stage.after)
    fire(office, world.actor("member"), "bid", "withdraw", world.bids["withdrawn"].id, stage.after)
    with office.db.read() as conn:
        row = round_asks.by_id(conn, stage.round)
    selection.suggest(office, world.actor("chair"), row, Terms(row.budget_pence), stage.after)


def _file(world: World, bid: int, at: datetime, name: str) -> int:
    content = io.BytesIO(handed.pdf(f"The plan {len(name)}"))
    store = world.app.extensions["files"]
    return documents.hand_in(
        world.office, world.actor("member"), store, bid, handed.PLANS, name, content, at, quarantine=False
    )  # fmt: skip


def addresses(world: World, method: str, rooms: tuple[str, ...] = ()) -> list[str]:
    """Every address that the service answers, filled with everything that the blind round has."""
    code = world.bids["read"].code
    known: dict[str, list[Any]] = {
        "ref": [bid.reference for bid in world.bids.values()], "code": [code], "number": [1, 2],
        "document": [world.cleared, world.withheld], "subject": [f"bid:{world.bids['read'].id}"],
        "question": ["summary", "plans"], "part": ["rules"],
    }  # fmt: skip
    found = []
    with world.app.test_request_context():
        for rule in world.app.url_map.iter_rules():
            if method not in (rule.methods or ()) or rule.endpoint in ("static", "bootstrap.static"):
                continue
            if rooms and rule.endpoint.partition(".")[0] not in rooms:
                continue
            names = sorted(rule.arguments)
            choices = [known.get(name, [1 if name in _whole(rule) else "x"]) for name in names]
            for values in product(*choices):
                found.append(url_for(rule.endpoint, **dict(zip(names, values, strict=True))))
    if method == "GET":
        for words in ("Millbeck", "Sunita", "kitchen", world.bids["read"].reference):
            found += [f"/bids?words={words}", f"/bids?place={words}", f"/bids?round={code}&words={words}"]
        found += [f"/bids?only={only}&round={code}" for only in ("sent", "backed", "read", "withdrawn")]
        found += [
            f"/panel/{code}/decide?suggestion=1",
            f"/panel/{code}/assign?readers=9",
            f"/bids?state=endorsed&round={code}",
        ]
    return found


def _whole(rule: Any) -> set[str]:
    return {
        name for name, converter in rule._converters.items() if type(converter).__name__ == "IntegerConverter"
    }


def said(answer: Any) -> str:
    """All that an answer says: its page or paper as text, and its headers."""
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers)
    if answer.mimetype == "application/pdf":
        from pypdf import PdfReader

        return headers + " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    return headers + html.unescape(answer.data.decode("utf-8", "replace"))


def leak(client: FlaskClient, path: str, answer: Any) -> str:
    """What an answer names, with what stands around it; empty where it names nobody. What was asked may stand there."""
    words = said(answer).replace("\xa0", " ").replace(html.unescape(path), "").replace(OWN_ADDRESS, "")
    # Keys, numbers of requests and measured times are random, and may spell anything.
    words = re.sub(
        r"""nonce[-=]"?[\w+/=-]+|value="[\w.-]{40,}\"|[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}""", "", words
    )
    if path.startswith("/metrics"):
        words = re.sub(r" [0-9.e-]+$", "", words, flags=re.MULTILINE)
    asked = path.partition("words=")[2] or path.partition("place=")[2]
    if asked:
        # The box of the search holds what was typed, and so do the links to its other tabs.
        words = re.sub(rf'(value="|words=|place=|“){asked}', "", words)
    named = SECRET.search(words)
    return "" if named is None else f"{path}: …{words[max(0, named.start() - 80) : named.end() + 40]}…"


@pytest.mark.parametrize("viewer", VIEWERS)
def test_no_page_file_search_or_export_names_anybody(world: World, viewer: str) -> None:
    client = world.client(VIEWERS[viewer])
    found, opened = [], set()
    for path in addresses(world, "GET"):
        answer = client.get(path)
        assert answer.status_code != 500, path
        if path == INTERESTS:
            # Everybody of the round in the order of the alphabet, and nothing that says whose bid is which.
            assert not re.search(r"\bB-\d{4}", said(answer))
            continue
        found.append(leak(client, path, answer))
        answer.close()
        if answer.status_code == 200:
            opened.add(path)
    assert [each for each in found if each] == []
    ref, code = world.bids["read"].reference, world.bids["read"].code
    if viewer != "chair":
        assert {
            "/pile",
            f"/pile/{ref}",
            f"/pile/{ref}/documents/{world.cleared}",
            f"/pile/{ref}/interest",
        } <= opened
        assert f"/pile/{ref}/documents/{world.withheld}" not in opened
        assert f"/pile/{world.bids['prepared'].reference}" not in opened
    if viewer != "reviewer":
        assert {
            f"/panel/{code}",
            f"/panel/{code}/{ref}",
            f"/panel/{code}/release",
            f"/panel/{code}/assign",
        } <= opened
        assert f"/bids/{ref}/documents/{world.cleared}" in opened
        assert (
            not {f"/bids/{ref}", f"/bids/{ref}/versions/1", f"/bids/{ref}/documents/{world.withheld}"}
            & opened
        )


@pytest.mark.parametrize("viewer", VIEWERS)
def test_no_refused_form_names_anybody(world: World, viewer: str) -> None:
    client = world.client(VIEWERS[viewer])
    answers = []
    for path in addresses(world, "POST", ("reviewer", "chair")):
        if not path.endswith(("/conclude", "/release", "/undo", "/reopen")):
            answers.append(
                (path, client.post(path, data={"outcome": "award", "pair": f"{world.bids['read'].id}:1"}))
            )
    assert [words for path, answer in answers if (words := leak(client, path, answer))] == []
    assert any(answer.status_code in (409, 422) for _path, answer in answers)


def test_no_mail_to_a_reader_or_chair_names_anybody(world: World) -> None:
    for _turn in range(4):
        deliver_due(
            world.office.db, handlers.registry(world.office, world.app.extensions["settings"]), "test"
        )
    subjects = []
    for file in sorted(world.mail.glob("*.eml")):
        message: Any = message_from_bytes(file.read_bytes(), policy=policy.default)
        to = message["To"].addresses[0].username
        whole = " ".join(f"{name}: {value}" for name, value in message.items())
        for part in message.walk():
            if part.get_content_maintype() == "text":
                whole += part.get_content()
        if to.startswith(("reviewer", "chair")):
            subjects.append(message["Subject"])
            assert not SECRET.search(whole), whole
        elif "Millbeck" in whole:
            subjects.append("named to somebody else")
    assert {each for each in subjects if "withdrawn" in each}, subjects
    assert len(set(subjects)) >= 4, (
        subjects
    )  # given out, talked over, withdrawn; and others are told the names
    assert "named to somebody else" in subjects


def test_who_works_with_names_reads_and_judges_none_of_it(world: World) -> None:
    bid = world.bids["read"]
    officer = world.client("officer")
    assert SECRET.search(officer.get(f"/bids/{bid.reference}").text)
    roles.give(world.office, world.operator, world.person("reviewer3"), "auditor", world.fund, world.now)
    pair = (world.bids["prepared"].id, world.person("reviewer3"))
    with pytest.raises(panel.AssignRefused) as refused:
        panel.assign(world.office, world.actor("chair"), [pair], bid.stage.after)
    assert [(*each[:2], each[2].code) for each in refused.value.refusals] == [(*pair, "sees_names")]
    with world.office.db.read() as conn:
        assert pair in panel_asks.obstacles(conn, [pair[0]], datetime.now(UTC)).barred
    roles.give(world.office, world.operator, world.person("reviewer2"), "treasurer", world.fund, world.now)
    client = world.client("reviewer2")
    assert client.get(f"/pile/{bid.reference}").status_code == 404
    assert bid.reference not in client.get("/pile").text
    roles.give(world.office, world.operator, world.person("auditor"), "chair", world.fund, world.now)
    both = world.client("auditor")
    page = both.get(f"/panel/{bid.code}/{bid.reference}")
    assert (page.status_code, "Another chair decides" in page.text) == (403, True)
    assert both.post(f"/panel/{bid.code}/{bid.reference}/conclude").status_code == 403
    assert not SECRET.search(both.get(f"/panel/{bid.code}").text)
