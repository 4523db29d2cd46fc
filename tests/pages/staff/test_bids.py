"""The list of bids: filters, order, pages by keyset, and what it costs."""

import re

import pytest
from sqlalchemy import event

from fundapp.queries import lists
from fundapp.services import panel
from tests.cast import Cast

READERS = ("officer", "chair", "treasurer", "auditor")


def listed(page: str) -> list[str]:
    """References in the order of the list."""
    return re.findall(r'<span class="under">(B-\d+[A-Z])', page)


@pytest.mark.parametrize("key", READERS)
def test_who_runs_the_fund_sees_the_list(cast: Cast, key: str) -> None:
    bid = cast.bid("submitted")
    page = cast.client(key).get("/bids")
    assert page.status_code == 200
    assert listed(page.text) == [bid.reference]
    assert "Cllr Margaret Oyelaran" in page.text


@pytest.mark.parametrize("key", ["member", "reviewer", "councillor"])
def test_nobody_else_does(cast: Cast, key: str) -> None:
    assert cast.client(key).get("/bids").status_code == 403


def test_a_draft_is_listed_without_its_words_and_leads_nowhere(cast: Cast) -> None:
    draft = cast.bid("draft")
    client = cast.client("officer")
    page = client.get("/bids").text
    assert "A draft, not sent yet" in page
    assert f"/bids/{draft.reference}" not in page
    assert client.get(f"/bids/{draft.reference}").status_code == 404


def test_tabs_words_place_and_round_narrow_it(cast: Cast) -> None:
    sent, backed = cast.bid("submitted"), cast.endorsed(1)[0]
    client = cast.client("officer")
    assert listed(client.get("/bids?state=endorsed").text) == [backed.reference]
    assert listed(client.get(f"/bids?words={sent.reference.lower()}").text) == [sent.reference]
    assert listed(client.get(f"/bids?round={backed.code}").text) == [backed.reference]
    assert listed(client.get("/bids?words=%25").text) == []
    assert listed(client.get("/bids?place=nowhere-at-all").text) == []
    title = cast.value("SELECT title FROM bid WHERE id = :bid", bid=sent.id)
    assert set(listed(client.get(f"/bids?words={title[:12].upper()}").text)) == {
        sent.reference,
        backed.reference,
    }


@pytest.mark.parametrize("sort", ["wait", "due", "amount", "new"])
def test_pages_follow_each_other_without_gap_or_repeat(cast: Cast, sort: str) -> None:
    made = cast.endorsed(28)
    client = cast.client("officer")
    first = client.get(f"/bids?sort={sort}").text
    following = re.search(r'<a href="([^"]+)" rel="next">', first)
    assert following is not None
    second = client.get(following.group(1).replace("&amp;", "&")).text
    assert len(listed(first)) == 25
    assert len(listed(second)) == 3
    assert sorted(listed(first) + listed(second)) == sorted(bid.reference for bid in made)
    assert 'rel="next"' not in second


def test_an_interest_hides_a_bid_here_too(cast: Cast) -> None:
    bid = cast.bid("endorsed")
    panel.declare(cast.office, cast.actor("chair"), bid.id, "My sister runs it.", cast.now)
    client = cast.client("chair")
    page = client.get("/bids").text
    assert bid.reference not in page
    assert "Another bid" in page
    assert bid.reference not in client.get("/bids?words=a").text.replace("words=a", "")
    assert "Another bid" not in client.get(f"/bids?words={bid.reference}").text
    for path in ("", "/letter", "/documents/1"):
        assert client.get(f"/bids/{bid.reference}{path}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "after=zz",
        "after=1_",
        "after=_99999999999999999999",
        "state=x&sort=y&round=z",
        "words=" + "é" * 300,
        "after=1_1&sort=due",
    ],
)
def test_an_address_that_somebody_made_up_is_no_error(cast: Cast, query: str) -> None:
    assert cast.client("officer").get(f"/bids?{query}").status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_it_is_lean_whatever_its_size(cast: Cast, count: int) -> None:
    cast.endorsed(count)
    client = cast.client("officer")
    asked: list[str] = []
    event.listen(cast.office.db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    page = client.get("/bids")
    assert len([sql for sql in asked if sql.lstrip().upper().startswith("SELECT")]) == 5
    assert len(page.data) <= 40_000


def test_more_than_are_counted_is_said_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.endorsed(3)
    monkeypatch.setattr(lists, "MOST_COUNTED", 2)
    page = cast.client("officer").get("/bids").text
    assert "More than 2 bids" in page
    assert '<span class="small">2+</span>' in page
    assert '<span class="small">0</span>' in page


def test_a_place_is_found_by_its_ward(cast: Cast) -> None:
    bid = cast.bid("submitted")
    page = cast.client("officer").get("/bids?place=millbeck%20east").text
    assert listed(page) == [bid.reference]
