"""What a question's page sends by itself while somebody types: saved, or told why not, and never lost."""

from datetime import timedelta
from typing import Any

import pytest

from fundapp.pages.member import saving
from fundapp.services import drafts
from tests.cast import Cast, Made
from tests.pages.member.test_kept import OURS
from tests.pages.member.test_writing import answers, draft, revision, save


def auto(cast: Cast, bid: Made, question: str = "summary", who: str | None = "member", **given: str) -> Any:
    """One answer as the script sends it, from a page that is up to date unless told otherwise."""
    fields = {"revision": revision(cast, bid), **given}
    return cast.client(who).post(f"/my-bids/{bid.reference}/autosave/{question}", data=fields, headers=OURS)


def test_saved_says_when_and_carries_on(cast: Cast) -> None:
    bid = draft(cast)
    first = auto(cast, bid, summary="We cook. On Thursdays.")
    assert first.status_code == 200
    told = first.get_json()
    assert set(told) == {"saved", "revision", "mark", "at", "words"}
    assert told["saved"] is True
    assert told["words"] == 4
    assert str(told["revision"]) == revision(cast, bid)
    assert answers(cast, bid)["summary"] == "We cook. On Thursdays."
    second = auto(
        cast, bid, summary="We cook.", revision=str(told["revision"]), before=told["mark"]
    ).get_json()
    assert second["revision"] == told["revision"] + 1
    assert second["mark"] != told["mark"]
    same = auto(cast, bid, summary="We cook.", revision="1").get_json()
    assert same["revision"] == second["revision"]


def test_every_kind_is_read_as_the_page_reads_it(cast: Cast) -> None:
    bid = draft(cast)
    assert auto(cast, bid, "amount_pence", amount_pence="£1,234.56").status_code == 200
    assert auto(cast, bid, "budget", **{"what-1": "Pots", "pounds-1": "12.50"}).status_code == 200
    assert auto(cast, bid, "declarations", declarations="true").status_code == 200
    found = answers(cast, bid)
    assert found["amount_pence"] == 123_456
    assert found["budget"] == [{"what": "Pots", "pence": 1250}]
    assert found["declarations"] == ["true"]


def test_what_cannot_be_read_is_told_by_field_and_not_saved(cast: Cast) -> None:
    bid = draft(cast)
    before = answers(cast, bid)
    answer = auto(cast, bid, "budget", **{"what-1": "Pots", "pounds-1": "lots"})
    assert answer.status_code == 422
    words = "Line 1: give an amount in pounds, like 120 or 120.50"
    assert answer.get_json() == {"unreadable": [{"field": "pounds-1", "words": words}]}
    assert answers(cast, bid) == before


def test_the_same_answer_saved_elsewhere_is_told_and_not_overwritten(cast: Cast) -> None:
    bid = draft(cast)
    old = revision(cast, bid)
    auto(cast, bid, summary="From the phone.")
    answer = auto(cast, bid, summary="From the laptop.", revision=old, before="0" * 16)
    assert answer.status_code == 409
    told = answer.get_json()
    assert told["conflict"] is True
    assert told["theirs"] == ["From the phone."]
    assert answers(cast, bid)["summary"] == "From the phone."
    chosen = auto(cast, bid, summary="From both.", revision=str(told["revision"]), before=told["mark"])
    assert chosen.status_code == 200
    assert answers(cast, bid)["summary"] == "From both."


def test_another_answer_saved_meanwhile_is_no_conflict(cast: Cast) -> None:
    bid = draft(cast)
    old = revision(cast, bid)
    page = cast.client("member").get(f"/my-bids/{bid.reference}/form/summary").text
    mark = page.split('name="before" value="')[1][:16]
    auto(cast, bid, "title", title="A longer table")
    assert auto(cast, bid, summary="We cook.", revision=old, before=mark).status_code == 200
    found = answers(cast, bid)
    assert (found["title"], found["summary"]) == ("A longer table", "We cook.")


