"""Files in quarantine and the scanner that judges them: nothing is set free that it did not call clean."""

import dataclasses
import hashlib
import io
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from config import Settings
from fundapp import outbox
from fundapp.demo import projects
from fundapp.demo.stage import Stage
from fundapp.jobs.deliver import Counts, deliver_due
from fundapp.jobs.handlers import registry
from fundapp.jobs.sweeping import EVERY, Sweeper
from fundapp.models import Document, Outbox
from fundapp.services import documents
from fundapp.services.deed import Office
from fundapp.storage import LocalFiles
from tests import clamd, handed
from tests.services.staged import office, stage
from tests.web import KEYS

__all__ = ["office", "stage"]

NOW = datetime.now(UTC)
CLEAN, INFECTED = handed.pdf("Clean"), b"A note. " + handed.EICAR


@dataclasses.dataclass
class Desk:
    """The service with a worker that knows a scanner, or none."""

    office: Office
    stage: Stage
    settings: Settings
    bid: int
    reference: str

    @property
    def files(self) -> LocalFiles:
        return LocalFiles(Path(self.settings.storage_url.removeprefix("file:")))

    def given(self, content: bytes, name: str) -> int:
        """A file that waits."""
        return documents.hand_in(
            self.office, self.stage.cast.actor("member"), self.files, self.bid, handed.PLANS, name, io.BytesIO(content),
            self.stage.during, quarantine=True,
        )  # fmt: skip

    def deliver(self, scanner: str | None) -> Counts:
        """What is due, but for the mails of other moves."""
        settings = dataclasses.replace(self.settings, scanner_url=scanner)
        return deliver_due(self.office.db, registry(self.office, settings), "test")

    def state(self, document: int) -> tuple[str, str | None]:
        with self.office.db.read() as conn:
            asked = select(Document.state, Document.reason).where(Document.id == document)
            found = conn.execute(asked).one()
        return found.state, found.reason

    def kept(self, content: bytes) -> bool:
        return (self.files.folder / hashlib.sha256(content).hexdigest()[:2]).exists() and any(
            path.read_bytes() == content
            for path in self.files.folder.rglob(hashlib.sha256(content).hexdigest()[2:])
        )

    def mails(self) -> list[EmailMessage]:
        folder = Path(self.settings.mail_url.removeprefix("file:"))
        read: list[Any] = [
            message_from_bytes(p.read_bytes(), policy=default) for p in sorted(folder.glob("*.eml"))
        ]
        return read


@pytest.fixture
def desk(office: Office, stage: Stage, tmp_path: Path) -> Desk:
    handed.ask_for_files(office, stage.cast.actor("officer"), stage.round, NOW)
    bid = stage.draft(next(iter(projects.projects(1))))
    from fundapp.domain.references import reference

    settings = Settings.from_environment({"FUNDAPP_DATA": str(tmp_path / "data"), **KEYS})
    return Desk(office, stage, settings, bid, reference(bid))


def test_the_clean_are_set_free_and_the_infected_are_gone(desk: Desk) -> None:
    good, bad = desk.given(CLEAN, "plan.pdf"), desk.given(INFECTED, "note <b>.txt")
    with clamd.listening() as scanner:
        assert desk.deliver(scanner.url) == Counts(done=3)
        assert sorted(scanner.shown) == sorted([CLEAN, INFECTED])
    assert desk.state(good) == ("clean", None)
    assert desk.state(bad) == ("refused", f"infected: {clamd.FOUND}")
    assert (desk.kept(CLEAN), desk.kept(INFECTED)) == (True, False)
    (mail,) = desk.mails()
    assert mail["To"] == "Sunita Rao <member@demo.example>"
    assert mail["Subject"] == "A file was not taken: note -b-.txt"
    body = mail.get_body(("plain",))
    assert body is not None
    words = body.get_content()
    assert "The file: note -b-.txt" in words
    assert "Our virus scanner found something harmful in it, so it was deleted." in words
    assert "The bid cannot be sent while it is in it; everything you wrote is still there." in words
    assert f"/my-bids/{desk.reference}/files/plans" in words


