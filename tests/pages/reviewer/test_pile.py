"""A reviewer's pile and the page on which they score."""

import pytest
from sqlalchemy import event

from fundapp.services import roles, rounds
from fundapp.services.transition import Refused
from tests import masks
from tests.cast import Cast
from tests.services.test_masking import blinded

SCORES = {"score-link": "4", "score-wins": "3", "score-new": "5", "score-plan": "4", "score-leaders": "2"}


def test_the_pile_lists_what_was_given_unread_first(cast: Cast) -> None:
    first, second = cast.panel(2)
    first.stage.review(first.id, "reviewer", (4, 4, 3, 4, 5))
    page = cast.client("reviewer").get("/pile").text
    assert "1 of 2 scored." in page
    assert page.index(second.reference) < page.index(f"/pile/{first.reference}")


def test_an_empty_pile_says_so(cast: Cast) -> None:
    cast.panel(1)
    page = cast.client("reviewer4").get("/pile")
    assert page.status_code == 200
    assert "Nothing to read" in page.text


@pytest.mark.parametrize("count", [2, 9])
def test_the_pile_takes_as_many_queries_whatever_its_size(cast: Cast, count: int) -> None:
    cast.panel(count)
    client = cast.client("reviewer")
    asked: list[str] = []
    engine = cast.office.db.engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert client.get("/pile").status_code == 200
    selects = [sql for sql in asked if sql.lstrip().upper().startswith("SELECT")]
    assert 0 < len(selects) <= 8


def test_scores_are_kept_and_the_next_bid_opens(cast: Cast) -> None:
    first, second = cast.panel(2)
    client = cast.client("reviewer")
    answer = client.post(
        f"/pile/{first.reference}",
        data={**SCORES, "seen": "0", "comment": " Good plan. ", "note": "Ask Ada."},
    )
    assert answer.status_code == 303
    assert answer.location == f"/pile/{second.reference}"
    assert cast.value("SELECT count(*) FROM review WHERE bid_id = :bid", bid=first.id) == 1
    # 25*4 + 20*3 + 15*5 + 25*4 + 15*2 = 365 of 500: 3.65 points
    assert cast.value("SELECT total FROM review WHERE bid_id = :bid", bid=first.id) == 365
    assert cast.value("SELECT comment FROM review WHERE bid_id = :bid", bid=first.id) == "Good plan."
    assert cast.state(first.id) == "endorsed"


def test_nobody_is_led_to_a_copy_that_an_officer_still_masks(cast: Cast) -> None:
    waits, first, second = blinded(cast, 3)
    client = cast.client("reviewer")
    page = client.get("/pile").text
    assert "0 of 3 scored." in page
    assert "You have scored all that can be read. 3 more follow" in page
    assert f"/pile/{waits.reference}" not in page
    assert "Score the" not in client.get("/desk").text
    for bid in (first, second):
        masks.confirm(cast.office, cast.actor("officer"), bid.id, bid.stage.after)
    page = client.get("/pile").text
    assert page.count("its names are still being masked") == 1
    assert f"Read {first.reference}" in page
    assert "Score the 2 bids left in your pile" in client.get("/desk").text
    for bid, then in ((first, f"/pile/{second.reference}"), (second, "/pile")):
        shown = client.get(f"/pile/{bid.reference}").text
        assert f"{waits.reference}, not ready to be read" in shown
        seen = shown.split('name="seen" value="')[1].split('"')[0]
        answer = client.post(f"/pile/{bid.reference}", data={**SCORES, "seen": seen})
        assert (answer.status_code, answer.location) == (303, then)
    assert "One more follows when the fund’s officer" in client.get("/pile").text


