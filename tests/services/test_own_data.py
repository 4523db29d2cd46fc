"""What is held of a person, in their own hands: theirs in full, what is of others left out, and fresh sign-in asked for."""

import io
import json
import tracemalloc
import zipfile
from datetime import timedelta

import pytest

from fundapp.services import documents, own_data
from fundapp.services.transition import fire
from tests.cast import Cast
from tests.traces import settle

#: What tells of others, and of the panel's own talk.
OTHERS = (
    "Ruth Calloway",
    "Imran Siddiqui",
    "Kirsty Maclennan",
    "Quillfeather knows his lanterns",
    "Ask Quillfeather of",
)


def packed(cast: Cast, person: int) -> zipfile.ZipFile:
    files = cast.app.extensions["files"]
    return zipfile.ZipFile(io.BytesIO(b"".join(own_data.packed(cast.office, files, person, cast.now))))


def test_theirs_in_full_and_nothing_of_others(cast: Cast) -> None:
    zebedee = settle(cast)
    with packed(cast, zebedee.person) as held:
        assert held.testzip() is None
        names = held.namelist()
        everything = b"\n".join(held.read(name) for name in names if not name.endswith(".pdf")).decode()
        versions = json.loads(held.read("data/bid_version.json"))
        reviews = json.loads(held.read("data/review.json"))
        decisions = json.loads(held.read("data/decision.json"))
    assert {"README.txt", "summary.html"} <= set(names)
    assert len([name for name in names if name.endswith("quote-for-thimbles.txt")]) == 2
    assert len([name for name in names if name.startswith("letters/")]) == 1
    for word in (
        "Zebedee Quillfeather",
        "zebedee.q@quillmail.example",
        "ZQ9 4WX",
        "a friend of the panjandrum",
    ):
        assert word in everything
    assert [word for word in OTHERS if word in everything] == []
    assert len(versions) == 2
    assert reviews == []
    assert "thimblewick plan is thin" in decisions[0]["feedback"]
    assert decisions[0]["decided_by"] == "somebody else"


def test_a_reviewer_has_their_own_reviews_and_no_bid(cast: Cast) -> None:
    settle(cast)
    with packed(cast, cast.person("reviewer")) as held:
        reviews = json.loads(held.read("data/review.json"))
        everything = b"\n".join(held.read(name) for name in held.namelist()).decode()
    assert [review["person_id"] for review in reviews] == ["you"]
    assert "Quillfeather knows his lanterns" in everything
    assert "ZQ9 4WX" not in everything
    assert "Imran Siddiqui" not in everything


def test_a_decision_that_is_not_released_is_not_told(cast: Cast) -> None:
    bid = cast.bid("reviewed")
    bid.stage.decide(bid.id, "decline")
    with packed(cast, cast.person("member")) as held:
        assert json.loads(held.read("data/decision.json")) == []
        assert json.loads(held.read("data/bid.json"))[0]["state"] == "with the panel"
    page = cast.client("member").get("/account/data").text
    assert "what was decided" not in page
    assert "what the panel thought" not in page


def test_what_only_those_who_run_the_fund_know_stays_with_them(cast: Cast) -> None:
    bid = cast.bid("accepted")
    treasurer, member = cast.actor("treasurer"), cast.person("member")
    fire(
        cast.office,
        treasurer,
        "bid",
        "ask_cancel",
        bid.id,
        bid.stage.released,
        {"reason": "The hall burnt down."},
    )
    with cast.office.deed(cast.actor("officer"), cast.now) as deed:
        written = documents.keep(
            cast.app.extensions["files"], "answer.txt", io.BytesIO(b"Dear officer, I back it.")
        )
        documents.enter(deed, bid.id, None, written, quarantine=False)
    with packed(cast, member) as held:
        names, everything = (
            held.namelist(),
            b"\n".join(held.read(name) for name in held.namelist()).decode(errors="replace"),
        )
        assert len(json.loads(held.read("data/award.json"))) == 1
    assert not any("answer.txt" in name for name in names)
    assert "answer.txt" not in everything
    assert "The hall burnt down" not in everything


def test_memory_stays_flat(cast: Cast) -> None:
    zebedee = settle(cast)
    files = cast.app.extensions["files"]
    content = b"%PDF-" + bytes(24 * 1024 * 1024)
    sha256, size = files.put(content)
    with cast.office.db.write() as conn:
        conn.exec_driver_sql(
            f"UPDATE document SET sha256 = '{sha256}', size = {size}, name = 'big.pdf' WHERE bid_id = {zebedee.declined}"
        )
    del content
    tracemalloc.start()
    try:
        sent = sum(len(piece) for piece in own_data.packed(cast.office, files, zebedee.person, cast.now))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sent > 24 * 1024 * 1024
    assert most < 8 * 1024 * 1024


def test_whoever_signed_in_long_ago_signs_in_again_first(cast: Cast) -> None:
    client = cast.client("member")
    settle(cast)
    page = client.get("/account/data")
    assert page.status_code == 200
    assert "Download everything" in page.text
    given = client.post("/account/data")
    assert given.status_code == 200
    assert given.headers["Content-Type"] == "application/zip"
    assert "attachment" in given.headers["Content-Disposition"]
    assert cast.value("SELECT count(*) FROM audit_event WHERE action = 'person.data_given'") == 1
    with cast.office.db.write() as conn:
        old = (cast.now - timedelta(days=60)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        conn.exec_driver_sql(f"UPDATE sign_in_session SET made_at = '{old}'")
    assert "Sign in again" in client.get("/account/data").text
    assert client.post("/account/data").status_code == 409
    assert cast.value("SELECT count(*) FROM audit_event WHERE action = 'person.data_given'") == 1
    assert client.post("/account/data/sign-in-again").status_code == 303
    assert client.get("/account/data").status_code == 302


@pytest.mark.parametrize("how", ["letter", ""])
def test_an_officer_makes_it_for_who_has_no_account(cast: Cast, how: str) -> None:
    person = cast.person("councillor")
    given = cast.client("officer").post(f"/people/{person}/held/give", data={"how": how})
    assert given.status_code == (200 if how else 422)
    made = cast.value("SELECT count(*) FROM audit_event WHERE action = 'person.data_given'")
    assert made == (1 if how else 0)
