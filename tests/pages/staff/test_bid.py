"""One bid whole: who may open it, what it says, its letter and its documents."""

import pytest

from fundapp.services import roles, rounds
from tests.cast import Cast


@pytest.mark.parametrize("key", ["officer", "chair", "treasurer", "auditor"])
@pytest.mark.parametrize("state", ["submitted", "reviewed", "accepted", "declined"])
def test_it_opens_in_every_state(cast: Cast, key: str, state: str) -> None:
    bid = cast.bid(state)
    page = cast.client(key).get(f"/bids/{bid.reference}")
    assert page.status_code == 200
    assert bid.reference in page.text
    assert "What happened" in page.text


def test_only_the_officer_is_offered_their_moves(cast: Cast) -> None:
    bid = cast.bid("submitted")
    path = f"/bids/{bid.reference}/rule-out"
    assert path in cast.client("officer").get(f"/bids/{bid.reference}").text
    assert path not in cast.client("treasurer").get(f"/bids/{bid.reference}").text


def test_an_officer_is_told_what_is_over_as_an_officer(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    page = cast.client("officer").get(f"/bids/{bid.reference}").text
    assert "The panel has started reading" in page
    assert "Speak to the fund’s officer" not in page
    answer = cast.client("officer").post(f"/bids/{bid.reference}/send-back", data={"reason": "Mend it."})
    assert answer.status_code == 409
    assert "Speak to the fund’s officer" not in answer.text


def test_a_bid_of_another_fund_is_not_there(cast: Cast) -> None:
    bid = cast.bid("submitted")
    other = rounds.found(cast.office, cast.operator, "other", "Another fund", cast.now)
    roles.give(cast.office, cast.operator, cast.person("reviewer4"), "officer", other, cast.now)
    client = cast.client("reviewer4")
    assert client.get(f"/bids/{bid.reference}").status_code == 404
    assert client.get(f"/bids/{bid.reference}/rule-out").status_code == 404
    page = client.get("/bids")
    assert page.status_code == 200
    assert bid.reference not in page.text


def test_what_does_not_exist_is_not_there(cast: Cast) -> None:
    client = cast.client("officer")
    assert client.get("/bids/B-9999X").status_code == 404
    bid = cast.bid("submitted")
    assert client.get(f"/bids/{bid.reference}/letter").status_code == 404
    assert client.get(f"/bids/{bid.reference}/documents/1").status_code == 404


def test_the_letter_is_a_pdf(cast: Cast) -> None:
    bid = cast.bid("awarded")
    cast.letters(bid)
    letter = cast.client("treasurer").get(f"/bids/{bid.reference}/letter")
    assert (letter.status_code, letter.content_type) == (200, "application/pdf")
    assert letter.data.startswith(b"%PDF-")
    assert letter.headers["Content-Disposition"] == f'inline; filename="{bid.reference}-award.pdf"'
