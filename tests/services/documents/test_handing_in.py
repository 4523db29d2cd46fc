"""Files that people hand in: what a draft names, who adds and takes away, and until when."""

import hashlib
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from fundapp.demo import projects
from fundapp.demo.stage import Stage
from fundapp.models import Bid, Document
from fundapp.queries import bids
from fundapp.queries import documents as asks
from fundapp.services import documents, drafts
from fundapp.services.deed import Office
from fundapp.services.documents import NotHandedIn
from fundapp.services.drafts import NotWritable
from fundapp.storage import LocalFiles
from tests import handed
from tests.handed import PLANS, RULES
from tests.services.documents.filed import NOW, PDF, Adds, aged, answers, kept, row, unchecked


def test_a_file_stands_in_its_answer_and_touches_no_other(
    office: Office, files: LocalFiles, bid: int, add: Adds
) -> None:
    before = answers(office, bid)
    first, second = add(name="../My plan.pdf"), add(handed.picture(), "hall.jpeg")
    third = add(question=RULES)
    after = answers(office, bid)
    assert after["plans"] == [
        {"document": first, "name": "My plan.pdf", "sha256": hashlib.sha256(PDF).hexdigest(), "size": len(PDF)},
        {"document": second, "name": "hall.jpeg", "sha256": hashlib.sha256(handed.picture()).hexdigest(),
         "size": len(handed.picture())},
    ]  # fmt: skip
    assert [entry["document"] for entry in after["rules"]] == [third]
    assert {name: answer for name, answer in after.items() if name not in ("plans", "rules")} == before
    stands = row(office, first)
    assert (stands.state, stands.question, stands.media_type, stands.reason) == (
        "clean", "plans", "application/pdf", None
    )  # fmt: skip
    assert stands.judged_at == stands.given_at
    assert kept(files, PDF)
    assert unchecked(office, bid, first, second, third) == 0


def test_a_file_and_words_that_are_saved_together_both_stand(
    office: Office, stage: Stage, bid: int, add: Adds
) -> None:
    actor = stage.cast.actor("member")
    add()
    with pytest.raises(drafts.DraftConflict) as conflict:
        drafts.save(office, actor, bid, {"title": "Typed meanwhile"}, 2, stage.during)
    drafts.save(office, actor, bid, {"title": "Typed meanwhile"}, conflict.value.revision, stage.during)
    add(handed.picture(), "hall.jpg")
    after = answers(office, bid)
    assert after["title"] == "Typed meanwhile"
    assert [entry["name"] for entry in after["plans"]] == ["plan.pdf", "hall.jpg"]


def test_the_same_file_twice_stands_once(office: Office, bid: int, add: Adds) -> None:
    assert add() == add(name="another name.pdf")
    assert [entry["name"] for entry in answers(office, bid)["plans"]] == ["plan.pdf"]
    with office.db.read() as conn:
        assert len(conn.execute(select(Document.id)).all()) == 1


def code(refused: pytest.ExceptionInfo[NotHandedIn]) -> tuple[str, int]:
    return refused.value.why.code, refused.value.why.params["most"]


def test_each_limit_holds_and_says_itself(
    office: Office, bid: int, add: Adds, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"Text {number}".encode() for number in range(9)]
    for text in texts[:3]:
        add(text, "a.txt")
    with pytest.raises(NotHandedIn) as refused:
        add(texts[3], "fourth.txt")
    assert code(refused) == ("too_many", 3)
    for text in texts[:5]:
        add(text, "a.txt", RULES)
    with pytest.raises(NotHandedIn) as refused:
        add(texts[5], "sixth.txt", RULES)
    assert code(refused) == ("too_many", 5)
    more = {**PLANS, "id": "more", "most_files": 9}
    monkeypatch.setattr(documents, "MOST_FILES_OF_BID", 8)
    with pytest.raises(NotHandedIn) as refused:
        add(texts[6], "ninth.txt", more)
    assert code(refused) == ("bid_full", 8)
    monkeypatch.undo()
    size = sum(entry["size"] for name in ("plans", "rules") for entry in answers(office, bid)[name])
    monkeypatch.setattr(documents, "MOST_BYTES_OF_BID", size + 5)
    with pytest.raises(NotHandedIn) as refused:
        add(b"6 more", "heavy.txt", more)
    assert code(refused) == ("bid_heavy", 0)
    add(b"5more", "light.txt", more)
    assert (documents.MOST_FILES, documents.MOST_FILES_OF_BID) == (5, 20)


