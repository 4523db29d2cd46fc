"""Writers in many processes: no update is lost, nobody meets a locked database, chains stay whole."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.models import AuditHead, Bid
from tests.audit.world import lawful
from tests.databases import RECORDER, url_of

ROOT = Path(__file__).resolve().parents[2]
WRITERS, WRITES = 4, 40

PROGRAM = """
import sys
from sqlalchemy import select
from fundapp.audit import evidence
from fundapp.database import Database, database_now
from fundapp.models import Bid
from tests.databases import RECORDER
db = Database(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with db.write() as conn:
        entry = RECORDER.open_entry(conn, "bid:1")
        seen = conn.execute(select(Bid.version).where(Bid.id == 1)).scalar_one()
        assert evidence.change_row(conn, entry, Bid, 1, seen, {"version": seen + 1}) is not None
        RECORDER.append(conn, entry, action="bid.edited", actor="clock", at=database_now(conn))
db.close()
"""


@pytest.mark.race
def test_no_update_is_lost_between_processes(fund: Database) -> None:
    command = [sys.executable, "-c", PROGRAM, url_of(fund), str(WRITES)]
    running = [
        subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, env={"PYTHONPATH": str(ROOT)})
        for _ in range(WRITERS)
    ]
    for process in running:
        _, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, b"")
    with fund.read() as conn:
        assert conn.execute(select(Bid.version).where(Bid.id == 1)).scalar_one() == 2 + WRITERS * WRITES
        head = conn.execute(select(AuditHead.number).where(AuditHead.subject == "bid:1")).scalar_one()
    assert head == 23 + WRITERS * WRITES
    assert verify(fund, RECORDER, legal=lawful).clean


def test_a_second_write_inside_the_first_is_refused_on_sqlite(sqlite_database: Database) -> None:
    with sqlite_database.write():
        with pytest.raises(RuntimeError, match="already has a write"), sqlite_database.write():
            pass
        others: list[bool] = []
        thread = threading.Thread(target=lambda: others.append(_writes(sqlite_database)))
        thread.start()
        thread.join(0.2)
        assert others == []
    thread.join(10)
    assert others == [True]


def _fails(db: Database) -> None:
    with db.write() as conn:
        conn.exec_driver_sql("INSERT INTO area (kind, code, name) VALUES ('ward', 'E1', 'Oak')")
        raise KeyError("halfway")


def _writes(db: Database) -> bool:
    with db.write():
        return True


def test_an_exception_rolls_back_and_releases_the_lock(database: Database) -> None:
    for _ in range(3):
        with pytest.raises(KeyError):
            _fails(database)
    with database.write() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM area").scalar() == 0


def test_a_snapshot_sees_one_moment(fund: Database) -> None:
    with fund.snapshot() as conn:
        before = conn.exec_driver_sql("SELECT count(*) FROM area").scalar()
        with fund.write() as other:
            other.exec_driver_sql("INSERT INTO area (kind, code, name) VALUES ('ward', 'E1', 'Oak')")
        assert conn.exec_driver_sql("SELECT count(*) FROM area").scalar() == before
    with fund.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM area").scalar() == 2
