"""Files that people hand in, on both databases: what a draft names, what is in quarantine, what is deleted and when."""

import hashlib
import io
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from fundapp.demo import projects
from fundapp.demo.stage import Stage
from fundapp.domain import forms
from fundapp.models import Bid, BidVersion, Document, Draft, Outbox
from fundapp.queries import bids, facts
from fundapp.queries import documents as asks
from fundapp.services import documents, drafts
from fundapp.services.deed import Actor, Office
from fundapp.services.documents import NotHandedIn
from fundapp.services.drafts import NotWritable
from fundapp.storage import FileMissing, LocalFiles
from tests import handed
from tests.handed import PLANS, RULES

NOW = datetime.now(UTC)
PDF = handed.pdf("One")


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path / "files")


@pytest.fixture
def bid(office: Office, stage: Stage) -> int:
    """A draft with every answer but its files, in a round whose form asks for some."""
    handed.ask_for_files(office, stage.cast.actor("officer"), stage.round, NOW)
    return stage.draft(next(iter(projects.projects(1))))


Adds = Callable[..., int]


@pytest.fixture
def add(office: Office, stage: Stage, files: LocalFiles, bid: int) -> Adds:
    """Adds a file to the draft, as the applicant unless told otherwise."""

    def added(
        content: bytes = PDF, name: str = "plan.pdf", question: dict[str, Any] = PLANS, **more: Any
    ) -> int:
        actor = stage.cast.actor(more.pop("who", "member"))
        given = {"quarantine": False, **more}
        return documents.hand_in(
            office,
            actor,
            files,
            given.pop("bid", bid),
            question,
            name,
            io.BytesIO(content),
            given.pop("at", stage.during),
            **given,
        )  # fmt: skip

    return added


def answers(office: Office, bid: int) -> dict[str, Any]:
    with office.db.read() as conn:
        found: dict[str, Any] = conn.execute(select(Draft.answers).where(Draft.bid_id == bid)).scalar_one()
    return found


def row(office: Office, document: int) -> Any:
    with office.db.read() as conn:
        return conn.execute(select(Document.__table__).where(Document.id == document)).one()


def unchecked(office: Office, bid: int, *numbers: int) -> int:
    with office.db.read() as conn:
        return facts.unchecked_files(conn, bid, numbers)


def kept(files: LocalFiles, content: bytes) -> bool:
    try:
        with files.open(hashlib.sha256(content).hexdigest()) as stream:
            return stream.read() == content
    except FileMissing:
        return False


def aged(files: LocalFiles, content: bytes) -> None:
    """As if it had been put two days ago."""
    then = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    sha256 = hashlib.sha256(content).hexdigest()
    os.utime(files.folder / sha256[:2] / sha256[2:], (then, then))


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


def test_a_file_that_was_sent_stays_with_the_copy_that_names_it(
    office: Office, stage: Stage, files: LocalFiles, bid: int, add: Adds
) -> None:
    first = add()
    stage.submit(bid)
    stage.send_back(bid, "councillor")
    assert documents.take_away(office, stage.cast.actor("member"), bid, "plans", first, stage.during)
    assert answers(office, bid)["plans"] == []
    assert row(office, first).removed_at is None
    aged(files, PDF)
    assert documents.sweep(office, files, NOW) == 0
    with office.db.read() as conn:
        assert asks.sent(conn, bid) == {first}
        frozen = conn.execute(select(BidVersion.answers, BidVersion.sha256)).one()
    assert frozen.answers["plans"][0]["sha256"] == hashlib.sha256(PDF).hexdigest()
    swapped = {**frozen.answers, "plans": [{**frozen.answers["plans"][0], "sha256": "0" * 64}]}
    assert forms.sha256_of(frozen.answers) == frozen.sha256 != forms.sha256_of(swapped)


def test_what_is_unchecked_is_counted(office: Office, stage: Stage, bid: int, add: Adds) -> None:
    clean, waiting = add(), add(handed.picture(), "hall.jpg", quarantine=True)
    other = stage.draft(next(iter(projects.projects(1))))
    elsewhere = add(b"Elsewhere", "a.txt", bid=other)
    assert unchecked(office, bid) == 0
    assert unchecked(office, bid, clean) == 0
    assert unchecked(office, bid, clean, waiting) == 1
    assert unchecked(office, bid, clean, waiting, elsewhere, 999_999, waiting) == 3
    assert documents.found_clean(office, waiting, NOW)
    assert unchecked(office, bid, clean, waiting) == 0


