"""A draft whose form asks for files, and what stands of them."""

import hashlib
import io
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.demo import projects
from fundapp.demo.stage import Stage
from fundapp.models import Document, Draft
from fundapp.queries import facts
from fundapp.services import documents
from fundapp.services.deed import Office
from fundapp.storage import FileMissing, LocalFiles
from tests import handed
from tests.handed import PLANS

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
