"""A backup taken here comes back there, on either database, to the last row, and the record verifies."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from fundapp.audit import backstop, rights
from fundapp.backups import archive
from fundapp.database import Database, fresh_ids
from fundapp.models import Outbox
from fundapp.services import people, rounds
from fundapp.services.deed import Office
from tests.backups.worlds import KEYS, Place, lived_in, place
from tests.databases import RECORDER, PostgresServer, Roles, closing_database
from tests.lives import NOW

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture(scope="module")
def sqlite_world(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Lived in, on SQLite."""
    return lived_in(tmp_path_factory.mktemp("here") / "data", "sqlite", None)


@pytest.fixture(scope="module")
def postgresql_world(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
) -> Iterator[Place]:
    """Lived in, on PostgreSQL."""
    made = lived_in(tmp_path_factory.mktemp("here-too") / "data", "postgresql", postgres_server)
    yield made
    postgres_server.drop(made.url.rpartition("/")[2].partition("?")[0])


def _there(tmp_path: Path, kind: str, here: Place, request: pytest.FixtureRequest) -> Place:
    server = request.getfixturevalue("postgres_server") if kind == "postgresql" else None
    made = place(tmp_path / "there", kind, server)
    shutil.copy(here.folder / "seal_key", made.folder / "seal_key")
    return made


def _goes_on(there: Place, last: int) -> None:
    """Ids go on where they were, triggers stand, and what is done next is recorded."""
    with there.database() as db:
        with db.read() as conn:
            assert backstop.missing(conn) == []
        with db.write() as conn:
            assert fresh_ids(conn, Outbox, 1) == [last + 1]
        office = Office(db, RECORDER, there.settings().zone, KEYS["SECRET_KEY"], (bytes(32),))
        rounds.found(office, people.operator(office, NOW), "second", "A second fund", NOW)
        with (
            pytest.raises(Exception, match=r"never changed|append-only|permission denied"),
            db.engine.connect() as conn,
        ):
            conn.connection.driver_connection.execute("UPDATE audit_event SET body = '{}'")  # type: ignore[union-attr]
    _found(there, "second")
    assert there.say("audit", "verify").code == 0
    assert there.say("audit", "seal").code == 0


def _found(here: Place, code: str) -> None:
    with here.database() as db:
        office = Office(db, RECORDER, here.settings().zone, KEYS["SECRET_KEY"], (bytes(32),))
        rounds.found(office, people.operator(office, NOW), code, "Another fund", NOW)


def _last(here: Place) -> int:
    with here.database() as db, db.write() as conn:
        (drawn,) = fresh_ids(conn, Outbox, 1)
    return drawn


