"""Standing aside: an interest, or another's area. The bid stays as it was sent, and somebody else is asked."""

import pytest
from sqlalchemy import text

from fundapp.audit.verify import verify
from fundapp.services.transition import Refused, fire
from tests.cast import Cast, Made
from tests.databases import RECORDER
from tests.pages.councillor.test_answer import link_for


def stand_aside(cast: Cast, bid: Made, answer: str, words: str = "") -> str:
    """By the mailed link; what the page then says."""
    said = cast.client(None).post(link_for(cast, bid), data={"answer": answer, "words": words})
    assert said.status_code == 200
    return said.text


@pytest.mark.parametrize("answer", ["interest", "elsewhere"])
def test_the_bid_waits_for_its_applicant_to_name_somebody_else(cast: Cast, answer: str) -> None:
    bid = cast.bid("submitted")
    version = cast.value("SELECT version FROM bid WHERE id = :bid", bid=bid.id)
    assert "You have stood aside" in stand_aside(cast, bid, answer, "My sister runs the hall.")
    assert cast.state(bid.id) == "submitted"
    assert cast.value("SELECT holding_id FROM bid WHERE id = :bid", bid=bid.id) is None
    assert cast.value("SELECT version FROM bid WHERE id = :bid", bid=bid.id) == version + 1
    assert cast.value("SELECT answer FROM endorsement") == answer
    assert cast.value("SELECT statement FROM endorsement") == "My sister runs the hall."
    assert cast.value("SELECT backed_sha256 FROM bid WHERE id = :bid", bid=bid.id) is None
    page = cast.client("member").get(f"/my-bids/{bid.reference}").text
    assert "Nobody is asked to back it just now. Name a representative before" in page
    assert "Name another representative" in page
    assert "Name another representative for" in cast.client("member").get("/desk").text
    assert verify(cast.office.db, RECORDER).problems == []


def test_the_link_is_dead_afterwards_and_the_role_is_gone(cast: Cast) -> None:
    bid = cast.bid("submitted")
    path = link_for(cast, bid)
    stand_aside(cast, bid, "interest")
    assert cast.client(None).get(path).status_code == 410
    backing = {"answer": "endorse", "words": "After all.", "no_interest": "yes"}
    assert cast.client(None).post(path, data=backing).status_code == 410
    assert cast.client("councillor").post(f"/requests/{bid.reference}", data=backing).status_code == 410
    said = {"statement": "After all.", "no_interest": True}
    with pytest.raises(Refused) as refused:
        fire(cast.office, cast.actor("councillor"), "bid", "endorse", bid.id, cast.now, said)
    assert [refusal.code for refusal in refused.value.refusals] == ["not_yours"]


def test_whoever_stood_aside_is_not_asked_again(cast: Cast) -> None:
    bid = cast.bid("submitted")
    councillor, mayor = cast.people.holdings["councillor"], cast.people.holdings["mayor"]
    stand_aside(cast, bid, "interest")
    page = cast.client("member").get(f"/my-bids/{bid.reference}/representative").text
    assert f'value="{mayor}"' in page
    assert f'value="{councillor}"' not in page
    member = cast.actor("member")
    with pytest.raises(Refused) as refused:
        fire(cast.office, member, "bid", "name_endorser", bid.id, cast.now, {"holding_id": councillor})
    assert [refusal.code for refusal in refused.value.refusals] == ["representative_stood_aside"]
    fire(cast.office, member, "bid", "name_endorser", bid.id, cast.now, {"holding_id": mayor})
    assert cast.value("SELECT holding_id FROM bid WHERE id = :bid", bid=bid.id) == mayor


def test_a_bid_that_comes_back_cannot_be_sent_to_them_either(cast: Cast) -> None:
    bid = cast.bid("submitted")
    stand_aside(cast, bid, "elsewhere")
    reason = {"reason": "Which hall?"}
    fire(cast.office, cast.actor("officer"), "bid", "send_back", bid.id, cast.now, reason)
    said = cast.client("member").post(f"/my-bids/{bid.reference}/submit")
    assert said.status_code == 409
    assert "The representative you chose has stood aside from this bid. Choose another." in said.text


def test_a_row_that_somebody_invents_opens_nothing(cast: Cast) -> None:
    """With the database but not the service's key, a link of one's own making leads nowhere."""
    from fundapp.queries.links import sha256_of

    bid = cast.bid("submitted")
    token = "a" * 32
    request = cast.value("SELECT max(id) FROM endorsement_request WHERE bid_id = :bid", bid=bid.id)
    with cast.office.db.write() as conn:
        conn.execute(
            text(
                "INSERT INTO endorsement_link (request_id, token_sha256, effect_key, sent_to, made_at) "
                "VALUES (:request, :kept, 'endorsement_request:bid:1:2', 'me@example.org', '2026-01-01T00:00:00.000000Z')"
            ),
            {"request": request, "kept": sha256_of(token)},
        )
    said = cast.client(None).get(f"/answer/{token}")
    assert said.status_code == 404
    assert "We do not know this link" in said.text
    backing = {"answer": "endorse", "words": "Yes.", "no_interest": "yes"}
    assert cast.client(None).post(f"/answer/{token}", data=backing).status_code == 404
    assert cast.state(bid.id) == "submitted"


@pytest.mark.parametrize(
    ("move", "who", "words"),
    [
        ("withdraw", "member", "The bid has been withdrawn"),
        ("rule_out", "officer", "The bid has ended"),
        ("send_back", "officer", "This link has been replaced"),
    ],
)
def test_a_dead_link_says_what_became_of_the_bid(cast: Cast, move: str, who: str, words: str) -> None:
    bid = cast.bid("submitted")
    path = link_for(cast, bid)
    fire(cast.office, cast.actor(who), "bid", move, bid.id, cast.now, {"reason": "twice"})
    said = cast.client(None).get(path)
    assert said.status_code == 410
    assert words in said.text


def test_a_link_outlives_its_deadline_only_as_a_page_that_says_so(cast: Cast) -> None:
    from datetime import timedelta

    from fundapp.jobs.tick import tick

    bid = cast.bid("submitted")
    path = link_for(cast, bid)
    assert tick(cast.office, cast.now + timedelta(days=60)).lapsed == 1
    said = cast.client(None).get(path)
    assert said.status_code == 410
    assert "The time to answer has passed" in said.text
