"""Letters of a round in one file: whole, the same bytes each time, and never one that is kept from who asks."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from fundapp.demo.stage import Stage
from fundapp.letters import printing
from fundapp.queries import letters as asks
from fundapp.services import letter_bundles, letters, panel
from fundapp.services.deed import Office
from tests.services import world
from tests.services.test_letters import cabinet

COUNT = 3


@pytest.fixture
def told(office: Office) -> Stage:
    """A released round with three letters."""
    stage = world.stage_of(office, budget_pence=10_000_000)
    world.awarded(stage, *range(COUNT))
    return stage


def made(place: letters.Cabinet, stage: Stage, kind: str, who: str) -> bytes:
    """What somebody gets: asked for, made by the worker, read."""
    person, at = stage.cast.persons[who], stage.released
    with place.office.db.read() as conn:
        rows, _back = letter_bundles.of(conn, stage.round, person)
    letter_bundles.ask(place.office, place.files, stage.round, kind, rows, person, at)
    args = {
        "round": stage.round,
        "kind": kind,
        "person": person,
        "tells": letter_bundles.tells(kind, stage.round, rows),
    }
    assert letter_bundles.make(place, args, at)
    with place.office.db.read() as conn:
        row = asks.bundle(conn, args["tells"])
    assert row is not None
    assert row.size > 0
    with place.files.open(row.sha256) as stream:
        return stream.read()


def test_a_zip_holds_every_letter_as_it_was_sent(office: Office, told: Stage, tmp_path: Path) -> None:
    place = cabinet(office, tmp_path)
    archive = zipfile.ZipFile(io.BytesIO(made(place, told, "zip", "treasurer")))
    with office.db.read() as conn:
        rows = asks.of_round(conn, told.round)
    assert archive.testzip() is None
    assert archive.namelist() == [f"{row.reference}-award.pdf" for row in rows]
    for row in rows:
        assert archive.read(f"{row.reference}-award.pdf") == letters.content(place, row.id)
    # Made again from the same letters it is the same file, whoever asks.
    with office.db.read() as conn:
        theirs, _back = letter_bundles.of(conn, told.round, told.cast.persons["officer"])
    again = io.BytesIO()
    letter_bundles.write(place.files, "zip", theirs, "Round", again)
    assert again.getvalue() == made(place, told, "zip", "officer") == made(place, told, "zip", "treasurer")
    assert len(world.rows(office, "letter_bundle")) == 1


def test_a_letter_is_kept_from_who_stands_apart_from_its_bid(
    office: Office, told: Stage, tmp_path: Path
) -> None:
    place = cabinet(office, tmp_path)
    before = made(place, told, "zip", "treasurer")
    with office.db.read() as conn:
        rows = asks.of_round(conn, told.round)
    panel.declare(
        office, told.cast.actor("treasurer"), rows[1].bid_id, "We sing in one choir.", told.released
    )
    with office.db.read() as conn:
        theirs, back = letter_bundles.of(conn, told.round, told.cast.persons["treasurer"])
    assert ([row.id for row in theirs], back) == ([rows[0].id, rows[2].id], 1)
    with office.db.read() as conn:  # what was made before is no longer what they are given
        assert asks.bundle(conn, letter_bundles.tells("zip", told.round, theirs)) is None
    after = made(place, told, "zip", "treasurer")
    assert zipfile.ZipFile(io.BytesIO(after)).namelist() == [f"{rows[n].reference}-award.pdf" for n in (0, 2)]
    assert made(place, told, "zip", "officer") == before
    # Declared between the asking and the making: nothing is made for them but what they may have.
    args = {"round": told.round, "kind": "print", "person": told.cast.persons["treasurer"], "tells": "0" * 64}
    assert letter_bundles.make(place, args, told.released)
    with office.db.read() as conn:
        row = asks.bundle(conn, letter_bundles.tells("print", told.round, theirs))
    assert row is not None
    with place.files.open(row.sha256) as stream:
        assert len(PdfReader(stream).pages) == 4


def test_who_asks_twice_waits_for_one(office: Office, told: Stage, tmp_path: Path) -> None:
    place, person = cabinet(office, tmp_path), told.cast.persons["treasurer"]
    with office.db.read() as conn:
        rows, _back = letter_bundles.of(conn, told.round, person)
    for minutes in (0, 1, 11):
        at = told.released + timedelta(minutes=minutes)
        letter_bundles.ask(office, place.files, told.round, "zip", rows, person, at)
    assert [row["name"] for row in world.rows(office, "outbox")].count(
        "letter_bundle"
    ) == 2  # the first was given up


def test_the_print_begins_every_letter_on_a_new_sheet(office: Office, told: Stage, tmp_path: Path) -> None:
    whole = made(cabinet(office, tmp_path), told, "print", "treasurer")
    pages = PdfReader(io.BytesIO(whole), strict=True).pages
    said = [page.extract_text() for page in pages]
    with office.db.read() as conn:
        rows = asks.of_round(conn, told.round)
    assert len(pages) == 2 * COUNT
    for number, row in enumerate(rows):
        assert row.reference in said[2 * number]
        assert said[2 * number + 1] == ""
        assert pages[2 * number + 1].mediabox == pages[0].mediabox
    assert b"/Sig" not in whole  # a signature over other bytes would say that something is wrong


def test_pages_are_counted_by_letter(told: Stage, office: Office, tmp_path: Path) -> None:
    """One of two pages has no empty one behind it; and it is written as the same bytes each time."""
    place = cabinet(office, tmp_path)
    letters.make_missing(place, told.round)
    with office.db.read() as conn:
        one, two, three = (letters.content(place, row.id) for row in asks.of_round(conn, told.round))

    def printed(*parts: bytes) -> tuple[int, bytes]:
        out = io.BytesIO()
        return printing.write_print(parts, "Letters", out), out.getvalue()

    pages, both = printed(one, two)
    assert pages == 4
    assert printed(both, three)[0] == 6
    assert printed(one, two)[1] == both
    assert [page.extract_text() for page in PdfReader(io.BytesIO(printed(both)[1])).pages] == [
        page.extract_text() for page in PdfReader(io.BytesIO(both)).pages
    ]
    first: Any = PdfReader(io.BytesIO(both)).metadata
    assert first.title == "Letters"