def test_while_the_scanner_is_away_files_wait_and_then_stand_on_the_officers_desk(desk: Desk) -> None:
    waiting = desk.given(CLEAN, "plan.pdf")
    for attempt in range(1, outbox.MOST_TRIES + 1):
        counts = desk.deliver("clamd://127.0.0.1:1")
        last = attempt == outbox.MOST_TRIES
        assert counts == Counts(retried=0 if last else 1, failed=1 if last else 0)
        assert desk.state(waiting) == ("waiting", None)
        if not last:
            with desk.office.db.write() as conn:
                conn.execute(update(Outbox).values(not_before=NOW - timedelta(days=1)))
    with desk.office.db.read() as conn:
        (stuck,) = outbox.failed(conn)
    assert (stuck.name, stuck.bid_id) == ("scan_document", desk.bid)
    assert stuck.last_error.startswith(
        "ScannerUnusable: The virus scanner at clamd://127.0.0.1:1 cannot be reached: "
    )
    with desk.office.db.write() as conn:
        assert outbox.again(conn, stuck.id)
    with clamd.listening() as scanner:
        assert desk.deliver(scanner.url) == Counts(done=1)
    assert desk.state(waiting) == ("clean", None)


@pytest.mark.parametrize("says", [b"stream: ERROR\0", b"", b"stream: OK\nstream: OK\0"])
def test_an_answer_that_is_no_verdict_sets_nothing_free(desk: Desk, says: bytes) -> None:
    waiting = desk.given(CLEAN, "plan.pdf")
    with clamd.listening() as scanner:
        scanner.says = says
        assert desk.deliver(scanner.url) == Counts(retried=1)
    assert desk.state(waiting) == ("waiting", None)


def test_a_worker_that_knows_no_scanner_waves_nothing_through(desk: Desk) -> None:
    waiting = desk.given(CLEAN, "plan.pdf")
    assert desk.deliver(None) == Counts(retried=1)
    assert desk.state(waiting) == ("waiting", None)
    with desk.office.db.read() as conn:
        said = conn.execute(select(Outbox.last_error)).scalar_one()
    assert said == (
        "ScannerUnusable: A file waits for the virus scanner and none is set. Set SCANNER_URL for the worker too."
    )


def test_a_file_whose_bytes_are_gone_is_refused_and_asked_for_again(desk: Desk) -> None:
    waiting = desk.given(CLEAN, "plan.pdf")
    assert desk.files.delete(hashlib.sha256(CLEAN).hexdigest(), NOW + timedelta(days=1))
    with clamd.listening() as scanner:
        assert desk.deliver(scanner.url) == Counts(done=2)
        assert scanner.shown == []
    assert desk.state(waiting) == ("refused", "lost")
    (mail,) = desk.mails()
    body = mail.get_body(("plain",))
    assert body is not None
    assert "It was not kept whole. Please add it once more." in body.get_content()


def test_a_file_that_was_taken_away_is_shown_to_nobody(desk: Desk) -> None:
    waiting = desk.given(INFECTED, "note.txt")
    member = desk.stage.cast.actor("member")
    assert documents.take_away(desk.office, member, desk.bid, "plans", waiting, desk.stage.during)
    with clamd.listening() as scanner:
        assert desk.deliver(scanner.url) == Counts(done=1)
        assert scanner.shown == []
    assert desk.mails() == []


def test_an_officer_is_told_of_the_file_of_a_written_answer(desk: Desk) -> None:
    officer = desk.stage.cast.actor("officer")
    kept = documents.keep(desk.files, "letter.txt", io.BytesIO(INFECTED), mails=True)
    with desk.office.deed(officer, NOW) as deed:
        document = documents.enter(deed, desk.bid, None, kept, quarantine=True)
    with clamd.listening() as scanner:
        assert desk.deliver(scanner.url) == Counts(done=2)
    assert desk.state(document)[0] == "refused"
    (mail,) = desk.mails()
    body = mail.get_body(("plain",))
    assert body is not None
    assert "The answer in writing stays on record without it." in body.get_content()
    assert f"/bids/{desk.reference}" in body.get_content()


def test_the_worker_sweeps_now_and_then(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[datetime] = []

    def told(office: Office, files: LocalFiles, at: datetime) -> int:
        swept.append(at)
        return 2

    monkeypatch.setattr(documents, "sweep", told)
    sweeper = Sweeper(desk.office, desk.files)
    moments = [NOW, NOW + timedelta(minutes=1), NOW + EVERY, NOW + EVERY + timedelta(minutes=1)]
    assert [sweeper(at) for at in moments] == [2, 0, 2, 0]
    assert swept == [NOW, NOW + EVERY]
