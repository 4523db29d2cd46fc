"""Every revision leaves the release before it able to run: held to by reflection, and by running it."""

from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from fundapp.audit.verify import verify
from fundapp.database import Database, DatabaseUnusable, downgrade, migrate, owning, upgrade
from fundapp.schema import standing
from tests.cast import Cast
from tests.cli.terminal import Terminal
from tests.databases import RECORDER, url_of
from tests.lives import a_life
from tests.migrations.next import a_release_to_come, head

ROOT = Path(__file__).resolve().parents[2]
FUNDAPP = (str(ROOT / ".venv" / "bin" / "python"), "-c", "from fundapp.cli import main; main()")


def _revisions() -> list[Any]:
    """All of them, the first first."""
    return list(reversed(list(ScriptDirectory(str(ROOT / "migrations")).walk_revisions())))


@dataclass(frozen=True)
class Shape:
    """What the old code knows of a database: its columns, and what a row must keep to."""

    #: By table and column: its type in words, whether it may be left out.
    columns: dict[tuple[str, str], tuple[str, bool]]
    #: (table, what) of every constraint, in words.
    rules: frozenset[tuple[str, str]]


def _shape(conn: Connection) -> Shape:
    seen = inspect(conn)
    columns, rules = {}, set()
    for table in seen.get_table_names():
        key = seen.get_pk_constraint(table)["constrained_columns"]
        for column in seen.get_columns(table):
            free = bool(column["nullable"]) or column["default"] is not None or key == [column["name"]]
            columns[table, str(column["name"])] = (str(column["type"]), free)
            if not column["nullable"]:
                rules.add((table, f"not null {column['name']}"))
        for unique in seen.get_unique_constraints(table):
            rules.add((table, f"unique {unique['column_names']}"))
        for index in seen.get_indexes(table):
            if index["unique"]:
                rules.add((table, f"unique index {index['name']}"))
        for check in seen.get_check_constraints(table):
            rules.add((table, f"check {check['sqltext']}"))
        for foreign in seen.get_foreign_keys(table):
            rules.add((table, f"foreign key {foreign['constrained_columns']} {foreign['referred_table']}"))
    triggers = (
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
        if conn.dialect.name == "sqlite"
        else "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal"
    )
    rules |= {(table, f"trigger {name}") for table, name in conn.execute(text(triggers))}
    return Shape(columns, frozenset(rules))


def breaks(before: Shape, after: Shape, reasons: dict[str, str]) -> list[str]:
    """What of the new shape the old code would stumble over and no reason is given for, as `table.what`."""
    tables = {table for table, _column in before.columns}
    found = [f"{t}.{c} is gone" for t, c in before.columns.keys() - after.columns.keys()]
    for (table, column), (kind, free) in after.columns.items():
        was = before.columns.get((table, column))
        if was is not None and was[0] != kind:
            found.append(f"{table}.{column} was {was[0]} and is {kind}")
        if was is None and table in tables and not free:
            found.append(f"{table}.{column} must be given")
    new = {(table, rule) for table, rule in after.rules - before.rules if table in tables}
    # A new column that has a default may well be NOT NULL: the old code does not name it.
    own = {(t, f"not null {c}") for t, c in after.columns.keys() - before.columns.keys()}
    found += [f"{table}: new {rule}" for table, rule in new - own]
    return sorted(each for each in found if not any(each.startswith(known) for known in reasons))


def test_every_revision_leaves_the_code_before_it_able_to_run(empty_database: Database) -> None:
    """What a revision must break it names in `BREAKS` (`{"bid.column": "why"}`), and then it serves no older code."""
    line = _revisions()
    with owning(empty_database) as conn:
        migrate(conn, "0001", None)
        for number, revision in enumerate(line[1:], 1):
            before = _shape(conn)
            migrate(conn, revision.revision, None)
            reasons = getattr(revision.module, "BREAKS", {})
            assert all(len(why) > 20 for why in reasons.values())
            assert breaks(before, _shape(conn), reasons) == [], revision.revision
            serves = getattr(revision.module, "SERVES_SINCE", revision.revision)
            assert serves in {each.revision for each in line[: number + 1]}
            assert not reasons or serves == revision.revision
            if conn.dialect.name == "sqlite":  # a row-by-row copy of a table would lose its triggers
                assert "_alembic_tmp_" not in Path(str(revision.path)).read_text()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("ALTER TABLE area RENAME COLUMN name TO called", "area.name is gone"),
        ("DROP TABLE postcode", "postcode.code is gone"),
        ("ALTER TABLE area ADD COLUMN since VARCHAR(9) NOT NULL DEFAULT ''", None),
        ("ALTER TABLE area ADD COLUMN since VARCHAR(9)", None),
        (
            "ALTER TABLE area ADD COLUMN parent BIGINT REFERENCES area (id)",
            "area: new foreign key ['parent'] area",
        ),
        ("CREATE UNIQUE INDEX uq_area ON area (name)", "area: new unique index uq_area"),
        ("CREATE INDEX ix_area_more ON area (code, id)", None),
        ("CREATE TABLE more (id BIGINT PRIMARY KEY, word VARCHAR(9) NOT NULL UNIQUE)", None),
    ],
)
def test_the_rule_itself_can_fail(sqlite_database: Database, statement: str, said: str | None) -> None:
    with sqlite_database.write() as conn:
        before = _shape(conn)
        conn.execute(text(statement))
        found = breaks(before, _shape(conn), {})
        assert (said in found) if said else found == []
        assert breaks(before, _shape(conn), {"area": "x", "postcode": "x"}) == []


