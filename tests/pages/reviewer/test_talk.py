"""A talk from a reader's seat: who sees the others' marks and reasons, when, and what they can do about it."""

import re

from fundapp.services import panel
from tests.cast import Cast, Made

APART = (("reviewer", (5,) * 5), ("reviewer2", (1,) * 5), ("reviewer3", (4,) * 5))


def apart(cast: Cast) -> Made:
    """A bid whose three readers lie far apart, each with a reason; a fourth has it and has sent nothing."""
    bid = cast.panel(1)[0]
    panel.assign(cast.office, cast.actor("chair"), [(bid.id, cast.person("reviewer4"))], bid.stage.after)
    for who, marks in APART:
        bid.stage.review(bid.id, who, marks, f"Because of {who}.")
    return bid


def seen_by(cast: Cast, bid: Made) -> dict[str, set[str]]:
    """Whose reasons each of these people reads at the bid's page for readers; nothing where there is none for them."""
    found = {}
    for who in ("reviewer", "reviewer2", "reviewer3", "reviewer4", "chair", "officer", "member", "auditor"):
        answer = cast.client(who).get(f"/pile/{bid.reference}")
        page = re.sub(r"<textarea.*?</textarea>", "", answer.text, flags=re.DOTALL)
        found[who] = set(re.findall(r"Because of (\w+)\.", page)) if answer.status_code == 200 else set()
    return found


def test_who_reads_whose_reasons(cast: Cast) -> None:
    bid = apart(cast)
    nobody: dict[str, set[str]] = {who: set() for who in seen_by(cast, bid)}
    assert seen_by(cast, bid) == nobody
    bid.stage.moderate(bid.id)
    three = {"reviewer", "reviewer2", "reviewer3"}
    assert seen_by(cast, bid) == nobody | dict.fromkeys(three, three)
    bid.stage.review(bid.id, "reviewer4", (3,) * 5, "Because of reviewer4.")
    four = three | {"reviewer4"}
    assert seen_by(cast, bid) == nobody | dict.fromkeys(four, four)
    panel.declare(cast.office, cast.actor("reviewer2"), bid.id, "I have joined it.", bid.stage.after)
    left = four - {"reviewer2"}  # nor does anybody weigh what they said any more
    assert seen_by(cast, bid) == nobody | dict.fromkeys(left, left)
    bid.stage.settle(bid.id, "It was cleared up.")
    assert seen_by(cast, bid) == nobody


def test_the_page_in_a_talk(cast: Cast) -> None:
    bid = apart(cast)
    bid.stage.moderate(bid.id)
    client = cast.client("reviewer2")
    page = client.get(f"/pile/{bid.reference}").text
    assert "You lie 4.00 points apart." in page
    assert page.count("You\u00a01, Ruth Calloway\u00a05, Beatrice Fennimore\u00a04") == 5
    assert "Keep my scores" in page
    assert "Talked over now" in client.get("/pile").text
    assert "Talk over one bid" in client.get("/desk").text
    assert f"/pile/{bid.reference}#talk" in client.get("/desk").text
    assert "Talk over" not in cast.client("reviewer4").get("/desk").text


def test_keeping_ones_scores_leaves_both_versions(cast: Cast) -> None:
    bid = apart(cast)
    bid.stage.moderate(bid.id)
    client = cast.client("reviewer2")
    told = client.post(f"/pile/{bid.reference}/keep", data={"said": " The plan is thin. ", "seen": "1"})
    assert (told.status_code, told.location) == (303, f"/pile/{bid.reference}#talk")
    page = client.get(f"/pile/{bid.reference}").text
    assert "You keep your scores." in page
    assert "and kept these scores" in page
    assert "Because of reviewer2." in page
    assert "The plan is thin." in page
    assert cast.value("SELECT count(*) FROM review WHERE bid_id = :bid", bid=bid.id) == 4
    assert "Talk over" not in client.get("/desk").text
    stale = client.post(
        f"/pile/{bid.reference}/keep", data={"said": "Twice.", "seen": "1"}, follow_redirects=True
    )
    assert "Somebody was quicker" in stale.text or "changed" in stale.text
    long = client.post(
        f"/pile/{bid.reference}/keep", data={"said": "x" * 4001, "seen": "2"}, follow_redirects=True
    )
    assert "Shorten your note to 4,000 characters." in long.text
    bid.stage.settle(bid.id, "They stay apart.")
    late = client.post(f"/pile/{bid.reference}/keep", data={"said": "", "seen": "2"}, follow_redirects=True)
    assert "The talk about this bid is closed" in late.text
    assert cast.value("SELECT count(*) FROM review WHERE bid_id = :bid", bid=bid.id) == 4


def test_the_chairs_desk_says_what_is_to_be_talked_over_and_closed(cast: Cast) -> None:
    first = apart(cast)
    second = apart(cast)
    client = cast.client("chair")
    page = client.get("/desk").text
    assert page.count("Ask the readers of one bid to talk it over") >= 2
    assert "Close the reviews of" not in page
    first.stage.moderate(first.id)
    page = client.get("/desk").text
    assert "Close one talk about scores" in page
    first.stage.settle(first.id, "It was cleared up.")
    page = client.get("/desk").text
    assert "Close one talk" not in page
    assert "Close the reviews of one bid" in page
    panel.declare(cast.office, cast.actor("chair"), second.id, "I sit on it.", second.stage.after)
    assert "talk it over" not in client.get("/desk").text


def test_an_applicant_hears_of_no_talk_and_of_no_reader(cast: Cast) -> None:
    bid = apart(cast)
    bid.stage.moderate(bid.id)
    bid.stage.review(bid.id, "reviewer2", (1,) * 5, "I stay with it.")
    page = cast.client("member").get(f"/my-bids/{bid.reference}").text
    for words in ("Imran", "Ruth", "Beatrice", "talk", "scores"):
        assert words not in page, words
