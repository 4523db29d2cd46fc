"""The paper of a frozen version is made once, kept, and says what was hashed."""

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from fundapp.database import Database
from fundapp.queries import copies as asks
from fundapp.services import copies
from fundapp.storage import LocalFiles
from tests.cast import Cast, over

NOW = datetime(2027, 1, 4, tzinfo=UTC)


@pytest.fixture
def both(database: Database, tmp_path: Path) -> Iterator[Cast]:
    yield from over(database, tmp_path)


def test_it_is_made_once_and_kept(both: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bid = both.bid("submitted")
    files = LocalFiles(tmp_path / "kept")
    first = copies.paper(both.office, files, bid.id, 1, NOW)
    assert first is not None
    with both.office.db.read() as conn:
        row = asks.version(conn, bid.id, 1)
    assert row is not None
    assert (row.paper_sha256, row.paper_size) == (hashlib.sha256(first).hexdigest(), len(first))
    (content,) = PdfReader(io.BytesIO(first)).attachments[f"{bid.reference}-copy-1.json"]
    assert hashlib.sha256(content).hexdigest() == row.sha256
    made: list[copies.Sheet] = []
    press = copies.press
    monkeypatch.setattr(copies, "press", lambda what: made.append(what) or press(what))
    assert copies.paper(both.office, files, bid.id, 1, NOW) == first
    assert made == []
    # A file that was lost is made again, the same.
    for kept in (tmp_path / "kept").glob("*/*"):
        kept.unlink()
    assert copies.paper(both.office, files, bid.id, 1, NOW) == first
    assert len(made) == 1
    assert copies.paper(both.office, files, bid.id, 2, NOW) is None


def test_a_sheet_reads_as_people_wrote(cast: Cast) -> None:
    bid = cast.bid("submitted")
    with cast.office.db.read() as conn:
        row = asks.version(conn, bid.id, 1)
        assert row is not None
        sheet = copies.sheet(conn, row, cast.office.zone).copy
    said = {answer.label: answer for answer in sheet.answers}
    assert said["What is the project called?"].lines == (row.answers["title"],)
    assert said["When does it start?"].lines[0].endswith(row.answers["starts_on"][:4])
    budget = said["What will it be spent on?"].costs
    assert [(line.what, line.amount_pence) for line in budget] == [
        (line["what"], line["pence"]) for line in row.answers["budget"]
    ]
    assert sum(line.amount_pence for line in budget) == sheet.amount_pence
    assert said["Which ward is it in?"].lines == (sheet.place,)
    assert "Which elected representative will you ask to back it?" not in said
