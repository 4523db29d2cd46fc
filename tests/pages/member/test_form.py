"""One question after another: what is kept, what is refused, two windows at once, sending once."""

import json
import re
from typing import Any

import pytest

from tests.cast import Cast, Made


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"the form has no {name}"
    return found[1]


def _answers(cast: Cast, bid: int) -> dict[str, Any]:
    kept: Any = cast.value("SELECT answers FROM draft WHERE bid_id = :bid", bid=bid)
    found: dict[str, Any] = json.loads(kept) if isinstance(kept, str) else kept
    return found


def _begun(cast: Cast) -> tuple[Any, str]:
    _stage, code = cast.round(closed=False)
    client = cast.client("member")
    answer = client.post(f"/rounds/{code}/start", data={"key": "k" * 32})
    assert answer.status_code == 303
    return client, answer.location.split("/")[2]


def test_an_empty_draft_shows_every_part_and_leads_to_the_first(cast: Cast) -> None:
    client, ref = _begun(cast)
    page = client.get(f"/my-bids/{ref}/form").text
    assert page.count("Not started") == 16
    assert "0 of 5 parts are done." in page
    assert f'class="go" href="/my-bids/{ref}/form/title"' in page


@pytest.mark.parametrize(
    ("question", "given", "kept"),
    [
        ("title", {"title": "  A  table\x00 for\r\nall "}, "A table for all"),
        ("summary", {"summary": "One.\r\n\r\nTwo."}, "One.\n\nTwo."),
        ("starts_on", {"starts_on": "2027-09-01"}, "2027-09-01"),
        ("amount_pence", {"amount_pence": "£1,234.50"}, 123450),
        ("title", {"title": ""}, None),
        ("declarations", {"declarations": ["true", "lawful", "made-up"]}, ["lawful", "true"]),
        (
            "budget",
            {"what-1": "Hire", "pounds-1": "120", "what-3": "Food\x00", "pounds-3": "1.50", "pounds-8": ""},
            [{"what": "Hire", "pence": 12000}, {"what": "Food", "pence": 150}],
        ),
        ("budget", {"what-1": "Hire", "pounds-1": ""}, [{"what": "Hire", "pence": 0}]),
    ],
)
def test_an_answer_is_kept_as_it_reads(
    cast: Cast, question: str, given: dict[str, Any], kept: object
) -> None:
    client, ref = _begun(cast)
    answer = client.post(f"/my-bids/{ref}/form/{question}", data={"revision": "1", "go": "later", **given})
    assert answer.status_code == 303
    assert answer.location == f"/my-bids/{ref}/form"
    assert _answers(cast, 1).get(question) == kept


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("amount_pence", {"amount_pence": "about 200"}),
        ("amount_pence", {"amount_pence": "-5"}),
        ("amount_pence", {"amount_pence": "9" * 400}),
        ("starts_on", {"starts_on": "2027-02-30"}),
        ("starts_on", {"starts_on": "soon"}),
        ("area", {"area": "²"}),
        ("area", {"area": "999999"}),
        ("area", {"area": "1; DROP TABLE bid"}),
        ("representative", {"representative": "١٢"}),
        ("representative", {"representative": "9" * 30}),
        ("budget", {"what-1": "Hire", "pounds-1": "about 200"}),
        ("budget", {"what-1": "Hire", "pounds-1": "-3"}),
        ("summary", {"summary": "x" * 20_001}),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence_and_not_kept(
    cast: Cast, question: str, given: dict[str, str]
) -> None:
    client, ref = _begun(cast)
    answer = client.post(f"/my-bids/{ref}/form/{question}", data={"revision": "1", **given})
    assert answer.status_code == 422
    assert "One thing to mend" in answer.text
    assert "<title>Error:" in answer.text
    assert question not in _answers(cast, 1)


