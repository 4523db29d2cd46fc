"""What anyone sees, and what nobody does."""

import pytest

from fundapp.services import round_terms
from tests.cast import Cast


@pytest.mark.parametrize("path", ["/", "/awards", "/rules", "/privacy", "/accessibility", "/sign-in"])
def test_pages_stand_with_nothing_in_the_database(cast: Cast, path: str) -> None:
    answer = cast.client(None).get(path)
    assert answer.status_code == 200
    assert "<h1>" in answer.text


def test_an_open_round_says_how_much_until_when_and_how_to_begin(cast: Cast) -> None:
    _stage, code = cast.round(closed=False)
    page = cast.client(None).get("/").text
    assert "£250 to £5,000" in page
    assert "Open now" in page
    assert f"/sign-in?next=/rounds/{code}" in page
    member = cast.client("member").get(f"/rounds/{code}").text
    assert f'action="/rounds/{code}/start"' in member


@pytest.mark.parametrize("who", ["councillor", "officer"])
def test_who_is_no_member_is_told_so_and_is_not_sent_to_sign_in_again(cast: Cast, who: str) -> None:
    _stage, code = cast.round(closed=False)
    page = cast.client(who).get(f"/rounds/{code}").text
    told = "Members of the party bid: first we ask for your membership number."
    assert told in page
    assert f'href="/my-membership?next=/rounds/{code}"' in page
    assert "/sign-in" not in page
    assert told not in cast.client("member").get(f"/rounds/{code}").text
    assert told not in cast.client(None).get(f"/rounds/{code}").text


def test_awards_name_groups_and_no_person(cast: Cast) -> None:
    offered, taken = cast.bid("awarded"), cast.bid("accepted")
    page = cast.client(None).get("/awards").text
    assert page.count("Millbeck Growers") == 1
    assert "£2,000" in page
    assert "Millbeck East" in page
    assert "Sunita Rao" not in page
    assert offered.reference not in page
    assert taken.code != offered.code


def test_health_and_readiness(cast: Cast) -> None:
    assert cast.client(None).get("/healthz").text == "ok\n"
    ready = cast.client(None).get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {
        "database": True, "migrated": True, "ready": True, "web": True, "worker": True, "worker_lag_seconds": 0,
        "clock_seconds": None, "mail": True, "storage": True, "disk": True, "problems": [],
    }  # fmt: skip


def test_a_round_smaller_than_the_last_one_gave_is_shown(cast: Cast) -> None:
    cast.bid("accepted")  # £2,000 were given in a round of £10,000
    _stage, code = cast.round(closed=False, budget_pence=100_000, max_pence=50_000)
    for path in ("/", f"/rounds/{code}"):
        page = cast.client(None).get(path)
        assert page.status_code == 200
        assert "£2,000" in page.text


RIGHT = {f"answer_{number}": "yes" for number in range(4)}


def test_four_questions_say_whether_one_can_bid_and_keep_nothing(cast: Cast) -> None:
    _stage, code = cast.round(closed=False)
    client, path = cast.client(None), f"/rounds/{code}/check"
    page = client.get(path).text
    assert page.count("<fieldset") == 4
    assert "for £250 to £5,000?" in page
    yes = client.post(path, data=RIGHT).text
    assert "<h1>You can bid</h1>" in yes
    assert f"/sign-in?next=/rounds/{code}" in yes
    assert f'action="/rounds/{code}/start"' in cast.client("member").post(path, data=RIGHT).text
    assert f"/my-membership?next=/rounds/{code}" in cast.client("officer").post(path, data=RIGHT).text
    no = client.post(path, data=RIGHT | {"answer_1": "no"}).text
    assert "<h1>You cannot bid as it stands</h1>" in no
    assert "One thing stands in the way" in no
    assert "never for campaigning" in no
    assert "Start a bid" not in no
    half = client.post(path, data={"answer_0": "yes", "answer_1": "maybe"})
    assert half.status_code == 422
    assert (
        '<a href="#answer_1">Say yes or no: Is it in the UK, and is nothing in it for an election campaign?</a>'
        in half.text
    )
    assert client.get("/rounds/NONE/check").status_code == 404


def test_a_round_that_is_closed_offers_no_start_after_the_check(cast: Cast) -> None:
    _stage, code = cast.round()
    page = cast.client("member").post(f"/rounds/{code}/check", data=RIGHT).text
    assert "this round takes no bids now" in page
    assert "Start a bid" not in page


def test_a_rounds_own_words_stand_on_its_page(cast: Cast) -> None:
    stage, code = cast.round(closed=False)
    usual = cast.client(None).get(f"/rounds/{code}").text
    assert "A lift to market" in usual
    assert "£5,000" in usual
    assert "What is the project called?" in usual
    about = {"funds": ["Bulbs <b>for</b> Alma Road"], "questions": [], "example": {"title": "", "costs": []}}
    round_terms.change(cast.office, cast.actor("officer"), stage.round, {"about": about}, cast.now, 2)
    page = cast.client(None).get(f"/rounds/{code}").text
    assert "Bulbs &lt;b&gt;for&lt;/b&gt; Alma Road" in page
    assert "First tries" not in page
    assert "A lift to market" not in page
