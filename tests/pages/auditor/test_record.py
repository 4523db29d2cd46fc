"""The record's page: counts, words, chains, and the answer when somebody touched a row."""

import re
import sqlite3
from contextlib import closing

import orjson
import pytest
from markupsafe import Markup

from fundapp.pages.auditor.drawn import linked
from fundapp.services import roles, rounds
from tests.cast import Cast


def test_only_an_auditor_reads_it(cast: Cast) -> None:
    for key in ("member", "officer", "chair", "treasurer"):
        client = cast.client(key)
        assert client.get("/record").status_code == 403
        assert client.get("/record/export").status_code == 403
        assert client.post("/record/verify").status_code == 403


def test_it_holds_and_says_what_was_checked(cast: Cast) -> None:
    cast.bid("submitted")
    count = cast.value("SELECT count(*) FROM audit_event")
    page = cast.client("auditor").post("/record/verify", follow_redirects=True)
    assert page.status_code == 200
    assert "Verified: nothing has been changed" in page.text
    assert f"All {count:,} events link to the one before" in page.text


def test_an_auditor_of_one_fund_reads_no_other(cast: Cast) -> None:
    bid = cast.bid("submitted")
    round_id = cast.value("SELECT round_id FROM bid WHERE id = :bid", bid=bid.id)
    other = rounds.found(cast.office, cast.operator, "other", "Another fund", cast.now)
    roles.give(cast.office, cast.operator, cast.person("reviewer4"), "auditor", other, cast.now)
    client = cast.client("reviewer4")
    page = client.get("/record")
    assert page.status_code == 200
    assert bid.reference not in page.text
    assert "Another fund" in page.text
    for subject in (f"bid:{bid.id}", f"round:{round_id}", f"fund:{bid.stage.fund}"):
        assert client.get(f"/record/{subject}").status_code == 404
        assert cast.client("auditor").get(f"/record/{subject}").status_code == 200
    assert client.get(f"/record/find?words={bid.reference}").status_code == 404
    assert client.get(f"/record/fund:{other}").status_code == 200


def tamper(cast: Cast, statement: str, *values: object) -> None:
    """Change the database past the service: whoever owns it can take its guards away."""
    with closing(sqlite3.connect(str(cast.office.db.url.database))) as raw, raw:
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {trigger}")
        assert raw.execute(statement, values).rowcount == 1


def flagged(page: str) -> list[str]:
    """The numbers of the events that a chain draws as broken."""
    return re.findall(r'<li class="link-broken[^>]*><span class="sign"><span class="number">(\d+)', page)


def test_a_row_that_was_changed_behind_its_back_is_named(cast: Cast) -> None:
    bid = cast.bid("submitted")
    tamper(cast, "UPDATE bid SET amount_pence = 1 WHERE id = ?", bid.id)
    page = cast.client("auditor").post("/record/verify", follow_redirects=True).text
    assert "Not as recorded: one thing differs" in page
    assert f"Bid {bid.id} is not as event" in page
    assert "Verified" not in page


def test_a_whole_chain_is_drawn_whole(cast: Cast) -> None:
    bid = cast.bid("accepted")
    page = cast.client("auditor").get(f"/record/bid:{bid.id}").text
    assert flagged(page) == []
    assert "not as" not in page


@pytest.mark.parametrize(
    ("change", "numbers"),
    [
        # What was signed is no longer what it says.
        ("body = replace(body, 'submitted', 'endorsed')", ["2"]),
        ("mac = replace(mac, substr(mac, 1, 1), 'x')", ["2"]),
        ("actor = 'clock'", ["2"]),
        # The event after it carries another hash.
        ("hash = 'x' || substr(hash, 2)", ["3", "2"]),
    ],
)
def test_an_event_that_was_changed_is_drawn_broken_and_the_finding_leads_there(
    cast: Cast, change: str, numbers: list[str]
) -> None:
    bid = cast.bid("endorsed")
    tamper(cast, f"UPDATE audit_event SET {change} WHERE subject = ? AND number = 2", f"bid:{bid.id}")
    client = cast.client("auditor")
    assert (
        f'<a href="/record/bid:{bid.id}">bid:{bid.id}</a>'
        in client.post("/record/verify", follow_redirects=True).text
    )
    page = client.get(f"/record/bid:{bid.id}").text
    assert flagged(page) == numbers
    assert ("One of these events is not" if len(numbers) == 1 else "2 of these events are not") in page


@pytest.mark.parametrize(
    "body", ["no JSON", "[]", "7", "{}", '{"at": 3}', '{"at": "2027-01-01", "params": []}']
)
def test_an_event_that_cannot_be_read_stops_no_page(cast: Cast, body: str) -> None:
    bid = cast.bid("submitted")
    tamper(
        cast,
        "UPDATE audit_event SET body = ?, at = 'noon' WHERE subject = ? AND number = 2",
        body,
        f"bid:{bid.id}",
    )
    client = cast.client("auditor")
    assert client.get("/record").status_code == 200
    verdict = client.post("/record/verify", follow_redirects=True)
    assert verdict.status_code == 200
    assert "Not as recorded" in verdict.text
    assert flagged(client.get(f"/record/bid:{bid.id}").text) == ["2"]


def test_a_finding_is_words_and_no_markup(cast: Cast) -> None:
    with cast.app.test_request_context():
        assert linked("<b> of bid:7 & round:12x") == Markup(
            '&lt;b&gt; of <a href="/record/bid:7">bid:7</a> &amp; round:12x'
        )


def test_a_chain_is_read_newest_first_and_found_by_reference(cast: Cast) -> None:
    bid = cast.bid("endorsed")
    client = cast.client("auditor")
    page = client.get(f"/record/find?words={bid.reference}").text
    assert page.index("backed it.") < page.index("sent the bid.") < page.index("began a draft.")
    assert bid.reference in page


@pytest.mark.parametrize("subject", ["bid:999", "nonsense", "bid:1' OR 1=1", "find"])
def test_a_subject_that_is_none_is_not_there(cast: Cast, subject: str) -> None:
    assert cast.client("auditor").get(f"/record/{subject}").status_code == 404


def test_the_export_is_every_event_and_head(cast: Cast) -> None:
    cast.bid("submitted")
    with cast.client("auditor").get("/record/export") as answer:
        lines = [orjson.loads(line) for line in answer.data.splitlines()]
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="record-')
    kinds = [line["type"] for line in lines]
    assert kinds.count("event") == cast.value("SELECT count(*) FROM audit_event")
    assert kinds.count("head") == cast.value("SELECT count(*) FROM audit_head")
