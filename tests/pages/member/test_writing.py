"""Writing a bid: begun once, saved part by part, checked, sent."""

import re
from typing import Any

import pytest

from tests.cast import Cast, Made

HOSTILE = "<script>alert(1)</script> =cmd() {{ 7*7 }} \u202e"


def draft(cast: Cast) -> Made:
    """A draft with every answer in it, in a round that is open."""
    return cast.bid("draft")


def answers(cast: Cast, bid: Made) -> dict[str, Any]:
    """The draft as it is kept."""
    import orjson

    kept: dict[str, Any] = orjson.loads(
        cast.value("SELECT answers FROM draft WHERE bid_id = :bid", bid=bid.id)
    )
    return kept


def revision(cast: Cast, bid: Made) -> str:
    """The draft's revision as a page carries it."""
    return str(cast.value("SELECT revision FROM draft WHERE bid_id = :bid", bid=bid.id))


def save(cast: Cast, bid: Made, question: str, **given: str) -> Any:
    """One part saved from a page that is up to date, unless told otherwise."""
    fields = {"revision": revision(cast, bid), **given}
    return cast.client("member").post(f"/my-bids/{bid.reference}/form/{question}", data=fields)


def test_a_double_click_begins_one_bid(cast: Cast) -> None:
    _stage, code = cast.round(closed=False)
    client = cast.client("member")
    first = client.post(f"/rounds/{code}/start", data={"key": "k1"})
    again = client.post(f"/rounds/{code}/start", data={"key": "k1"})
    other = client.post(f"/rounds/{code}/start", data={"key": "k2"})
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.location == again.location != other.location
    assert cast.value("SELECT count(*) FROM bid") == 2


def test_a_closed_round_takes_no_new_bid_and_says_when_it_closed(cast: Cast) -> None:
    _stage, code = cast.round(closed=True)
    answer = cast.client("member").post(f"/rounds/{code}/start", data={"key": "k"}, follow_redirects=True)
    assert cast.value("SELECT count(*) FROM bid") == 0
    assert "closed" in answer.text


def test_an_answer_is_kept_and_shown_as_text(cast: Cast) -> None:
    bid = draft(cast)
    assert save(cast, bid, "summary", summary=HOSTILE).status_code == 303
    assert answers(cast, bid)["summary"] == HOSTILE.strip()
    page = cast.client("member").get(f"/my-bids/{bid.reference}/form/summary").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7*7 }}" in page


@pytest.mark.parametrize(
    ("question", "given", "words"),
    [
        ("amount_pence", {"amount_pence": "about 200"}, "amount"),
        ("amount_pence", {"amount_pence": "-5"}, "above nothing"),
        ("starts_on", {"starts_on": "next Tuesday"}, "Choose a day"),
        ("area", {"area": "999999"}, "Choose one of the list"),
        ("area", {"area": "1 OR 1=1"}, "Choose one of the list"),
        ("representative", {"representative": "x"}, "Choose one of the list"),
        ("budget", {"what-1": "Pots", "pounds-1": "lots"}, "Line 1: give an amount in pounds"),
    ],
)
def test_what_cannot_be_read_comes_back_with_its_reason(
    cast: Cast, question: str, given: dict[str, str], words: str
) -> None:
    bid = draft(cast)
    before = answers(cast, bid)
    answer = save(cast, bid, question, **given)
    assert answer.status_code == 422
    assert words in answer.text
    assert "<title>Error:" in answer.text
    assert answers(cast, bid) == before


def test_money_is_kept_to_the_penny(cast: Cast) -> None:
    bid = draft(cast)
    save(cast, bid, "amount_pence", amount_pence="£1,234.56")
    save(
        cast,
        bid,
        "budget",
        **{"what-1": "Pots", "pounds-1": "1,000.06", "what-2": "Hire", "pounds-2": "234.5"},
    )
    kept = answers(cast, bid)
    assert kept["amount_pence"] == 123456
    assert [line["pence"] for line in kept["budget"]] == [100006, 23450]


def test_the_same_answer_changed_in_two_windows_is_not_overwritten(cast: Cast) -> None:
    bid = draft(cast)
    old = revision(cast, bid)
    assert save(cast, bid, "summary", summary="From the first window").status_code == 303
    answer = save(cast, bid, "summary", summary="From the second window", revision=old)
    assert answer.status_code == 409
    assert "From the first window" in answer.text
    assert "From the second window" in answer.text
    assert answers(cast, bid)["summary"] == "From the first window"


def test_a_hostile_revision_is_a_conflict_and_no_error(cast: Cast) -> None:
    bid = draft(cast)
    assert save(cast, bid, "summary", summary="Mine", revision="²").status_code in (303, 409)
    assert save(cast, bid, "summary", summary="Mine too", revision="").status_code in (303, 409)


def test_check_names_what_is_missing_and_sends_nothing(cast: Cast) -> None:
    bid = draft(cast)
    save(cast, bid, "helps_win", helps_win="")
    page = cast.client("member").get(f"/my-bids/{bid.reference}/check").text
    assert f"/my-bids/{bid.reference}/form/helps_win" in page
    assert "Send the bid</" not in page
    answer = cast.client("member").post(f"/my-bids/{bid.reference}/submit")
    assert answer.status_code == 409
    assert cast.state(bid.id) == "draft"


def test_a_whole_bid_is_sent_and_frozen(cast: Cast) -> None:
    bid = draft(cast)
    client = cast.client("member")
    page = client.get(f"/my-bids/{bid.reference}/check").text
    assert "This emails Cllr Margaret Oyelaran, and a receipt to you." in page
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    assert client.post(f"/my-bids/{bid.reference}/submit", data={"seen": seen[1]}).status_code == 303
    assert cast.state(bid.id) == "submitted"
    assert cast.value("SELECT count(*) FROM bid_version WHERE bid_id = :bid", bid=bid.id) == 1
    again = client.post(f"/my-bids/{bid.reference}/submit", data={"seen": seen[1]})
    assert again.status_code == 409
    assert cast.value("SELECT count(*) FROM bid_version WHERE bid_id = :bid", bid=bid.id) == 1
    assert save(cast, bid, "summary", summary="Changed after sending").status_code == 409
    assert "Changed after sending" not in str(answers(cast, bid))


def test_lines_that_differ_from_the_amount_are_named(cast: Cast) -> None:
    bid = draft(cast)
    save(cast, bid, "amount_pence", amount_pence="4000")
    page = cast.client("member").get(f"/my-bids/{bid.reference}/check").text
    assert "You ask for £4,000 but your lines add up to £4,850." in page
    answer = cast.client("member").post(f"/my-bids/{bid.reference}/submit")
    assert answer.status_code == 409
    assert cast.state(bid.id) == "draft"
