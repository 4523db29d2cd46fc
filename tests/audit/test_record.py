"""What is written: the event's body, its chain, the commitments, and what happens when a write goes wrong."""

import hashlib
import hmac
import json
import sqlite3
from collections import Counter
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import orjson
import psycopg
import pytest
import rfc8785
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from fundapp.audit import evidence
from fundapp.audit.export import export, export_file
from fundapp.audit.record import Act, Entry, RecordBroken, Recorder
from fundapp.audit.standalone.exported import Export
from fundapp.audit.verify import verify
from fundapp.database import Database, database_now, fresh_ids
from fundapp.guard import UnrecordedWrite, written
from fundapp.models import AuditEvent, AuditHead, Bid, Fund, Person
from tests.audit.world import NOW, bid_values, lawful
from tests.databases import RECORDER

FUND = {"code": "CF", "name": "Fund", "policy": "communities", "terms": {"z": [1], "a": "é"}}


def one_fund(db: Database) -> None:
    with db.write() as conn:
        (entry,) = RECORDER.begin(conn, ["fund:1"])
        evidence.put(conn, entry, Fund, {"id": 1, **FUND})
        RECORDER.append(conn, entry, action="fund.made", actor="clock", at=NOW, params={"pence": 7})


def test_an_event_says_exactly_this(database: Database) -> None:
    one_fund(database)
    with database.read() as conn:
        event = conn.execute(select(AuditEvent.__table__)).one()
        fund = conn.execute(select(Fund.__table__)).one()
        head = conn.execute(select(AuditHead.__table__)).one()
    row = {"columns": FUND, "id": 1, "table": "fund"}
    body = {
        "v": 1, "subject": "fund:1", "number": 1, "prev": "", "action": "fund.made", "actor": "clock",
        "at": "2027-03-08T21:42:07.120034Z", "role": None, "under": None, "move": None,
        "params": {"pence": 7},
        "rows": [["fund", 1, hmac.new(fund.salt, rfc8785.dumps(row), "sha256").hexdigest()]],
    }  # fmt: skip
    assert event.body.encode() == rfc8785.dumps(body)
    assert event.hash == hashlib.sha256(rfc8785.dumps(body)).hexdigest()
    signed = b"communities fund audit event 1\n" + event.hash.encode()
    assert event.mac == hmac.new(bytes(range(32)), signed, "sha256").hexdigest()
    assert (event.subject, event.number, event.actor, event.action) == ("fund:1", 1, "clock", "fund.made")
    assert event.at == NOW
    signed = b"communities fund audit head 1\n" + rfc8785.dumps(["fund:1", 1, event.hash])
    assert (head.subject, head.number, head.hash) == ("fund:1", 1, event.hash)
    assert head.mac == hmac.new(bytes(range(32)), signed, "sha256").hexdigest()
    assert (fund.home, fund.event_no, len(fund.salt)) == ("fund:1", 1, 32)


def test_many_rows_and_events_in_one_go_form_whole_chains(fund: Database) -> None:
    with fund.write() as conn:
        ids = fresh_ids(conn, Bid, 40)
        entries = RECORDER.begin(conn, [f"bid:{bid}" for bid in ids])
        items = [(entry, bid_values(bid)) for entry, bid in zip(entries, ids, strict=True)]
        assert evidence.put_many(conn, Bid, items) == ids
        acts = [Act(entry, "bid.made", "clock", NOW) for entry in entries]
        later = [entry.then() for entry in entries]
        changes = [
            (entry, bid, 1, {"title": f"Número {bid}", "version": 2, "due_at": None, "source": {"n": bid}})
            for entry, bid in zip(later, ids, strict=True)
        ]
        assert evidence.change_many(conn, Bid, changes) == 40
        acts += [Act(entry, "bid.changed", "clock", NOW) for entry in later]
        events = RECORDER.append_many(conn, acts)
        assert [event.number for event in events] == [1] * 40 + [2] * 40
    with fund.read() as conn:
        row = conn.execute(
            select(Bid.title, Bid.version, Bid.due_at, Bid.source).where(Bid.id == ids[7])
        ).one()
    assert tuple(row) == (f"Número {ids[7]}", 2, None, {"n": ids[7]})
    # These bids were put in without a move, and nothing else is wrong with them.
    report = verify(fund, RECORDER, legal=lawful)
    assert {problem.code for problem in report.problems} == {"state_unrecorded"}
    assert len(report.problems) == 40


