"""Awards that may be donations to whoever receives them: who is flagged, why, and what is said to whom."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import update

from fundapp.models import Organisation
from fundapp.services import awards, people
from fundapp.services.awards import Signed
from fundapp.services.transition import fire
from tests.cast import Cast, Made


def accepted(cast: Cast, recipient: str) -> Made:
    bid = cast.bid("awarded")
    awards.accept(cast.office, cast.actor("member"), bid.id, Signed("S. Rao", recipient=recipient), cast.now)
    return bid


def flagged(cast: Cast) -> list[list[str]]:
    """The rows of the treasurer's file, without its headings."""
    content = cast.client("treasurer").get("/money/awards-out.csv").get_data(as_text=True)
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff"), newline="")))[1:]


def rename(cast: Cast, bid: Made, name: str) -> None:
    group = cast.value("SELECT organisation_id FROM bid WHERE id = :bid", bid=bid.id)
    with cast.office.db.write() as conn:
        conn.execute(update(Organisation).where(Organisation.id == group).values(name=name))


@pytest.mark.parametrize("recipient", ["local_party", "association", "councillor"])
def test_what_the_applicant_answered_flags_it_and_tells_them(cast: Cast, recipient: str) -> None:
    bid = accepted(cast, recipient)
    treasurer = cast.client("treasurer")
    assert "By the answer" in treasurer.get("/money/awards-out").text
    page = treasurer.get(f"/money/{bid.reference}/awards-out").text
    for words in ("£2,000.00", "within 30 days", "Electoral Commission", "not legal advice", bid.reference):
        assert words in page, words
    assert "Election law may look at this award" in treasurer.get(f"/money/{bid.reference}").text
    told = cast.client("member").get(f"/my-bids/{bid.reference}/award").text
    assert "What election law asks of you" in told
    assert "You have to check that we may give, within 30 days" in told
    (row,) = flagged(cast)
    assert (row[0], row[6], row[7], row[10]) == (bid.reference, "2000.00", "500.00", "yes")


def test_nobody_else_is_flagged_or_told(cast: Cast) -> None:
    bid = accepted(cast, "charity")
    assert flagged(cast) == []
    assert cast.client("treasurer").get(f"/money/{bid.reference}/awards-out").status_code == 404
    assert "election law asks" not in cast.client("member").get(f"/my-bids/{bid.reference}/award").text


@pytest.mark.parametrize(("pence", "looked_at"), [(50_000, False), (50_001, True)])
def test_the_limit_to_the_penny(cast: Cast, pence: int, looked_at: bool) -> None:
    made = cast.panel()[0]
    stage = made.stage
    for reviewer in ("reviewer", "reviewer2", "reviewer3"):
        stage.review(made.id, reviewer, (4, 4, 3, 4, 5))
    stage.conclude(made.id)
    stage.decide(made.id, "award", pence)
    stage.release()
    awards.accept(
        cast.office, cast.actor("member"), made.id, Signed("S. Rao", recipient="local_party"), cast.now
    )
    assert bool(flagged(cast)) == looked_at
    told = cast.client("member").get(f"/my-bids/{made.reference}/award").text
    assert ("What election law asks of you" in told) == looked_at


def test_a_name_and_a_seat_are_hints_to_weigh(cast: Cast) -> None:
    """A seat counts on the day of the award: one that had ended by then is none."""
    bid = accepted(cast, "group")
    rename(cast, bid, "=Labour Row Youth Club")
    day = cast.now.date()
    with cast.office.deed(cast.operator, cast.now) as deed:
        area = cast.value("SELECT min(area_id) FROM office_holding")
        for office, to_on in (("mayor", day - timedelta(days=3)), ("councillor", None)):
            people.hold_office(
                deed, cast.person("member"), office=office, area=area, from_on=day - timedelta(days=900), to_on=to_on,
                email=None, source=None,
            )  # fmt: skip
    (row,) = flagged(cast)
    assert row[2] == "'=Labour Row Youth Club", "nothing in the file is a formula"
    assert row[10] == "no"
    assert row[11].count("holds an elected office") == 1
    assert "“Labour”" in row[11]
    page = cast.client("treasurer").get(f"/money/{bid.reference}/awards-out").text
    assert "Only a hint says so" in page
    assert "If none of this is so, you need do nothing." in page
    assert "election law asks" not in cast.client("member").get(f"/my-bids/{bid.reference}/award").text


def test_money_back_is_recorded_where_it_is_listed(cast: Cast) -> None:
    bid = cast.bid("accepted")
    stage = bid.stage
    stage.pay(bid.id, (50, 50), paid=1)
    treasurer, officer = cast.client("treasurer"), cast.actor("officer")
    where = f"/money/{bid.reference}/owed-back"
    assert treasurer.get(where).status_code == 404, "it is not cancelled"
    why = {"reason": "The group has folded."}
    fire(cast.office, cast.actor("treasurer"), "bid", "ask_cancel", bid.id, cast.now, why)
    awards.cancel(cast.office, officer, bid.id, cast.now)
    assert f"/money/{bid.reference}/owed-back" in treasurer.get("/money/owed-back").text
    today = cast.now.date().isoformat()
    for wrong in ({"amount": "0", "day": today}, {"amount": "5", "day": "2199-01-01"}):
        told = treasurer.post(where, data=wrong)
        assert told.status_code == 422
        assert 'aria-invalid="true"' in told.text
    refused = treasurer.post(where, data={"amount": "1,000.01", "day": today})
    assert refused.status_code == 409
    assert "£1,000.01 is more than the £1,000 that is still owed back." in refused.text
    form = {"amount": "400", "day": today, "words": "By transfer"}
    assert treasurer.post(where, data=form).location.endswith(where)
    assert "/money/in/" in treasurer.post(where, data=form).location, (
        "pressed again, it leads to what is recorded"
    )
    assert "£600.00 is still owed back." in treasurer.get(where).text
    assert "£600.00 is still owed back to the fund." in cast.client("member").get(
        f"/my-bids/{bid.reference}/award"
    ).text  # fmt: skip
    assert treasurer.post(where, data={"amount": "600", "day": today}).status_code == 303
    assert "Nothing is owed back." in treasurer.get("/money/owed-back").text
    assert bid.reference in treasurer.get("/money/owed-back?settled=yes").text
    assert "Record what came back" not in treasurer.get(where).text
