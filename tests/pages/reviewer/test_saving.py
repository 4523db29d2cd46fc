"""Every way in which a review that is being written could be lost, and what happens instead.

| how it could be lost | what happens |
|---|---|
| left half done, without script | the button saves it, and it stands there again |
| the same review open twice | both are shown, nothing is overwritten |
| sent from another page meanwhile | what was sent and what was typed are both shown |
| signed out, or the page's token has ended | the words are shown with a way on |
| somebody else signs in on the same device | nothing is saved or sent in their name |
| the bid leaves the pile, its reviews close | the words are shown on the page that says so |
"""

import json
import re
from html import unescape
from typing import Any

import pytest

from fundapp.services import panel
from tests.cast import Cast, Made
from tests.pages.member.test_kept import OURS, TYPED, boxed, fields

HALF = {"score-link": "4", "comment": TYPED, "note": "Ask Ada.", "seen": "0", "revision": "0"}
FULL = {
    "score-link": "4",
    "score-wins": "3",
    "score-new": "5",
    "score-plan": "4",
    "score-leaders": "2",
    "seen": "0",
}


@pytest.fixture
def bid(cast: Cast) -> Made:
    return cast.panel(1)[0]


def auto(cast: Cast, bid: Made, who: str | None = "reviewer", **given: str) -> Any:
    """What the page sends by itself."""
    return cast.client(who).post(f"/pile/{bid.reference}/autosave", data=HALF | given, headers=OURS)


def begun(cast: Cast) -> dict[str, Any]:
    """What the service keeps of the only review that was begun."""
    found: dict[str, Any] = json.loads(cast.value("SELECT given FROM review_draft"))
    return found


def test_saved_says_so_and_stands_there_again(cast: Cast, bid: Made) -> None:
    told = auto(cast, bid).get_json()
    assert (told["saved"], told["revision"]) == (True, 1)
    assert set(told) == {"saved", "revision", "mark", "at"}
    assert begun(cast) == {"scores": {"link": 4}, "comment": TYPED, "note": "Ask Ada.", "confidence": None}
    page = cast.client("reviewer").get(f"/pile/{bid.reference}").text
    assert "Begun, saved" in page
    assert re.search(r'id="score-link-4" name="score-link" value="4" checked', page)
    assert "Ask Ada.</textarea>" in page
    assert f'name="before" value="{told["mark"]}"' in page
    assert 'name="revision" value="1"' in page
    assert "1 of 5 scored" in page
    assert "Begun" in cast.client("reviewer").get("/pile").text
    look = auto(cast, bid, look="yes", revision="9").get_json()
    assert look == {"mark": told["mark"]}
    assert cast.value("SELECT count(*) FROM audit_event WHERE action = 'bid.review'") == 0


def test_the_button_without_script_saves_and_goes_back(cast: Cast, bid: Made) -> None:
    client = cast.client("reviewer")
    answer = client.post(f"/pile/{bid.reference}", data=HALF | {"go": "later"})
    assert (answer.status_code, answer.location) == (303, "/pile")
    assert begun(cast)["comment"] == TYPED
    done = client.post(f"/pile/{bid.reference}", data=FULL | {"revision": "1"})
    assert done.status_code == 303
    assert cast.value("SELECT count(*) FROM review_draft") == 0


def test_open_twice_both_are_shown(cast: Cast, bid: Made) -> None:
    auto(cast, bid)
    told = auto(cast, bid, comment="From the laptop")
    assert told.status_code == 409
    found = told.get_json()
    assert found["theirs"] == ["Link between party and community: 4 of 5", f"A note for the applicant: {TYPED}",
                               "A note for the panel: Ask Ada."]  # fmt: skip
    client = cast.client("reviewer")
    for more in ({"go": "later"}, FULL):
        answer = client.post(
            f"/pile/{bid.reference}", data=HALF | more | {"comment": "From the laptop", "revision": "0"}
        )
        assert answer.status_code == 409
        page = unescape(answer.text)
        assert "Saved meanwhile, in another window:" in page
        assert f"A note for the applicant: {TYPED}" in page
        assert "From the laptop</textarea>" in page
        assert begun(cast)["comment"] == TYPED
        assert cast.value("SELECT count(*) FROM review") == 0
    chosen = re.search(r'name="revision" value="(\d+)"', page)
    assert chosen
    sent = client.post(
        f"/pile/{bid.reference}", data=HALF | FULL | {"comment": "Both", "revision": chosen[1]}
    )
    assert sent.status_code == 303
    assert cast.value("SELECT comment FROM review") == "Both"


def test_sent_from_another_page_what_was_sent_and_typed_are_shown(cast: Cast, bid: Made) -> None:
    bid.stage.review(bid.id, "reviewer", (1, 1, 1, 1, 1))
    told = auto(cast, bid)
    assert told.status_code == 409
    assert "Helps to win: 1 of 5" in told.get_json()["theirs"]
    answer = cast.client("reviewer").post(f"/pile/{bid.reference}", data=HALF | FULL)
    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "Helps to win: 1 of 5" in page
    assert TYPED in page
    assert cast.value("SELECT count(*) FROM review") == 1


def test_too_long_is_told_and_comes_back(cast: Cast, bid: Made) -> None:
    long = "w" * 20_001
    told = auto(cast, bid, comment=long)
    assert told.status_code == 422
    assert told.get_json()["unreadable"][0]["field"] == "comment"
    answer = cast.client("reviewer").post(
        f"/pile/{bid.reference}", data=HALF | {"comment": long, "go": "later"}
    )
    assert answer.status_code == 422
    assert long in answer.text
    kept = auto(cast, bid, comment="w" * 4_001)  # too long to send, and kept all the same
    assert kept.status_code == 200
    sent = cast.client("reviewer").post(
        f"/pile/{bid.reference}", data=FULL | {"comment": "w" * 4_001, "revision": "1"}
    )
    assert sent.status_code == 422
    assert "Shorten the note for the applicant to 4,000 characters." in sent.text


