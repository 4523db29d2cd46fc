"""Letters are made once, on every core, and go on after a kill where they stopped."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import ROOT
from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.demo.stage import Stage
from fundapp.letters.signature import Seal
from fundapp.queries import letters as asks
from fundapp.services import letters
from fundapp.services.deed import Office
from fundapp.storage import LocalFiles
from tests.databases import RECORDER
from tests.services import world

COUNT = 6

#: A process that makes a round's letters, and dies at once when two batches are kept.
DIES = """
import os, signal, sys
from pathlib import Path
from fundapp.database import Database
from fundapp.letters.signature import Seal
from fundapp.services import letters
from fundapp.storage import LocalFiles
from tests.services import world

def told(done):
    if done >= 4:
        print("\\n".join(str(child.pid) for child in __import__("multiprocessing").active_children()), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    letters.WORTH_A_PRESS, letters.BATCH = 1, 2
    office, folder = world.office_of(Database(sys.argv[1])), Path(sys.argv[2])
    seal = Seal(folder / "key.pem", folder / "certificate.pem", own=True)
    cabinet = letters.Cabinet(office, LocalFiles(folder / "files"), "https://fund.example", seal)
    letters.make_missing(cabinet, int(sys.argv[3]), told, 2)
"""


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes for few letters already, and small batches."""
    monkeypatch.setattr(letters, "WORTH_A_PRESS", 1)
    monkeypatch.setattr(letters, "BATCH", 2)


@pytest.fixture
def told(office: Office) -> Stage:
    """A released round with a letter for each of six bids."""
    return released(office)


def released(office: Office) -> Stage:
    """As `told`."""
    stage = world.stage_of(office, budget_pence=10_000_000)
    world.awarded(stage, *range(COUNT))
    return stage


def cabinet(office: Office, folder: Path) -> letters.Cabinet:
    """A cabinet in that folder, with a seal of its own making."""
    seal = Seal(folder / "key.pem", folder / "certificate.pem", own=True)
    return letters.Cabinet(office, LocalFiles(folder / "files"), "https://fund.example", seal)


def kept(office: Office, round_id: int) -> dict[int, str]:
    """The file of each letter of the round."""
    with office.db.read() as conn:
        return asks.files_of(conn, [row.id for row in asks.of_round(conn, round_id)])


@pytest.mark.usefixtures("small")
def test_every_letter_is_made_once_and_stays_as_it_is(office: Office, told: Stage, tmp_path: Path) -> None:
    place, heard = cabinet(office, tmp_path), list[int]()
    assert letters.make_missing(place, told.round, heard.append, 2) == COUNT
    assert heard[-1] == COUNT
    assert heard == sorted(heard)
    files = kept(office, told.round)
    assert len(set(files.values())) == COUNT
    assert letters.make_missing(place, told.round, heard.append, 2) == 0
    assert kept(office, told.round) == files
    for letter in files:
        assert letters.content(place, letter).startswith(b"%PDF-")
    assert multiprocessing.active_children() == []
    assert verify(office.db, RECORDER).clean


def test_a_kill_in_the_middle_loses_nothing_and_leaves_nobody_behind(
    sqlite_database: Database, tmp_path: Path
) -> None:
    office = world.office_of(sqlite_database)
    stage = released(office)
    url = sqlite_database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", DIES, url, str(tmp_path), str(stage.round)]
    died = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    before = kept(office, stage.round)
    assert len(before) == 4
    assert letters.make_missing(cabinet(office, tmp_path), stage.round) == COUNT - 4
    after = kept(office, stage.round)
    assert len(after) == COUNT
    assert before.items() <= after.items()
    assert verify(office.db, RECORDER).clean
    for child in map(int, died.stdout.split()):
        assert gone(child)


def gone(process: int) -> bool:
    """Whether a process has ended, or does so in a moment."""
    for _look in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "Z":  # ended; whoever adopted it has yet to look
            return True
        time.sleep(0.1)
    return False


@pytest.mark.usefixtures("small")
def test_a_process_gives_way_to_a_fresh_one_after_its_letters(
    office: Office, told: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters.presses, "LIFE", 2)
    seen = set[int | None]()
    place = cabinet(office, tmp_path)
    with office.db.read() as conn:
        sheets = [
            letters.sheet(place, row) for row in asks.to_make(conn, asks.without_file(conn, told.round))
        ]
    for _letter, pdf in letters.presses.press_all(iter(sheets), 1):
        assert pdf.startswith(b"%PDF-")
        seen |= {child.pid for child in multiprocessing.active_children()}
    assert len(seen) == COUNT / 2
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("small")
def test_of_two_who_make_one_letter_both_get_the_first(office: Office, told: Stage, tmp_path: Path) -> None:
    place = cabinet(office, tmp_path)
    with office.db.read() as conn:
        wanted = asks.without_file(conn, told.round)
        sheets = [letters.sheet(place, row) for row in asks.to_make(conn, wanted)]
    one, two = ([(s.letter, letters.presses.pressed(s)) for s in sheets[:3]] for _ in range(2))
    assert one != two  # no two signatures are alike
    first, second = ({letter: place.files.put(pdf) for letter, pdf in made} for made in (one, two))
    assert letters._keep_many(place, first) == 3
    assert letters._keep_many(place, second) == 0
    assert [letters.content(place, letter) for letter, _pdf in two] == [pdf for _letter, pdf in one]
    assert verify(office.db, RECORDER).clean


def test_the_release_asks_for_every_letter_before_any_mail(office: Office, told: Stage) -> None:
    effects = world.rows(office, "outbox")
    names = [row["name"] for row in effects if row["name"] in ("letters_of_round", "released_award")]
    assert names == ["letters_of_round"] + ["released_award"] * COUNT
    assert next(row["args"] for row in effects if row["name"] == "letters_of_round") == {
        "round": told.round, "part": 1,
    }  # fmt: skip