def test_somebody_always_comes_between_and_still_it_is_saved(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other answers are saved between our looking and our saving, again and again."""
    bid = draft(cast)
    page = cast.client("member").get(f"/my-bids/{bid.reference}/form/summary").text
    mark = page.split('name="before" value="')[1][:16]
    real, came = drafts.save, []

    def crowded(office: Any, actor: Any, number: int, changed: Any, at: int, now: Any) -> int:
        if len(came) < saving.TRIES - 1:
            came.append(at)
            stands = int(cast.value("SELECT revision FROM draft WHERE bid_id = :bid", bid=bid.id))
            real(office, actor, number, {"people": f"{len(came)} people"}, stands, now)
        return real(office, actor, number, changed, at, now)

    monkeypatch.setattr(saving.drafts, "save", crowded)
    assert auto(cast, bid, summary="We cook.", before=mark).status_code == 200
    found = answers(cast, bid)
    assert found["summary"] == "We cook."
    assert found["people"] == f"{saving.TRIES - 1} people"


def test_looking_saves_nothing_and_tells_the_mark(cast: Cast) -> None:
    bid = draft(cast)
    auto(cast, bid, "amount_pence", amount_pence="1200")
    page = cast.client("member").get(f"/my-bids/{bid.reference}/form/amount_pence").text
    mark = page.split('name="before" value="')[1][:16]
    before = revision(cast, bid)
    assert auto(cast, bid, "amount_pence", amount_pence="1,200.00", look="yes").get_json() == {"mark": mark}
    assert auto(cast, bid, "amount_pence", amount_pence="1,201.00", look="yes").get_json() != {"mark": mark}
    assert revision(cast, bid) == before


def test_signed_out_says_where_to_sign_in(cast: Cast) -> None:
    bid = draft(cast)
    answer = auto(cast, bid, who=None, summary="We cook.")
    assert answer.status_code == 401
    target = f"/sign-in?next=/my-bids/{bid.reference}/form/summary"
    assert answer.get_json() == {"signed_out": True, "sign_in": target}


def test_an_expired_token_is_renewed_for_our_own_page_only(cast: Cast) -> None:
    cast.app.config["WTF_CSRF_ENABLED"] = True
    bid = draft(cast)
    client = cast.client("member")
    path = f"/my-bids/{bid.reference}/autosave/summary"
    data = {"summary": "We cook.", "revision": revision(cast, bid), "csrf_token": "of last week"}
    told = client.post(path, data=data, headers=OURS)
    assert told.status_code == 400
    assert told.get_json()["expired"] is True
    for headers in ({}, {"Origin": "https://elsewhere.example"}):
        refused = client.post(path, data=data, headers=headers)
        assert refused.status_code == 400
        assert not refused.is_json
    fresh = data | {"csrf_token": told.get_json()["csrf_token"]}
    assert client.post(path, data=fresh, headers=OURS).status_code == 200
    signed_out = cast.client(None).post(path, data=data, headers=OURS)
    assert signed_out.status_code == 401


def test_somebody_else_on_the_same_phone_saves_nothing_in_their_name(cast: Cast) -> None:
    bid = draft(cast)
    before = answers(cast, bid)
    answer = auto(cast, bid, summary="Mine.", whose="0123456789abcdef")
    assert answer.status_code == 403
    assert answer.get_json()["other"] is True
    assert answers(cast, bid) == before


@pytest.mark.parametrize("who", ["member2", "officer", "councillor"])
def test_not_theirs_is_not_there(cast: Cast, who: str) -> None:
    answer = auto(cast, draft(cast), who=who, summary="Not mine.")
    assert answer.status_code == 404
    assert answer.get_json()["lost"] is True


@pytest.mark.parametrize("state", ["submitted", "withdrawn", "not_endorsed"])
def test_a_bid_that_was_sent_or_has_ended_is_closed(cast: Cast, state: str) -> None:
    bid = cast.bid(state)
    before = answers(cast, bid)
    answer = auto(cast, bid, summary="Too late.")
    assert answer.status_code == 410
    assert answer.get_json()["closed"] is True
    assert answers(cast, bid) == before


def test_hostile_fields_change_nothing_and_break_nothing(cast: Cast) -> None:
    bid = draft(cast)
    for value in ("²", "-1", "9" * 40, "", "None"):
        assert auto(cast, bid, summary="We cook.", revision=value).status_code in (200, 409)
    assert auto(cast, bid, "no-such-question", summary="x").status_code == 404
    assert auto(cast, bid, "area", area="1 OR 1=1").status_code == 422


def test_fields_that_a_page_does_not_have_are_nobodys(cast: Cast) -> None:
    bid = draft(cast)
    columns = "SELECT state || ' ' || version || ' ' || round_id || ' ' || reference FROM bid WHERE id = :bid"
    before, row = answers(cast, bid), cast.value(columns, bid=bid.id)
    more = {
        "state": "awarded",
        "version": "9",
        "amount_pence": "1",
        "round_id": "2",
        "person_id": "1",
        "title": "Mine",
    }
    assert auto(cast, bid, summary="We cook.", **more).status_code == 200
    assert answers(cast, bid) == {**before, "summary": "We cook."}
    assert cast.value(columns, bid=bid.id) == row


def test_the_page_and_the_script_are_of_one_mind(cast: Cast) -> None:
    """What the script saved is what the page then shows, and the button after it saves nothing twice."""
    bid = draft(cast)
    told = auto(cast, bid, summary="We cook.").get_json()
    assert save(cast, bid, "summary", summary="We cook.", revision="1").status_code == 303
    assert revision(cast, bid) == str(told["revision"])


def test_what_arrived_in_time_counts_though_it_is_handled_late(cast: Cast) -> None:
    """The door to the draft compares the arrival, not the moment at which we got round to it."""
    bid = draft(cast)
    closes = bid.stage.closes_at
    actor, office = cast.actor("member"), cast.office
    at = int(revision(cast, bid))
    assert drafts.save(office, actor, bid.id, {"summary": "In time."}, at, closes) == at + 1
    with pytest.raises(drafts.Closed) as closed:
        drafts.save(office, actor, bid.id, {"summary": "Late."}, at + 1, closes + timedelta(microseconds=1))
    assert closed.value.until == closes
    assert answers(cast, bid)["summary"] == "In time."
