"""The auditor's pages over a sealed record: how far, searched, verified by the worker too, checkpoints and proofs."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import event

from fundapp.audit.standalone.findings import Unreadable
from fundapp.audit.standalone.notes import read_checkpoint
from fundapp.audit.standalone.proofs import check_proof, read_proof
from fundapp.domain.deadlines import civil_day
from fundapp.jobs.deliver import deliver_due
from fundapp.jobs.handlers import registry
from fundapp.queries import record_search
from fundapp.services import checkpoints, roles, verifications
from fundapp.words import acts, history
from tests.cast import Cast
from tests.pages.auditor.sealing import seal, settings_of
from tests.pages.auditor.test_record import tamper


def test_it_says_how_far_it_is_sealed_and_draws_how_it_grew(cast: Cast) -> None:
    client = cast.client("auditor")
    assert "A minute or two after the first event." in client.get("/record").text
    cast.bid("submitted")
    first = seal(cast)
    assert "grown-line" not in client.get("/record").text  # of one there is nothing to draw
    cast.bid("draft")
    second = seal(cast)
    cast.bid("draft")
    page = client.get("/record").text
    count = cast.value("SELECT count(*) FROM audit_event")
    assert f'<dd class="big">{second:,}</dd>' in page
    assert f"{count - second} events wait" in page
    assert page.count("grown-mark") == 2
    assert f"{first:,}" in page
    checks = client.get("/record/checkpoints").text
    assert checks.index(f"Over {second} events") < checks.index(f"Over {first} events")
    assert checks.index(f"Over {first} events") < checks.index("began to seal the record")
    note = client.get(f"/record/checkpoints/{first}")
    assert "attachment" in note.headers["Content-Disposition"]
    assert read_checkpoint(note.text).size == first
    assert client.get(f"/record/checkpoints/{first + 1}").status_code == 404


def test_the_picture_is_of_so_many_marks_however_many_checkpoints(cast: Cast) -> None:
    for _ in range(4):
        cast.bid("draft")
        seal(cast)
    from fundapp.queries import record

    with cast.office.db.read() as conn:
        count, marks = record.growth(conn, 3)
        sizes = [row.size for row in record.checkpoints(conn, None, 9)][::-1]
    assert count == 4
    assert [row.size for row in marks] == [sizes[0], sizes[1], sizes[3]]


def found(cast: Cast, address: str, who: str = "auditor") -> list[str]:
    """(subject, number) of the events that a search shows, as one word each."""
    page = cast.client(who).get(address).text
    return [f"{a}/{b}" for a, b in re.findall(r'href="/record/([a-z]+:[0-9]+)">[^<]*</a> · (\d+)', page)]


def test_events_are_searched_by_what_who_about_and_when(cast: Cast) -> None:
    bid = cast.bid("endorsed")
    other = cast.bid("submitted")
    home = f"bid:{bid.id}"
    assert set(found(cast, f"/record?subject={bid.reference}")) == {f"{home}/{n}" for n in (1, 2, 3, 4)}
    assert found(cast, "/record?what=backing&kind=bid") == [f"{home}/3"]
    assert found(cast, "/record?what=backing&kind=round") == []
    name = cast.value("SELECT name FROM person WHERE id = :id", id=cast.person("member"))
    mine = found(cast, f"/record?who={name.split()[-1].lower()}&kind=bid")
    assert f"{home}/2" in mine
    assert f"bid:{other.id}/2" in mine
    assert f"{home}/3" not in mine
    assert found(cast, "/record?who=nobody+of+that+name") == []
    assert (
        found(cast, f"/record?who={name[:4]}%25") == []
    )  # a sign of the database's is a sign like any other
    at = cast.value("SELECT at FROM audit_event WHERE subject = :home AND number = 3", home=home)
    from datetime import datetime

    day = civil_day(datetime.fromisoformat(at), cast.office.zone)
    assert f"{home}/3" in found(cast, f"/record?since={day}&until={day}&subject={home}")
    assert f"{home}/3" not in found(cast, f"/record?until={day - timedelta(days=1)}&subject={home}")
    assert f"{home}/3" not in found(cast, f"/record?since={day + timedelta(days=1)}&subject={home}")
    wrong = cast.client("auditor").get("/record?since=yesterday").text
    assert "Give the day as in 2027-03-08." in wrong


def test_every_page_of_a_search_goes_on_where_the_last_ended(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fundapp.pages.auditor import record as page

    cast.endorsed(3)
    whole = found(cast, "/record?what=bids")
    monkeypatch.setattr(page, "PAGE", 2)
    client, address, seen = cast.client("auditor"), "/record?what=bids", []
    while address:
        text = client.get(address).text
        seen += [f"{a}/{b}" for a, b in re.findall(r'href="/record/([a-z]+:[0-9]+)">[^<]*</a> · (\d+)', text)]
        older = re.search(r'<a href="([^"]*)" rel="next"', text)
        address = older.group(1).replace("&amp;", "&") if older else ""
    assert len(whole) == 6
    assert seen == whole


def test_what_a_search_asks_of_the_database_does_not_grow(cast: Cast) -> None:
    """Not with the events found, the people or the checkpoints."""
    counts = []
    client = cast.client("auditor")
    for _ in range(2):
        cast.endorsed(2)
        seal(cast)
        seen: list[str] = []

        def look(conn: object, cursor: object, statement: str, *more: object, seen: list[str] = seen) -> None:
            seen.append(statement)

        event.listen(cast.office.db.engine, "before_cursor_execute", look)
        for address in ("/record", "/record?what=bids", "/record/checkpoints", "/log"):
            assert client.get(address).status_code == 200
        event.remove(cast.office.db.engine, "before_cursor_execute", look)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_bids_that_an_auditor_stands_apart_from_are_not_found(cast: Cast) -> None:
    bid = cast.bid("submitted")
    roles.give(cast.office, cast.operator, cast.person("member"), "auditor", bid.stage.fund, cast.now)
    assert f"bid:{bid.id}/2" in found(cast, "/record?what=bids")
    assert found(cast, "/record?what=bids", "member") == []
    assert found(cast, f"/record?subject={bid.reference}", "member") == []
    seal(cast)
    assert cast.client("member").get(f"/record/bid:{bid.id}/1/proof").status_code == 404


def test_each_act_stands_in_one_group() -> None:
    listed = [action for _code, _words, actions in acts.GROUPS for action in actions]
    assert sorted(listed) == sorted(history.TOLD)


def test_a_verification_is_kept_and_says_what_it_rests_on(cast: Cast) -> None:
    cast.bid("submitted")
    size = seal(cast)
    client = cast.client("auditor")
    note = client.get("/log/checkpoint").text
    cast.bid("draft")
    asked = client.post("/record/verify", data={"pasted": f"Dear all,\r\n\r\n{note}"})
    assert asked.status_code == 303
    page = client.get(asked.location).text
    assert "The record holds" in page
    assert f"agrees, over {size:,} events" in page
    newer = cast.value("SELECT count(*) FROM audit_event") - size
    assert f"{newer} events are newer than the checkpoint from elsewhere" in page
    home = client.get("/record").text
    assert "It held" in home
    assert f'<dd class="big">{size:,}</dd>' in home
    upload = {"file": (io.BytesIO(note.replace("\n", "\r\n").encode()), "checkpoint.txt")}
    again = client.post("/record/verify", data=upload)
    assert f"agrees, over {size:,} events" in client.get(again.location).text
    assert client.get("/record/verify").text.count("Everything held") == 2


def test_a_checkpoint_of_another_history_is_found(cast: Cast) -> None:
    """Somebody who has every key and wrote all of it anew is caught by a mail."""
    cast.bid("submitted")
    seal(cast)
    client = cast.client("auditor")
    note = client.get("/log/checkpoint").text
    held = checkpoints.keys_of(settings_of(cast))
    assert held is not None
    from fundapp.audit.keys import sign

    point = read_checkpoint(note)
    forged = sign((held.signing,), point.size, bytes(32)).note
    for given, words in ((forged, "was signed over other events than these"),):
        page = client.post("/record/verify", data={"pasted": given}, follow_redirects=True).text
        assert "The record does not hold" in page
        assert words in page
    home = client.get("/record").text
    assert "One thing is not as it was recorded." in home


@pytest.mark.parametrize("given", ["nonsense", "— a b\n", "x\n\n— fund.example/log AAAA\n"])
def test_what_is_no_checkpoint_is_said_to_be_none(cast: Cast, given: str) -> None:
    answer = cast.client("auditor").post("/record/verify", data={"pasted": given})
    assert answer.status_code == 422
    assert "There is no whole checkpoint in it." in answer.text
    assert cast.value("SELECT count(*) FROM verification") == 0


def test_a_large_record_is_verified_by_the_worker_while_the_page_waits(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifications, "AT_ONCE", 0)
    bid = cast.bid("submitted")
    client = cast.client("auditor")
    asked = client.post("/record/verify")
    page = client.get(asked.location).text
    assert "The record is being read" in page
    assert '<meta http-equiv="refresh"' in page
    assert client.post("/record/verify").location == asked.location  # who presses twice waits for the one
    tamper(cast, "UPDATE bid SET amount_pence = 1 WHERE id = ?", bid.id)
    handlers = {"verify": registry(cast.office, settings_of(cast))["verify"]}
    deliver_due(cast.office.db, handlers, "tests")
    page = client.get(asked.location).text
    assert "refresh" not in page
    assert "Not as recorded: one thing differs" in page
    assert f"Bid {bid.id} is not as event" in page
    assert cast.value("SELECT count(*) FROM outbox WHERE name = 'verify' AND done_at IS NULL") == 0
    verifications.run(cast.office, settings_of(cast), int(asked.location.rsplit("/", 1)[1]))  # done once


def test_a_verification_that_nobody_finishes_is_not_waited_for_for_ever(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifications, "AT_ONCE", 0)
    monkeypatch.setattr(verifications, "PATIENCE", timedelta(0))
    client = cast.client("auditor")
    page = client.get(client.post("/record/verify").location).text
    assert "It was not finished" in page
    assert "refresh" not in page


def test_findings_are_counted_beyond_those_that_are_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifications, "FINDINGS", 1)
    bids = cast.endorsed(2)
    tamper(cast, "UPDATE bid SET amount_pence = 1 WHERE id = ?", bids[0].id)
    tamper(cast, "UPDATE bid SET amount_pence = 1 WHERE id = ?", bids[1].id)
    page = cast.client("auditor").post("/record/verify", follow_redirects=True).text
    assert "2 things differ" in page
    assert "One more is found." in page


def test_each_event_of_a_chain_says_where_it_is_sealed_and_gives_its_proof(cast: Cast) -> None:
    bid = cast.bid("endorsed")
    client = cast.client("auditor")
    address = f"/record/bid:{bid.id}"
    assert client.get(address).text.count("Not sealed yet") == 4
    early = client.get(f"{address}/3/proof", follow_redirects=True)
    assert "That is not sealed yet." in early.text
    seal(cast)
    page = client.get(address).text
    assert page.count("Sealed at place") == 4
    assert "Recorded: " in page
    answer = client.get(f"{address}/3/proof")
    proof = read_proof(answer.text)
    held = checkpoints.known_keys(settings_of(cast))
    assert held is not None
    assert check_proof(proof, held) == []
    assert proof.extra["rows"] == []  # an auditor's proof opens nothing of what people wrote
    assert client.get(f"{address}/99/proof").status_code == 404
    with pytest.raises(Unreadable):
        read_proof(answer.text.replace("tlog", "log"))


def test_namesakes_are_not_without_end(cast: Cast) -> None:
    with cast.office.db.read() as conn:
        assert len(record_search.tokens_named(conn, "a")) <= record_search.NAMESAKES
