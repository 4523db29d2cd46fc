"""Every write to a table of meaning leaves an event that names it: asked of the database, not of the code that writes."""

from collections import Counter

import orjson
from sqlalchemy import Connection, text

from fundapp.database import Database
from fundapp.models import EVIDENTIAL
from tests.lives import a_life

SQLITE = """CREATE TRIGGER trace_{table}_{act} AFTER {act} ON {table} BEGIN
  INSERT INTO trace (name, row, home, event_no) VALUES ('{table}', {row}.id, {row}.home, {row}.event_no); END"""
POSTGRESQL = (
    """CREATE TRIGGER trace_{table}_{act} AFTER {act} ON {table} FOR EACH ROW EXECUTE FUNCTION trace()"""
)
FUNCTION = """CREATE FUNCTION trace() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN INSERT INTO trace VALUES (TG_TABLE_NAME, OLD.id, OLD.home, OLD.event_no);
  ELSE INSERT INTO trace VALUES (TG_TABLE_NAME, NEW.id, NEW.home, NEW.event_no); END IF;
  RETURN NULL; END $$"""


def watched(conn: Connection) -> None:
    """From now on the database itself notes every row that is written, in the transaction that writes it."""
    conn.exec_driver_sql("CREATE TABLE trace (name TEXT, row BIGINT, home TEXT, event_no INTEGER)")
    sqlite = conn.dialect.name == "sqlite"
    if not sqlite:
        conn.exec_driver_sql(FUNCTION)
    for table in EVIDENTIAL:
        for act in ("INSERT", "UPDATE", "DELETE"):
            row = "OLD" if act == "DELETE" else "NEW"
            conn.exec_driver_sql((SQLITE if sqlite else POSTGRESQL).format(table=table, act=act, row=row))


def test_every_write_of_a_life_is_named_by_exactly_one_event(database: Database) -> None:
    with database.write() as conn:
        watched(conn)
    a_life(database)
    with database.read() as conn:
        written = Counter(map(tuple, conn.execute(text("SELECT name, row, home, event_no FROM trace")).all()))
        events = conn.execute(text("SELECT subject, number, body FROM audit_event")).all()
    named = Counter(
        (table, row, subject, number)
        for subject, number, body in events
        for table, row, _made in orjson.loads(body)["rows"]
    )
    assert written == named
    assert set(named.values()) == {1}
    seen = {table for table, *_ in named}
    assert {"bid", "bid_version", "endorsement", "review", "score", "decision", "award", "payment", "letter", "round",
            "role_grant", "report"} <= seen  # fmt: skip
    assert len(named) > 80
