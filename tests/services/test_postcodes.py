"""Postcodes put into their wards, on both databases, in chunks."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from fundapp.demo.stage import Stage
from fundapp.intake.postcodes import PostcodeRow
from fundapp.queries import places
from fundapp.services import people, postcodes
from fundapp.services.deed import Office

NOW = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)


def bring(office: Office, *rows: tuple[str | None, str | None]) -> postcodes.BroughtIn:
    def stream() -> Iterator[PostcodeRow]:
        for line, (code, ward) in enumerate(rows, 2):
            yield PostcodeRow(line, code or "nonsense", code, ward)

    told: list[int] = []
    done = postcodes.bring_in(office, people.operator(office, NOW), stream(), NOW, told.append)
    assert sum(told) == done.new + done.moved + done.unchanged
    return done


def test_postcodes(office: Office, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postcodes, "_CHUNK", 2)
    rows = [("MB11AA", "E05900011"), ("MB11AB", "E05900012"), ("MB11AC", "E05900012"), (None, "E05900011"),
            ("ZZ11AA", "E05999999"), ("ZZ11AB", None), ("MB11AD", "E06900001")]  # fmt: skip
    done = bring(office, *rows)
    assert (done.new, done.moved, done.unchanged, done.no_ward, done.unreadable) == (3, 0, 0, 3, 1)
    assert (done.named, done.unknown) == (((5, "nonsense"),), ("E05999999", "E06900001"))
    with office.db.read() as conn:
        row = places.ward_of_postcode(conn, "MB11AC")
        assert row is not None
        assert (row.name, row.council) == ("Netherdale", "Millbeck")
        assert places.ward_of_postcode(conn, "ZZ11AA") is None
    again = bring(office, *rows)
    assert (again.new, again.moved, again.unchanged) == (0, 0, 3)
    moved = bring(office, ("MB11AC", "E05900013"), ("MB11AC", "E05900011"), ("MB11AE", "E05900011"))
    assert (moved.new, moved.moved) == (1, 1)
    with office.db.read() as conn:
        row = places.ward_of_postcode(conn, "MB11AC")
        assert row is not None
        assert row.name == "Millbeck East", "the later row counts"
