"""A bid from the chair's seat: closing its reviews, deciding, an interest of the chair's own."""

import pytest

from tests.cast import Cast, Made

AWARD = {"outcome": "award", "amount": "4,850", "conditions": "", "feedback": "Good.", "seen": "0"}


def at(bid: Made, rest: str = "") -> str:
    """The bid's page in the chair's room."""
    return f"/panel/{bid.code}/{bid.reference}{rest}"


def read(bid: Made, *marks: tuple[int, ...]) -> None:
    """So many reviews of a bid."""
    for reviewer, given in zip(("reviewer", "reviewer2", "reviewer3"), marks, strict=False):
        bid.stage.review(bid.id, reviewer, given)


def seen(cast: Cast, bid: Made) -> str:
    """The bid's version as a page would carry it."""
    return str(cast.value("SELECT version FROM bid WHERE id = :bid", bid=bid.id))


def test_the_page_shows_every_review_with_its_words(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    read(bid, (4, 4, 3, 4, 5), (2, 2, 2, 2, 2))
    page = cast.client("chair").get(at(bid)).text
    assert "2 of 3 reviews are in." in page
    assert "Ruth Calloway" in page
    assert "Still to read: Beatrice Fennimore" in page
    assert "2 reviews are in and this round asks for 3." in page
    assert at(bid, "/conclude") not in page


def test_reviews_far_apart_are_talked_over_first(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    read(bid, (5, 5, 5, 5, 5), (1, 1, 1, 1, 1), (3, 3, 3, 3, 3))
    client = cast.client("chair")
    assert "The readers are 4.00 points apart." in client.get(at(bid)).text
    refused = client.post(at(bid, "/conclude"), data={"seen": seen(cast, bid)})
    assert refused.status_code == 409
    assert cast.state(bid.id) == "endorsed"
    assert client.post(at(bid, "/moderate"), data={"seen": seen(cast, bid)}).status_code == 303
    early = client.post(at(bid, "/conclude"), data={"seen": seen(cast, bid)})
    assert early.status_code == 409
    assert "Its readers are talking it over." in early.text
    words = {"reason": "One of them had missed the second page.", "seen": seen(cast, bid)}
    assert client.post(at(bid, "/settle"), data=words).status_code == 303
    done = client.post(at(bid, "/conclude"), data={"seen": seen(cast, bid)})
    assert (done.status_code, cast.state(bid.id)) == (303, "reviewed")


def test_closing_and_opening_again(cast: Cast) -> None:
    bid = cast.bid("reviewed")
    client = cast.client("chair")
    version = seen(cast, bid)
    assert client.post(at(bid, "/reopen"), data={"seen": version}).status_code == 303
    assert cast.state(bid.id) == "endorsed"
    again = client.post(at(bid, "/reopen"), data={"seen": version})
    assert again.status_code == 409
    assert 'role="alert"' in again.text


def test_what_several_readers_wrote_alike_is_proposed_once(cast: Cast) -> None:
    bid = cast.bid("reviewed")
    assert cast.value("SELECT count(DISTINCT person_id) FROM review WHERE bid_id = :bid", bid=bid.id) == 3
    page = cast.client("chair").get(at(bid)).text
    box = page.partition('id="feedback"')[2].partition(">")[2].partition("</textarea>")[0]
    assert box.strip() == "The door-knock convinces. Settle who runs it in June."
    assert "make them one voice" in page


def test_the_panels_reason_stays_until_somebody_writes_another(cast: Cast) -> None:
    bid = cast.bid("reviewed")
    client = cast.client("chair")
    asked = "SELECT reason FROM decision"
    client.post(at(bid, "/decide"), data=AWARD | {"why": "The best of its region."})
    assert cast.value(asked) == "The best of its region."
    assert "The best of its region." in client.get(at(bid)).text
    client.post(at(bid, "/decide"), data=AWARD | {"amount": "4,000", "seen": "1"})
    assert cast.value(asked) == "The best of its region."
    client.post(at(bid, "/decide"), data=AWARD | {"why": "", "seen": "2"})
    assert (cast.value(asked), cast.value("SELECT version FROM decision")) == ("", 3)


def test_a_decision_is_staged_and_nobody_outside_sees_it(cast: Cast) -> None:
    bid = cast.bid("reviewed")
    client = cast.client("chair")
    told = client.post(at(bid, "/decide"), data=AWARD)
    assert (told.status_code, told.location) == (303, f"/panel/{bid.code}")
    assert cast.value("SELECT amount_pence FROM decision") == 485_000
    assert cast.state(bid.id) == "reviewed"
    assert "An award of £4,850 is recorded." in client.get(at(bid)).text
    assert cast.value("SELECT count(*) FROM outbox WHERE name LIKE 'released%'") == 0


def test_two_presses_of_one_decision_are_one(cast: Cast) -> None:
    bid = cast.bid("reviewed")
    client = cast.client("chair")
    client.post(at(bid, "/decide"), data=AWARD)
    again = client.post(at(bid, "/decide"), data={**AWARD, "amount": "1"})
    assert again.status_code == 409
    assert cast.value("SELECT amount_pence FROM decision") == 485_000
    changed = client.post(at(bid, "/decide"), data={**AWARD, "amount": "4000.50", "seen": "1"})
    assert changed.status_code == 303
    assert cast.value("SELECT amount_pence FROM decision") == 400_050


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"outcome": ""}, "Choose whether it is awarded or declined."),
        ({"outcome": "both"}, "Choose whether it is awarded or declined."),
        ({"amount": ""}, "No amount is given."),
        ({"amount": "1,50"}, "1,50"),
        ({"amount": "9" * 4000}, "too"),
        ({"outcome": "decline", "feedback": " \r\n "}, "Tell them why"),
        ({"feedback": "x" * 4001}, "Shorten this to 4,000 characters."),
    ],
)
def test_what_cannot_be_staged_comes_back_with_its_sentence(
    cast: Cast, change: dict[str, str], words: str
) -> None:
    bid = cast.bid("reviewed")
    answer = cast.client("chair").post(at(bid, "/decide"), data={**AWARD, **change})
    assert answer.status_code == 422
    assert words in answer.text
    assert cast.value("SELECT count(*) FROM decision") == 0


