"""A small soak in every run, three kills on each database; and the checks that a soak relies on see what is wrong."""

import sqlite3
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from fundapp.database import Database
from tests.cast import over
from tests.databases import BOTH
from tests.soak.aftermath import Excuse
from tests.soak.checks import HALF, MONEY
from tests.soak.journal import Journal
from tests.soak.run import Soak

#: Each kills one process: before or after the commit, over a mail, in the middle of an effect.
FAULTS = ("web_dies_after_commit", "worker_dies_over_mail", "web_dies")


@pytest.mark.parametrize("kind", BOTH)
def test_a_small_soak(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))  # where the database's server keeps its lock
    soak = Soak({"postgres": "postgresql"}.get(kind, kind), 7, tmp_path, only=FAULTS)
    soak.run(lambda kills: kills >= 3)
    assert not soak.broken
    assert soak.figures["operations acknowledged"] > 0, soak.table()


def test_what_is_lost_and_what_is_doubled_is_seen(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    sent, paid = ("bid:1", "bid.submit"), ("bid:2", "payment.send")
    journal.answered("send a bid", [sent], None)
    journal.answered("run", [paid, paid], None)
    journal.unheard("back a bid", [("bid:1", "bid.endorse")], None, "ConnectionResetError")
    assert journal.lost_or_doubled(Counter({sent: 1, paid: 2})) == []
    assert journal.lost_or_doubled(Counter({sent: 1, paid: 2, ("bid:1", "bid.endorse"): 1})) == []
    assert journal.lost_or_doubled(Counter({paid: 2})) == [
        "lost: bid.submit of bid:1 was answered 1 times, and stands 0 times"
    ]
    assert journal.lost_or_doubled(Counter({sent: 1, paid: 3})) == [
        "doubled: payment.send of bid:2 stands 3 times, and was asked for 2 times"
    ]
    assert len((tmp_path / "journal").read_text().splitlines()) == 3


def test_only_the_fate_of_its_own_sender_excuses_a_second_mail() -> None:
    excuses = [Excuse(10.0, 10.1, pid=7), Excuse(20.0, 21.0)]

    def excused(sender: int | None, first: float, second: float) -> bool:
        return any(one.covers(sender, first, second) for one in excuses)

    assert excused(7, 9.9, 10.2)
    assert excused(7, 10.05, 300.0)
    assert not excused(8, 9.9, 10.2), "another process died"
    assert not excused(7, 10.2, 15.0), "it had died before, and was another by then"
    assert not excused(7, 9.0, 9.9), "it was alive at both"
    assert excused(8, 20.5, 20.6)
    assert excused(None, 9.9, 10.2)


def test_money_that_does_not_add_up_and_halves_are_seen(sqlite_database: Database, tmp_path: Path) -> None:
    """Each check sees what it is for, and nothing in a life that was lived."""
    database = sqlite_database
    with contextmanager(over)(database, tmp_path / "town") as town:
        bid = town.bid("accepted")
        bid.stage.pay(bid.id)
        checks = MONEY | HALF

        def seen() -> set[str]:
            with database.read() as conn:
                return {words for words, sql in checks.items() if conn.execute(text(sql)).first()}

        assert seen() == set()
        for words, wrong in {
            "an award is paid more than it is": "UPDATE payment SET amount_pence = amount_pence + 1 WHERE number = 1",
            "a round promises more than it has": "UPDATE award SET amount_pence = 1000001",
            "a payment is sent that no run has": "UPDATE payment SET run_id = NULL WHERE number = 1",
            "a sent bid has no copy of what was sent": "UPDATE bid_version SET bid_id = bid_id + 1",
            "an endorsed bid has no statement, or two": "DELETE FROM endorsement",
            "an awarded bid has no award": "UPDATE award SET bid_id = bid_id + 1",
            "an accepted award has no report to come": "DELETE FROM report",
        }.items():
            broken = sqlite3.connect(tmp_path / "fund.db", isolation_level=None)
            broken.execute("BEGIN")
            for (name,) in broken.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                broken.execute(f"DROP TRIGGER {name}")
            broken.execute(wrong)
            assert words in {name for name, sql in checks.items() if broken.execute(sql).fetchone()}, words
            broken.execute("ROLLBACK")
            broken.close()
        assert seen() == set()
