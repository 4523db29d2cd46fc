"""Where readers disagree, from the chair's seat: the list, asking for one or all, both versions on the bid's page."""

import re

import pytest
from sqlalchemy import event

from fundapp.services import panel
from tests.cast import Cast, Made

APART = ((5,) * 5, (1,) * 5, (4,) * 5)
NEAR = ((4,) * 5,) * 3


def read(cast: Cast, *of_each: tuple[tuple[int, ...], ...]) -> list[Made]:
    """Bids of one round with the marks of three readers each."""
    made = cast.panel(len(of_each))
    for bid, marks in zip(made, of_each, strict=True):
        for reader, given in zip(("reviewer", "reviewer2", "reviewer3"), marks, strict=False):
            bid.stage.review(bid.id, reader, given, f"Because of {reader}.")
    return made


def sections(page: str) -> dict[str, list[str]]:
    """The headings of the list with the references under each."""
    parts = re.split(r'<section class="spreads-wide section"><h2>(.*?)</h2>', page)[1:]
    return {
        heading: re.findall(r'<span class="under">(B-\w+)', body)
        for heading, body in zip(parts[::2], parts[1::2], strict=True)
    }


def test_every_disagreement_stands_where_it_is(cast: Cast) -> None:
    ask, few, going, met, settled, again, over, _near = read(
        cast, APART, APART[:2], APART, APART, APART, APART, APART, NEAR
    )
    for bid in (going, met, settled, again, over):
        bid.stage.moderate(bid.id)
    met.stage.review(met.id, "reviewer2", (4,) * 5)
    for bid in (settled, again, over):
        bid.stage.settle(bid.id, "It was cleared up.")
    again.stage.review(again.id, "reviewer2", (0,) * 5)
    over.stage.conclude(over.id)
    page = cast.client("chair").get(f"/panel/{ask.code}/disagreements").text
    assert sections(page) == {
        "To be talked over": [again.reference, ask.reference, few.reference],
        "Being talked over": [going.reference, met.reference],
        "Settled": [settled.reference, over.reference],
    }
    assert "Ask the readers of all 2 bids" in page
    for words in (
        "Apart again: scores came after you had closed the talk", "Nobody is asked yet", "2 of 3 reviews are in",
        "They have come together: close the talk", "It was cleared up.", "<strong>4.00 apart</strong>",
        "at first 4.00",
    ):  # fmt: skip
        assert words in page, words


def test_where_all_agree_the_page_says_so(cast: Cast) -> None:
    (bid,) = read(cast, NEAR)
    page = cast.client("chair").get(f"/panel/{bid.code}/disagreements").text
    assert "The readers agree" in page
    assert "/disagreements/ask" not in page


def test_one_press_asks_the_readers_of_one_bid(cast: Cast) -> None:
    (bid,) = read(cast, APART)
    client = cast.client("chair")
    version = str(cast.value("SELECT version FROM bid WHERE id = :bid", bid=bid.id))
    told = client.post(
        f"/panel/{bid.code}/{bid.reference}/moderate", data={"seen": version, "back": "disagreements"}
    )
    assert (told.status_code, told.location) == (303, f"/panel/{bid.code}/disagreements")
    page = client.get(told.location).text
    assert "Its readers are asked to talk it over." in page
    assert "Talked over since" in page


def test_asking_for_all_shows_first_which_and_who_is_mailed(cast: Cast) -> None:
    first, second, near = read(cast, APART, APART, NEAR)
    client = cast.client("chair")
    where = f"/panel/{first.code}/disagreements/ask"
    page = client.get(where).text
    assert "Ask the readers of 2 bids to talk them over" in page
    assert "6 emails go out, to 3 people." in page
    assert page.count("Beatrice Fennimore, Imran Siddiqui, Ruth Calloway") == 2
    assert "Your scores for a bid lie far apart" in page
    assert near.reference not in page
    assert cast.value("SELECT count(*) FROM moderation") == 0
    chosen = re.findall(r'name="bid" value="([^"]+)"', page)
    assert len(chosen) == 2
    late = client.post(where, data={"bid": [chosen[0], f"{second.reference}:99"]})
    assert late.status_code == 409
    assert f"{second.reference}: " in late.text
    assert cast.value("SELECT count(*) FROM moderation") == 0
    assert client.post(where, data={"bid": chosen}).status_code == 303
    assert cast.value("SELECT count(*) FROM moderation") == 2
    again = client.post(where, data={"bid": chosen})
    assert again.status_code == 409
    assert client.post(where).status_code == 422


def test_what_is_kept_from_a_chair_is_not_there(cast: Cast) -> None:
    here, hidden = read(cast, APART, APART)
    panel.declare(cast.office, cast.actor("chair"), hidden.id, "I sit on its committee.", here.stage.after)
    client = cast.client("chair")
    for path in ("disagreements", "disagreements/ask"):
        page = client.get(f"/panel/{here.code}/{path}").text
        assert here.reference in page
        assert hidden.reference not in page
    assert (
        "Bids that are kept from you are not on this page."
        in client.get(f"/panel/{here.code}/disagreements").text
    )
    version = cast.value("SELECT version FROM bid WHERE id = :bid", bid=hidden.id)
    sent = client.post(f"/panel/{here.code}/disagreements/ask", data={"bid": f"{hidden.reference}:{version}"})
    assert sent.status_code == 409
    assert cast.value("SELECT count(*) FROM moderation") == 0


def test_both_versions_stand_on_the_bids_page(cast: Cast) -> None:
    (bid,) = read(cast, APART)
    bid.stage.moderate(bid.id)
    bid.stage.review(bid.id, "reviewer2", (3,) * 5, "Page two convinced me.")
    bid.stage.review(bid.id, "reviewer3", (4,) * 5, "I stay with it.")
    client = cast.client("chair")
    page = client.get(f"/panel/{bid.code}/{bid.reference}").text
    assert "Imran Siddiqui · 3.00" in page
    assert "first 1.00, now 3.00, changed on " in page
    assert "Because of reviewer2." in page
    assert "Page two convinced me." in page
    assert page.count("Imran Siddiqui\u00a03 (first\u00a01)") == 5
    assert "and kept these scores" in page
    assert "2 of them have sent scores since. They were 4.00 points apart, and are 2.00." in page
    bid.stage.settle(bid.id, "The second page answers it.")
    after = client.get(f"/panel/{bid.code}/{bid.reference}").text
    assert "How the talk ended" in after
    assert "The second page answers it." in after
    assert "Scores have come since." not in after


@pytest.mark.parametrize("path", ["disagreements", "disagreements/ask", "behind", "behind/remind"])
def test_as_many_queries_whatever_there_is(cast: Cast, path: str) -> None:
    client = cast.client("chair")
    counts = []
    for size in (1, 3):
        code = read(cast, *[APART] * size)[0].code
        asked: list[str] = []
        listen = lambda *args, asked=asked: asked.append(args[2])  # noqa: E731
        event.listen(cast.office.db.engine, "before_cursor_execute", listen)
        assert client.get(f"/panel/{code}/{path}").status_code == 200
        event.remove(cast.office.db.engine, "before_cursor_execute", listen)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20
