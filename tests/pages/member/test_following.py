"""Following a bid: its own page, changing course, the award, the report."""

import re

import pytest

from tests.cast import Cast

STATES = ("draft", "submitted", "returned", "withdrawn", "not_endorsed", "endorsed", "reviewed", "declined",
          "awarded", "accepted", "reported")  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_its_owner_opens_it_and_nobody_else_does(cast: Cast, state: str) -> None:
    bid = cast.bid(state)
    answer = cast.client("member").get(f"/my-bids/{bid.reference}", follow_redirects=True)
    assert answer.status_code == 200
    assert "From Allotment to Table" in answer.text
    for other in ("member2", "reviewer", "chair", "officer"):
        assert cast.client(other).get(f"/my-bids/{bid.reference}").status_code == 404
    assert cast.client(None).get(f"/my-bids/{bid.reference}").status_code == 302


@pytest.mark.parametrize(
    "page", ["form", "check", "withdraw", "representative", "award", "report", "letter", "sent/1"]
)
def test_every_page_of_a_bid_is_its_owners_alone(cast: Cast, page: str) -> None:
    bid = cast.bid("accepted")
    assert cast.client("member2").get(f"/my-bids/{bid.reference}/{page}").status_code == 404


def alike(page: str, reference: str) -> str:
    """A page without what differs between any two bids and any two visits."""
    return re.sub(
        r'csrf_token" value="[^"]+"|datetime="[^"]+"|\d+(\.\d\d)?[ap]m|Round \d|' + reference, "", page
    )


def test_nothing_of_the_panel_shows_before_the_release(cast: Cast) -> None:
    """What a page says is the same whether the reviews are closed and decided or not."""
    read = cast.bid("reviewed")
    page = cast.client("member").get(f"/my-bids/{read.reference}").text
    unread = cast.bid("endorsed")
    other = cast.client("member").get(f"/my-bids/{unread.reference}").text
    assert alike(page, read.reference) == alike(other, unread.reference)
    assert "Ruth Calloway" not in page


def test_withdrawing_says_whom_it_tells_and_happens_once(cast: Cast) -> None:
    bid = cast.bid("submitted")
    client = cast.client("member")
    page = client.get(f"/my-bids/{bid.reference}/withdraw").text
    assert "This emails Cllr Margaret Oyelaran, whose link stops working." in page
    assert cast.state(bid.id) == "submitted"
    assert client.post(f"/my-bids/{bid.reference}/withdraw").status_code == 303
    assert cast.state(bid.id) == "withdrawn"
    assert client.post(f"/my-bids/{bid.reference}/withdraw").status_code == 404
    void = "SELECT count(*) FROM endorsement_request WHERE bid_id = :bid AND void_at IS NOT NULL"
    assert cast.value(void, bid=bid.id) == 1


def test_withdrawing_a_draft_mails_nobody_and_says_so(cast: Cast) -> None:
    bid = cast.bid("draft")
    client = cast.client("member")
    page = client.get(f"/my-bids/{bid.reference}/withdraw").text
    assert "Nobody is emailed: this draft was never sent." in page
    assert "is told by email" not in page
    assert client.post(f"/my-bids/{bid.reference}/withdraw").status_code == 303


def test_another_representative_may_be_asked(cast: Cast) -> None:
    bid = cast.bid("submitted")
    client = cast.client("member")
    assert "Mayor Dominic Achterberg" in client.get(f"/my-bids/{bid.reference}/representative").text
    elsewhere = cast.people.holdings["councillor2"]
    assert (
        client.post(f"/my-bids/{bid.reference}/representative", data={"holding": str(elsewhere)}).status_code
        == 409
    )
    assert client.post(f"/my-bids/{bid.reference}/representative", data={"holding": "x"}).status_code == 422
    mayor = cast.people.holdings["mayor"]
    assert (
        client.post(f"/my-bids/{bid.reference}/representative", data={"holding": str(mayor)}).status_code
        == 303
    )
    assert cast.value("SELECT holding_id FROM bid WHERE id = :bid", bid=bid.id) == mayor


def test_the_report_is_read_strictly_and_filed(cast: Cast) -> None:
    bid = cast.bid("accepted")
    client = cast.client("member")
    whole = {
        "story": "It went well.",
        "learned": "Ask first.",
        "people": "94",
        "spent": "2,000.50",
        "consent": "yes",
        "seen": "1",
    }
    for name, bad in (
        ("story", ""),
        ("learned", ""),
        ("people", "many"),
        ("people", "²"),
        ("spent", "all"),
        ("spent", "-1"),
    ):
        assert client.post(f"/my-bids/{bid.reference}/report", data={**whole, name: bad}).status_code == 422
    assert client.post(f"/my-bids/{bid.reference}/report", data=whole).status_code == 303
    assert cast.value("SELECT state FROM report WHERE bid_id = :bid", bid=bid.id) == "filed"
    assert cast.value("SELECT spent_pence FROM report WHERE bid_id = :bid", bid=bid.id) == 200050
    assert client.post(f"/my-bids/{bid.reference}/report", data=whole).status_code == 409


def test_the_letter_is_a_pdf_once_the_round_is_released(cast: Cast) -> None:
    before, after = cast.bid("reviewed"), cast.bid("awarded")
    client = cast.client("member")
    assert client.get(f"/my-bids/{before.reference}/letter").status_code == 404
    waits = client.get(f"/my-bids/{after.reference}/letter")
    assert (waits.status_code, waits.headers["Retry-After"]) == (202, "5")
    assert "This document is being made" in waits.text
    assert cast.value("SELECT count(*) FROM letter_file") == 0  # a page makes none
    cast.letters(after)
    letter = client.get(f"/my-bids/{after.reference}/letter")
    assert letter.status_code == 200
    assert letter.data.startswith(b"%PDF-")
    assert letter.headers["Content-Type"] == "application/pdf"