def test_a_file_in_quarantine_is_opened_by_nobody(office: Office, bid: int, add: Adds) -> None:
    waiting = add(quarantine=True)
    assert (row(office, waiting).state, row(office, waiting).judged_at) == ("waiting", None)
    with office.db.read() as conn:
        assert asks.open_one(conn, bid, waiting) is None
        effect = conn.execute(select(Outbox.name, Outbox.args, Outbox.key, Outbox.bid_id)).all()[-1]
    assert tuple(effect) == ("scan_document", {"document": waiting}, f"scan_document:{waiting}", bid)
    assert documents.found_clean(office, waiting, NOW)
    assert not documents.found_clean(office, waiting, NOW)
    with office.db.read() as conn:
        assert asks.open_one(conn, bid, waiting).name == "plan.pdf"  # type: ignore[union-attr]


def test_a_refused_file_loses_its_bytes_and_its_giver_is_told(
    office: Office, files: LocalFiles, bid: int, add: Adds
) -> None:
    waiting = add(quarantine=True)
    assert documents.refuse(office, files, waiting, "infected: Eicar", NOW)
    stands = row(office, waiting)
    assert (stands.state, stands.reason, stands.judged_at is not None) == ("refused", "infected: Eicar", True)
    assert not kept(files, PDF)
    assert answers(office, bid)["plans"][0]["document"] == waiting
    assert unchecked(office, bid, waiting) == 1
    with office.db.read() as conn:
        told = conn.execute(select(Outbox.name, Outbox.args).order_by(Outbox.id)).all()[-1]
    assert tuple(told) == ("file_refused", {"document": waiting})
    assert not documents.refuse(office, files, waiting, "infected: Eicar", NOW)
    assert not documents.found_clean(office, waiting, NOW)


def test_bytes_that_another_file_needs_are_not_deleted(
    office: Office, stage: Stage, files: LocalFiles, add: Adds
) -> None:
    """A clean file of the same content was judged before the scanner knew better: its copy is evidence."""
    other = stage.draft(next(iter(projects.projects(1))))
    first, second = add(bid=other), add(quarantine=True)
    assert documents.refuse(office, files, second, "infected: Eicar", NOW)
    assert kept(files, PDF)
    assert row(office, first).state == "clean"


def test_only_what_nobody_needs_and_is_older_than_a_day_is_swept(
    office: Office, stage: Stage, files: LocalFiles, bid: int, add: Adds
) -> None:
    add()
    answer = documents.keep(files, "letter.eml", io.BytesIO(handed.mail()), mails=True)
    with office.deed(stage.cast.actor("officer"), NOW) as deed:
        documents.enter(deed, bid, None, answer, quarantine=True)
    fresh, stray = handed.picture(), handed.picture("PNG")
    files.put(fresh)
    files.put(stray)
    for content in (PDF, handed.mail(), stray):
        sha256 = hashlib.sha256(content).hexdigest()
        if (files.folder / sha256[:2] / sha256[2:]).exists():
            aged(files, content)
    assert documents.sweep(office, files, NOW) == 1
    assert (kept(files, PDF), kept(files, fresh), kept(files, stray)) == (True, True, False)
    with files.open(answer.sha256) as stream:
        assert stream.read(5) == b"From:"
    assert documents.sweep(office, files, NOW) == 0


def test_a_sweep_looks_at_all_however_many_there_are(
    office: Office, files: LocalFiles, bid: int, add: Adds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_BATCH", 3)
    contents = [f"stray {number}".encode() for number in range(8)]
    add()
    for content in contents:
        files.put(content)
    for content in (PDF, *contents):
        aged(files, content)
    assert documents.sweep(office, files, NOW) == 8
    assert kept(files, PDF)


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


def test_the_tables_take_no_other_state(office: Office, bid: int) -> None:
    from sqlalchemy.exc import IntegrityError

    values = {"bid_id": bid, "name": "a", "media_type": "a", "size": 1, "sha256": "0" * 64, "given_at": NOW}
    with pytest.raises(IntegrityError), office.db.write() as conn:
        conn.execute(insert(Document).values(**values, state="fine"))
    with office.db.write() as conn:
        conn.execute(insert(Document).values(**values, state="waiting"))
        conn.execute(update(Document).values(state="refused"))


def test_a_written_answer_waits_in_quarantine_too(
    office: Office, stage: Stage, files: LocalFiles, bid: int
) -> None:
    from fundapp.services import representatives

    stage.submit(bid)
    officer: Actor = stage.cast.actor("officer")
    letter = documents.keep(files, "letter.pdf", io.BytesIO(PDF), mails=True)
    representatives.record_answer(
        office, officer, bid, "refuse", {"reason": "Not in my ward."}, letter, stage.during, quarantine=True
    )
    with office.db.read() as conn:
        document = conn.execute(select(Document.id, Document.state, Document.question)).one()
    assert (document.state, document.question) == ("waiting", None)
    with office.db.read() as conn:
        assert asks.open_one(conn, bid, document.id) is None
        assert asks.of_bid(conn, bid) == {}


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