def test_a_budget_line_to_mend_keeps_the_words_of_all_the_others(cast: Cast) -> None:
    client, ref = _begun(cast)
    given = {
        "what-1": "Kitchen hire",
        "pounds-1": "2280",
        "what-2": "Seeds & <pots>",
        "pounds-2": "about 200",
    }
    page = client.post(f"/my-bids/{ref}/form/budget", data={"revision": "1", **given}).text
    assert 'value="Kitchen hire"' in page
    assert 'value="Seeds &amp; &lt;pots&gt;"' in page
    assert 'value="about 200"' in page
    assert 'href="#pounds-2"' in page


@pytest.mark.parametrize("revision", ["", "²", "x", "-1", "9" * 40])
def test_a_revision_that_is_none_breaks_nothing(cast: Cast, revision: str) -> None:
    client, ref = _begun(cast)
    answer = client.post(f"/my-bids/{ref}/form/title", data={"revision": revision, "title": "New"})
    assert answer.status_code == 409
    assert "title" not in _answers(cast, 1)


@pytest.mark.parametrize("lines", ["²", "-3", "999999999999999", "7"])
def test_room_for_lines_is_asked_for_in_plain_figures(cast: Cast, lines: str) -> None:
    client, ref = _begun(cast)
    page = client.get(f"/my-bids/{ref}/form/budget?lines={lines}")
    assert page.status_code == 200
    assert page.text.count('name="what-') == {"7": 7, "999999999999999": 5}.get(lines, 5)


def test_two_windows_on_the_same_question_show_both_and_overwrite_neither(cast: Cast) -> None:
    client, ref = _begun(cast)
    stale = client.get(f"/my-bids/{ref}/form/title").text
    revision, before = _hidden(stale, "revision"), _hidden(stale, "before")
    client.post(
        f"/my-bids/{ref}/form/title", data={"revision": revision, "before": before, "title": "Theirs"}
    )
    answer = client.post(
        f"/my-bids/{ref}/form/title", data={"revision": revision, "before": before, "title": "Mine"}
    )
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert 'value="Mine"' in answer.text
    assert _answers(cast, 1)["title"] == "Theirs"
    again = {
        "revision": _hidden(answer.text, "revision"), "before": _hidden(answer.text, "before"), "title": "Mine",
    }  # fmt: skip
    assert client.post(f"/my-bids/{ref}/form/title", data=again).status_code == 303
    assert _answers(cast, 1)["title"] == "Mine"


def test_two_windows_on_different_questions_keep_both(cast: Cast) -> None:
    client, ref = _begun(cast)
    title, people = (client.get(f"/my-bids/{ref}/form/{name}").text for name in ("title", "people"))
    for page, name in ((title, "title"), (people, "people")):
        data = {"revision": _hidden(page, "revision"), "before": _hidden(page, "before"), name: "Ours"}
        assert client.post(f"/my-bids/{ref}/form/{name}", data=data).status_code == 303
    assert (_answers(cast, 1)["title"], _answers(cast, 1)["people"]) == ("Ours", "Ours")


def test_only_representatives_of_the_ward_are_offered(cast: Cast) -> None:
    client, ref = _begun(cast)
    client.post(
        f"/my-bids/{ref}/form/area", data={"revision": "1", "area": str(cast.people.areas["E05900011"])}
    )
    page = client.get(f"/my-bids/{ref}/form/representative").text
    assert "Cllr Margaret Oyelaran" in page
    assert "Mayor Dominic Achterberg" in page
    assert "Eluned Price" not in page


def test_the_check_page_links_every_lack_to_its_question_and_offers_no_sending(cast: Cast) -> None:
    client, ref = _begun(cast)
    page = client.get(f"/my-bids/{ref}/check").text
    assert page.count("Mend it") == 16
    assert f"/my-bids/{ref}/submit" not in page


