"""Eight hundred and seventy real projects, read to the penny."""

import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest

from fundapp.intake.bids import read_bids

DATA = Path(os.environ.get("FUNDAPP_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
FILE = DATA / "community-grants.csv"


@pytest.mark.skipif(
    not FILE.exists(),
    reason=f"{FILE} is not here: set FUNDAPP_SHARED_DATA to the folder that has community-grants.csv",
)
def test_every_real_project_is_read_exactly() -> None:
    with FILE.open(encoding="utf-8", newline="") as stream:
        expected = list(csv.DictReader(stream))
    found = read_bids(FILE, min_pence=1, max_pence=1_000_000_00)
    assert found.problems == ()
    assert len(found.rows) == len(expected) == 870
    pence = sum(Decimal(row["amount_gbp"]) for row in expected) * 100
    assert sum(row.amount_pence for row in found.rows) == pence == 5_162_569_654
    assert len({row.source_key for row in found.rows}) == 870
    names = {
        "source_key": "grant_id", "title": "title", "summary": "summary", "organisation": "organisation",
        "organisation_id": "organisation_id", "charity_number": "charity_number",
        "company_number": "company_number", "postcode": "postcode", "town": "town", "ward": "ward",
        "ward_code": "ward_code", "council": "council", "council_code": "council_code", "region": "region",
        "programme": "programme", "starts_on": "start_date", "ends_on": "end_date",
    }  # fmt: skip
    for row, told in zip(found.rows, expected, strict=True):
        for name, header in names.items():
            assert str(getattr(row, name) or "") == told[header], (row.line, name)
    assert [remark.line for remark in found.remarks] == [111, 151, 339, 470, 622]
    assert found.ignored == ("award_date", "open_call")