@pytest.mark.parametrize("amount", ["4,850.01", "0", "-1", "999,999,999.99"])
def test_an_amount_the_policy_refuses_is_refused(cast: Cast, amount: str) -> None:
    bid = cast.bid("reviewed")
    answer = cast.client("chair").post(at(bid, "/decide"), data={**AWARD, "amount": amount})
    assert answer.status_code == 409
    assert f'value="{amount}"' in answer.text
    assert cast.value("SELECT count(*) FROM decision") == 0


def test_the_money_of_the_round_is_not_overspent(cast: Cast) -> None:
    first, second = cast.panel(2, budget_pence=600_000)
    for bid in (first, second):
        read(bid, *[(4, 4, 4, 4, 4)] * 3)
        bid.stage.conclude(bid.id)
    client = cast.client("chair")
    assert client.post(at(first, "/decide"), data=AWARD).status_code == 303
    assert "The round has £1,150 left." in client.get(at(second)).text
    assert client.post(at(second, "/decide"), data={**AWARD, "amount": "1150.01"}).status_code == 409
    assert client.post(at(second, "/decide"), data={**AWARD, "amount": "1150"}).status_code == 303
    assert cast.value("SELECT sum(amount_pence) FROM decision") == 600_000


def test_a_chairs_own_interest_hides_the_bid(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    read(bid, (4, 4, 3, 4, 5))
    client = cast.client("chair")
    assert client.post(at(bid, "/interest"), data={"reason": ""}).status_code == 422
    told = client.post(at(bid, "/interest"), data={"reason": "I sit on its committee."})
    assert (told.status_code, told.location) == (303, f"/panel/{bid.code}")
    assert client.get(at(bid)).status_code == 404
    for move in ("/conclude", "/reopen", "/decide", "/interest"):
        assert client.post(at(bid, move), data={**AWARD, "reason": "x"}).status_code == 404
    for page in (f"/panel/{bid.code}", f"/panel/{bid.code}/assign?readers=4", f"/panel/{bid.code}/release"):
        text = client.get(page).text
        assert bid.reference not in text
        assert "From Allotment to Table" not in text
    assert "Another bid, £4,850" in client.get(f"/panel/{bid.code}").text


def test_a_bid_of_another_round_or_of_none_is_not_there(cast: Cast) -> None:
    here, there = cast.panel(1)[0], cast.panel(1)[0]
    client = cast.client("chair")
    assert client.get(f"/panel/{there.code}/{here.reference}").status_code == 404
    assert client.get(f"/panel/{here.code}/B-0000X").status_code == 404
    assert client.get("/panel/NOWHERE").status_code == 404
    assert cast.client("reviewer").get(at(here)).status_code == 403
