"""Taking a backup while the service runs: one moment of the database, and the files that its rows name."""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, create_engine

from config import Settings
from fundapp.backups import archive, keys, tables
from fundapp.database import Database
from fundapp.files import placing, sync_folder
from fundapp.models.base import iso
from fundapp.queries import counts as rows_of
from fundapp.queries import documents
from fundapp.schema import standing
from fundapp.storage import CHUNK, FileMissing, Files

#: What beside database and storage must be there again: neither keys nor mails nor the worker's nudges.
KEPT_DATA = ("modulus/weights.txt", "modulus/substitutions.txt", "log/checkpoint")

#: How the name of the folder begins in which a backup is worked on.
SPOOL = ".fundapp-backup-"

Told = Callable[[int, int], None]


class BackupRefused(Exception):
    """No backup can be taken so; the text is a sentence."""


@dataclass(slots=True)
class Taken:
    """What a backup holds. `missing` are contents that rows name and the storage did not have whole."""

    rows: int = 0
    files: int = 0
    size: int = 0
    sha256: str = ""
    missing: int = 0
    #: The first few of them.
    missed: list[str] = field(default_factory=list)
    kept_apart: list[keys.Kept] = field(default_factory=list)


def take(db: Database, files: Files, settings: Settings, path: Path, now: datetime, told: Told) -> Taken:
    """Writes the backup to `path`, whole or not at all, readable by its owner alone.

    `told` is called with how many files are in and how many there are. Raises BackupRefused, FileRefused.
    """
    if path.exists():
        raise BackupRefused(
            f"{path} is there already, and no backup is written over another. Name a new file."
        )
    taken = Taken(kept_apart=keys.kept(settings))
    with placing(path, private=True) as temporary, _spool(temporary.parent) as spool:
        whole = spool / "whole"
        with archive.writing(whole, now.timestamp()) as out, tempfile.TemporaryFile(dir=spool) as names:
            with _still(db, spool) as conn:
                counts, last = _database(conn, db.dialect, out, spool, settings, taken, now)
                many = _names(conn, names)
            for name in KEPT_DATA:
                if place_of(settings, name).is_file():
                    with place_of(settings, name).open("rb") as content:
                        out.add(f"data/{name}", content, os.fstat(content.fileno()).st_size)
            with tempfile.TemporaryFile(dir=spool) as missing:
                _files(db, files, names, many, out, missing, taken, told)
                _add(out, "missing.txt", missing)
            manifest = {
                "made_at": iso(now), "rows": counts, "last_ids": last, "files": taken.files,
                "missing": taken.missing,
            }  # fmt: skip
            out.close(settings.audit_key, manifest)
        taken.rows, taken.size = sum(counts.values()), whole.stat().st_size
        with whole.open("rb") as content:
            taken.sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        whole.chmod(0o600)
        whole.replace(temporary)
    sync_folder(path.absolute().parent)
    return taken


def place_of(settings: Settings, name: str) -> Path:
    """Where one of KEPT_DATA is in this installation."""
    room, _slash, rest = name.partition("/")
    return settings.bank_weights / rest if room == "modulus" else settings.data / name


@contextmanager
def _spool(folder: Path) -> Iterator[Path]:
    """A private folder to work in, beside the backup. What a run that was killed left there is taken away first."""
    around = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(around, fcntl.LOCK_EX)
        for left in folder.glob(f"{SPOOL}*"):
            number = os.open(left, os.O_RDONLY)
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            except BlockingIOError:
                pass  # another backup is being taken there now
            finally:
                os.close(number)
        made = Path(tempfile.mkdtemp(prefix=SPOOL, dir=folder))
        own = os.open(made, os.O_RDONLY)
        fcntl.flock(own, fcntl.LOCK_EX)
    finally:
        os.close(around)
    try:
        yield made
    finally:
        shutil.rmtree(made)
        os.close(own)


