"""Whatever is changed, deleted or inserted behind the service's back is found and named."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, select, text, update

from fundapp.audit.verify import Report, verify
from fundapp.database import Database
from fundapp.models import EVIDENTIAL
from fundapp.models.base import Base
from tests.audit import world
from tests.audit.world import Attacker, lawful
from tests.databases import RECORDER

EVENTS = Base.metadata.tables["audit_event"]
HEADS = Base.metadata.tables["audit_head"]


def check(db: Database) -> Report:
    return verify(db, RECORDER, legal=lawful)


def found(db: Database) -> set[tuple[str, str]]:
    return {(problem.where, problem.code) for problem in check(db).problems}


def other(value: Any) -> Any:
    """A value of the same kind that is not this one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("y" if value.endswith("x") else "x")
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1])
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, list):
        return [*value, "x"]
    if isinstance(value, dict):
        return {**value, "x": "x"}
    raise TypeError(value)


def rows_of(attacker: Attacker, table: Table) -> list[dict[str, Any]]:
    with attacker.act() as conn:
        return [dict(row) for row in conn.execute(select(table).order_by(table.c.id)).mappings()]


def tables() -> list[str]:
    return sorted(EVIDENTIAL)


def test_the_untouched_world_is_clean_and_counted(fund: Database) -> None:
    report = check(fund)
    assert [problem.sentence for problem in report.problems] == []
    assert report.clean
    assert set(report.tables) == set(EVIDENTIAL)
    assert min(report.tables.values()) == 1
    assert report.tables["bid"] == 2
    assert (report.events, report.subjects, report.rows) == (31, 7, 43)


def test_every_evidential_column_of_every_table(fund: Database, attacker: Attacker) -> None:
    missed, tried = [], 0
    for name in tables():
        table = Base.metadata.tables[name]
        row = rows_of(attacker, table)[0]
        for column in EVIDENTIAL[name].EVIDENCE:
            changes = [None] if row[column] is not None and table.c[column].nullable else []
            changes += [other(row[column])] if row[column] is not None else [1]
            for value in changes:
                with attacker.act() as conn:
                    conn.execute(update(table).where(table.c.id == row["id"]).values({column: value}))
                if (f"{name} {row['id']}", "row_changed") not in found(fund):
                    missed.append((name, column, value))
                with attacker.act() as conn:
                    conn.execute(update(table).where(table.c.id == row["id"]).values({column: row[column]}))
                tried += 1
    assert missed == []
    assert tried > sum(len(EVIDENTIAL[name].EVIDENCE) for name in tables())
    assert check(fund).clean


@pytest.mark.parametrize(
    ("column", "code"), [("salt", "row_changed"), ("event_no", "row_event"), ("home", "row_extra")]
)
def test_the_columns_that_bind_a_row(fund: Database, attacker: Attacker, column: str, code: str) -> None:
    for name in tables():
        table = Base.metadata.tables[name]
        row = rows_of(attacker, table)[0]
        with attacker.act() as conn:
            conn.execute(update(table).where(table.c.id == row["id"]).values({column: other(row[column])}))
        assert (f"{name} {row['id']}", code) in found(fund)
        with attacker.act() as conn:
            conn.execute(update(table).where(table.c.id == row["id"]).values({column: row[column]}))
    assert check(fund).clean


def test_every_row_deleted_or_doubled(fund: Database, attacker: Attacker) -> None:
    for name in tables():
        table = Base.metadata.tables[name]
        row = rows_of(attacker, table)[0]
        with attacker.act() as conn:
            conn.execute(delete(table).where(table.c.id == row["id"]))
        assert (f"{name} {row['id']}", "row_missing") in found(fund)
        with attacker.act() as conn:
            conn.execute(insert(table).values(**row))
        assert check(fund).clean
        unique = {
            column.name: other(row[column.name])
            for constraint in [*table.constraints, *(index for index in table.indexes if index.unique)]
            for column in constraint.columns
            if column.name in EVIDENTIAL[name].EVIDENCE and row[column.name] is not None
        }
        unique = {key: value for key, value in unique.items() if not key.startswith("from_")}
        if name == "bid":
            unique["source_key"] = "another"
        with attacker.act() as conn:
            conn.execute(insert(table).values(**{**row, **unique, "id": 900}))
        assert (f"{name} 900", "row_extra") in found(fund)
        with attacker.act() as conn:
            conn.execute(delete(table).where(table.c.id == 900))
    assert check(fund).clean