def test_a_stale_version_changes_nothing(fund: Database) -> None:
    with fund.write() as conn:
        entries = RECORDER.open_entries(conn, ["bid:2", "bid:1"])
        assert list(entries) == ["bid:1", "bid:2"]
        changes = [(entries["bid:1"], 1, 2, {"title": "a"}), (entries["bid:2"], 2, 9, {"title": "b"})]
        assert evidence.change_many(conn, Bid, changes) == 1
        assert evidence.change_row(conn, entries["bid:2"], Bid, 2, 9, {"title": "b"}) is None
        assert evidence.change(conn, entries["bid:2"], Bid, Bid.state == "never", {"title": "b"}) == []
        (row,) = evidence.change(conn, entries["bid:2"], Bid, Bid.id == 2, {"version": Bid.version + 1})
        assert (row.id, row.version, row.since) == (2, 2, NOW)
        RECORDER.append_many(conn, [Act(entry, "bid.edited", "clock", NOW) for entry in entries.values()])
    assert verify(fund, RECORDER, legal=lawful).clean


def test_a_write_without_its_event_does_not_commit_and_the_connection_lives(fund: Database) -> None:
    for _ in range(3):
        with pytest.raises(IntegrityError), fund.write() as conn:
            evidence.change_row(conn, RECORDER.open_entry(conn, "bid:1"), Bid, 1, None, {"title": "unseen"})
    with fund.write() as conn:
        assert conn.execute(select(Bid.title).where(Bid.id == 1)).scalar_one() == "A shed for tools"
        assert database_now(conn) > datetime(2026, 1, 1, tzinfo=UTC)
    assert verify(fund, RECORDER, legal=lawful).clean


def test_a_row_is_recorded_only_at_home(fund: Database) -> None:
    with pytest.raises(evidence.WrongHome), fund.write() as conn:
        evidence.put(conn, RECORDER.open_entry(conn, "round:1"), Bid, bid_values(9))
    with pytest.raises(evidence.WrongHome), fund.write() as conn:
        evidence.change_row(conn, RECORDER.open_entry(conn, "bid:1"), Bid, 2, None, {"title": "x"})


def test_many_rows_must_set_the_same_columns(fund: Database) -> None:
    with fund.write() as conn:
        entry = RECORDER.open_entry(conn, "bid:1")
        with pytest.raises(ValueError, match="same columns"):
            evidence.put_many(conn, Bid, [(entry, {"id": 8, "title": "a"}), (entry, {"id": 9})])
        with pytest.raises(ValueError, match="same columns"):
            evidence.change_many(
                conn, Bid, [(entry, 1, None, {"title": "a"}), (entry, 2, None, {"place": "b"})]
            )
        with pytest.raises(ValueError, match="twice"):
            evidence.change_many(
                conn, Bid, [(entry, 1, None, {"title": "a"}), (entry, 1, None, {"title": "b"})]
            )


def test_a_head_that_is_not_ours_stops_the_writer(fund: Database) -> None:
    stranger = Recorder(b"another key of 32 bytes at least")
    with fund.read() as conn:
        for recorder, subject in ((stranger, "bid:1"), (RECORDER, "bid:9")):
            with pytest.raises(RecordBroken):
                recorder.open_entry(conn, subject)
            with pytest.raises(RecordBroken):
                recorder.open_entries(conn, ["bid:2", subject])
    report = verify(fund, stranger, legal=lawful)
    assert {problem.code for problem in report.problems} == {"event_mac", "head_mac"}
    with pytest.raises(ValueError, match="16 bytes"):
        Recorder(b"short")


