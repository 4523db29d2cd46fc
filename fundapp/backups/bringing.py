"""Bringing a backup back: into an empty place only, every checksum looked at before anything is touched, verified after."""

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, cast

from sqlalchemy import inspect

from config import Settings
from fundapp.audit.findings import Report
from fundapp.audit.record import Recorder
from fundapp.audit.standalone.notes import Checkpoint
from fundapp.audit.verify import verify
from fundapp.backups import archive, keys, loading, tables
from fundapp.backups.taking import KEPT_DATA, place_of
from fundapp.database import MIGRATIONS, Database, upgrade
from fundapp.files import sync_folder
from fundapp.outbox import desk
from fundapp.queries import counts, data_keys
from fundapp.services import checkpoints, vault
from fundapp.storage import CHUNK, Files

#: Stands in the data folder from before the first thing is put until all of it is verified.
UNFINISHED: Final = "restore-unfinished.json"
#: Where the database lies meanwhile, in the data folder.
AT_WORK: Final = ".restoring"

Told = Callable[[str], None]


class RestoreRefused(Exception):
    """Nothing was brought back; each of `sentences` says why or what to do."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        super().__init__(" ".join(sentences))


@dataclass(slots=True)
class Restored:
    """What was brought back, and what verifying it found."""

    made_at: str
    rows: int
    files: int
    missing: int
    found: Report
    #: What is to be known besides: keys that are others than they were, effects that wait.
    notes: list[str] = field(default_factory=list)


def restore(
    db: Database, files: Files, settings: Settings, path: Path, told: Told,
    outside: Sequence[Checkpoint] = (), now: datetime | None = None,
) -> Restored:  # fmt: skip
    """Brings the backup at `path` back into the database, the storage and the data folder that the settings name.

    `outside` are checkpoints that were kept elsewhere: an older backup is found by them. Stopped at any point, it goes
    on when it is called again with the same backup. Raises RestoreRefused, NotABackup, NotLoaded, DatabaseUnusable.
    """
    about = archive.about(path)
    _known(path, about)
    _same_record(path, about, settings)
    unfinished, there = _unfinished(settings), _tables_of(db)
    if unfinished is None:
        _empty(db, there, files, settings)
    told("Looking at every checksum …")
    manifest = archive.walk(path, settings.audit_key)
    if unfinished is None:
        _mark(settings, path, manifest["mac"], now or datetime.now(UTC))
    elif unfinished.get("mac") != manifest["mac"]:
        raise RestoreRefused(
            f"Another backup, {unfinished.get('file')}, was being brought back here at {unfinished.get('begun')} and did "
            "not come to its end.",
            f"Give that one again, and it goes on. To take this one instead, empty the database and {settings.storage_url}, "
            f"delete {settings.data / UNFINISHED}, and begin anew.",
        )
    if unfinished is not None and there:
        told("The rows are in already: only the check is left.")
        _whole(db, manifest, settings)
    else:
        _bring(db, files, settings, path, about, manifest, told)
    told("Verifying the record …")
    found = _verified(db, settings, outside)
    (settings.data / UNFINISHED).unlink(missing_ok=True)
    shutil.rmtree(settings.data / AT_WORK, ignore_errors=True)
    return Restored(
        manifest["made_at"], sum(manifest["rows"].values()), manifest["files"], manifest["missing"], found,
        _notes(db, about, settings, found),
    )  # fmt: skip


def unfinished_words(settings: Settings) -> str | None:
    """A sentence, if a backup was being brought back here and did not come to its end."""
    found = _unfinished(settings)
    if found is None:
        return None
    return (
        f"A backup, {found.get('file')}, was being brought back at {found.get('begun')} and did not come to its end: "
        "run `fundapp restore` with it again."
    )


def _known(path: Path, about: dict[str, Any]) -> None:
    from alembic.script import ScriptDirectory

    revision = about["database"]["revision"]
    if revision not in {each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}:
        raise RestoreRefused(
            f"{path} was taken by a newer release of the service (schema {revision}). Install that release first."
        )


def _same_record(path: Path, about: dict[str, Any], settings: Settings) -> None:
    (ours,) = (each.fingerprints for each in keys.kept(settings) if each.name == "AUDIT_KEY")
    if about["keys"].get("AUDIT_KEY") != list(ours):
        raise RestoreRefused(
            f"{path} was taken under another AUDIT_KEY: its fingerprint is {', '.join(about['keys'].get('AUDIT_KEY', []))}, "
            f"that of the key set here {', '.join(ours)}.",
            f"Set AUDIT_KEY to the key that was kept apart from the backup, or put it into {settings.data / 'audit_key'}.",
        )


def _unfinished(settings: Settings) -> dict[str, Any] | None:
    try:
        found = json.loads((settings.data / UNFINISHED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}


def _mark(settings: Settings, path: Path, mac: str, now: datetime) -> None:
    told = {"file": str(path.absolute()), "mac": mac, "begun": now.isoformat(timespec="seconds")}
    fresh = settings.data / f"{UNFINISHED}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(settings.data / UNFINISHED)
    sync_folder(settings.data)


def _tables_of(db: Database) -> list[str]:
    """The tables that stand in the database. A SQLite file that is not there is not made."""
    if db.dialect == "sqlite" and not Path(str(db.url.database)).exists():
        return []
    with db.read() as conn:
        return sorted(inspect(conn).get_table_names())


def _empty(db: Database, there: list[str], files: Files, settings: Settings) -> None:
    """Refuses any place that holds something."""
    shown = db.url.render_as_string(hide_password=True)
    if there:
        raise RestoreRefused(
            f"The database {shown} has tables already ({', '.join(there[:3])} …): a backup is brought back into an empty "
            "one only, so that nothing is written over.",
            "Name another in DATABASE_URL, or make an empty one in its place.",
        )
    if next(iter(files.older(datetime(9000, 1, 1, tzinfo=UTC))), None) is not None:
        raise RestoreRefused(
            f"There are files in {settings.storage_url} already: a backup is brought back into an empty place only.",
            "Name another folder in STORAGE_URL, or move them away.",
        )


def _whole(db: Database, manifest: dict[str, Any], settings: Settings) -> None:
    """Refuses a database whose tables are not those that were being brought back."""
    with db.read() as conn:
        many = counts.rows(conn, "audit_event")
    if many < manifest["rows"]["audit_event"]:
        raise RestoreRefused(
            "The database was empty when this backup began to be brought back, and now has other tables.",
            f"Empty it, delete {settings.data / UNFINISHED}, empty {settings.storage_url}, and begin anew.",
        )


def _bring(
    db: Database,
    files: Files,
    settings: Settings,
    path: Path,
    about: dict[str, Any],
    manifest: dict[str, Any],
    told: Told,
) -> None:
    work = settings.data / AT_WORK
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    told(f"Bringing back {manifest['files']:,} files …")

    put = 0

    def take(name: str, content: IO[bytes]) -> None:
        nonlocal put
        room, _slash, rest = name.partition("/")
        if room == "files":
            named = re.fullmatch(r"([0-9a-f]{2})/([0-9a-f]{62})", rest)
            kept, _size = files.put(cast(BinaryIO, content)) if named else ("", 0)
            if named is None or kept != named[1] + named[2]:
                raise archive.NotABackup(f"{path} was changed: {name} is not what its name says.")
            put += 1
            if put % 5000 == 0:
                told(f"{put:,} are back …")
        elif room == "database" and re.fullmatch(r"fund\.db|[a-z_0-9]+\.copy", rest):
            _write(work / rest, content)
        elif room == "data" and rest in KEPT_DATA and not place_of(settings, rest).exists():
            _write(place_of(settings, rest), content)

    archive.walk(path, settings.audit_key, take)
    told(f"Bringing back {sum(manifest['rows'].values()):,} rows …")
    kind, revision = about["database"]["kind"], about["database"]["revision"]
    many, last = manifest["rows"], manifest["last_ids"]
    source: tables.Copies | tables.SQLiteFile = (
        tables.SQLiteFile(work / "fund.db")
        if kind == "sqlite"
        else tables.Copies(
            work, {name: [(c, k) for c, k in of] for name, of in about["database"]["tables"].items()}
        )
    )

    def quiet(table: str) -> None:
        """Tables go in too fast to be named."""

    if db.dialect == "postgresql":
        loading.into_postgresql(db, source, revision, many, last, quiet)
    else:
        if kind != "sqlite":
            loading.into_sqlite(work / "fund.db", source, revision, many, last, quiet)
        _place(db, work / "fund.db")


def _place(db: Database, made: Path) -> None:
    """The SQLite file under its name, at the newest schema, with nothing left in a log beside it."""
    fresh = Database(f"sqlite:///{made}")
    try:
        upgrade(fresh)
    finally:
        fresh.close()
    with closing(sqlite3.connect(made)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    target = Path(str(db.url.database)).absolute()
    db.close()
    beside = target.with_name(f".{target.name}.restoring")
    with made.open("rb") as content:
        _write(beside, content)
    # An empty database's own log would be taken for this one's.
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    beside.replace(target)
    sync_folder(target.parent)


def _write(path: Path, content: IO[bytes]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
        while part := content.read(CHUNK):
            file.write(part)
        file.flush()
        os.fsync(file.fileno())


def _verified(db: Database, settings: Settings, outside: Sequence[Checkpoint]) -> Report:
    return verify(
        db,
        Recorder(settings.audit_key),
        zone=settings.zone,
        # A key that is yet to be made signed nothing.
        keys=checkpoints.known_keys(settings) if settings.seal_key and settings.seal_key.is_file() else None,
        outside=outside,
    )


def _notes(db: Database, about: dict[str, Any], settings: Settings, found: Report) -> list[str]:
    """What is to be known before the service is started on it."""
    notes = []
    ours = {each.name: list(each.fingerprints) for each in keys.kept(settings)}
    words = {
        "SECRET_KEY": "links in mails sent before do not work, everybody signs in anew, second factors are to be set up again",
        "LETTER_KEY": "new letters are signed by another key than the old ones",
        "SEAL_KEY": "checkpoints signed before are not known by the key that is set now",
    }
    notes += [
        f"{name} is another than when the backup was taken: {why}."
        for name, why in words.items()
        if name in about["keys"] and about["keys"][name] != ours.get(name)
    ]
    with db.read() as conn:
        under = data_keys.under(conn)
        waiting = desk.waiting(conn)
    lost = sum(
        many for name, many in under.items() if name not in {vault.key_id(key) for key in settings.bank_keys}
    )
    if lost:
        notes.append(
            f"{lost:,} rows of bank details lie under a key that BANK_KEY does not hold: nobody can read them."
        )
    if waiting:
        notes.append(
            f"{waiting:,} mails and other effects wait to be done. What the service did after this backup was taken it does "
            "again as soon as its worker runs: a mail goes out with the Message-ID that it had."
        )
    return notes