def test_scores_may_be_changed_and_both_are_kept(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    client = cast.client("reviewer")
    client.post(f"/pile/{bid.reference}", data={**SCORES, "seen": "0"})
    again = client.post(f"/pile/{bid.reference}", data={**SCORES, "score-link": "0", "seen": "1"})
    assert again.status_code == 303
    totals = cast.value("SELECT group_concat(total) FROM (SELECT total FROM review ORDER BY number)")
    assert totals == "365,265"


def test_the_second_press_is_refused_and_keeps_what_was_typed(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    client = cast.client("reviewer")
    client.post(f"/pile/{bid.reference}", data={**SCORES, "seen": "0"})
    again = client.post(f"/pile/{bid.reference}", data={**SCORES, "seen": "0", "comment": "Typed twice"})
    assert again.status_code == 409
    assert "What you were changing was changed meanwhile" in again.text
    assert "Typed twice" in again.text
    assert cast.value("SELECT count(*) FROM review") == 1


@pytest.mark.parametrize("mark", ["", "6", "-1", "4.0", "٤", "4 ", "NaN", "1" * 5000])
def test_a_score_that_is_none_is_named(cast: Cast, mark: str) -> None:
    bid = cast.panel(1)[0]
    data = {**SCORES, "score-new": mark, "seen": "0", "comment": "<script>alert(1)</script>"}
    answer = cast.client("reviewer").post(f"/pile/{bid.reference}", data=data)
    assert answer.status_code == 422
    assert "Give A new approach a score from 0 to 5." in answer.text
    assert 'href="#score-new"' in answer.text
    assert "<script>alert" not in answer.text
    assert cast.value("SELECT count(*) FROM review") == 0


def test_a_bid_that_is_not_in_the_pile_is_not_there(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    for path in (f"/pile/{bid.reference}", f"/pile/{bid.reference}/interest", "/pile/B-9999X"):
        assert cast.client("reviewer4").get(path).status_code == 404
    answer = cast.client("reviewer4").post(f"/pile/{bid.reference}", data={**SCORES, "seen": "0"})
    assert answer.status_code == 404
    assert cast.client("member").get(f"/pile/{bid.reference}").status_code == 403
    assert cast.client(None).get("/pile").status_code == 302


def test_nobody_elses_scores_are_shown(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    bid.stage.review(bid.id, "reviewer2", (1, 2, 1, 2, 1))
    page = cast.client("reviewer").get(f"/pile/{bid.reference}").text
    assert "Imran Siddiqui" not in page
    assert "The door-knock convinces" not in page
    assert " checked" not in page


def test_a_declared_interest_hides_the_bid(cast: Cast) -> None:
    first, second = cast.panel(2)
    client = cast.client("reviewer")
    empty = client.post(f"/pile/{first.reference}/interest", data={"reason": "  "})
    assert empty.status_code == 422
    assert cast.value("SELECT count(*) FROM interest") == 0
    told = client.post(f"/pile/{first.reference}/interest", data={"reason": "My sister keeps their books."})
    assert (told.status_code, told.location) == (303, "/pile")
    assert client.get(f"/pile/{first.reference}").status_code == 404
    page = client.get("/pile").text
    assert f"/pile/{first.reference}" not in page
    assert f"/pile/{second.reference}" in page
    assert "One bid is set aside" in page
    assert client.post(f"/pile/{first.reference}/interest", data={"reason": "Again"}).status_code == 404
    assert cast.value("SELECT count(*) FROM interest") == 1


def test_once_the_reviews_are_closed_scores_stand(cast: Cast) -> None:
    bid = cast.bid("reviewed")
    client = cast.client("reviewer")
    page = client.get(f"/pile/{bid.reference}")
    assert page.status_code == 200
    assert "Its reviews are closed" in page.text
    assert '<form method="post" action="/pile' not in page.text
    late = client.post(f"/pile/{bid.reference}", data={**SCORES, "seen": "1"})
    assert late.status_code == 409
    assert cast.value("SELECT count(*) FROM review WHERE bid_id = :bid", bid=bid.id) == 3


def test_whoever_is_no_reviewer_of_the_fund_any_more_reads_and_scores_nothing_there(cast: Cast) -> None:
    (bid,) = cast.panel(1)
    person = cast.person("reviewer")
    other = rounds.found(cast.office, cast.operator, "other", "Another fund", cast.now)
    roles.give(cast.office, cast.operator, person, "reviewer", other, cast.now)
    client = cast.client("reviewer")
    assert client.get(f"/pile/{bid.reference}").status_code == 200
    grant = cast.value(
        "SELECT id FROM role_grant WHERE person_id = :person AND role = 'reviewer' AND fund_id = :fund",
        person=person, fund=bid.stage.fund,
    )  # fmt: skip
    roles.end(cast.office, cast.operator, grant, cast.now)
    for path in ("", "/interest"):
        assert client.get(f"/pile/{bid.reference}{path}").status_code == 404
    assert client.post(f"/pile/{bid.reference}", data=SCORES).status_code == 404
    assert bid.reference not in client.get("/pile").text
    with pytest.raises(Refused, match="not_yours"):
        bid.stage.review(bid.id, "reviewer", (4, 4, 3, 4, 5))
    assert cast.value("SELECT count(*) FROM review") == 0
