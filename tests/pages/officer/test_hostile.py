"""Addresses and forms that somebody made up, on both databases: a sentence or no such page, never an error of ours."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from fundapp.database import Database
from tests.cast import Cast, over

MANY = "9" * 15


@pytest.fixture
def both(database: Database, tmp_path: Path) -> Iterator[Cast]:
    """The cast, on SQLite and on PostgreSQL."""
    yield from over(database, tmp_path)


@pytest.mark.parametrize(
    "path",
    [
        "/bids?sort=amount&after=99999999999999999_1",
        f"/bids?sort=due&after=_{MANY}",
        "/bids?sort=wait&after=99999999999999999_1",
        "/bids?words=B-9999999999999999A",
        f"/people?after={MANY}",
    ],
)
def test_numbers_beyond_any_column_list_nothing_or_all(both: Cast, path: str) -> None:
    assert both.client("officer").get(path).status_code == 200


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("officer", "/bids?words=%00"),
        ("officer", "/bids?place=a%00"),
        ("officer", "/bids/%00"),
        ("officer", "/bids/B-%00"),
        ("officer", "/people?words=%00"),
        ("officer", "/rounds-desk/%00"),
        ("officer", "/people/" + "9" * 25),
        ("auditor", "/record/%00"),
        ("auditor", "/record/find?words=bid:%00"),
        ("auditor", "/record/bid:99999999999999999999999"),
    ],
)
def test_what_no_address_holds_is_no_page(both: Cast, key: str, path: str) -> None:
    assert both.client(key).get(path).status_code == 404


def test_a_chain_is_read_before_any_number(both: Cast) -> None:
    page = both.client("auditor").get(f"/record/fund:{both.fund}?before={MANY}")
    assert page.status_code == 200
    assert "founded the fund" in page.text


def test_control_characters_leave_what_was_typed(both: Cast) -> None:
    bid = both.bid("submitted")
    client = both.client("officer")
    path = f"/bids/{bid.reference}/address"
    given = {"email": "margaret@council.example", "source": "her\x00 card\x1b"}
    assert client.post(path, data=given).status_code == 303
    source = "SELECT h.source FROM office_holding h JOIN bid b ON b.holding_id = h.id WHERE b.id = :bid"
    assert both.value(source, bid=bid.id) == "her card"
    person = {"name": "Orla\x00 Finnegan", "email": "orla@example.org", "role": "member", "fund": both.fund}
    new = client.post("/people/add", data=person).headers["Location"]
    assert "<h1>Orla Finnegan</h1>" in client.get(new).text
    written = {"answer": "endorse", "words": "I know\x00 this hall.", "no_interest": "yes"}
    answered = client.post(
        f"/bids/{bid.reference}/written-answer",
        data={**written, "seen": "2", "file": (BytesIO(b"yes"), "her\x00.txt")},
        content_type="multipart/form-data",
    )
    assert (answered.status_code, both.state(bid.id)) == (303, "endorsed")
    assert (
        both.value("SELECT statement FROM endorsement WHERE bid_id = :bid", bid=bid.id) == "I know this hall."
    )


def test_a_budget_that_no_round_holds_is_refused_in_words(both: Cast) -> None:
    given = {"fund": both.fund, "code": "BIG", "title": "Big", "opens": "2030-01-01", "closes": "2030-02-01"}
    client = both.client("officer")
    answer = client.post("/rounds-desk/add", data={**given, "budget": "21474836.48"})
    assert answer.status_code == 422
    assert "Give £21,474,836.47 or less." in answer.text
    assert client.post("/rounds-desk/add", data={**given, "budget": "21474836.47"}).status_code == 303


def test_an_address_is_decoded_once(both: Cast) -> None:
    client = both.client("officer")
    assert 'value="%41%2500"' in client.get("/bids?words=%2541%252500").text
    assert client.get("/bids/%252e%252e%252f").status_code == 404
