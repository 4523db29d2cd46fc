"""Money in at the pages: recorded, checked, reported, and struck out by another person."""

from tests.cast import Cast

GIFT = {
    "fund": "", "source": "new", "name": "Zo\u00eb O\u2019Neill & Daughters of Millbeck Upper Town", "who": "company",
    "kind": "donation", "amount": "11,180.01", "day": "2026-01-05", "round": "", "words": "",
}  # fmt: skip


def test_money_in_is_recorded_checked_reported_and_struck_out(cast: Cast) -> None:
    client = cast.client("treasurer")
    assert "Record money in" in client.get("/money/in").text
    told = client.post("/money/in", data=GIFT)
    assert told.status_code == 303, told.text
    where = told.location
    made = int(where.rsplit("/", 1)[1])
    page = client.get(where).text
    assert "£11,180.01 from Zo\u00eb O\u2019Neill &amp; Daughters" in page
    assert "not legal advice" in page
    listed = client.get("/money/in").text
    assert "Check that they may give" in listed
    assert "Report to the Electoral Commission" in listed
    day = {"day": "2026-01-05", "words": "On the register"}
    assert client.post(f"{where}/check", data={**day, "outcome": ""}).status_code == 422
    assert client.post(f"{where}/check", data={**day, "outcome": "permissible"}).status_code == 303
    assert client.post(f"{where}/report", data=day).status_code == 303
    assert "Due about donations" not in client.get("/money/in").text
    refused = client.post(f"{where}/void", data={"reason": "Typed twice"})
    assert refused.status_code == 409
    assert "You recorded this money" in refused.text
    officer = cast.client("officer")
    assert officer.post(f"{where}/void", data={"reason": ""}).status_code == 422
    assert officer.post(f"{where}/void", data={"reason": "Typed twice"}).status_code == 303
    assert officer.post(f"{where}/void", data={"reason": "Again"}).status_code == 409
    assert cast.value("SELECT void_reason FROM income WHERE id = :id", id=made) == "Typed twice"
    assert "struck out" in client.get("/money/in").text


def test_what_is_wrong_is_said_and_nothing_recorded(cast: Cast) -> None:
    client = cast.client("treasurer")
    before = cast.value("SELECT count(*) FROM income")
    for wrong in (
        {"amount": "0"},
        {"day": "2199-01-01"},
        {"source": "999"},
        {"round": "999"},
        {"kind": "returned"},
    ):
        assert client.post("/money/in", data={**GIFT, **wrong}).status_code == 422, wrong
    assert cast.value("SELECT count(*) FROM income") == before
