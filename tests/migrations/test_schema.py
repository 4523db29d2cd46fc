"""The migrations make what the models say, on both databases, and can be run again and taken back."""

import hashlib
import importlib.util
import time
from pathlib import Path
from types import ModuleType

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from fundapp.database import Database, DatabaseUnusable, downgrade, schema_is_current, upgrade
from fundapp.models import EVIDENTIAL, Base
from tests.databases import Roles, closing_database

ROOT = Path(__file__).resolve().parents[2]


def _revision(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "migrations" / "versions" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_models_and_migrations_agree(database: Database) -> None:
    with database.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert schema_is_current(conn)


def test_an_empty_database_is_made_in_five_seconds(empty_database: Database) -> None:
    started = time.monotonic()
    upgrade(empty_database)
    assert time.monotonic() - started < 5
    with empty_database.read() as conn:
        assert set(inspect(conn).get_table_names()) == set(Base.metadata.tables) | {"alembic_version"}


def test_upgrade_twice_is_harmless_and_keeps_rows(database: Database) -> None:
    with database.write() as conn:
        conn.execute(text("INSERT INTO area (kind, code, name) VALUES ('ward', 'E05', 'Elm')"))
    upgrade(database)
    with database.read() as conn:
        assert conn.scalar(text("SELECT name FROM area")) == "Elm"
        assert schema_is_current(conn)


def test_downgrade_leaves_nothing_and_can_be_undone(database: Database) -> None:
    downgrade(database)
    with database.read() as conn:
        assert inspect(conn).get_table_names() == ["alembic_version"]
        assert not schema_is_current(conn)
    upgrade(database)
    with database.read() as conn:
        assert schema_is_current(conn)


def test_upgrade_does_not_depend_on_the_folder_it_runs_in(
    empty_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    upgrade(empty_database)
    with empty_database.read() as conn:
        assert schema_is_current(conn)


#: SHA-256 over the names and texts of what released revisions run. A change of the schema is a revision of its own.
RELEASED = {"first": "f563cb610fe1998ffad8f77e5934d8322cba6e6af1963fdbb1801792fda5a4c4"}


@pytest.mark.parametrize("folder", sorted(RELEASED))
def test_what_was_released_is_never_changed(folder: str) -> None:
    digest = hashlib.sha256()
    for file in sorted((ROOT / "migrations" / folder).rglob("*.sql")):
        digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    assert digest.hexdigest() == RELEASED[folder]


def test_every_evidential_table_has_its_triggers(database: Database) -> None:
    revisions = sorted(file.stem for file in (ROOT / "migrations" / "versions").glob("*.py"))
    made = {table for name in revisions for table in getattr(_revision(name), "EVIDENTIAL", ())}
    assert made == set(EVIDENTIAL)
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.dialect == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    )
    third = "replace" if database.dialect == "sqlite" else "truncate"
    with database.read() as conn:
        present = set(conn.scalars(text(query)))
    wanted = {f"{table}_{kind}" for table in EVIDENTIAL for kind in ("change", "delete", third)}
    audit = ("audit_event", "audit_head", "audit_leaf", "audit_node", "audit_checkpoint")
    wanted |= {f"{table}_{kind}" for table in audit for kind in ("change", "delete", "insert")}
    assert wanted <= present


@pytest.mark.postgres
def test_the_service_role_may_add_to_the_record_but_not_change_it(roles: Roles) -> None:
    database = Database(roles.url(roles.service), roles.url(roles.owner))
    tables = (*Base.metadata.tables, "alembic_version")
    try:
        upgrade(database)
        with closing_database(roles.url(roles.owner)) as owner, owner.write() as conn:
            conn.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC"))
        upgrade(database)
        with database.read() as conn:
            rights = {
                (table, right)
                for table in tables
                for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
                if conn.scalar(
                    text("SELECT has_table_privilege(CAST(:t AS text), CAST(:r AS text))"),
                    {"t": table, "r": right},
                )
            }
        expected = set()
        for table in tables:
            added = table.startswith("audit_")
            kept = added or table in EVIDENTIAL
            expected.add((table, "SELECT"))
            if table not in ("alembic_version", "schema_floor"):
                expected.add((table, "INSERT"))
                expected |= {(table, "UPDATE")} if table == "audit_head" or not added else set()
                expected |= set() if kept else {(table, "DELETE")}
        assert rights == expected
    finally:
        database.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "is not a database URL"),
        ("", "is not a database URL"),
        ("mysql://localhost/fund", "only SQLite and PostgreSQL"),
        ("sqlite://", "names no SQLite file"),
        ("sqlite:///:memory:", "names no SQLite file"),
        ("sqlite:////no/such/folder/fund.db", "does not exist. Make it"),
    ],
)
def test_a_url_that_cannot_work_is_refused_in_a_sentence(url: str, words: str) -> None:
    with pytest.raises(DatabaseUnusable, match=words):
        Database(url)


@pytest.mark.parametrize("url", ["postgresql://nobody:secret@127.0.0.1:1/fund", "sqlite:////proc/version"])
def test_a_database_that_cannot_be_opened_is_a_sentence_without_the_password(url: str) -> None:
    database = Database(url)
    with pytest.raises(DatabaseUnusable, match="cannot be opened") as refused, database.read():
        pass
    assert "secret" not in str(refused.value)
    assert "Traceback" not in str(refused.value)
