"""An erased row verifies only where an event says that it was erased, and what older events commit to stays shut."""

from typing import Any

import orjson
import pytest
from sqlalchemy import select, text

from fundapp.audit import evidence
from fundapp.audit.commitment import commitment, is_erased, plain
from fundapp.database import Database
from fundapp.models import Remark
from fundapp.models.base import Base
from tests.audit.test_tamper import check, found
from tests.audit.world import NOW, Attacker
from tests.databases import RECORDER

REMARKS = Base.metadata.tables["remark"]


def erase(db: Database, action: str, rows: list[list[Any]], *, properly: bool = True) -> None:
    """Take the words out of the remark of bid 1, in an event of that action that names those rows."""
    with db.write() as conn:
        entry = RECORDER.open_entry(conn, "bid:1")
        if properly:
            evidence.erase_row(conn, entry, Remark, 1, {"words": ""})
        else:
            evidence.change_row(conn, entry, Remark, 1, None, {"words": ""})
        RECORDER.append(
            conn, entry, action=action, actor="clock", at=NOW, params={"rows": rows, "why": "asked"}
        )


def test_it_verifies_and_is_counted(fund: Database) -> None:
    erase(fund, "erased", [["remark", 1]])
    report = check(fund)
    assert [problem.sentence for problem in report.problems] == []
    assert report.erased == 1


@pytest.mark.parametrize(
    ("action", "rows", "properly", "code"),
    [
        ("tidied", [["remark", 1]], True, ("remark 1", "row_erased")),
        ("erased", [["remark", 1]], False, ("remark 1", "row_unerased")),
        ("erased", [], True, ("remark 1", "row_erased")),
        ("erased", [["remark", 1], ["bid_version", 1]], True, ("bid_version 1", "row_unerased")),
    ],
)
def test_nothing_else_passes_for_it(
    fund: Database, action: str, rows: list[list[Any]], properly: bool, code: tuple[str, str]
) -> None:
    erase(fund, action, rows, properly=properly)
    problems = found(fund)
    assert code in problems
    if action == "erased" and rows != [["remark", 1]]:
        assert any(each == "erased_unnamed" for _, each in problems)


def test_what_was_written_cannot_be_proved_again_nor_put_back(fund: Database, attacker: Attacker) -> None:
    with fund.read() as conn:
        before = conn.execute(select(REMARKS)).mappings().one()
        bodies = [orjson.loads(body) for body in conn.scalars(text("SELECT body FROM audit_event"))]
    columns = {name: plain(before[name]) for name in Remark.EVIDENCE}
    old = commitment(before["salt"], "remark", 1, columns)
    assert any(["remark", 1, old] in body["rows"] for body in bodies)
    erase(fund, "erased", [["remark", 1]])
    with fund.read() as conn:
        after = conn.execute(select(REMARKS)).mappings().one()
    assert is_erased(after["salt"])
    assert commitment(after["salt"], "remark", 1, columns) != old
    with attacker.act() as conn:
        conn.execute(REMARKS.update().values(words=before["words"], salt=before["salt"]))
    assert {("remark 1", "row_changed"), ("remark 1", "row_unerased")} <= found(fund)


def test_an_erased_row_may_change_again_and_stays_erased(fund: Database) -> None:
    erase(fund, "erased", [["remark", 1]])
    with fund.write() as conn:
        entry = RECORDER.open_entry(conn, "bid:1")
        evidence.change_row(conn, entry, Remark, 1, None, {"move": "refuse"})
        RECORDER.append(conn, entry, action="mended", actor="clock", at=NOW)
    report = check(fund)
    assert report.clean
    assert report.erased == 1