def test_this_code_runs_on_the_schema_of_the_next_release(database: Database, tmp_path: Path) -> None:
    newest = head()
    with a_release_to_come(tmp_path, f'SERVES_SINCE = "{newest}"'):
        upgrade(database)
    with database.read() as conn:
        stands = standing(conn)
    assert (stands.found, stands.floor, stands.serves, stands.newest) == ("9999", newest, True, False)
    a_life(database)
    with database.read() as conn:
        assert conn.scalar(text("SELECT DISTINCT to_come FROM outbox")) == 7
    with pytest.raises(DatabaseUnusable, match="by a newer release of the service than this one"):
        upgrade(database)


def test_a_schema_ahead_that_serves_this_code_is_ready_and_worked_on(
    cast: Cast, ready: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = head()
    cast.app.extensions["readiness"]._keeps = 0.0  # asked anew each time
    own = Database(f"sqlite:///{ready.folder}/data/fundapp.db")
    with a_release_to_come(tmp_path / "next", f'SERVES_SINCE = "{newest}"'):
        upgrade(cast.office.db)
        upgrade(own)
    answer = cast.client(None).get("/readyz")
    assert (answer.status_code, answer.json["migrated"]) == (200, True)
    assert "The record holds" in ready.done("audit", "verify")
    assert (
        f"(9999) and still serve this one ({newest}). Install the newer release soon."
        in ready.say("doctor").out
    )
    for db in (cast.office.db, own):
        with db.write() as conn:
            conn.execute(text("UPDATE schema_floor SET revision = '9999'"))
    answer = cast.client(None).get("/readyz")
    assert (answer.status_code, answer.json["migrated"]) == (503, False)
    assert "newer schema (9999)" in answer.json["problems"][0]
    assert "newer schema (9999) that this release of the service cannot work on" in ready.refused(
        "audit", "verify"
    )
    assert "mend  The database was brought to a newer schema (9999)" in ready.say("doctor").out
    own.close()


def test_a_revision_that_says_nothing_serves_no_older_code(sqlite_database: Database, tmp_path: Path) -> None:
    with a_release_to_come(tmp_path, ""):
        upgrade(sqlite_database)
        with sqlite_database.read() as conn:
            assert standing(conn).newest
    with sqlite_database.read() as conn:
        stands = standing(conn)
    assert (stands.floor, stands.ahead, stands.serves) == ("9999", True, False)


def test_data_survives_down_and_up(database: Database) -> None:
    """Down to the first schema and up again: what stood in its columns stands there, and the record verifies."""
    a_life(database)
    whole = _contents(database, _columns(database))
    downgrade(database, "0001")
    with database.read() as conn:
        assert not standing(conn).serves
    first = _columns(database)
    kept = _contents(database, first)
    upgrade(database)
    with database.read() as conn:
        assert standing(conn).newest
    assert _contents(database, first) == kept
    assert {name: len(rows) for name, rows in kept.items()} == {name: len(whole[name]) for name in first}
    assert sum(map(len, kept.values())) > 150
    assert verify(database, RECORDER).problems == []


def _columns(database: Database) -> dict[str, list[str]]:
    with database.read() as conn:
        seen = inspect(conn)
        names = set(seen.get_table_names()) - {"alembic_version", "schema_floor"}
        return {name: [column["name"] for column in seen.get_columns(name)] for name in names}


def _contents(database: Database, columns: dict[str, list[str]]) -> dict[str, list[str]]:
    with database.read() as conn:
        return {
            table: sorted(map(repr, conn.execute(text(f"SELECT {', '.join(names)} FROM {table}"))))
            for table, names in columns.items()
        }


def test_two_processes_bring_the_schema_up_at_once(empty_database: Database, tmp_path: Path) -> None:
    given = {"DATABASE_URL": url_of(empty_database), "FUNDAPP_DATA": str(tmp_path), "PYTHONPATH": str(ROOT)}
    both = [
        Popen((*FUNDAPP, "db", "upgrade"), env=given, stdout=PIPE, stderr=PIPE, text=True)
        for _each in range(2)
    ]
    said = [process.communicate(timeout=60) for process in both]
    assert said == [("The database is ready.\n", "")] * 2
    with empty_database.read() as conn:
        assert standing(conn).newest


@pytest.mark.postgres
def test_a_table_that_is_held_does_not_make_the_service_wait(
    postgres_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundapp.database.LOCK_PATIENCE", 1)
    with a_release_to_come(tmp_path, ""), postgres_database.read() as reading:
        reading.execute(text("SELECT count(*) FROM bid"))
        with pytest.raises(DatabaseUnusable, match="Somebody held a table for more than 1 seconds"):
            upgrade(postgres_database)
    with postgres_database.read() as conn:
        assert standing(conn).newest
