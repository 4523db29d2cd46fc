"""Every way in which what a member typed could be lost, and what happens instead.

| how it could be lost | what happens | where it is tried |
|---|---|---|
| the signal goes while typing | kept on the phone, saved when it is back | journeys/test_writing: the middle, comes back |
| the window is closed while typing | sent on the way out, or shown on return | journeys/test_writing: closed at once |
| the browser keeps nothing (private, full) | said plainly, saved with the service | journeys/test_writing: keeps nothing |
| somebody else uses the phone | theirs is not shown; the writer finds it again | journeys/test_writing: another person |
| two windows on one answer | both are shown, nothing is overwritten | journeys/test_writing: two windows; test_autosave |
| two windows on two answers | both are kept | test_form, test_autosave |
| many saves at one moment | each is taken in its turn | test_autosave: somebody always comes between |
| the session ends while writing | shown again with a way to sign in | here: signed out; journeys/test_writing |
| the page's token ends with its session | shown again with a fresh token | here: expired |
| an answer is too long to keep | all of it comes back in its box | here: far too long |
| an answer is longer than a request may be (12 MB) | the page says that the browser still has it | here: longer than a request |
| a budget line is longer than a line | comes back whole with the reason | here: never cut |
| an answer cannot be read | comes back in its box with the reason | here: unreadable; test_writing |
| the right to write is taken away | shown on the page of the refusal | here: no longer theirs |
| the bid was sent in another window | shown on a page of its own | here: sent meanwhile |
| the round closed while writing | shown on a page of its own, with the times | test_late |
| the time to mend a bid that came back is over | shown on a page of its own, with the times | test_late |
| the bid is sent a second too late | the draft stays readable and can be copied | test_late, test_copying |
| the bid lapses, is refused or withdrawn | every answer stays readable | test_late: stays readable |
| the database is busy or gone | shown on the page of the failure, to be sent again | here: the database |
| something of ours breaks | shown on the page of the failure, to be sent again | here: breaks |
| a stranger's page sends words as if the member had | neither shown nor saved | here: from elsewhere |
"""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from fundapp.database import DatabaseUnusable
from fundapp.pages.member import kept, saving
from tests.cast import Cast, Made
from tests.pages.member.test_writing import answers, draft, revision

OURS = {"Origin": "http://localhost"}
TYPED = "Sunday soup </textarea><script>alert(1)</script> & “bread”\nfor everybody"


def boxed(page: str) -> str:
    """What stands in the box to copy."""
    found = re.search(r'<textarea[^>]*id="kept-words"[^>]*>\n(.*?)</textarea>', page, re.S)
    assert found, page[-3000:]
    return unescape(found[1])