def test_every_column_of_every_event(fund: Database, attacker: Attacker) -> None:
    for row in rows_of(attacker, EVENTS):
        where = f"event {row['number']} of {row['subject']}"
        for column in ("actor", "action", "at", "body", "hash", "mac"):
            with attacker.act() as conn:
                conn.execute(
                    update(EVENTS).where(EVENTS.c.id == row["id"]).values({column: other(row[column])})
                )
            assert where in {at for at, _ in found(fund)}, (where, column)
            with attacker.act() as conn:
                conn.execute(update(EVENTS).where(EVENTS.c.id == row["id"]).values({column: row[column]}))
        for column, value in (("number", 77), ("subject", "bid:77")):
            with attacker.act() as conn:
                conn.execute(update(EVENTS).where(EVENTS.c.id == row["id"]).values({column: value}))
            wrong = {at for at, _ in found(fund)}
            assert wrong & {f"event 77 of {row['subject']}", f"event {row['number']} of bid:77"}
            with attacker.act() as conn:
                conn.execute(update(EVENTS).where(EVENTS.c.id == row["id"]).values({column: row[column]}))
    assert check(fund).clean


def test_every_event_deleted(fund: Database, attacker: Attacker) -> None:
    for row in rows_of(attacker, EVENTS):
        with attacker.act() as conn:
            conn.execute(delete(EVENTS).where(EVENTS.c.id == row["id"]))
        wrong = found(fund)
        follower = (f"event {row['number'] + 1} of {row['subject']}", "event_number")
        assert wrong & {follower, (row["subject"], "head_number")}
        with attacker.act() as conn:
            conn.execute(insert(EVENTS).values(**row))
    assert check(fund).clean


def test_every_column_of_every_head_and_its_loss(fund: Database, attacker: Attacker) -> None:
    for row in rows_of(attacker, HEADS):
        for column, code in (("number", "head_number"), ("hash", "head_mac"), ("mac", "head_mac")):
            with attacker.act() as conn:
                value = other(row[column]) if row[column] != "" else "ab"
                conn.execute(update(HEADS).where(HEADS.c.id == row["id"]).values({column: value}))
            assert (row["subject"], code) in found(fund)
            with attacker.act() as conn:
                conn.execute(update(HEADS).where(HEADS.c.id == row["id"]).values({column: row[column]}))
        with attacker.act() as conn:
            conn.execute(update(HEADS).where(HEADS.c.id == row["id"]).values(subject="bid:99"))
        assert ("bid:99", "head_mac") in found(fund)
        with attacker.act() as conn:
            conn.execute(delete(HEADS).where(HEADS.c.id == row["id"]))
        if row["number"]:
            assert (row["subject"], "head_missing") in found(fund)
        with attacker.act() as conn:
            conn.execute(insert(HEADS).values(**row))
    assert check(fund).clean


