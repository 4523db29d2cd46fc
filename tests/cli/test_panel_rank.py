"""`fundapp panel rank`: a round's ranking as CSV, whole for any round, with what is to be known of it on the other stream."""

import csv
import io
import sqlite3
from contextlib import closing

from tests.cli.terminal import Terminal

HEAD = [
    "rank",
    "reference",
    "title",
    "raw",
    "calibrated",
    "low",
    "high",
    "chance",
    "reviews",
    "asks",
    "running_total",
]


def table(text: str) -> list[dict[str, str]]:
    """The rows by heading."""
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == HEAD
    return [dict(zip(HEAD, row, strict=True)) for row in rows[1:]]


def panel_round(terminal: Terminal) -> str:
    """The round with the most reviews."""
    with closing(sqlite3.connect(terminal.folder / "data" / "fundapp.db")) as conn:
        found = conn.execute(
            "SELECT round.code FROM round JOIN bid ON bid.round_id = round.id JOIN review ON review.bid_id = bid.id"
            " WHERE round.state = 'panel' GROUP BY round.id ORDER BY count(*) DESC"
        ).fetchone()
    return str(found[0])


def test_a_panel_is_ranked_the_same_each_time(seeded: Terminal) -> None:
    words = ("panel", "rank", "--round", panel_round(seeded), "--format", "csv")
    said = seeded.say(*words)
    assert said.code == 0
    rows = table(said.out)
    read = [row for row in rows if row["reviews"] != "0"]
    assert read
    assert [row["rank"] for row in read] == [str(rank) for rank in range(1, len(read) + 1)]
    scores = [float(row["calibrated"]) for row in read]
    assert scores == sorted(scores, reverse=True)
    running = 0.0
    for row in read:
        running += float(row["asks"])
        assert row["running_total"] == f"{running:.2f}"
        assert 0 <= float(row["raw"]) <= 5
    for row in rows[len(read) :]:
        assert {
            row[name] for name in ("rank", "raw", "calibrated", "low", "high", "chance", "running_total")
        } == {""}
        assert float(row["asks"]) > 0
    assert seeded.say(*words) == said


def test_a_round_without_reviews_has_its_headings_and_is_said_to_have_none(ready: Terminal) -> None:
    said = ready.say("panel", "rank", "--round", "R", "--format", "csv")
    assert (said.code, table(said.out)) == (0, [])
    assert said.err == "No bid of round R is on the panel's table.\n"


def test_few_reviews_are_plain_averages(seeded: Terminal) -> None:
    with closing(sqlite3.connect(seeded.folder / "data" / "fundapp.db")) as conn:
        codes = [
            code
            for (code,) in conn.execute(
                "SELECT DISTINCT round.code FROM round JOIN bid ON bid.round_id = round.id WHERE bid.state = 'endorsed'"
                " AND NOT EXISTS (SELECT 1 FROM review JOIN bid AS b ON b.id = review.bid_id WHERE b.round_id = round.id)"
            )
        ]
    assert codes
    said = seeded.say("panel", "rank", "--round", codes[0])
    assert said.code == 0
    assert {row["calibrated"] for row in table(said.out)} == {""}
    assert (
        said.err == "These are plain averages, without ranges and chances. Nobody has sent any marks yet.\n"
    )


def test_what_is_asked_wrongly(ready: Terminal) -> None:
    assert "There is no round NOPE." in ready.refused("panel", "rank", "--round", "NOPE")
    assert "--round" in ready.refused("panel", "rank", code=2)
    assert "xls" in ready.refused("panel", "rank", "--round", "R", "--format", "xls", code=2)
    assert "nothing" in ready.refused("panel", "nothing", code=2)
    assert "rank" in ready.done("panel", "--help")