def fields(page: str) -> dict[str, str]:
    """The fields of the form that sends it again."""
    form = page[page.index('id="kept-words"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


def sent(cast: Cast, bid: Made, who: str | None = "member", question: str = "summary", **given: Any) -> Any:
    """One answer posted from our own page."""
    data = {"revision": revision(cast, bid), question: TYPED, **given.pop("data", {})}
    client = given.pop("client", None) or cast.client(who)
    return client.post(
        f"/my-bids/{bid.reference}/form/{question}", data=data, headers=given.pop("headers", OURS)
    )


def test_signed_out_the_words_are_shown_and_saved_after_signing_in(cast: Cast) -> None:
    bid = draft(cast)
    answer = sent(cast, bid, None, data={"go": "later"})
    assert answer.status_code == 401
    assert boxed(answer.text) == TYPED
    assert "<script>alert(1)" not in answer.text
    assert f"/sign-in?next=/my-bids/{bid.reference}/form/summary" in unescape(answer.text)
    again = fields(answer.text)
    assert again["summary"] == TYPED
    assert again["go"] == "later"
    assert answers(cast, bid)["summary"] != TYPED
    saved = cast.client("member").post(f"/my-bids/{bid.reference}/form/summary", data=again)
    assert saved.status_code == 303
    assert answers(cast, bid)["summary"] == TYPED


def test_the_lines_of_a_budget_are_shown_as_lines(cast: Cast) -> None:
    bid = draft(cast)
    lines = {"what-1": "Pots", "pounds-1": "120", "what-2": "Hire of the hall", "pounds-2": "80.50"}
    answer = sent(cast, bid, None, "budget", data=lines | {"budget": ""})
    assert boxed(answer.text) == "Pots: 120\nHire of the hall: 80.50"
    assert lines.items() <= fields(answer.text).items()


def test_an_expired_page_shows_the_words_under_a_fresh_token(cast: Cast) -> None:
    cast.app.config["WTF_CSRF_ENABLED"] = True
    bid = draft(cast)
    client = cast.client("member")
    answer = sent(cast, bid, client=client, data={"csrf_token": "of last week"})
    assert answer.status_code == 400
    assert "open for a long time" in answer.text
    assert boxed(answer.text) == TYPED
    assert "Sign out" in answer.text
    again = fields(answer.text)
    assert again["csrf_token"] != "of last week"
    assert sent(cast, bid, client=client, data=again).status_code == 303
    assert answers(cast, bid)["summary"] == TYPED


def test_signed_out_with_an_expired_token_the_words_are_shown_too(cast: Cast) -> None:
    cast.app.config["WTF_CSRF_ENABLED"] = True
    bid = draft(cast)
    answer = sent(cast, bid, None, data={"csrf_token": "of last week"})
    assert answer.status_code == 400
    assert "You were signed out while you wrote" in answer.text
    assert boxed(answer.text) == TYPED
    # After signing in the token of that page has ended as well: shown once more, and then it is saved.
    client = cast.client("member")
    second = sent(cast, bid, client=client, data=fields(answer.text))
    assert second.status_code == 400
    assert sent(cast, bid, client=client, data=fields(second.text)).status_code == 303
    assert answers(cast, bid)["summary"] == TYPED


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Referer": "https://elsewhere.example/page"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("who", ["member", None])
def test_words_from_elsewhere_are_neither_shown_nor_saved(
    cast: Cast, headers: dict[str, str], who: str | None
) -> None:
    """Else a stranger's page could lay its text before a member, with a button under it that saves it."""
    cast.app.config["WTF_CSRF_ENABLED"] = True
    bid = draft(cast)
    answer = sent(cast, bid, who, headers=headers)
    assert answer.status_code == 400
    assert "Sunday soup" not in answer.text
    assert answers(cast, bid)["summary"] != TYPED


def test_where_the_browser_does_not_tell_there_is_no_button(cast: Cast) -> None:
    """Old browsers: the words are shown to be copied, and nothing saves them at one press."""
    bid = draft(cast)
    answer = sent(cast, bid, None, headers={})
    assert answer.status_code == 401
    assert boxed(answer.text) == TYPED
    assert "Send it again" not in answer.text
    assert 'name="summary"' not in answer.text


@pytest.mark.parametrize("headers", [{"Referer": "http://localhost/x"}, {"Sec-Fetch-Site": "same-origin"}])
def test_a_page_of_ours_is_known_by_other_signs_too(cast: Cast, headers: dict[str, str]) -> None:
    assert fields(sent(cast, draft(cast), None, headers=headers).text)["summary"] == TYPED


@pytest.mark.parametrize("times", [5_000, 500_000])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_far_too_long_comes_back_whole(cast: Cast, kind: str, times: int) -> None:
    bid = draft(cast)
    long = "soup " * times + "end"
    part = 'Content-Disposition: form-data; name="summary"'
    body = f"--x\r\n{part}\r\n\r\n{long}\r\n--x--\r\n" if "boundary" in kind else f"summary={long}"
    path = f"/my-bids/{bid.reference}/form/summary"
    answer = cast.client("member").post(path, data=body.encode(), headers=OURS, content_type=kind)
    assert answer.status_code == 422
    assert long in answer.text
    assert "far too long" in answer.text


def test_longer_than_a_request_may_be_says_where_the_words_are(cast: Cast) -> None:
    answer = sent(cast, draft(cast), data={"summary": "soup " * 2_600_000})
    assert answer.status_code == 413
    assert "Your browser still has what you wrote" in answer.text


def test_unreadable_comes_back_in_its_box(cast: Cast) -> None:
    answer = sent(cast, draft(cast), question="amount_pence", data={"amount_pence": "about “two” hundred"})
    assert answer.status_code == 422
    assert 'value="about “two” hundred"' in answer.text


def test_a_budget_line_is_never_cut(cast: Cast) -> None:
    bid = draft(cast)
    before = answers(cast, bid)
    long = "pots and pans " * 20 + "end"
    answer = sent(cast, bid, question="budget", data={"budget": "", "what-1": long, "pounds-1": "12"})
    assert answer.status_code == 422
    assert f'value="{long}"' in answer.text
    assert "Line 1: shorten it to 200 characters" in answer.text
    assert answers(cast, bid) == before


def test_no_longer_theirs_shows_the_words(cast: Cast) -> None:
    answer = sent(cast, draft(cast), "member2")
    assert answer.status_code == 404
    assert boxed(answer.text) == TYPED


def test_sent_meanwhile_shows_the_words_and_leads_to_what_is_saved(cast: Cast) -> None:
    bid = cast.bid("submitted")
    before = answers(cast, bid)
    answer = sent(cast, bid)
    assert answer.status_code == 409
    assert "The bid has been sent or has ended meanwhile" in answer.text
    assert boxed(answer.text) == TYPED
    assert answers(cast, bid) == before
    same = sent(cast, bid, data={"summary": before["summary"]})
    assert same.status_code == 303
    assert same.location == f"/my-bids/{bid.reference}"


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (DatabaseUnusable("The database cannot be opened."), 503),
        (OperationalError("UPDATE draft", {}, Exception("database is locked")), 503),
        (ZeroDivisionError("ours"), 500),
    ],
)
def test_when_the_database_is_busy_or_something_breaks_the_words_are_shown(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, failure: Exception, status: int
) -> None:
    bid = draft(cast)
    cast.app.testing = False

    def fail(*given: Any) -> int:
        raise failure

    monkeypatch.setattr(saving.drafts, "save", fail)
    answer = sent(cast, bid)
    monkeypatch.undo()
    assert answer.status_code == status
    assert boxed(answer.text) == TYPED
    again = sent(cast, bid, data=fields(answer.text))
    assert again.status_code == 303
    assert answers(cast, bid)["summary"] == TYPED


def test_pages_of_errors_elsewhere_show_no_words(cast: Cast) -> None:
    answer = cast.client("member").post("/my-bids/B-9999/withdraw", data={"summary": TYPED}, headers=OURS)
    assert answer.status_code == 404
    assert "Sunday soup" not in answer.text


def test_the_mark_of_a_person_tells_nothing_and_stays(cast: Cast) -> None:
    marks = []
    for key in ("member", "member", "member2"):
        page = cast.client(key).get(f"/my-bids/{draft(cast).reference}/form/title")
        found = re.search(r'data-whose="([0-9a-f]*)"', page.text)
        marks.append(found[1] if found else None)
    assert marks[0] == marks[1]
    assert marks[0] is not None
    assert len(marks[0]) == 16
    assert marks[2] is None
    assert kept.MOST_FIELDS == 200
