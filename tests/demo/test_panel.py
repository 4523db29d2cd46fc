"""The simulated panel: its truth is known, its marks follow it, and everything went by the door."""

import os
import shutil
from dataclasses import fields
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from config import ROOT
from fundapp.database import Database
from fundapp.demo.panel import NoPanelHere, Simulated, simulate
from fundapp.domain import scoring
from fundapp.intake.bids import BidRow, content_key, read_bids
from fundapp.models import RoleGrant
from fundapp.services import people, rounds
from fundapp.services.deed import Office
from fundapp.services.taking_in import take_in
from fundapp.services.transition import NotThere, fire
from tests.services import world

DATA = Path(os.environ.get("FUNDAPP_SHARED_DATA") or ROOT.parent / "shared" / "data")
REAL = DATA / "community-grants.csv"


def taken_in(office: Office, rows: list[BidRow], budget_pence: int = 5_000_000) -> int:
    """An open round with these bids from a file."""
    operator = people.operator(office, world.OPENS)
    fund = rounds.found(office, operator, "communities", "Communities Fund", world.OPENS)
    terms = {
        "code": "PLAY", "title": "A round to play on", "opens_at": world.OPENS, "closes_at": world.CLOSES,
        "budget_pence": budget_pence, "min_pence": 1, "max_pence": 100_000_000,
    }  # fmt: skip
    planned = rounds.plan(office, operator, fund, terms, world.OPENS)
    take_in(office, operator, "PLAY", rows, "bids.csv", "A play.", world.OPENS)
    return planned


def invented(count: int) -> list[BidRow]:
    """Bids of a file, some of them without a place."""
    rows = []
    for number in range(count):
        title, group, pence = f"Bench {number}", f"Bench Friends {number}", 100_000 + number
        told: dict[str, Any] = dict.fromkeys(part.name for part in fields(BidRow))
        told |= {
            "line": number + 2, "title": title, "summary": "A bench.", "organisation": group, "amount_pence": pence,
            "source_key": content_key(title, group, pence, ""),
        }  # fmt: skip
        if number % 3:
            told |= {
                "ward": f"Ward {number % 5}", "ward_code": f"E0500{number % 5:04}", "council": "Millbeck",
                "council_code": "E06900001", "region": ("North Vale", "South Shore")[number % 2],
            }  # fmt: skip
        rows.append(BidRow(**told))
    return rows


def test_the_marks_follow_the_truth_that_is_told(database: Database) -> None:
    office = world.office_of(database)
    played = taken_in(office, invented(40))
    found = simulate(office, "PLAY", 8, 3, world.OPENS)
    assert (len(found.worth), len(found.leniency)) == (40, 8)
    assert found.assigned == found.reviews == 120
    reviews = world.rows(office, "review")
    assert len({(row["bid_id"], row["person_id"]) for row in reviews}) == 120
    assert len(world.rows(office, "score")) == 600
    loads = [sum(row["person_id"] == person for row in reviews) for person in found.leniency]
    assert loads == [15] * 8
    # Over fifteen bids, noise of a tenth of a point is left.
    for person, lean in found.leniency.items():
        theirs = [
            row["total"] / 100 - found.worth[row["bid_id"]] for row in reviews if row["person_id"] == person
        ]
        assert abs(mean(theirs) - lean) < 0.4, (person, mean(theirs), lean)
    rubric = world.one(office, "round", id=played)["rubric"]
    first = reviews[0]
    marks = {row["criterion"]: row["value"] for row in world.rows(office, "score", review_id=first["id"])}
    assert scoring.total(rubric, marks) == first["total"]
    assert {row["state"] for row in world.rows(office, "bid")} == {"endorsed"}
    assert {row["identified"] for row in world.rows(office, "endorsement")} == {"sign_in"}
    # Nobody is written to but the readers, who have no address; nobody is given more than one role.
    assert {row["name"] for row in world.rows(office, "outbox")} == {"assigned"}
    assert len({row["name"] for row in world.rows(office, "person")}) == len(world.rows(office, "person"))
    world.holds(office)


def marks_of(office: Office, found: Simulated) -> list[tuple[int, int, int]]:
    """(bid, reader's place, total) in the order that they were given."""
    places = {person: place for place, person in enumerate(found.leniency)}
    return [(row["bid_id"], places[row["person_id"]], row["total"]) for row in world.rows(office, "review")]


def test_the_same_seed_plays_the_same_panel(sqlite_template: Path, tmp_path: Path) -> None:
    played = []
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        path = tmp_path / f"{name}.db"
        shutil.copy(sqlite_template, path)
        office = world.office_of(Database(f"sqlite:///{path}"))
        taken_in(office, invented(6))
        found = simulate(office, "PLAY", 4, seed, world.OPENS)
        played.append((list(found.worth.values()), list(found.leniency.values()), marks_of(office, found)))
        office.db.close()
    assert played[0] == played[1]
    assert played[0] != played[2]


def test_a_second_panel_joins_the_first(database: Database) -> None:
    """What is read already stays; more readers for each bid are found among the newcomers."""
    office = world.office_of(database)
    taken_in(office, invented(4))
    first = simulate(office, "PLAY", 3, 1, world.OPENS, readers_each=2)
    second = simulate(office, "PLAY", 2, 2, world.OPENS, readers_each=3)
    assert (first.reviews, second.reviews) == (8, 4)
    assert {row["person_id"] for row in world.rows(office, "review")} >= set(second.leniency)
    world.holds(office)


def test_there_is_no_panel_before_and_after_its_time(database: Database) -> None:
    office = world.office_of(database)
    with pytest.raises(NotThere):
        simulate(office, "NOPE", 3, 1, world.OPENS)
    stage = world.stage_of(office)
    bids = world.reviewed(stage, 0)
    stage.decide(bids[0], "decline")
    fire(office, stage.cast.actor("chair"), "round", "release", stage.round, stage.after)
    before = len(world.rows(office, RoleGrant.__tablename__))
    with pytest.raises(NoPanelHere, match="releasing"):
        simulate(office, "R1", 3, 1, world.OPENS)
    assert len(world.rows(office, RoleGrant.__tablename__)) == before


@pytest.mark.skipif(not REAL.exists(), reason=f"{REAL} is not here: set FUNDAPP_SHARED_DATA to its folder")
def test_real_bids_are_read_by_twenty_four(sqlite_database: Database) -> None:
    """A tenth of the real file: the whole of it takes eight seconds."""
    office = world.office_of(sqlite_database)
    read = read_bids(REAL, min_pence=1, max_pence=100_000_000)
    taken_in(office, list(read.rows[:90]), 6_000_000_000)
    found = simulate(office, "PLAY", 24, 1, world.OPENS)
    assert (len(found.worth), len(found.leniency), found.reviews) == (90, 24, 270)
