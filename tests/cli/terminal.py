"""The command on a terminal of a test's own, with its data in a folder of its own."""

import io
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select

from fundapp import cli
from fundapp.audit.record import Recorder
from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.models import AuditEvent, Bid, Person, Round

ROUND = ("--title", "Spring", "--opens", "2020-01-01", "--closes", "2099-12-31", "--budget", "10000")


@dataclass
class Said:
    """What a command left on the terminal."""

    code: int
    out: str
    err: str


@dataclass
class Terminal:
    """The command in this process, with its data in a folder of its own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def say(self, *words: str) -> Said:
        """Run it. A traceback anywhere fails the test."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["fundapp", *words])
            try:
                cli.main()
                code = 0
            except SystemExit as left:
                code = left.code if isinstance(left.code, int) else int(bool(left.code))
        said = Said(code, out.getvalue(), err.getvalue())
        assert "Traceback" not in said.out + said.err
        return said

    def done(self, *words: str) -> str:
        """Run what must succeed; what it says."""
        said = self.say(*words)
        assert (said.code, said.err) == (0, ""), said
        return said.out

    def refused(self, *words: str, code: int = 1) -> str:
        """Run what must be refused, with a sentence and nothing on the other stream."""
        said = self.say(*words)
        assert said.code == code, said
        assert said.err.strip()
        return said.err

    def counts(self) -> tuple[int, ...]:
        """Rounds, people, bids, events."""
        database = Database(f"sqlite:///{self.folder}/data/fundapp.db")
        with database.read() as conn:
            found = tuple(
                conn.execute(select(func.count()).select_from(model)).scalar_one()
                for model in (Round, Person, Bid, AuditEvent)
            )
        database.close()
        return found

    def holds(self) -> None:
        """The record verifies, by the key that the command made."""
        database = Database(f"sqlite:///{self.folder}/data/fundapp.db")
        key = bytes.fromhex((self.folder / "data" / "audit_key").read_text().strip())
        assert verify(database, Recorder(key)).problems == []
        database.close()


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Nothing yet: not even tables."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "SECRET_KEY", "AUDIT_KEY", "MAIL_URL", "FUNDAPP_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FUNDAPP_DATA", str(tmp_path / "data"))
    return Terminal(tmp_path)


@pytest.fixture
def ready(bare: Terminal) -> Terminal:
    """A database with the round R."""
    bare.done("db", "upgrade")
    bare.done("round", "add", "R", *ROUND)
    return bare


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A database with demo data; tests only read it."""
    folder = tmp_path_factory.mktemp("seeded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUNDAPP_DATA", str(folder / "data"))
        terminal = Terminal(folder)
        terminal.done("db", "upgrade")
        terminal.done("seed", "--bids", "12")
        yield terminal
