"""A person erased: nothing of them is found anywhere, the record still verifies, and the pages still work."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.jobs import handlers
from fundapp.jobs.deliver import deliver_due
from fundapp.mail.kept import folder_of, read_folder
from fundapp.queries import keeping as asks
from fundapp.services import erasing, privacy
from tests import cast as cast_room
from tests.cast import Cast
from tests.databases import BOTH
from tests.traces import WORDS, settle, traces


@pytest.fixture(params=BOTH)
def fund(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cast]:
    """The cast on either database."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    database: Database = request.getfixturevalue(name)
    yield from cast_room.over(database, tmp_path)


def erase(cast: Cast, person: int) -> erasing.Plan:
    privacy.ask(cast.office, cast.operator, person, "letter", cast.now)
    files, mails = cast.app.extensions["files"], folder_of(cast.app.extensions["settings"].mail_url)
    return privacy.confirm(cast.office, files, cast.actor("officer"), person, cast.now, mails)


def mails(cast: Cast) -> list[str]:
    """Every mail that lies in the folder, as it is read."""
    folder = folder_of(cast.app.extensions["settings"].mail_url)
    assert folder is not None
    return [f"{mail.to} {mail.subject} {mail.text}" for mail in read_folder(folder, 10_000)]


def stored(cast: Cast) -> list[bytes]:
    folder = cast.app.extensions["files"].folder
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]


def test_nothing_of_an_erased_person_is_found(fund: Cast) -> None:
    zebedee = settle(fund)
    words = {*WORDS, f"A{zebedee.person:07}"}
    before = {word for _, word in traces(fund.office.db, words)}
    assert before >= words - {"Sunita Rao"}, "the look finds what is there"
    assert any(b"Quillfeather" in content for content in stored(fund))
    known = handlers.registry(fund.office, fund.app.extensions["settings"])
    while deliver_due(fund.office.db, known, "test", limit=50).total:
        pass
    told = [mail for mail in mails(fund) if "quill" in mail.lower()]
    assert told
    plan = erase(fund, zebedee.person)
    assert not plan.stays
    assert [mail for mail in mails(fund) if "quill" in mail.lower()] == []
    assert traces(fund.office.db, words) == []
    assert not any(b"Quillfeather" in content for content in stored(fund))
    if fund.office.db.dialect == "sqlite":
        raw = b"".join(
            path.read_bytes() for path in Path(str(fund.office.db.url.database)).parent.glob("fund.db*")
        )
        assert [word for word in words if word.lower().encode() in raw.lower()] == [], (
            "it lies in the file itself"
        )
    report = verify(fund.office.db, fund.office.recorder)
    assert [problem.sentence for problem in report.problems] == []
    assert report.erased > 12
    with fund.office.db.read() as conn:
        again = erasing.of_person(conn, asks.person(conn, zebedee.person), fund.office.zone)
    assert again.going.rows == 0, again.going.tables


def test_a_representative_goes_and_what_is_part_of_the_accounts_stays(cast: Cast) -> None:
    zebedee = settle(cast, awarded=True)
    live = cast.bid("endorsed")
    councillor = cast.person("councillor")
    privacy.ask(cast.office, cast.operator, councillor, "email", cast.now)
    assert "Confirm that what we hold of Margaret Oyelaran goes" in cast.client("officer").get("/desk").text
    privacy.withdraw(cast.office, cast.operator, councillor, cast.now)
    plan = erase(cast, councillor)
    assert plan.others == {"endorsement": 2}
    said = "SELECT statement FROM endorsement WHERE bid_id = :bid"
    assert cast.value(said, bid=zebedee.declined) == ""
    assert cast.value(said, bid=zebedee.awarded) != ""
    assert cast.value(said, bid=live.id) != ""
    assert traces(cast.office.db, ["councillor@demo.example"]) == []
    assert {table for table, _ in traces(cast.office.db, ["Margaret Oyelaran"])} <= {"letter"}
    assert "A former member" in cast.client("officer").get(f"/bids/{live.reference}").text
    assert verify(cast.office.db, cast.office.recorder).clean


def test_who_was_erased_is_erased_again_in_an_older_copy(cast: Cast) -> None:
    zebedee = settle(cast)
    files = cast.app.extensions["files"]
    token = cast.value("SELECT token FROM person WHERE id = :person", person=zebedee.person)
    done = [privacy.reapply(cast.office, files, cast.operator, token, cast.now) for _ in range(2)]
    assert done == ["done", "erased"]
    assert privacy.reapply(cast.office, files, cast.operator, "nobody", cast.now) == "unknown"
    assert traces(cast.office.db) == []
    chair = cast.actor("chair").token
    assert privacy.reapply(cast.office, files, cast.operator, chair, cast.now) == "going_on"
    assert verify(cast.office.db, cast.office.recorder).clean
    with cast.office.db.read() as conn:
        assert [row.token for row in asks.erased_tokens(conn)] == [token]


def test_two_officers_and_the_pages_after(cast: Cast) -> None:
    zebedee = settle(cast)
    person, office = zebedee.person, cast.office
    officer = cast.client("officer")
    assert "Quillfeather" in officer.get(f"/people/{person}/held").text
    assert officer.post(f"/people/{person}/erase", data={"erase_how": ""}).status_code == 422
    assert officer.post(f"/people/{person}/erase", data={"erase_how": "email"}).status_code == 303
    page = officer.get(f"/people/{person}/held?look=yes").text
    assert "Another officer must confirm it" in page
    assert "quote-for-thimbles.txt" in page
    assert "Confirm that what we hold of" not in officer.get("/desk").text
    again = officer.post(f"/people/{person}/erase/confirm", data={"sure": "yes"})
    assert again.status_code == 409
    assert "Another officer must confirm it" in again.text
    assert traces(office.db), "nothing went"
    privacy.confirm(office, cast.app.extensions["files"], cast.operator, person, cast.now)
    assert traces(office.db) == []
    with office.db.read() as conn:
        references = {row.id: row.reference for row in asks.bids_of(conn, person)}
    said = officer.get(f"/bids/{references[zebedee.declined]}").text
    assert "Details removed" in said
    assert "at the person’s request" in said
    for path in ("/bids", "/people", f"/people/{person}", f"/people/{person}/held"):
        assert officer.get(path).status_code == 200, path
    assert "A former member" in officer.get(f"/people/{person}").text
    look_at_every_page(cast, references.values(), person)


def look_at_every_page(cast: Cast, references: Iterable[str], person: int, *owners: str) -> None:
    """Whatever page may speak of the bids: none fails."""
    known: dict[str, list[Any]] = {
        "ref": list(references), "code": ["ROUND-1"], "person": [person], "number": [1],
        "subject": [f"person:{person}", "bid:1", "bid:3"],
    }  # fmt: skip
    found = Counter[int]()
    for who in ("officer", "chair", "auditor", *owners):
        client = cast.client(who)
        for rule in cast.app.url_map.iter_rules():
            room = rule.endpoint.partition(".")[0]
            if (
                "GET" not in (rule.methods or ())
                or not rule.arguments <= known.keys()
                or room in ("static", "signin")
            ):
                continue
            for given in product(*(known[name] for name in sorted(rule.arguments))):
                path = rule.build(dict(zip(sorted(rule.arguments), given, strict=True)))
                assert path is not None
                with client.get(path[1]) as answer:
                    assert answer.status_code < 500, (who, path[1])
                    found[answer.status_code] += 1
    assert found[200] > 60, found