def test_a_refused_file_leaves_neither_row_nor_answer(
    office: Office, files: LocalFiles, bid: int, add: Adds
) -> None:
    before = answers(office, bid)
    with pytest.raises(NotHandedIn) as refused:
        add(handed.PE, "plan.pdf")
    assert refused.value.why.code == "executable"
    assert answers(office, bid) == before
    assert not kept(files, handed.PE)
    with office.db.read() as conn:
        assert conn.execute(select(Document.id)).all() == []


def test_nobody_else_adds_or_takes_away_and_nobody_once_it_is_sent(
    office: Office, stage: Stage, bid: int, add: Adds
) -> None:
    first = add()
    stranger, owner = stage.cast.actor("member2"), stage.cast.actor("member")
    with pytest.raises(NotWritable):
        add(handed.picture(), "hall.jpg", who="member2")
    with pytest.raises(NotWritable):
        documents.take_away(office, stranger, bid, "plans", first, stage.during)
    stage.submit(bid)
    with pytest.raises(NotWritable):
        add(handed.picture(), "hall.jpg")
    with pytest.raises(NotWritable):
        documents.take_away(office, owner, bid, "plans", first, stage.during)
    assert row(office, first).removed_at is None


def test_a_file_that_was_never_sent_is_taken_away_for_good(
    office: Office, stage: Stage, files: LocalFiles, bid: int, add: Adds
) -> None:
    owner = stage.cast.actor("member")
    first, second = add(), add(handed.picture(), "hall.jpg")
    assert not documents.take_away(office, owner, bid, "rules", first, stage.during)
    assert not documents.take_away(office, owner, bid, "plans", 999, stage.during)
    assert documents.take_away(office, owner, bid, "plans", first, stage.during)
    assert not documents.take_away(office, owner, bid, "plans", first, stage.during)
    assert [entry["document"] for entry in answers(office, bid)["plans"]] == [second]
    assert row(office, first).removed_at is not None
    assert unchecked(office, bid, first, second) == 1
    with office.db.read() as conn:
        assert asks.open_one(conn, bid, first) is None
        assert list(asks.of_bid(conn, bid)) == [second]
    aged(files, PDF)
    aged(files, handed.picture())
    assert documents.sweep(office, files, NOW) == 1
    assert (kept(files, PDF), kept(files, handed.picture())) == (False, True)


def test_taking_away_and_sending_at_one_moment_never_lose_what_was_sent(
    office: Office, stage: Stage, add: Adds, files: LocalFiles, bid: int
) -> None:
    """Whichever comes first: a copy that names the file keeps it; a file that is gone is in no copy."""
    owner, outcomes = stage.cast.actor("member"), set()
    for _round in range(6):
        bid = stage.draft(next(iter(projects.projects(1))))
        document = add(bid=bid)
        ready = threading.Barrier(2)

        def take(bid: int = bid, document: int = document, ready: threading.Barrier = ready) -> None:
            ready.wait(timeout=30)
            try:
                documents.take_away(office, owner, bid, "plans", document, stage.during)
            except NotWritable:
                outcomes.add("sent first")

        taking = threading.Thread(target=take)
        taking.start()
        ready.wait(timeout=30)
        stage.submit(bid)
        taking.join(timeout=60)
        with office.db.read() as conn:
            named = document in asks.sent(conn, bid)
            assert conn.execute(select(Bid.state).where(Bid.id == bid)).scalar_one() == "submitted"
        assert named == (row(office, document).removed_at is None)
        outcomes.add("named" if named else "gone")
    assert outcomes & {"named", "gone"}


def test_what_arrives_after_closing_changes_no_file(
    office: Office, stage: Stage, bid: int, add: Adds
) -> None:
    """The deadline holds for files as for words, however long the clock takes to lapse the draft."""
    owner = stage.cast.actor("member")
    with office.db.read() as conn:
        row = bids.by_id(conn, bid)
    assert row is not None
    closes = row.due_at
    first = add(at=closes)
    with pytest.raises(drafts.Closed):
        add(handed.picture(), "hall.jpg", at=closes + timedelta(microseconds=1))
    with pytest.raises(drafts.Closed):
        documents.take_away(office, owner, bid, "plans", first, closes + timedelta(microseconds=1))
    assert [entry["name"] for entry in answers(office, bid)["plans"]] == ["plan.pdf"]
    assert add(at=closes + timedelta(microseconds=1)) == first  # it stands already: nothing changes
