"""`fundapp panel suggest`: a set within the money and its terms, plainly said; nothing is decided, nothing kept unasked."""

import re
import sqlite3
from contextlib import closing

from tests.cli.terminal import Terminal
from tests.cli.test_panel_rank import panel_round


def count(terminal: Terminal, table: str) -> int:
    with closing(sqlite3.connect(terminal.folder / "data" / "fundapp.db")) as conn:
        return int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_a_set_is_said_and_nothing_is_kept(seeded: Terminal) -> None:
    code, before = panel_round(seeded), count(seeded, "decision")
    said = seeded.say("panel", "suggest", "--round", code)
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[-2] == "No set within these terms is worth more."
    last = re.fullmatch(r"(\d+) awards? of \d+ scored bids, £([\d,.]+) of £([\d,.]+)", lines[-1])
    assert last
    assert len(lines) == int(last[1]) + 3
    assert float(last[2].replace(",", "")) <= float(last[3].replace(",", ""))
    assert seeded.say("panel", "suggest", "--round", code).out == said.out
    assert (count(seeded, "suggestion"), count(seeded, "decision")) == (0, before)
    capped = seeded.say("panel", "suggest", "--round", code, "--bar", "2.5", "--partial", "60",
                        "--cap", "organisation=£2,000", "--keep")  # fmt: skip
    assert capped.code == 0
    assert "Kept as suggestion 1 of the round." in capped.out
    for sum_ in re.findall(r"  £([\d,.]+)", capped.out):
        assert float(sum_.replace(",", "")) <= 2_000 or f"of £{sum_}" in capped.out
    assert count(seeded, "suggestion") == 1


def test_what_cannot_be_suggested_is_said(seeded: Terminal) -> None:
    code = panel_round(seeded)
    impossible = seeded.say("panel", "suggest", "--round", code, "--floor", "region:E12000099=£500")
    assert impossible.code == 1
    assert "at least £500" in impossible.err
    assert seeded.say("panel", "suggest", "--round", "NOWHERE").code == 1
    for wrong in (
        ("--floor", "region=£5"),
        ("--cap", "ward:X=£5"),
        ("--cap", "region:X=some"),
        ("--bar", "6"),
        ("--bar", "nan"),
    ):
        assert seeded.say("panel", "suggest", "--round", code, *wrong).code == 2, wrong
    with closing(sqlite3.connect(seeded.folder / "data" / "fundapp.db")) as conn:
        unread = str(conn.execute("SELECT code FROM round WHERE state = 'open'").fetchone()[0])
    nothing = seeded.say("panel", "suggest", "--round", unread)
    assert (nothing.code, nothing.out.splitlines()[-1]) == (0, "0 awards")
