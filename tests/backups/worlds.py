"""A service with a bid's whole life, its letter and a checkpoint in it; and places to bring a backup of it back to."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from config import Settings
from fundapp.database import Database, fresh_ids, upgrade
from fundapp.models import Outbox
from fundapp.models.base import Base
from fundapp.services import letters
from fundapp.services.deed import Office
from fundapp.storage import open_storage
from tests.cli.terminal import Said, Terminal
from tests.databases import RECORDER, PostgresServer, closing_database
from tests.lives import a_life

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (str(ROOT / ".venv" / "bin" / "python"), "-c")
KEYS = {"SECRET_KEY": "s" * 40, "AUDIT_KEY": bytes(range(32)).hex(), "BANK_KEY": bytes(32).hex()}
TABLES = {name: table for name, table in Base.metadata.tables.items() if name != "schema_floor"}


@dataclass
class Place:
    """A machine's path: a data folder of its own, a database of its own."""

    folder: Path
    url: str
    kind: str
    environ: dict[str, str] = field(default_factory=dict)

    def settings(self) -> Settings:
        """As the command there reads them."""
        return Settings.from_environment(self.environ)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Its database."""
        with closing_database(self.url) as database:
            yield database

    def say(self, *words: str) -> Said:
        """The command in this process, with the environment of this place and no other."""
        with pytest.MonkeyPatch.context() as patch:
            for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "FUNDAPP_ENV", "SEAL_KEY", *KEYS):
                patch.delenv(name, raising=False)
            for name, value in self.environ.items():
                patch.setenv(name, value)
            return Terminal(self.folder).say(*words)

    def process(self, *words: str, first: str = "") -> "subprocess.CompletedProcess[str]":
        """The command in a process of its own; `first` is done before it."""
        code = f"{first}\nfrom fundapp.cli import main\nmain()"
        environ = {**self.environ, "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
        return subprocess.run(
            (*COMMAND, code, *words), env=environ, capture_output=True, text=True, timeout=120, check=False
        )

    def files(self) -> dict[str, str]:
        """The SHA-256 of every content of its storage, by its name."""
        found = {}
        for path in (self.folder / "files").glob("??/*"):
            found[path.parent.name + path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found

    def rows(self) -> dict[str, list[Any]]:
        """Every row of every table, by typed columns."""
        with self.database() as db, db.read() as conn:
            return {
                name: sorted(conn.execute(table.select()).all(), key=repr) for name, table in TABLES.items()
            }


def place(folder: Path, kind: str, server: PostgresServer | None) -> Place:
    """An empty one."""
    folder.mkdir(parents=True)
    if kind == "sqlite":
        url = f"sqlite:///{folder}/own.db"
    else:
        assert server is not None
        url = server.database_url(server.create())
    environ = {
        **KEYS,
        "FUNDAPP_DATA": str(folder),
        "DATABASE_URL": url,
        "BASE_URL": f"https://{folder.name}.example",
    }
    return Place(folder, url, kind, environ)


def lived_in(folder: Path, kind: str, server: PostgresServer | None) -> Place:
    """One with a life in it: rows, a letter's file, ids given that no row has, a table for the modulus check, a checkpoint."""
    made = place(folder, kind, server)
    with made.database() as db:
        upgrade(db)
        a_life(db)
        settings = made.settings()
        office = Office(db, RECORDER, settings.zone, settings.secret_key, settings.bank_keys)
        cabinet = letters.Cabinet(office, open_storage(settings.storage_url), settings.base_url)
        with db.read() as conn:
            round_id = conn.scalar(text("SELECT id FROM round"))
        assert letters.make_missing(cabinet, round_id) > 0
        with db.write() as conn:
            fresh_ids(conn, Outbox, 40)
    (folder / "modulus").mkdir()
    (folder / "modulus" / "weights.txt").write_text("089999 089999 MOD10 0 0 0 0 0 0 7 1 3 7 1 3 7 1\n")
    said = made.say("audit", "seal")
    assert (said.code, said.err) == (0, "")
    return made
