"""Where the panel reads without names, neither reasons nor places nor ties that end tell a chair whose bid it is."""

from datetime import UTC, datetime

from fundapp.domain import ties
from fundapp.services import seats
from fundapp.services import ties as register
from tests.cast import Cast
from tests.services.test_masking import blinded


def says(cast: Cast, who: str, key: str, why: str) -> None:
    register.declare(cast.office, cast.actor(who), [register.Said(key, why)], [], datetime.now(UTC))


def test_why_somebody_is_kept_from_a_bid_is_not_told(cast: Cast) -> None:
    (bid,) = blinded(cast)
    says(cast, "reviewer4", ties.person(cast.person("member")), "knows")
    says(cast, "reviewer", ties.area(cast.value("SELECT area_id FROM bid")), "lives")
    page = cast.client("chair").get(f"/panel/{bid.code}/conflicts").text
    assert page.count("One bid. Why would tell whose it is.") == 2
    assert f"<li>{bid.reference}</li>" in page
    for words in ("knows somebody in it", "the same ward"):
        assert words not in page
    told = cast.client("officer").get(f"/panel/{bid.code}/conflicts").text
    assert f"{bid.reference}: knows somebody in it" in told  # an officer works with names


def test_a_refused_reading_says_only_that_they_are_tied(cast: Cast) -> None:
    from fundapp.services import roles

    (bid,) = blinded(cast)
    for who in ("member", "councillor"):
        roles.give(cast.office, cast.operator, cast.person(who), "reviewer", cast.fund, cast.now)
    client = cast.client("chair")
    said = set()
    for who in ("member", "councillor"):
        answer = client.post(
            f"/panel/{bid.code}/readers/{cast.person(who)}/give", data={"reference": bid.reference}
        )
        assert answer.status_code == 409
        said.add(answer.text.partition("They are tied to this bid")[1])
        for words in ("own bid", "backed"):
            assert words not in answer.text.partition("<main")[2].partition("Give them one more")[0]
    assert said == {"They are tied to this bid"}


def test_nobody_is_given_a_bid_for_living_near_it(cast: Cast) -> None:
    (bid,) = blinded(cast)
    area = cast.value("SELECT area_id FROM bid")
    person, client = cast.person("reviewer3"), cast.client("chair")
    at = bid.stage.after
    seats.set_seat(cast.office, cast.actor("chair"), bid.stage.round, person, None, (), (area,), at)
    page = client.get(f"/panel/{bid.code}/assign?readers=1").text
    assert ">near<" not in page
    seat = f"/panel/{bid.code}/readers/{person}"
    assert "Where they would rather read" not in client.get(seat).text
    # What is kept of regions, for a round that is read with names, stays as it is.
    assert client.post(seat, data={"most": "5"}).status_code == 303
    assert cast.value("SELECT regions FROM panel_seat") == f"[{area}]"


def test_a_tie_does_not_end_while_a_bid_would_show_again_by_it(cast: Cast) -> None:
    (bid,) = blinded(cast)
    key = ties.organisation(cast.value("SELECT organisation_id FROM bid"))
    says(cast, "chair", key, "gives")
    client = cast.client("chair")
    assert bid.reference not in client.get(f"/panel/{bid.code}").text
    tie = cast.value("SELECT id FROM tie WHERE key = :key", key=key)
    answer = client.post(f"/pile/interests/{tie}/end", follow_redirects=True)
    assert "Your panel reads without names" in answer.text
    assert cast.value("SELECT ended_at FROM tie WHERE id = :tie", tie=tie) is None
    says(
        cast, "chair", ties.organisation(9_999), "gives"
    )  # one that keeps them from nothing there ends as ever
    other = cast.value("SELECT id FROM tie WHERE key = 'organisation:9999'")
    assert "It is over from today" in client.post(f"/pile/interests/{other}/end", follow_redirects=True).text
    assert bid.reference not in client.get(f"/panel/{bid.code}").text
