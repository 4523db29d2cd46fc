"""Files that were handed in: which are in quarantine, which are refused, what is deleted and when."""

import hashlib
import io

import pytest
from sqlalchemy import insert, select, update

from fundapp.demo import projects
from fundapp.demo.stage import Stage
from fundapp.domain import forms
from fundapp.models import BidVersion, Document, Outbox
from fundapp.queries import documents as asks
from fundapp.services import documents
from fundapp.services.deed import Actor, Office
from fundapp.storage import LocalFiles
from tests import handed
from tests.services.documents.filed import NOW, PDF, Adds, aged, answers, kept, row, unchecked


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
