"""Rows a second of a file of bids: read and checked, and taken in through the door."""

import csv
from datetime import UTC, datetime
from pathlib import Path

from fundapp.intake.bids import read_bids
from fundapp.services.taking_in import take_in
from tests.bench import grounds
from tests.bench.measure import Line, seconds
from tests.bench.plan import Plan

HEADERS = ("Identifier", "Title", "Summary", "Organisation", "Amount", "Postcode", "Town")


def run(plan: Plan) -> list[Line]:
    """A CSV file of plain headers; reading it beside the bare csv module."""
    count = 1_000 if plan.quick else 5_000
    path = plan.folder / "bids.csv"
    _write(path, count)
    read = read_bids(path, min_pence=1, max_pence=10_000_000)
    if read.problems or len(read.rows) != count:
        raise AssertionError("the benchmark's own file cannot be read")
    reading = seconds(lambda: read_bids(path, min_pence=1, max_pence=10_000_000))
    lines = [Line("rows read and checked", "/s", count / reading, count / seconds(lambda: _bare(path)))]
    with grounds.both(plan.server, plan.folder) as kinds:
        for kind, url in kinds:
            office, cast = grounds.filled(url, 12)
            officer, code = cast.actor("officer"), grounds.open_round(office).code
            now = datetime.now(UTC)
            taken = seconds(
                lambda o=office, a=officer, c=code, n=now: take_in(o, a, c, read.rows, "b", "bench", n)
            )
            lines.append(Line(f"{kind}: rows taken in, with their events", "/s", count / taken))
            office.db.close()
    return lines


def _write(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADERS)
        for n in range(count):
            summary = (
                f"Tools, soil and a shed for street {n}, with 24 neighbours to look after them all year."
            )
            out.writerow(
                (
                    f"B-{n}",
                    f"Seedlings {n}",
                    summary,
                    f"Growers {n % 300}",
                    f"£{300 + n}.50",
                    "MB1 1AA",
                    "Elm",
                )
            )


def _bare(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))
