"""The mailed link: opening it changes nothing, sending decides, once."""

from datetime import UTC, datetime

import pytest

from fundapp.services import links
from tests.cast import Cast, Made
from tests.web import KEYS


def link_for(cast: Cast, bid: Made) -> str:
    """The path of a link that was mailed for the bid's open request."""
    request = cast.value("SELECT max(id) FROM endorsement_request WHERE bid_id = :bid", bid=bid.id)
    token = links.make_token(KEYS["SECRET_KEY"], request, "key")
    links.remember(cast.office, request, "key", token, "councillor@demo.example", datetime.now(UTC))
    return f"/answer/{token}"


def events(cast: Cast) -> int:
    """How much the record holds."""
    return int(cast.value("SELECT count(*) FROM audit_event"))


def test_opening_changes_nothing(cast: Cast) -> None:
    bid = cast.bid("submitted")
    path, before = link_for(cast, bid), events(cast)
    for _time in range(3):
        page = cast.client(None).get(path)
        assert page.status_code == 200
        assert "Will you back this bid?" in page.text
        assert "Cllr Margaret Oyelaran" in page.text
    assert cast.client(None).head(path).status_code == 200
    assert events(cast) == before
    assert cast.state(bid.id) == "submitted"


@pytest.mark.parametrize(
    ("answer", "state"), [("endorse", "endorsed"), ("send_back", "returned"), ("refuse", "not_endorsed")]
)
def test_sending_decides_once(cast: Cast, answer: str, state: str) -> None:
    bid = cast.bid("submitted")
    path = link_for(cast, bid)
    client = cast.client(None)
    given = {"answer": answer, "words": "I know these people.", "no_interest": "yes"}
    assert client.post(path, data=given).status_code == 200
    assert cast.state(bid.id) == state
    assert cast.value("SELECT identified FROM endorsement WHERE bid_id = :bid", bid=bid.id) == "link"
    after = events(cast)
    assert client.get(path).status_code == 410
    assert client.post(path, data=given).status_code == 410
    assert events(cast) == after


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"words": "Yes."}, "Choose one of the answers."),
        ({"answer": "award", "words": "Yes."}, "Choose one of the answers."),
        ({"answer": "endorse", "words": "", "no_interest": "yes"}, "Write two or three sentences."),
        ({"answer": "endorse", "words": "Yes."}, "Tick that nobody of yours gains from it"),
        ({"answer": "refuse", "words": "x" * 1201}, "Shorten this to 1,200 characters."),
    ],
)
def test_an_answer_that_lacks_something_comes_back(cast: Cast, given: dict[str, str], words: str) -> None:
    bid = cast.bid("submitted")
    answer = cast.client(None).post(link_for(cast, bid), data=given)
    assert answer.status_code == 422
    assert words in answer.text
    assert cast.state(bid.id) == "submitted"


@pytest.mark.parametrize("token", ["abc", "a" * 32, "../../etc", "%00", "a" * 500])
def test_an_unknown_link_says_so(cast: Cast, token: str) -> None:
    answer = cast.client(None).get(f"/answer/{token}")
    assert answer.status_code == 404
    if token.isalnum():  # what is no single piece of a path never reaches the page
        assert 'class="go" href="mailto:help@communitiesfund.example"' in answer.text
        assert 'class="later" href="/"' in answer.text


def test_a_replaced_link_is_dead_and_says_why(cast: Cast) -> None:
    bid = cast.bid("submitted")
    path = link_for(cast, bid)
    mayor = cast.people.holdings["mayor"]
    cast.client("member").post(f"/my-bids/{bid.reference}/representative", data={"holding": str(mayor)})
    answer = cast.client(None).get(path)
    assert answer.status_code == 410
    assert "This link has been replaced" in answer.text
    post = cast.client(None).post(path, data={"answer": "endorse", "words": "Yes", "no_interest": "yes"})
    assert post.status_code == 410
    assert cast.state(bid.id) == "submitted"


def test_only_the_hash_of_a_link_is_kept(cast: Cast) -> None:
    bid = cast.bid("submitted")
    token = link_for(cast, bid).rpartition("/")[2]
    assert cast.value("SELECT count(*) FROM endorsement_link WHERE token_sha256 = :token", token=token) == 0
    assert cast.value("SELECT length(token_sha256) FROM endorsement_link") == 64


def test_a_representative_who_signs_in_answers_the_same(cast: Cast) -> None:
    bid = cast.bid("submitted")
    client = cast.client("councillor")
    assert bid.reference in client.get("/requests").text
    assert cast.client("councillor2").get(f"/requests/{bid.reference}").status_code == 404
    given = {"answer": "endorse", "words": "I know these people.", "no_interest": "yes"}
    assert client.post(f"/requests/{bid.reference}", data=given).status_code == 200
    assert cast.state(bid.id) == "endorsed"
    assert cast.value("SELECT identified FROM endorsement WHERE bid_id = :bid", bid=bid.id) == "sign_in"


def test_whoever_signed_in_has_the_menu_and_a_way_back(cast: Cast) -> None:
    bid = cast.bid("submitted")
    client = cast.client("councillor")
    assert 'href="/requests"' in client.get("/").text
    page = client.get(f"/requests/{bid.reference}").text
    assert 'aria-label="Menu"' in page
    assert "Sign out" in page
    assert 'href="/requests"' in page
    assert 'aria-label="Menu"' not in cast.client(None).get(link_for(cast, bid)).text
    assert 'href="/requests"' not in cast.client("member").get("/").text