ATTACKS = {
    "an event added at the end": (
        "INSERT INTO audit_event (subject, number, actor, action, at, body, hash, mac) "
        "SELECT subject, number + 1, actor, action, at, body, hash, mac FROM audit_event "
        "WHERE subject = 'bid:2' AND number = 1",
        ("event 2 of bid:2", "event_chain"),
    ),
    "an event of another subject brought in": (
        "UPDATE audit_event SET body = (SELECT e.body FROM audit_event e WHERE e.subject = 'bid:2'), "
        "hash = (SELECT e.hash FROM audit_event e WHERE e.subject = 'bid:2'), "
        "mac = (SELECT e.mac FROM audit_event e WHERE e.subject = 'bid:2') "
        "WHERE subject = 'bid:1' AND number = 1",
        ("event 1 of bid:1", "event_copy"),
    ),
    "two events exchanged": (
        "UPDATE audit_event SET number = CASE number WHEN 3 THEN 1004 ELSE 1003 END "
        "WHERE subject = 'bid:1' AND number IN (3, 4); "
        "UPDATE audit_event SET number = number - 1000 WHERE number > 1000",
        ("event 3 of bid:1", "event_copy"),
    ),
    "the tail cut and the head moved back": (
        "DELETE FROM audit_event WHERE subject = 'bid:1' AND number = 15; "
        "UPDATE audit_head SET number = 14, hash = (SELECT hash FROM audit_event "
        "WHERE subject = 'bid:1' AND number = 14) WHERE subject = 'bid:1'",
        ("bid:1", "head_mac"),
    ),
    "the tail cut, the bid put back, the head moved back": (
        "DELETE FROM audit_event WHERE subject = 'bid:1' AND number = 15; "
        "UPDATE audit_head SET number = 14, hash = (SELECT hash FROM audit_event "
        "WHERE subject = 'bid:1' AND number = 14) WHERE subject = 'bid:1'; "
        "UPDATE bid SET state = 'submitted', version = 1, holding_id = NULL, event_no = 1 WHERE id = 1",
        ("bid:1", "head_mac"),
    ),
    "the events of a subject removed, the rows left": (
        "DELETE FROM audit_event WHERE subject = 'bid:2'; DELETE FROM audit_head WHERE subject = 'bid:2'",
        ("bid 2", "row_extra"),
    ),
    "a head for nobody": (
        "INSERT INTO audit_head (subject, number, hash, mac) VALUES ('bid:50', 0, '', 'aa')",
        ("bid:50", "head_mac"),
    ),
    "two bids exchanged": (
        "UPDATE bid SET id = 1000 + id; UPDATE bid SET id = CASE id WHEN 1001 THEN 2 ELSE 1 END, "
        "home = CASE id WHEN 1001 THEN 'bid:2' ELSE 'bid:1' END",
        ("bid 1", "row_changed"),
    ),
    "two amounts exchanged for a round total that still fits": (
        "UPDATE bid SET amount_pence = amount_pence + CASE id WHEN 1 THEN 5 ELSE -5 END",
        ("bid 2", "row_changed"),
    ),
    "a salt made longer by a zero byte": (
        "UPDATE decision SET salt = salt || {zero}",
        ("decision 1", "row_salt"),
    ),
    "a role's owner exchanged": (
        "UPDATE person SET token = 'tok-nobody' WHERE id = 2",
        ("event 1 of round:1", "role_of_another"),
    ),
    "everything emptied but the heads": (
        "DELETE FROM audit_event",
        ("bid:1", "head_number"),
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_on_more_than_a_column(fund: Database, attacker: Attacker, name: str) -> None:
    sql, expected = ATTACKS[name]
    zero = "X'00'" if attacker.sqlite else r"'\x00'::bytea"
    attacker.run(*sql.replace("{zero}", zero).split("; "))
    report = check(fund)
    assert expected in {(problem.where, problem.code) for problem in report.problems}
    assert all(problem.sentence.endswith(".") for problem in report.problems)


@pytest.mark.parametrize(
    "body",
    [
        "", "null", "[]", "7", "{", '{"v":1}', "\\u0000", '{"a":' * 2000, "[" * 5000, '{"v":1e999}',
        '{"v":2,"subject":1,"number":"x","prev":null,"action":[],"actor":{},"at":0,"role":0,"under":0,"move":0,'
        '"params":0,"rows":0}',
        '{"action":"a","actor":"a","at":"not a time","move":{"from":null,"guards":[],"life":"bid","name":"x",'
        '"of":["bid",9007199254740993],"policy":["' + "../" * 2000 + '",1],"to":"y"},"number":1,"params":{},'
        '"prev":"","role":"officer","rows":[["bid",18446744073709551615,"x"]],"subject":"bid:2",'
        '"under":["role_grant",18446744073709551615],"v":1}',
        '{"action":"a","actor":"a","at":"not a time","move":{"from":null,"guards":[],"life":"bid","name":"x",'
        '"of":["bid",2],"policy":["' + "../" * 2000 + '",1],"to":"y"},"number":1,"params":{},'
        '"prev":"","role":"officer","rows":[["bid",2,"x"]],"subject":"bid:2",'
        '"under":["role_grant",1],"v":1}',
    ],
)  # fmt: skip
def test_a_malformed_body_is_named_and_never_raises(fund: Database, attacker: Attacker, body: str) -> None:
    with attacker.act() as conn:
        conn.execute(update(EVENTS).where(EVENTS.c.subject == "bid:2").values(body=body))
    report = verify(fund, RECORDER)
    assert ("event 1 of bid:2", "event_hash") in {(p.where, p.code) for p in report.problems}
    assert all(problem.sentence for problem in report.problems)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE bid SET title = CAST(X'FF' AS TEXT) WHERE id = 1", ("bid 1", "row_changed")),
        ("UPDATE bid SET title = CAST(title AS BLOB) WHERE id = 1", ("bid 1", "row_changed")),
        ("UPDATE bid SET since = 'yesterday' WHERE id = 1", ("bid 1", "row_changed")),
        ("UPDATE bid SET source = '{\"file\":' WHERE id = 1", ("bid 1", "row_changed")),
        ("UPDATE bid SET amount_pence = 'much' WHERE id = 1", ("bid 1", "row_changed")),
        ("UPDATE bid SET area_id = 9e999 WHERE id = 1", ("bid 1", "row_changed")),
        ("UPDATE report SET accepted_by = 9e999", ("report 1", "row_changed")),
        ("UPDATE report SET due_on = 20271030", ("report 1", "row_changed")),
        ("UPDATE decision SET salt = 'salt'", ("decision 1", "row_salt")),
        ("UPDATE decision SET salt = 7, event_no = 'x'", ("decision 1", "row_event")),
        ("UPDATE decision SET home = X'00'", ("decision 1", "row_extra")),
        ("UPDATE role_grant SET from_at = X'00'", ("event 1 of round:1", "role_not_then")),
        ("UPDATE office_holding SET from_on = X'00'", ("event 23 of bid:1", "role_not_then")),
        ("UPDATE audit_event SET body = X'FF' WHERE subject = 'bid:2'", ("event 1 of bid:2", "event_hash")),
        ("UPDATE audit_event SET body = CAST(X'FF' AS TEXT) WHERE subject = 'bid:2'",
         ("event 1 of bid:2", "event_hash")),
        ("UPDATE audit_event SET subject = X'FF' WHERE subject = 'bid:2'", ("bid:2", "head_number")),
        ("UPDATE audit_event SET number = 'x' WHERE subject = 'bid:2'", ("event x of bid:2", "event_number")),
        ("UPDATE audit_event SET mac = X'FF', hash = 1.5 WHERE subject = 'bid:2'",
         ("event 1 of bid:2", "event_mac")),
        ("UPDATE audit_head SET subject = X'FF' WHERE subject = 'bid:2'", ("bid:2", "head_missing")),
        ("UPDATE audit_head SET number = X'FF', hash = X'FF' WHERE subject = 'bid:2'", ("bid:2", "head_mac")),
    ],
)  # fmt: skip
def test_values_of_a_wrong_kind_in_sqlite_are_named(
    sqlite_database: Database, statement: str, expected: tuple[str, str]
) -> None:
    world.build(sqlite_database)
    attacker = Attacker(sqlite_database)
    attacker.run(statement)
    attacker.close()
    assert expected in found(sqlite_database)
    # The connection goes back as it came: text is text again.
    with sqlite_database.read() as conn:
        assert conn.scalar(text("SELECT name FROM area")) == "Elm"


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE bid SET due_at = 'infinity' WHERE id = 1", "bid 1"),
        ("UPDATE bid SET due_at = '-infinity' WHERE id = 1", "bid 1"),
        ("UPDATE bid SET since = since - interval '4052 years' WHERE id = 1", "bid 1"),
        ("UPDATE bid SET since = '2027-03-08 21:42:07.120034+00 BC' WHERE id = 1", "bid 1"),
        ("UPDATE report SET due_on = '2027-10-30 BC'", "report 1"),
        ("UPDATE report SET due_on = 'infinity'", "report 1"),
        ('UPDATE bid SET source = \'{ "file":"bids.csv","line":4}\' WHERE id = 1', "bid 1"),
    ],
)
def test_times_out_of_reach_in_postgresql_are_named(
    postgres_database: Database, statement: str, expected: str
) -> None:
    world.build(postgres_database)
    attacker = Attacker(postgres_database)
    attacker.run(statement.replace(":", r"\:"))
    attacker.close()
    assert (expected, "row_changed") in found(postgres_database)


def test_rows_that_stand_outside_every_subject_are_counted(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundapp.audit.verify.BATCH", 2)
    world.build(sqlite_database)
    attacker = Attacker(sqlite_database)
    attacker.run(
        "CREATE TABLE copy AS SELECT * FROM interest",
        "DROP TABLE interest",
        "ALTER TABLE copy RENAME TO interest",
        "INSERT INTO interest SELECT * FROM interest",
        "UPDATE interest SET home = NULL, id = 900 WHERE rowid = 2",
    )
    attacker.close()
    assert ("interest", "rows_unseen") in found(sqlite_database)


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_small_batches_see_the_same(fund: Database, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr("fundapp.audit.verify.BATCH", batch)
    monkeypatch.setattr("fundapp.audit.verify.CLAIMS", batch)
    report = check(fund)
    assert report.clean
    assert (report.events, report.subjects, report.rows) == (31, 7, 43)
