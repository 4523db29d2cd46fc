"""Money in at the pages: recorded, checked, reported, and struck out by another person."""

import re

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
    wrong = client.post(
        f"{where}/check", data={"day": "2026-01-04", "words": "", "outcome": "impermissible", "back": "soon"}
    )
    assert wrong.status_code == 422
    for field in ("check-words", "check-day", "back"):
        assert re.search(
            rf'id="{field}"[^>]* aria-describedby="{field}-error[^>]* aria-invalid="true"', wrong.text
        ), field
    assert wrong.text.count('aria-invalid="true"') == 3, "the form beside it has nothing to mend"
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


def test_a_form_sent_twice_records_once_and_leads_to_the_same_page(cast: Cast) -> None:
    client = cast.client("treasurer")
    before = cast.value("SELECT count(*) FROM income"), cast.value("SELECT count(*) FROM source")
    places = {client.post("/money/in", data=GIFT).location for _again in range(3)}
    assert len(places) == 1
    assert "This is recorded already" in client.get(places.pop()).text
    after = cast.value("SELECT count(*) FROM income"), cast.value("SELECT count(*) FROM source")
    assert after == (before[0] + 1, before[1] + 1)
    told = client.post("/money/in", data={**GIFT, "words": "Another", "name": GIFT["name"].upper()})
    assert told.status_code == 409
    assert "choose them there" in told.text
    assert (cast.value("SELECT count(*) FROM income"), cast.value("SELECT count(*) FROM source")) == after


def test_a_source_has_its_years_with_what_was_reported(cast: Cast) -> None:
    client = cast.client("treasurer")
    where = client.post("/money/in", data=GIFT).location
    listed = client.get("/money/in/sources?year=2026").text
    assert "Something is due" in listed
    assert "£11,180.01" in listed
    source = re.search(r"/money/in/sources/\d+", listed.split("O\u2019Neill")[0].rsplit("<a", 1)[1])
    assert source is not None
    for day, amount in (("2025-12-31", "700"), ("2026-01-05", "20")):
        form = {**GIFT, "source": source[0].rsplit("/", 1)[1], "day": day, "amount": amount}
        assert client.post("/money/in", data=form).status_code == 303
    day = {"day": "2026-01-06", "words": "Online, PEF-1"}
    client.post(f"{where}/check", data={**day, "outcome": "permissible"})
    client.post(f"{where}/report", data=day)
    page = client.get(source[0]).text
    assert where in page
    for words in ("£11,200.01", "£11,180.01", "£20.00", "£700.00", "Online, PEF-1", "They may give"):
        assert words in page, words
    older = client.get(f"{source[0]}?year=2025").text
    assert "Not checked yet" in older
    assert where.rsplit("/", 1)[1] not in re.findall(
        r'class="clamped" href="/money/in/(\d+)"', older.split("What was reported")[0]
    )
    assert "Reported on" in client.get("/money/in/sources?year=2026").text
