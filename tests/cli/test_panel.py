"""`fundapp panel`: the plan said, refused where it cannot be, given out once."""

import re

from sqlalchemy import func, select

from fundapp.audit.record import Recorder
from fundapp.database import Database
from fundapp.models import Assignment
from fundapp.services.deed import Office
from tests.cli.terminal import Terminal
from tests.services import world


def test_the_plan_is_said_in_every_state_and_changes_nothing(seeded: Terminal) -> None:
    before = seeded.counts()
    for code in ("AUTUMN-26", "WINTER-26", "SPRING-27"):
        said = seeded.done("panel", "assign", "--round", code, "--dry-run")
        assert said.startswith("No bid of") or said.endswith("Nothing was changed.\n")
    assert seeded.counts() == before


def test_bids_are_given_out_by_the_command(bare: Terminal) -> None:
    bare.done("db", "upgrade")
    bare.done("audit", "verify")
    database = Database(f"sqlite:///{bare.folder}/data/fundapp.db")
    key = bytes.fromhex((bare.folder / "data" / "audit_key").read_text().strip())
    stage = world.stage_of(Office(database, Recorder(key), world.LONDON, bank_keys=world.BANK_KEYS))
    world.endorsed(stage, 0, 1, 2)
    asked = ("panel", "assign", "--round", "R1")
    assert "There is no round NOWHERE. There is: R1." in bare.refused("panel", "assign", "--round", "NOWHERE")
    assert "1<=x<=9" in bare.refused(*asked, "--per-bid", "0", code=2)
    assert bare.refused(*asked).startswith(
        "Bids are given out while the panel is at work, and R1 is not there (it is open). Nothing was given out."
    )
    stage.start_panel()
    plan = bare.done(*asked, "--per-bid", "2", "--dry-run").splitlines()
    assert plan[-2:] == [
        "6 readings for 3 bids that lack readers. Loads: 1 at least, 2 at most. "
        "By who knows the theme: 0; by who is near: 0.",
        "Nothing was changed.",
    ]
    assert sorted(line.partition(": ")[2] for line in plan[3:-2]) == [
        "1 (0 now, 1 more)", "1 (0 now, 1 more)", "2 (0 now, 2 more)", "2 (0 now, 2 more)",
    ]  # fmt: skip
    for line in plan[:3]:
        assert re.fullmatch(r"B-\d{4}[A-Z]: .+ \(evens the load\), .+ \(evens the load\)", line), line
    said = bare.done(*asked, "--per-bid", "2").splitlines()
    assert said == [*plan[3:-1], "6 readings given out."]
    with database.read() as conn:
        assert conn.execute(select(func.count()).select_from(Assignment)).scalar_one() == 6
    database.close()
    assert bare.done(*asked, "--per-bid", "2") == (
        "No bid of R1 waits for readers: none is backed and read by fewer than 2.\n"
    )
    tight = bare.done(*asked, "--per-bid", "9", "--dry-run")
    assert "each of them: only 2 more people may read it, 5 too few." in tight
    bare.holds()
