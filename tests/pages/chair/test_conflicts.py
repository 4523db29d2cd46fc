"""Who is kept from what and why, as the chair and the officer read it; nothing of what they are kept from themselves."""

from datetime import UTC, datetime

from fundapp.domain import ties
from fundapp.services import ties as register
from tests.cast import Cast


def says(cast: Cast, who: str, key: str, why: str) -> None:
    register.declare(cast.office, cast.actor(who), [register.Said(key, why)], [], datetime.now(UTC))


def test_each_reader_with_counts_reasons_and_references(cast: Cast) -> None:
    first, second = cast.panel(2)
    ward = cast.value("SELECT area_id FROM bid WHERE id = :bid", bid=first.id)
    says(cast, "reviewer4", ties.area(ward), "lives")
    says(cast, "reviewer4", ties.person(cast.person("member")), "knows")
    for who in ("chair", "officer"):
        page = cast.client(who).get(f"/panel/{first.code}/conflicts").text
        assert "Callum Drysdale" in page
        assert "2 bids: knows somebody in it (2), the same ward (2)" in page
        for bid in (first, second):
            assert f"{bid.reference}: knows somebody in it, the same ward" in page
        assert page.count(">No bid<") == 4
        assert page.count("Said what they are tied to") == 5


def test_what_a_chair_is_kept_from_is_counted_and_not_named(cast: Cast) -> None:
    first, second = cast.panel(2)
    says(cast, "chair", ties.person(cast.person("member")), "knows")
    says(cast, "reviewer4", ties.person(cast.person("member")), "knows")
    page = cast.client("chair").get(f"/panel/{first.code}/conflicts").text
    assert "2 bids of the round are hidden from you, and left out here." in page
    assert first.reference not in page
    assert second.reference not in page
    assert page.count(">No bid<") == 5
    table = cast.client("chair").get(f"/panel/{first.code}").text
    assert table.count("Another bid, £") == 2
    assert first.reference not in table