def test_every_part_that_is_done_shows_its_answer(cast: Cast) -> None:
    bid = cast.bid("draft")
    page = cast.client("member").get(f"/my-bids/{bid.reference}/form").text
    for shown in ("Millbeck East", "Cllr Margaret Oyelaran, Millbeck East", "3 of 3 ticked"):
        assert f'<span class="under">{shown}</span>' in page
    # The charity number may be left empty: both pages say the same of it.
    assert page.count("Nothing needed") == 1
    assert 'class="status is-not_started"' in page
    check = cast.client("member").get(f"/my-bids/{bid.reference}/check").text
    assert check.count("Nothing needed") == 1
    assert "Nothing yet" not in check


def test_an_incomplete_draft_is_not_sent(cast: Cast) -> None:
    client, ref = _begun(cast)
    answer = client.post(f"/my-bids/{ref}/submit", data={"seen": "1"})
    assert answer.status_code == 409
    assert "still need an answer" in answer.text
    assert cast.state(1) == "draft"


def test_a_whole_draft_is_sent_once(cast: Cast) -> None:
    made = cast.bid("draft")
    client = cast.client("member")
    page = client.get(f"/my-bids/{made.reference}/check").text
    assert "This emails Cllr Margaret Oyelaran, and a receipt to you." in page
    data = {"seen": _hidden(page, "seen")}
    first = client.post(f"/my-bids/{made.reference}/submit", data=data)
    assert (first.status_code, first.location) == (303, f"/my-bids/{made.reference}")
    assert cast.state(made.id) == "submitted"
    assert client.post(f"/my-bids/{made.reference}/submit", data=data).status_code == 409
    assert cast.value("SELECT count(*) FROM bid_version") == 1
    assert "has until" in client.get(f"/my-bids/{made.reference}").text


@pytest.mark.parametrize("path", ["", "/form", "/form/title", "/check", "/withdraw", "/sent/1"])
@pytest.mark.parametrize("who", ["member2", "officer", "chair", "councillor"])
def test_somebody_elses_bid_is_not_there(cast: Cast, who: str, path: str) -> None:
    made: Made = cast.bid("submitted")
    assert cast.client(who).get(f"/my-bids/{made.reference}{path}").status_code == 404


def test_what_was_typed_is_escaped_wherever_it_is_shown(cast: Cast) -> None:
    client, ref = _begun(cast)
    client.post(f"/my-bids/{ref}/form/title", data={"revision": "1", "title": "<script>alert(1)</script>"})
    for path in ("/form", "/form/title", "/check", "/withdraw"):
        page = client.get(f"/my-bids/{ref}{path}").text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("state", "path", "data"),
    [
        ("submitted", "withdraw", {}),
        ("submitted", "representative", {"holding": "3"}),
        ("draft", "form/title", {"revision": "2", "title": "Changed"}),
        ("awarded", "award/turn-down", {"reason": "No."}),
    ],
)
def test_looking_by_head_does_nothing(cast: Cast, state: str, path: str, data: dict[str, str]) -> None:
    made = cast.bid(state)
    before = cast.value("SELECT count(*) FROM audit_event"), cast.value("SELECT revision FROM draft")
    answer = cast.client("member").head(f"/my-bids/{made.reference}/{path}", data=data)
    assert answer.status_code == 200
    assert (
        cast.value("SELECT count(*) FROM audit_event"),
        cast.value("SELECT revision FROM draft"),
    ) == before


def test_a_sum_that_its_lines_do_not_make_is_the_next_thing_to_mend(cast: Cast) -> None:
    made = cast.bid("draft")
    client = cast.client("member")
    assert "Every part is done." in client.get(f"/my-bids/{made.reference}/form").text
    client.post(
        f"/my-bids/{made.reference}/form/amount_pence", data={"revision": "2", "amount_pence": "5000"}
    )
    page = client.get(f"/my-bids/{made.reference}/form").text
    assert "4 of 5 parts are done. Next: What will it be spent on?" in page
    assert "You ask for £5,000. The lines add up to £4,850." in page
    assert page.count("Needs mending") == 1
    assert f'class="go" href="/my-bids/{made.reference}/form/budget"' in page
