"""The record's page: counts, words, chains, and the answer when somebody touched a row."""

import sqlite3
from contextlib import closing

import orjson
import pytest

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
    page = cast.client("auditor").post("/record/verify")
    assert page.status_code == 200
    assert "Verified: nothing has been changed" in page.text
    assert f"All {count:,} events link to the one before" in page.text


def test_a_row_that_was_changed_behind_its_back_is_named(cast: Cast) -> None:
    bid = cast.bid("submitted")
    with closing(sqlite3.connect(str(cast.office.db.url.database))) as raw, raw:
        # Whoever owns the database can take its guards away.
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {trigger}")
        raw.execute("UPDATE bid SET amount_pence = 1 WHERE id = ?", (bid.id,))
    page = cast.client("auditor").post("/record/verify").text
    assert "Not as recorded: one thing differs" in page
    assert f"Bid {bid.id} is not as event" in page
    assert "Verified" not in page


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