def test_events_must_be_appended_once_and_in_order(fund: Database) -> None:
    with fund.write() as conn:
        entry = RECORDER.open_entry(conn, "bid:1")
        with pytest.raises(RecordBroken, match="comes before"):
            RECORDER.append(conn, entry.then(), action="a", actor="clock", at=NOW)
        RECORDER.append(conn, entry, action="a", actor="clock", at=NOW)
        with pytest.raises(RecordBroken, match="written already"):
            RECORDER.append(conn, entry, action="a", actor="clock", at=NOW)
    stale = Entry("bid:1", entry.number + 1, "00", entry.number - 1)
    with pytest.raises(RecordBroken, match="moved on"), fund.write() as conn:
        RECORDER.append(conn, stale, action="a", actor="clock", at=NOW)
    assert verify(fund, RECORDER, legal=lawful).clean


GUARDED = [
    "UPDATE bid SET title = 'x'",
    "update  only bid set title = 'x'",
    'UPDATE "bid" SET title = 1',
    "UPDATE/* quick */bid SET title = 'x'",
    "WITH a AS (SELECT 1) UPDATE public.bid SET title = 'x'",
    "DELETE FROM score",
    "INSERT OR REPLACE INTO audit_event (id) VALUES (1)",
    "REPLACE INTO audit_head (id) VALUES (1)",
    "INSERT INTO role_grant (id) VALUES (1)",
    "TRUNCATE TABLE audit_event",
    "TRUNCATE bid",
    "COPY bid FROM STDIN",
    "MERGE INTO bid USING x ON 1 = 1",
]


@pytest.mark.parametrize("statement", GUARDED)
def test_the_engine_refuses_writes_that_no_event_records(sqlite_database: Database, statement: str) -> None:
    with pytest.raises(UnrecordedWrite), sqlite_database.write() as conn:
        conn.exec_driver_sql(statement)


def test_the_engine_refuses_core_statements_too(database: Database) -> None:
    for statement in (
        Bid.__table__.insert().values(id=1),
        Bid.__table__.update().values(title="x"),
        AuditEvent.__table__.delete(),
    ):
        with pytest.raises(UnrecordedWrite), database.write() as conn:
            conn.execute(statement)
        with pytest.raises(UnrecordedWrite), database.write() as conn:
            conn.execute(statement.execution_options(recorded=True))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM bid FOR NO KEY UPDATE OF bid",
        "INSERT INTO outbox SELECT id FROM bid",
        "UPDATE draft SET answers = 1",
        "INSERT INTO draft (id) VALUES (1) ON CONFLICT DO UPDATE SET id = 2",
        "DELETE FROM bidding",
    ],
)
def test_other_statements_pass(statement: str) -> None:
    assert written(statement) is None


TRIGGERED = [
    "UPDATE bid SET title = 'x' WHERE id = 1",
    "UPDATE bid SET title = 'x', event_no = event_no WHERE id = 1",
    "UPDATE bid SET title = 'x', event_no = 1 WHERE id = 1",
    "UPDATE bid SET event_no = 99, home = 'bid:2' WHERE id = 1",
    "DELETE FROM score",
    "UPDATE audit_event SET action = action",
    "DELETE FROM audit_event",
    "INSERT INTO audit_event (subject, number, actor, action, at, body, hash, mac) "
    "SELECT subject, number, actor, action, at, body, hash, mac FROM audit_event WHERE subject = 'bid:2'",
    "INSERT INTO audit_event (subject, number, actor, action, at, body, hash, mac) "
    "SELECT subject, number + 2, actor, action, at, body, hash, mac FROM audit_event WHERE subject = 'bid:2'",
    "INSERT INTO audit_event SELECT * FROM audit_event WHERE subject = 'bid:2'",
    "DELETE FROM audit_head",
    "INSERT INTO audit_head (subject, number, hash, mac) VALUES ('bid:2', 0, '', '')",
    "INSERT INTO audit_head (subject, number, hash, mac) VALUES ('bid:9', 1, '', '')",
    "INSERT INTO audit_head (subject, number, hash, mac) VALUES ('bid:9', 0, 'aa', '')",
    "UPDATE audit_head SET number = number + 1",
    "UPDATE audit_head SET number = number - 1 WHERE subject = 'bid:1'",
    "UPDATE audit_head SET mac = ''",
    "UPDATE audit_head SET subject = 'bid:9' WHERE subject = 'bid:2'",
]
ON_SQLITE = [
    "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event LIMIT 1",
    "INSERT OR REPLACE INTO audit_head SELECT * FROM audit_head LIMIT 1",
    "INSERT OR REPLACE INTO bid SELECT * FROM bid LIMIT 1",
]
ON_POSTGRES = [
    "TRUNCATE audit_event CASCADE",
    "TRUNCATE audit_head",
    "TRUNCATE score",
    "SET LOCAL session_replication_role = replica; DELETE FROM audit_event",
]


