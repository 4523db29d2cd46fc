"""Answers by the mailed link: what is kept of them, answers to older copies, and answers that come too late."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from fundapp.pages import acting
from fundapp.services import links
from fundapp.services.transition import fire
from tests.cast import Cast, Made
from tests.web import KEYS

BACKING = {"answer": "endorse", "words": "I have eaten at this table.", "no_interest": "yes"}


def _link(cast: Cast, bid: Made, key: str = "a-mail") -> str:
    request: int = cast.value("SELECT max(id) FROM endorsement_request WHERE bid_id = :bid", bid=bid.id)
    token = links.make_token(KEYS["SECRET_KEY"], request, key)
    asked = "SELECT email FROM office_holding WHERE id = (SELECT holding_id FROM endorsement_request WHERE id = :id)"
    links.remember(cast.office, request, key, token, cast.value(asked, id=request), datetime.now(UTC))
    return f"/answer/{token}"


def _seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_a_token_is_the_same_on_every_try_and_another_for_another_mail() -> None:
    first = links.make_token("key", 7, "endorsement_request:bid:3:2")
    assert first == links.make_token("key", 7, "endorsement_request:bid:3:2")
    assert re.fullmatch("[a-z2-7]{32}", first)
    others = {
        links.make_token("other", 7, "endorsement_request:bid:3:2"),
        links.make_token("key", 8, "endorsement_request:bid:3:2"),
        links.make_token("key", 7, "endorsement_request:bid:3:4"),
    }
    assert len({first, *others}) == 4


def test_opening_the_link_changes_nothing_and_shows_the_bid(cast: Cast) -> None:
    bid = cast.bid("submitted")
    path = _link(cast, bid)
    events = cast.value("SELECT count(*) FROM audit_event")
    for _time in range(3):
        page = cast.client(None).get(path)
        assert page.status_code == 200
    assert "Will you back this bid?" in page.text
    assert "For Cllr Margaret Oyelaran, Millbeck East" in page.text
    assert "Sunita Rao of Millbeck Growers asks the Communities Fund for £4,850" in page.text
    assert cast.value("SELECT count(*) FROM audit_event") == events
    assert cast.state(bid.id) == "submitted"


@pytest.mark.parametrize(
    ("given", "state", "answer", "thanks"),
    [
        (BACKING, "endorsed", "endorse", "Your backing is with the bid."),
        (
            {"answer": "send_back", "words": "Who opens the hall?"},
            "returned",
            "send_back",
            "Your question is",
        ),
        (
            {"answer": "refuse", "words": "Not for my ward."},
            "not_endorsed",
            "refuse",
            "Your answer is recorded",
        ),
    ],
)
def test_each_answer_does_what_it_says(
    cast: Cast, given: dict[str, str], state: str, answer: str, thanks: str
) -> None:
    bid = cast.bid("submitted")
    path = _link(cast, bid)
    client = cast.client(None)
    said = client.post(path, data={**given, "seen": _seen(client.get(path).text)})
    assert said.status_code == 200
    assert thanks in said.text
    assert cast.state(bid.id) == state
    assert cast.value("SELECT answer FROM endorsement") == answer
    assert cast.value("SELECT statement FROM endorsement") == given["words"]
    assert cast.value("SELECT identified FROM endorsement") == "link"


def test_a_second_press_answers_once_and_says_so(cast: Cast) -> None:
    bid = cast.bid("submitted")
    path = _link(cast, bid)
    client = cast.client(None)
    assert client.post(path, data=BACKING).status_code == 200
    for again in (client.post(path, data=BACKING), client.get(path)):
        assert again.status_code == 410
        assert "This has been answered" in again.text
    assert cast.value("SELECT count(*) FROM endorsement") == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Choose one of the answers."),
        ({**BACKING, "answer": "withdraw"}, "Choose one of the answers."),
        ({**BACKING, "words": " \x00 "}, "Write two or three sentences."),
        ({**BACKING, "words": "x" * 1201}, "Shorten this to 1,200 characters."),
        ({**BACKING, "no_interest": ""}, "Tick that nobody of yours gains from it"),
    ],
)
def test_what_is_missing_is_said_and_what_was_written_is_kept(
    cast: Cast, given: dict[str, str], words: str
) -> None:
    bid = cast.bid("submitted")
    said = cast.client(None).post(_link(cast, bid), data=given)
    assert said.status_code == 422
    assert words in said.text
    if given.get("words", "").strip(" \x00"):
        assert given["words"] in said.text
    assert cast.state(bid.id) == "submitted"


def test_a_link_of_a_replaced_representative_is_void(cast: Cast) -> None:
    bid = cast.bid("submitted")
    path = _link(cast, bid)
    mayor = {"holding_id": cast.people.holdings["mayor"]}
    fire(cast.office, cast.actor("member"), "bid", "name_endorser", bid.id, cast.now, mayor)
    said = cast.client(None).get(path)
    assert said.status_code == 410
    assert "This link has been replaced" in said.text
    assert cast.client(None).post(path, data=BACKING).status_code == 410
    assert cast.state(bid.id) == "submitted"
    assert cast.client(None).get(_link(cast, bid, "another mail")).status_code == 200


@pytest.mark.parametrize("token", ["a" * 32, "x", "a" * 31 + "1", "%00", "..%2f..%2fetc", "é" * 32])
def test_a_link_that_nobody_sent_tells_nothing(cast: Cast, token: str) -> None:
    cast.bid("submitted")
    said = cast.client(None).get(f"/answer/{token}")
    assert said.status_code == 404
    assert "B-0001" not in said.text


def test_an_answer_to_an_older_copy_is_refused(cast: Cast) -> None:
    bid = cast.bid("submitted")
    client = cast.client("councillor")
    old = _seen(client.get(f"/requests/{bid.reference}").text)
    reason = {"reason": "Who opens the hall?"}
    fire(cast.office, cast.actor("officer"), "bid", "send_back", bid.id, cast.now, reason)
    fire(cast.office, cast.actor("member"), "bid", "submit", bid.id, cast.now)
    said = client.post(f"/requests/{bid.reference}", data={**BACKING, "seen": old})
    assert said.status_code == 409
    assert "Somebody was quicker" in said.text
    assert cast.state(bid.id) == "submitted"


def test_after_the_deadline_it_cannot_be_backed_and_says_why(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bid = cast.bid("submitted")
    late = datetime.now(UTC) + timedelta(days=60)
    monkeypatch.setattr(acting, "arrival", lambda: late)
    said = cast.client(None).get(_link(cast, bid))
    assert said.status_code == 200
    assert 'value="endorse"' not in said.text
    assert 'value="send_back"' in said.text
    refused = cast.client(None).post(_link(cast, bid), data=BACKING)
    assert refused.status_code == 409
    for page in (said, refused):
        assert "The time to answer" in page.text
    assert cast.state(bid.id) == "submitted"


def test_somebody_who_never_was_asked_finds_no_request(cast: Cast) -> None:
    bid = cast.bid("submitted")
    assert cast.client("councillor2").get(f"/requests/{bid.reference}").status_code == 404
    assert cast.client("member").get(f"/requests/{bid.reference}").status_code == 404
    assert cast.client("councillor2").post(f"/requests/{bid.reference}", data=BACKING).status_code == 404
    assert cast.state(bid.id) == "submitted"


def test_the_list_shows_what_waits(cast: Cast) -> None:
    bid = cast.bid("submitted")
    page = cast.client("councillor").get("/requests").text
    assert f'href="/requests/{bid.reference}"' in page
    assert "Answer by" in page
    assert "Nobody has asked you yet" in cast.client("councillor2").get("/requests").text


def test_a_signed_in_answer_is_kept_as_one(cast: Cast) -> None:
    bid = cast.bid("submitted")
    assert cast.client("councillor").post(f"/requests/{bid.reference}", data=BACKING).status_code == 200
    assert cast.value("SELECT identified FROM endorsement") == "sign_in"
    assert cast.state(bid.id) == "endorsed"