@pytest.mark.parametrize("kind", KINDS)
def test_another_machine_has_it_from_the_backup_alone(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The real command in processes of its own; only the archive and the keys are carried over."""
    here: Place = request.getfixturevalue(f"{kind}_world")
    file = tmp_path / "fund.tar.gz"
    last = _last(here)
    taken = here.process("backup", str(file))
    assert (taken.returncode, taken.stderr) == (0, "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for name in KEYS:
        assert f"  {name}" in taken.stdout
        assert KEYS[name].encode() not in file.read_bytes()
        assert KEYS[name] not in taken.stdout
    there = _there(tmp_path, kind, here, request)
    back = there.process("restore", str(file), "--checkpoint", str(here.folder / "log" / "checkpoint"))
    assert (back.returncode, back.stderr) == (0, "")
    assert "The record holds" in back.stdout
    assert "0 events are newer than the newest checkpoint from elsewhere." in back.stdout
    assert there.rows() == here.rows()
    assert there.files() == here.files() != {}
    for name in ("modulus/weights.txt", "log/checkpoint"):
        assert (there.folder / name).read_bytes() == (here.folder / name).read_bytes()
    assert not (there.folder / "restore-unfinished.json").exists()
    assert not (there.folder / ".restoring").exists()
    _goes_on(there, last)


@pytest.mark.postgres
@pytest.mark.parametrize(("from_", "to"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_the_fund_moves_to_the_other_database(
    from_: str, to: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    here: Place = request.getfixturevalue(f"{from_}_world")
    last = _last(here)
    file = tmp_path / "fund.tar.gz"
    assert here.say("backup", str(file)).code == 0
    there = _there(tmp_path, to, here, request)
    there.environ["MODULUS_FOLDER"] = str(tmp_path / "shared")
    back = there.say("restore", str(file))
    assert (back.code, back.err) == (0, "")
    assert (tmp_path / "shared" / "weights.txt").read_text().startswith("089999")
    assert there.rows() == here.rows()
    assert there.files() == here.files()
    _goes_on(there, last)


@pytest.mark.postgres
def test_the_owner_brings_it_back_and_the_service_works_on_it(
    roles: Roles, postgresql_world: Place, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    file = tmp_path / "fund.tar.gz"
    assert postgresql_world.say("backup", str(file)).code == 0
    there = _there(tmp_path, "sqlite", postgresql_world, request)
    there.url = roles.url(roles.service)
    there.environ |= {"DATABASE_URL": there.url, "DATABASE_OWNER_URL": roles.url(roles.owner)}
    assert there.say("restore", str(file)).code == 0
    with closing_database(there.url) as db, db.read() as conn:
        assert rights.wrong(conn) == []
    assert there.say("backup", str(tmp_path / "again.tar.gz")).code == 0, (
        "the service's own role can take one"
    )
    _goes_on(there, _last(there))


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_of_one_moment_while_the_service_goes_on(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two members of the archive somebody writes; none of it, or half of it, is in the backup."""
    here: Place = request.getfixturevalue(f"{kind}_world")
    add, founded = archive.Writer.add, 0
    reader = Database(here.url)
    request.addfinalizer(reader.close)
    request.addfinalizer(
        reader.engine.connect().close
    )  # while it reads, SQLite keeps what is new in its log beside the file
    _found(here, f"{kind}-before")
    before = here.rows()

    def busy(self: archive.Writer, name: str, *rest: Any) -> str:
        nonlocal founded
        if name.startswith("database/") and founded < 6:
            founded += 1
            _found(here, f"{kind}-{founded}")
        return add(self, name, *rest)

    monkeypatch.setattr(archive.Writer, "add", busy)
    file = tmp_path / "fund.tar.gz"
    assert here.say("backup", str(file)).code == 0
    assert founded >= 1
    there = _there(tmp_path, kind, here, request)
    assert there.say("restore", str(file)).code == 0
    assert there.rows() == before != here.rows()


def test_text_of_every_kind_comes_through_copy(tmp_path: Path, postgres_server: PostgresServer) -> None:
    from fundapp.backups.tables import Copies

    name = postgres_server.create()
    words = ["", "\\N", "a\tb\nc\rd\\e\bf\vg\fh", "£ “né” \U0001f33b", "\\.", "\\\\x41"]
    with closing_database(postgres_server.database_url(name)) as db, db.write() as conn:
        raw: Any = conn.connection.driver_connection
        raw.execute("SET LOCAL timezone = 'UTC'")
        raw.execute("CREATE TABLE t (a text, b bytea, c timestamptz, d bool, e bigint, f date)")
        for number, word in enumerate(words):
            raw.execute(
                "INSERT INTO t VALUES (%s, %s, '2027-03-08 21:42:07.5Z', %s, %s, '2027-03-08')",
                (word, bytes([number, 0, 255]), number % 2 == 0, None if number else 2**53),
            )
        with (tmp_path / "t.copy").open("wb") as file, raw.cursor().copy("COPY t TO STDOUT") as copy:
            for part in copy:
                file.write(part)
        kinds = ("text", "bytea", "timestamp with time zone", "boolean", "bigint", "date")
        found = list(Copies(tmp_path, {"t": list(zip("abcdef", kinds, strict=True))}).rows("t"))
    assert found == [
        (
            word,
            bytes([n, 0, 255]),
            "2027-03-08T21:42:07.500000Z",
            int(n % 2 == 0),
            None if n else 2**53,
            "2027-03-08",
        )
        for n, word in enumerate(words)
    ]
    postgres_server.drop(name)


def test_the_greatest_id_is_kept_where_no_row_has_it(sqlite_world: Place) -> None:
    with Database(sqlite_world.url).read() as conn:
        given = conn.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'"))
        assert given >= 40 + conn.scalar(text("SELECT max(id) FROM outbox"))
