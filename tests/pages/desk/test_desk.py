"""The desk: what waits for whom, in which order, in a constant number of queries."""

import re

import pytest
from sqlalchemy import event, text

from fundapp.pages.desk.page import heading
from fundapp.services import panel, roles, rounds
from tests.cast import Cast


def titles(page: str) -> list[str]:
    """The headings of the things on a desk, in order."""
    return [
        re.sub(r"<[^>]+>", "", found)
        for found in re.findall(r'<li class="desk-item"><div><h2>(.*?)</h2>', page, re.DOTALL)
    ]


def test_whoever_is_not_signed_in_is_sent_to_sign_in(cast: Cast) -> None:
    answer = cast.client(None).get("/desk")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?next=/desk")


def test_an_empty_desk_says_that_nothing_waits(cast: Cast) -> None:
    page = cast.client("auditor").get("/desk").text
    assert "<h1>Nothing waits for you, Noor</h1>" in page
    assert titles(page) == []
    assert 'href="/record"' in page


def test_a_member_sees_what_is_theirs_and_what_others_have(cast: Cast) -> None:
    draft, sent = cast.bid("draft"), cast.bid("submitted")
    page = cast.client("member").get("/desk").text
    assert len(titles(page)) == 1
    assert titles(page)[0].startswith("Finish and send “")
    assert f"/my-bids/{draft.reference}/form" in page
    assert f'<a href="/my-bids/{sent.reference}">' in page
    assert "is with their representative." in page


def test_each_role_finds_its_own_work(cast: Cast) -> None:
    cast.panel(2)
    assert titles(cast.client("reviewer").get("/desk").text) == ["Score the 2 bids in your pile"]
    assert titles(cast.client("reviewer4").get("/desk").text) == []
    assert titles(cast.client("chair").get("/desk").text) == []
    accepted = cast.bid("accepted")
    assert titles(cast.client("treasurer").get("/desk").text) == ["Schedule the payments of one award"]
    accepted.stage.pay(accepted.id, paid=0)
    assert titles(cast.client("officer").get("/desk").text) == ["Approve 2 payments"]
    accepted.stage.report(accepted.id)
    told = titles(cast.client("officer").get("/desk").text)
    assert len(told) == 2
    assert any(title.startswith("Read the report on “") for title in told)


def test_a_councillor_is_asked(cast: Cast) -> None:
    bid = cast.bid("submitted")
    page = cast.client("councillor").get("/desk").text
    assert len(titles(page)) == 1
    assert f"/requests/{bid.reference}" in page
    assert titles(cast.client("councillor2").get("/desk").text) == []


def test_only_the_first_thing_is_red(cast: Cast) -> None:
    cast.bid("draft")
    cast.bid("returned")
    page = cast.client("member").get("/desk").text
    assert len(titles(page)) == 2
    assert page.count('class="go"') == 1
    assert page.index('class="go"') < page.index('class="quiet"')


def fail_every_mail(cast: Cast) -> None:
    """All effects so far that are about a bid, given up."""
    given_up = (
        "UPDATE outbox SET failed_at = created_at, last_error = 'No such letterbox.' WHERE bid_id IS NOT NULL"
    )
    with cast.office.db.write() as conn:
        conn.execute(text(given_up))


def test_a_declared_interest_takes_its_work_off_the_desk(cast: Cast) -> None:
    accepted = cast.bid("accepted")
    assert titles(cast.client("treasurer").get("/desk").text) == ["Schedule the payments of one award"]
    panel.declare(cast.office, cast.actor("treasurer"), accepted.id, "My sister runs it.", cast.now)
    assert titles(cast.client("treasurer").get("/desk").text) == []
    second = cast.bid("accepted")
    second.stage.pay(second.id, paid=0)
    fail_every_mail(cast)
    told = titles(cast.client("officer").get("/desk").text)
    assert [title[:7] for title in told] == ["See to ", "Approve"]
    for bid in (accepted, second):
        panel.declare(cast.office, cast.actor("officer"), bid.id, "My sister runs it.", cast.now)
    assert titles(cast.client("officer").get("/desk").text) == []


def test_what_is_stuck_in_another_fund_is_not_on_the_desk(cast: Cast) -> None:
    cast.bid("submitted")
    fail_every_mail(cast)
    other = rounds.found(cast.office, cast.operator, "other", "Another fund", cast.now)
    roles.give(cast.office, cast.operator, cast.person("reviewer4"), "officer", other, cast.now)
    assert titles(cast.client("reviewer4").get("/desk").text) == []
    assert titles(cast.client("officer").get("/desk").text) != []


@pytest.mark.parametrize("count", [1, 6])
def test_the_desk_takes_as_many_queries_whatever_waits(cast: Cast, count: int) -> None:
    cast.endorsed(count)
    client = cast.client("officer")
    asked: list[str] = []
    event.listen(cast.office.db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert client.get("/desk").status_code == 200
    assert len([sql for sql in asked if sql.lstrip().upper().startswith("SELECT")]) == 17


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "Nothing waits for you, Ruth"),
        (1, "One thing waits for you, Ruth"),
        (3, "Three things wait for you, Ruth"),
        (12, "12 things wait for you, Ruth"),
    ],
)
def test_the_heading_counts_in_words(cast: Cast, count: int, words: str) -> None:
    with cast.app.test_request_context():
        assert heading(count, "Ruth Calloway") == words