def test_the_database_refuses_them_by_itself(fund: Database) -> None:
    """On the driver's own connection, past the engine's guard."""
    for statement in TRIGGERED + (ON_SQLITE if fund.dialect == "sqlite" else ON_POSTGRES):
        with fund.write() as conn:
            raw = conn.connection.driver_connection
            assert raw is not None
            with pytest.raises((sqlite3.Error, psycopg.Error)) as refused:
                raw.execute(statement)
            assert type(refused.value).__name__ in ("IntegrityError", "IntegrityConstraintViolation",
                                                    "UniqueViolation"), statement  # fmt: skip
            raw.rollback()
            if fund.dialect == "sqlite":
                raw.execute("BEGIN")
    assert verify(fund, RECORDER, legal=lawful).clean


def test_export_holds_every_event_and_head(fund: Database, tmp_path: Path) -> None:
    stream = BytesIO()
    assert export(fund, stream) == 31
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    kinds = Counter(line["type"] for line in lines)
    assert kinds == {"event": 31, "head": 7, "row": 43, "end": 1}
    assert lines[-1] == {"type": "end", "events": 31, "rows": 43}
    chains: dict[str, tuple[int, str]] = {}
    for line in lines[:-1]:
        if line["type"] == "row":
            # Below the head of its home, and as an event of it recorded it.
            assert chains[line["home"]][0] >= line["event"]
            continue
        if line["type"] == "head":
            assert (line["number"], line["hash"]) == chains.setdefault(line["subject"], (0, ""))
            assert line["mac"] == RECORDER.head_mac(line["subject"], line["number"], line["hash"])
            continue
        body = json.loads(line["body"])
        number, previous = chains.get(body["subject"], (0, ""))
        assert (body["number"], body["prev"]) == (number + 1, previous)
        assert {
            name: body[name] for name in ("subject", "number", "actor", "action", "at")
        }.items() <= line.items()
        assert line["hash"] == hashlib.sha256(line["body"].encode()).hexdigest()
        assert line["mac"] == RECORDER.event_mac(line["hash"])
        chains[body["subject"]] = (body["number"], line["hash"])
    assert Export(audit_key=bytes(range(32))).read(stream.getvalue().splitlines()).findings == []
    assert export_file(fund, tmp_path / "audit.jsonl") == 31
    assert (tmp_path / "audit.jsonl").read_bytes() == stream.getvalue()


def test_ids_are_never_given_twice(database: Database) -> None:
    with database.write() as conn:
        first = fresh_ids(conn, Person, 3)
        second = fresh_ids(conn, Person, 2)
        assert first + second == list(range(first[0], first[0] + 5))
        values = {"token": "t", "name": "n", "created_at": NOW}
        conn.execute(Person.__table__.insert().values(id=second[-1], **values))
        conn.execute(Person.__table__.delete())
        assert fresh_ids(conn, Person, 1) == [second[-1] + 1]
        assert fresh_ids(conn, Person, 0) == []
        drawn = conn.execute(Person.__table__.insert().values(**values).returning(Person.id)).scalar_one()
        assert drawn == second[-1] + 2


def test_our_canonical_form_is_the_standard_one() -> None:
    from fundapp.models.base import canonical

    value = {"é": ["\u2028", "\x1f", '"', "/"], "b": {"z": None, "a": True}, "a": -(2**53) + 1, "": ""}
    assert canonical(value) == rfc8785.dumps(value)
    assert orjson.loads(canonical(value)) == value