@contextmanager
def _still(db: Database, spool: Path) -> Iterator[Connection]:
    """The database at one moment: a snapshot of PostgreSQL, a copy of SQLite as `fund.db` in the spool.

    VACUUM INTO reads in one transaction beside which the service goes on writing, and leaves out what was deleted.
    """
    if db.dialect != "sqlite":
        with db.snapshot() as conn:
            yield conn
        return
    copy = spool / "fund.db"
    try:
        with closing(sqlite3.connect(str(db.url.database), timeout=30, isolation_level=None)) as raw:
            raw.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.Error as trouble:
        raise BackupRefused(
            f"The database cannot be copied whole: {trouble}. Look after the disk's space; if it is damaged, bring the "
            "newest backup back elsewhere."
        ) from trouble
    engine = create_engine(f"sqlite:///{copy}")
    try:
        with engine.connect() as conn:
            yield conn
    finally:
        engine.dispose()


def _database(
    conn: Connection,
    kind: str,
    out: archive.Writer,
    spool: Path,
    settings: Settings,
    taken: Taken,
    now: datetime,
) -> tuple[dict[str, int], dict[str, int]]:
    """What it is of, then its tables; rows by table, and the greatest ids."""
    stands = standing(conn)
    if not stands.newest:
        raise BackupRefused(
            "The database's schema is not this release's. "
            + (
                "Take the backup with the newer release."
                if stands.ahead
                else "Run `fundapp db upgrade` first."
            )
        )
    told = {"kind": kind, "revision": stands.found, "tables": tables.shape(conn) if kind != "sqlite" else {}}
    fingerprints = {each.name: list(each.fingerprints) for each in taken.kept_apart}
    out.text(
        archive.ABOUT,
        archive.about_bytes(
            {"made_at": iso(now), "of": settings.base_url, "database": told, "keys": fingerprints}
        ),
    )
    if kind == "sqlite":
        counts = {name: rows_of.rows(conn, name) for name in tables.ours()}
        with (spool / "fund.db").open("rb") as content:
            _add(out, "database/fund.db", content)
    else:
        counts = {}
        for name, columns in told["tables"].items():  # type: ignore[union-attr]
            with tempfile.TemporaryFile(dir=spool) as copied:
                counts[name] = tables.copy_out(conn, name, columns, copied)
                _add(out, f"database/{name}.copy", copied)
    return counts, tables.last_ids(conn, tables.ours())


def _names(conn: Connection, into: BinaryIO) -> int:
    """The contents that rows name, a line each; how many."""
    many = sum(into.write(sha256.encode() + b"\n") > 0 for sha256 in documents.all_needed(conn))
    into.seek(0)
    return many


def _files(
    db: Database,
    files: Files,
    names: BinaryIO,
    many: int,
    out: archive.Writer,
    missing: BinaryIO,
    taken: Taken,
    told: Told,
) -> None:
    """The contents themselves. One that was taken away since the rows were read is not missed."""
    for number, line in enumerate(names, 1):
        sha256 = line.decode().strip()
        if _one(files, sha256, out):
            taken.files += 1
        else:
            with db.read() as conn:
                still = bool(documents.needed(conn, [sha256]))
            missing.write(f"{sha256} {'missing' if still else 'taken away meanwhile'}\n".encode())
            taken.missing += still
            if still and len(taken.missed) < 5:
                taken.missed.append(sha256)
        told(number, many)


def _one(files: Files, sha256: str, out: archive.Writer) -> bool:
    """One content into the archive, if it is there and as its name says. It is read twice: a member has its size first."""
    try:
        content = files.open(sha256)
    except FileMissing:
        return False
    with content:
        digest = hashlib.sha256()
        while part := content.read(CHUNK):
            digest.update(part)
        if digest.hexdigest() != sha256:
            return False
        size = content.seek(0, os.SEEK_END)
        content.seek(0)
        out.add(f"files/{sha256[:2]}/{sha256[2:]}", content, size)
    return True


def _add(out: archive.Writer, name: str, content: BinaryIO) -> None:
    size = content.seek(0, os.SEEK_END)
    content.seek(0)
    out.add(name, content, size)