def test_signed_out_the_words_are_shown_and_sent_after_signing_in(cast: Cast, bid: Made) -> None:
    told = auto(cast, bid, None)
    assert told.status_code == 401
    assert told.get_json()["sign_in"] == f"/sign-in?next=/pile/{bid.reference}"
    answer = cast.client(None).post(f"/pile/{bid.reference}", data=HALF | {"go": "later"}, headers=OURS)
    assert answer.status_code == 401
    assert boxed(answer.text) == f"link: 4\n{TYPED}\nAsk Ada."
    again = fields(answer.text)
    assert cast.client("reviewer").post(f"/pile/{bid.reference}", data=again).status_code == 303
    assert begun(cast)["comment"] == TYPED.strip()


def test_an_expired_page_shows_the_words_and_a_script_gets_a_new_token(cast: Cast, bid: Made) -> None:
    cast.app.config["WTF_CSRF_ENABLED"] = True
    client = cast.client("reviewer")
    old = HALF | {"csrf_token": "of last week"}
    told = client.post(f"/pile/{bid.reference}/autosave", data=old, headers=OURS)
    assert (told.status_code, told.get_json()["expired"]) == (400, True)
    assert not client.post(f"/pile/{bid.reference}/autosave", data=old).is_json
    answer = client.post(f"/pile/{bid.reference}", data=old, headers=OURS)
    assert answer.status_code == 400
    assert TYPED in boxed(answer.text)
    elsewhere = client.post(
        f"/pile/{bid.reference}", data=old, headers={"Origin": "https://elsewhere.example"}
    )
    assert "Sunday soup" not in elsewhere.text
    again = fields(answer.text) | {"go": "later"}
    assert client.post(f"/pile/{bid.reference}", data=again, headers=OURS).status_code == 303


def test_nothing_is_saved_or_sent_in_somebody_elses_name(cast: Cast, bid: Made) -> None:
    page = cast.client("reviewer2").get(f"/pile/{bid.reference}").text
    whose = re.search(r'name="whose" value="([0-9a-f]{16})"', page)
    assert whose
    told = auto(cast, bid, whose=whose[1])
    assert (told.status_code, told.get_json()["other"]) == (403, True)
    answer = cast.client("reviewer").post(
        f"/pile/{bid.reference}", data=HALF | FULL | {"whose": whose[1]}, headers=OURS
    )
    assert answer.status_code == 403
    assert TYPED in boxed(answer.text)
    assert cast.value("SELECT count(*) FROM review") + cast.value("SELECT count(*) FROM review_draft") == 0


def test_it_left_the_pile_or_closed_and_the_words_are_shown(cast: Cast, bid: Made) -> None:
    panel.abstain(cast.office, cast.actor("reviewer"), bid.id, "No time", cast.now)
    told = auto(cast, bid)
    assert (told.status_code, told.get_json()["lost"]) == (404, True)
    for more in ({}, {"go": "later"}):
        answer = cast.client("reviewer").post(f"/pile/{bid.reference}", data=HALF | FULL | more, headers=OURS)
        assert answer.status_code == 404
        assert TYPED in boxed(answer.text)
    closed = cast.bid("reviewed")
    told = auto(cast, closed, seen="1")
    assert (told.status_code, told.get_json()["closed"]) == (410, True)
    for more in ({}, {"go": "later"}):
        answer = cast.client("reviewer").post(
            f"/pile/{closed.reference}", data=HALF | FULL | more | {"seen": "1"}
        )
        assert answer.status_code == 409
        assert "A note for the panel: Ask Ada." in boxed(answer.text)
    assert cast.value("SELECT count(*) FROM review_draft") == 0


def test_what_was_begun_and_not_sent_stays_readable_for_its_writer(cast: Cast, bid: Made) -> None:
    auto(cast, bid, "reviewer")
    for key in ("reviewer2", "reviewer3", "reviewer4"):
        if key == "reviewer4":
            bid.stage.assign([bid.id], ("reviewer4",))
        bid.stage.review(bid.id, key, (3, 3, 3, 3, 3))
    bid.stage.conclude(bid.id)
    page = cast.client("reviewer").get(f"/pile/{bid.reference}").text
    assert "Typed and not sent" in page
    assert TYPED in boxed(page)


def test_nobody_else_ever_sees_what_was_begun(cast: Cast, bid: Made) -> None:
    auto(cast, bid, comment="Quarrelsome heron", note="Unsent osprey")
    bid.stage.review(bid.id, "reviewer2", (3, 3, 3, 3, 3))
    paths = [
        f"/pile/{bid.reference}", "/pile", f"/panel/{bid.code}", f"/panel/{bid.code}/{bid.reference}",
        f"/panel/{bid.code}/assign", f"/bids/{bid.reference}", f"/my-bids/{bid.reference}", f"/record/bid:{bid.id}",
        f"/rounds-desk/{bid.code}", "/",
    ]  # fmt: skip
    seen = 0
    for key in ("reviewer2", "reviewer3", "chair", "officer", "auditor", "member", "treasurer"):
        client = cast.client(key)
        for path in paths:
            answer = client.get(path)
            seen += answer.status_code == 200
            assert "heron" not in answer.text
            assert "osprey" not in answer.text
    assert seen > 15
    chair = cast.client("chair").get(f"/panel/{bid.code}/{bid.reference}").text
    assert "1 of 3 reviews are in." in chair
    assert "Still to read: " in chair
