"""A minute late: refused plainly, with the times to the second, and everything that was written stays readable."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from fundapp.jobs.tick import tick
from fundapp.pages import acting
from tests.cast import Cast, Made
from tests.pages.member.test_kept import TYPED, boxed, sent
from tests.pages.member.test_writing import answers, draft


def arriving(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """Requests reach us at this moment."""
    monkeypatch.setattr(acting, "arrival", lambda: at)


def submitted(cast: Cast, bid: Made) -> Any:
    """The button of the last page."""
    return cast.client("member").post(f"/my-bids/{bid.reference}/submit")


def test_at_the_closing_second_it_is_taken(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bid = draft(cast)
    arriving(monkeypatch, bid.stage.closes_at)
    assert submitted(cast, bid).status_code == 303
    assert cast.state(bid.id) == "submitted"


@pytest.mark.parametrize(
    ("later", "by"),
    [(timedelta(microseconds=1), "1 second later"), (timedelta(seconds=12), "12 seconds later"),
     (timedelta(seconds=90), "1 minute later"), (timedelta(hours=5), "5 hours later")],
)  # fmt: skip
def test_late_has_a_page_of_its_own(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, later: timedelta, by: str
) -> None:
    bid = draft(cast)
    at = bid.stage.closes_at + later
    arriving(monkeypatch, at)
    answer = submitted(cast, bid)
    assert answer.status_code == 409
    assert cast.state(bid.id) == "draft"
    zone = cast.office.zone
    for moment in (bid.stage.closes_at, at):
        assert moment.astimezone(zone).strftime("%H:%M:%S on %A") in answer.text
    assert by in answer.text
    assert f"/my-bids/{bid.reference}/answers" in answer.text
    assert "0330 555 0142" in answer.text
    assert cast.client("member").get(f"/my-bids/{bid.reference}/answers").status_code == 200


def test_late_offers_the_rounds_that_are_open(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bid = draft(cast)
    arriving(monkeypatch, bid.stage.closes_at + timedelta(seconds=1))
    assert f"/my-bids/{bid.reference}/copy" not in submitted(cast, bid).text
    cast.now += timedelta(days=5)
    cast.round(closed=False)
    page = submitted(cast, bid).text
    assert f"/my-bids/{bid.reference}/copy" in page


def test_after_the_clock_let_it_lapse_the_page_is_the_same(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bid = lapsed(cast)
    arriving(monkeypatch, bid.stage.closes_at + timedelta(minutes=20))
    answer = submitted(cast, bid)
    assert answer.status_code == 409
    assert "It came too late, and was not sent" in answer.text


def test_a_bid_that_came_back_is_late_after_its_own_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bid = cast.bid("returned")
    due = cast.value("SELECT due_at FROM bid WHERE id = :bid", bid=bid.id)
    until = datetime.fromisoformat(str(due).replace("Z", "+00:00"))
    arriving(monkeypatch, until + timedelta(seconds=3))
    answer = submitted(cast, bid)
    assert answer.status_code == 409
    assert "The time to send it again was over" in answer.text
    assert "3 seconds later" in answer.text
    saved = sent(cast, bid)
    assert saved.status_code == 409
    assert boxed(saved.text) == TYPED


def test_an_answer_saved_too_late_is_shown_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bid = draft(cast)
    before = answers(cast, bid)
    at = bid.stage.closes_at + timedelta(seconds=12)
    arriving(monkeypatch, at)
    answer = sent(cast, bid)
    assert answer.status_code == 409
    assert "This was not saved" in answer.text
    assert at.astimezone(cast.office.zone).strftime("%H:%M:%S on %A") in answer.text
    assert boxed(answer.text) == TYPED
    assert answers(cast, bid) == before
    told = cast.client("member").post(f"/my-bids/{bid.reference}/autosave/summary", data={"summary": TYPED})
    assert told.status_code == 410
    assert "This reached us at" in told.get_json()["words"]


def test_an_answer_that_arrived_at_the_last_second_is_saved(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bid = draft(cast)
    arriving(monkeypatch, bid.stage.closes_at)
    assert sent(cast, bid).status_code == 303
    assert answers(cast, bid)["summary"] == TYPED


def lapsed(cast: Cast) -> Made:
    """A draft that was never sent, after the clock closed its round."""
    bid = draft(cast)
    tick(cast.office, bid.stage.closes_at + timedelta(minutes=6))
    assert cast.state(bid.id) == "lapsed"
    return bid


@pytest.mark.parametrize(
    "state",
    ["lapsed", "withdrawn", "not_endorsed", "declined", "submitted", "returned", "awarded", "ineligible"],
)
def test_every_answer_stays_readable(cast: Cast, state: str) -> None:
    bid = (
        lapsed(cast) if state == "lapsed" else _ruled_out(cast) if state == "ineligible" else cast.bid(state)
    )
    client = cast.client("member")
    own = client.get(f"/my-bids/{bid.reference}").text
    title = re.search(r"<h1>(.*?)</h1>", own, re.S)
    assert title is not None
    assert title[1].startswith("From Allotment to Table")
    if "/sent/" not in own:
        assert f"/my-bids/{bid.reference}/answers" in own
    page = client.get(f"/my-bids/{bid.reference}/answers")
    assert page.status_code == 200
    kept = answers(cast, bid)
    for name in ("title", "summary", "organisation", "leaders"):
        for line in kept[name].split("\n"):
            assert re.sub(r"[’'&]", "", line)[:40] in re.sub(r"[’'&]|&#39;|&amp;", "", page.text)
    assert 'name="summary"' not in page.text


def _ruled_out(cast: Cast) -> Made:
    from fundapp.services.transition import fire

    bid = cast.bid("submitted")
    with cast.office.db.read() as conn:
        from fundapp.queries import rounds

        row: Any = rounds.by_id(conn, bid.stage.round)
    reason = next(iter(row.reasons))
    fire(cast.office, cast.actor("officer"), "bid", "rule_out", bid.id, bid.stage.during, {"reason": reason})
    return bid
