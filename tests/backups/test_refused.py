"""What keeps a backup from being taken or brought back is a sentence, and nothing is touched."""

import gzip
import io
import random
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from fundapp.backups import archive
from fundapp.database import upgrade
from tests.backups.worlds import KEYS, Place, lived_in, place
from tests.databases import PostgresServer
from tests.effort import times
from tests.migrations.next import a_release_to_come, head

AUDIT_KEY = bytes.fromhex(KEYS["AUDIT_KEY"])


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Lived in, with a backup beside it."""
    made = lived_in(tmp_path_factory.mktemp("here") / "data", "sqlite", None)
    said = made.say("backup", str(made.folder.parent / "fund.tar.gz"))
    assert (said.code, said.err) == (0, "")
    return made


@pytest.fixture
def file(here: Place) -> Path:
    """The backup."""
    return here.folder.parent / "fund.tar.gz"


@pytest.fixture
def there(here: Place, tmp_path: Path) -> Place:
    """An empty place with the keys in it."""
    made = place(tmp_path / "there", "sqlite", None)
    shutil.copy(here.folder / "seal_key", made.folder / "seal_key")
    return made


def untouched(there: Place) -> bool:
    """Nothing but its keys is there."""
    return {path.name for path in there.folder.iterdir()} <= {
        "seal_key",
        "audit_key",
        "letter_key.pem",
        "letter_cert.pem",
    }


def test_no_backup_is_written_over_anything(here: Place, file: Path, tmp_path: Path) -> None:
    before = file.read_bytes()
    assert "no backup is written over another" in here.say("backup", str(file)).err
    assert file.read_bytes() == before
    said = here.say("backup", str(tmp_path / "none" / "fund.tar.gz"))
    assert (said.code, said.err.startswith("There is no folder")) == (1, True)


def test_a_backup_that_fails_leaves_nothing(
    here: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.Writer, "close", full)
    said = here.say("backup", str(tmp_path / "fund.tar.gz"))
    assert said.code == 1
    assert "could not be written: No space left on device. Free the place" in said.err
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_backup_left_goes_with_the_next(here: Place, tmp_path: Path) -> None:
    file = tmp_path / "fund.tar.gz"
    cut = DEAD + "import fundapp.backups.archive as a\na.Writer.close = dead(a.Writer.close, 1)"
    assert here.process("backup", str(file), first=cut).returncode == -9
    (left,) = tmp_path.glob(".fundapp-backup-*")
    assert (left / "fund.db").stat().st_size > 100_000
    assert not file.exists()
    assert here.say("backup", str(file)).code == 0
    assert list(tmp_path.glob(".fundapp-backup-*")) == []


def test_a_damaged_database_is_said(here: Place, tmp_path: Path) -> None:
    broken = place(tmp_path / "broken", "sqlite", None)
    shutil.copytree(here.folder, broken.folder, dirs_exist_ok=True)
    with (broken.folder / "own.db").open("r+b") as raw:
        raw.seek(4096 * 3)
        raw.write(b"\xff" * 4096 * 200)
    said = broken.say("backup", str(tmp_path / "fund.tar.gz"))
    assert said.code == 1
    assert "The database cannot be copied whole" in said.err or "malformed" in said.err


@pytest.mark.postgres
def test_what_postgresql_cannot_hold_is_named_and_nothing_is_there(
    here: Place, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    odd = place(tmp_path / "odd", "sqlite", None)
    shutil.copytree(here.folder, odd.folder, dirs_exist_ok=True)
    with closing(sqlite3.connect(odd.folder / "own.db")) as raw:
        raw.execute("INSERT INTO area (kind, code, name) VALUES ('ward', 'E1', 'El' || char(0) || 'm')")
        raw.commit()
    assert odd.say("backup", str(tmp_path / "fund.tar.gz")).code == 0
    there = place(tmp_path / "there", "postgresql", postgres_server)
    shutil.copy(here.folder / "seal_key", there.folder / "seal_key")
    assert (
        "A row of area cannot stand in PostgreSQL" in there.say("restore", str(tmp_path / "fund.tar.gz")).err
    )
    with there.database() as db, db.read() as conn:
        assert conn.dialect.get_table_names(conn) == []


def test_a_file_that_rows_name_and_nobody_has_is_said(here: Place, tmp_path: Path) -> None:
    whole = place(tmp_path / "lacking", "sqlite", None)
    shutil.copytree(here.folder, whole.folder, dirs_exist_ok=True)
    gone = min((whole.folder / "files").glob("??/*"))
    gone.unlink()
    file = tmp_path / "fund.tar.gz"
    said = whole.say("backup", str(file))
    assert said.code == 1
    assert "The backup is not complete: 1 files that rows name are not in file:" in said.err
    gone.write_bytes(b"something else")
    file.unlink()
    assert "or are damaged there" in whole.say("backup", str(file)).err
    with tarfile.open(file) as tar:
        told = tar.extractfile("missing.txt")
        assert told is not None
        assert told.read().decode() == f"{gone.parent.name}{gone.name} missing\n"
    there = place(tmp_path / "there", "sqlite", None)
    shutil.copy(here.folder / "seal_key", there.folder / "seal_key")
    back = there.say("restore", str(file))
    assert back.code == 0
    assert "1 files were missing when the backup was taken" in back.out


def test_the_keys_must_be_there_first(here: Place, file: Path, tmp_path: Path) -> None:
    bare = place(tmp_path / "bare", "sqlite", None)
    for name in KEYS:
        del bare.environ[name]
    said = bare.say("restore", str(file))
    assert said.code == 1
    for name in (*KEYS, "SEAL_KEY"):
        assert f"{name} (fingerprint" in said.err
    assert (
        "Put the keys back that were kept apart from the backup, then begin anew. Nothing was touched."
        in said.err
    )
    assert list(bare.folder.iterdir()) == []
    (bare.folder / "audit_key").write_text(KEYS["AUDIT_KEY"])
    lost = ("--without", "SECRET_KEY", "--without", "BANK_KEY", "--without", "SEAL_KEY")
    back = bare.say("restore", str(file), *lost)
    assert (back.code, back.err) == (0, "")
    assert (
        "SECRET_KEY is another than when the backup was taken: links in mails sent before do not work"
        in back.out
    )
    assert "rows of bank details lie under a key that BANK_KEY does not hold" in back.out
    assert "Signatures were not looked at" in back.out


def test_another_audit_key_is_refused(there: Place, file: Path) -> None:
    there.environ["AUDIT_KEY"] = "ab" * 32
    said = there.say("restore", str(file))
    assert said.code == 1
    assert "was taken under another AUDIT_KEY: its fingerprint is" in said.err
    assert untouched(there)


def test_only_into_an_empty_place(there: Place, file: Path) -> None:
    kept = there.folder / "files" / "ab" / ("c" * 62)
    kept.parent.mkdir(parents=True)
    kept.write_text("somebody's")
    assert "There are files in file:" in there.say("restore", str(file)).err
    kept.unlink()
    with there.database() as db:
        upgrade(db)
    said = there.say("restore", str(file))
    assert "has tables already (account, alembic_version, area …)" in said.err
    assert not (there.folder / "restore-unfinished.json").exists()
    with closing(sqlite3.connect(there.folder / "own.db")) as raw:
        assert raw.execute("SELECT count(*) FROM audit_event").fetchone() == (0,)


@pytest.mark.parametrize(
    "content",
    [b"", b"nothing of the kind\n", gzip.compress(b"", mtime=0), gzip.compress(b"x" * 3000, mtime=0)],
    ids=["empty", "text", "nothing packed", "no archive packed"],
)
def test_what_is_no_backup(there: Place, tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other.tar.gz"
    other.write_bytes(content)
    said = there.say("restore", str(other))
    assert said.code == 1
    assert "is damaged or not whole" in said.err or "is no backup" in said.err
    assert untouched(there)


def test_a_flipped_bit_anywhere_is_found_or_changes_nothing(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    unpacked = gzip.decompress(whole)
    told = archive.walk(file, AUDIT_KEY)
    other, chance, found = tmp_path / "other.tar.gz", random.Random(7), 0
    for _each in range(times(40)):
        place_ = chance.randrange(len(whole))
        other.write_bytes(
            whole[:place_] + bytes([whole[place_] ^ 1 << chance.randrange(8)]) + whole[place_ + 1 :]
        )
        try:
            assert archive.walk(other, AUDIT_KEY) == told
            # Packing can say the same in two ways: a run of noughts is copied from this place or from that.
            assert gzip.decompress(other.read_bytes()) == unpacked
        except archive.NotABackup:
            found += 1
    assert found > times(40) * 0.8
    for length in (len(whole) - 1, len(whole) - 300, len(whole) // 2, 40):
        other.write_bytes(whole[:length])
        with pytest.raises(archive.NotABackup):
            archive.walk(other, AUDIT_KEY)


def _members(file: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(file) as tar:
        for member in tar:
            content = tar.extractfile(member)
            assert content is not None
            yield member.name, content.read()


def _written(file: Path, members: list[tuple[str, bytes]]) -> None:
    with tarfile.open(file, "w:gz") as tar:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda m: [(n, c.replace(b"spring", b"summer") + b"\0" if n.endswith("fund.db") else c) for n, c in m],
         "database/fund.db is not as it was taken"),
        (lambda m: [(n, c) for n, c in m if not n.startswith("files/")], "is not as it was taken"),
        (lambda m: [m[0], ("files/ab/" + "c" * 62, b"x"), *m[1:]], "is not as it was taken"),
        (lambda m: [*m, ("files/ab/" + "c" * 62, b"x")], "something was added to it after its manifest"),
        (lambda m: [*m[:-2], ("data/more", b""), *m[-2:]], "was changed: data/more was added to it"),
        (lambda m: m[:-1], "is not whole: its end is missing"),
        (lambda m: [*m[:-1], ("manifest.mac", b"0" * 64)], "was not sealed with this AUDIT_KEY"),
        (lambda m: [(n, c.replace(b'"missing": 0', b'"missing": 1') if n == "manifest.json" else c) for n, c in m],
         "was not sealed with this AUDIT_KEY"),
        (lambda m: [(n, c.replace(b'"form": 1', b'"form": 9') if n == "about.json" else c) for n, c in m],
         "is a backup of form 9; this release reads form 1"),
        (lambda m: m[1:], "does not begin with about.json"),
    ],
)  # fmt: skip
def test_what_somebody_changed_in_it_is_found_before_anything_is_touched(
    there: Place, file: Path, tmp_path: Path, change: object, sentence: str
) -> None:
    other = tmp_path / "other.tar.gz"
    _written(other, list(_members(file)))
    assert archive.walk(other, AUDIT_KEY)["files"] > 0, "packed anew it is still whole"
    _written(other, change(list(_members(file))))  # type: ignore[operator]
    said = there.say("restore", str(other))
    assert (said.code, sentence in said.err) == (1, True), said
    assert untouched(there)


def test_an_older_backup_is_told_by_a_checkpoint_from_elsewhere(
    here: Place, file: Path, there: Place, tmp_path: Path
) -> None:
    later = place(tmp_path / "later", "sqlite", None)
    shutil.copytree(here.folder, later.folder, dirs_exist_ok=True)
    said = later.say("round", "add", "LATER", "--title", "Later", "--opens", "2030-01-01", "--closes", "2030-03-01",
                     "--budget", "500")  # fmt: skip
    assert (said.code, said.err) == (0, "")
    assert later.say("audit", "seal").code == 0
    outside = tmp_path / "from-a-mail.txt"
    shutil.copy(later.folder / "log" / "checkpoint", outside)
    back = there.say("restore", str(file), "--checkpoint", str(outside))
    assert back.code == 1
    assert "this backup is older than those: bring back a newer one" in back.err
    newer = later.folder / "newer.tar.gz"
    assert later.say("backup", str(newer)).code == 0
    fresh = place(tmp_path / "fresh", "sqlite", None)
    shutil.copy(here.folder / "seal_key", fresh.folder / "seal_key")
    assert fresh.say("restore", str(newer), "--checkpoint", str(outside)).code == 0


def test_backups_and_releases(here: Place, file: Path, there: Place, tmp_path: Path) -> None:
    """An older release's backup comes to the newest schema; a newer release's is refused; none is taken of a schema not known."""
    with a_release_to_come(tmp_path / "next", f'SERVES_SINCE = "{head()}"'):
        assert there.say("restore", str(file)).code == 0
        with there.database() as db, db.read() as conn:
            assert conn.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
            assert conn.scalar(text("SELECT DISTINCT to_come FROM outbox")) == 7
        newer = tmp_path / "newer.tar.gz"
        assert there.say("backup", str(newer)).code == 0
    assert "Take the backup with the newer release." in there.say("backup", str(tmp_path / "none.tar.gz")).err
    empty = place(tmp_path / "empty", "sqlite", None)
    shutil.copy(here.folder / "seal_key", empty.folder / "seal_key")
    assert "was taken by a newer release of the service (schema 9999)" in empty.say("restore", str(newer)).err
    assert untouched(empty)


#: Where the process is killed, as if the machine lost its power there; whether the database is in by then.
CUT = {
    "the first file": ("fundapp.storage.LocalFiles.put = dead(fundapp.storage.LocalFiles.put, 1)", False),
    "the rows": ("fundapp.backups.loading._fill = dead(fundapp.backups.loading._fill, 20)", False),
    "the place": (
        "fundapp.backups.bringing.sync_folder = dead(fundapp.backups.bringing.sync_folder, 2)",
        True,
    ),
    "the check": ("fundapp.backups.bringing._verified = dead(fundapp.backups.bringing._verified, 1)", True),
}
DEAD = """
import os, signal, fundapp.storage, fundapp.backups.loading, fundapp.backups.bringing
def dead(real, after):
    left = [after]
    def call(*given, **more):
        left[0] -= 1
        done = real(*given, **more) if left[0] else None
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return call
"""


@pytest.mark.parametrize(
    ("cut", "kind"),
    [
        ("the first file", "sqlite"),
        ("the place", "sqlite"),
        pytest.param("the rows", "postgresql", marks=pytest.mark.postgres),
        pytest.param("the check", "postgresql", marks=pytest.mark.postgres),
    ],
)
def test_a_restore_that_was_killed_goes_on(
    here: Place, file: Path, tmp_path: Path, cut: str, kind: str, request: pytest.FixtureRequest
) -> None:
    server: PostgresServer | None = (
        request.getfixturevalue("postgres_server") if kind == "postgresql" else None
    )
    there = place(tmp_path / "there", kind, server)
    shutil.copy(here.folder / "seal_key", there.folder / "seal_key")
    patch, placed = CUT[cut]
    assert there.process("restore", str(file), first=DEAD + patch).returncode == -9
    with there.database() as db, db.read() as conn:
        assert bool(conn.dialect.get_table_names(conn)) == placed
    assert f"mend  A backup, {file}, was being brought back at" in there.say("doctor").out
    other = tmp_path / "other.tar.gz"
    assert here.say("backup", str(other)).code == 0
    said = there.say("restore", str(other))
    assert said.code == 1
    assert f"Another backup, {file}, was being brought back here at" in said.err
    assert "Give that one again, and it goes on." in said.err
    back = there.say("restore", str(file))
    assert (back.code, back.err) == (0, "")
    assert there.rows() == here.rows()
    assert there.files() == here.files()
    assert "was being brought back" not in there.say("doctor").out
    assert "has tables already" in there.say("restore", str(file)).err
