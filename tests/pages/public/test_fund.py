"""What anyone sees, and what nobody does."""

import pytest

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
    assert "Only members bid, and this sign-in is not a member’s." in page
    assert "Start a bid" not in page
    assert "/sign-in" not in page
    assert "Only members bid" not in cast.client("member").get(f"/rounds/{code}").text
    assert "Only members bid" not in cast.client(None).get(f"/rounds/{code}").text


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
    assert ready.json == {"database": True, "migrated": True, "ready": True, "worker_lag_seconds": 0}


def test_a_round_smaller_than_the_last_one_gave_is_shown(cast: Cast) -> None:
    cast.bid("accepted")  # £2,000 were given in a round of £10,000
    _stage, code = cast.round(closed=False, budget_pence=100_000, max_pence=50_000)
    for path in ("/", f"/rounds/{code}"):
        page = cast.client(None).get(path)
        assert page.status_code == 200
        assert "£2,000" in page.text
