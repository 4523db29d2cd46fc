"""A ranking as CSV: exact cells, and no title that a spreadsheet program takes for a formula."""

import csv
import io
from dataclasses import dataclass

import pytest

from fundapp.exports.ranking import COLUMNS, write_csv


@dataclass(frozen=True)
class Row:
    """One bid as the file is given it."""

    rank: int | None = 1
    reference: str = "B-0142X"
    title: str = "Seeds, “soil” and a shed"
    raw: int | None = 391
    calibrated: int | None = 379
    low: int | None = 300
    high: int | None = 405
    chance: int | None = 65
    reviews: int = 3
    asks: int = 485_001
    running: int | None = 1_970_003


def written(row: Row) -> list[str]:
    """Its cells, read back."""
    stream = io.StringIO()
    write_csv([row], stream)
    head, cells = csv.reader(io.StringIO(stream.getvalue()))
    assert tuple(head) == COLUMNS
    return cells


def test_figures_are_exact() -> None:
    assert written(Row()) == [
        "1", "B-0142X", "Seeds, “soil” and a shed", "3.91", "3.79", "3.00", "4.05", "0.065", "3", "4850.01", "19700.03",
    ]  # fmt: skip
    assert written(Row(chance=1000, raw=0, low=5))[3:8] == ["0.00", "3.79", "0.05", "4.05", "1.000"]


def test_what_is_not_known_is_empty() -> None:
    unread = Row(
        rank=None, raw=None, calibrated=None, low=None, high=None, chance=None, reviews=0, running=None
    )
    assert written(unread) == ["", "B-0142X", unread.title, "", "", "", "", "", "0", "4850.01", ""]


@pytest.mark.parametrize("title", ["=1+1", "@SUM(A1)", " -2", "+44", "\t=cmd", "＝1"])
def test_no_title_is_a_formula(title: str) -> None:
    assert written(Row(title=title))[2] == f"'{title}"
