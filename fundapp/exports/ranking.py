"""A round's ranking as CSV, where no title can become a formula."""

import csv
from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol, TextIO

from fundapp.exports.awards import safe_cell

COLUMNS = (
    "rank", "reference", "title", "raw", "calibrated", "low", "high", "chance", "reviews", "asks", "running_total",
)  # fmt: skip


class Ranked(Protocol):
    """One bid of a ranking: scores in hundredths of a point, chance in permille, sums in pence; None is not known."""

    @property
    def rank(self) -> int | None: ...
    @property
    def reference(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def raw(self) -> int | None: ...
    @property
    def calibrated(self) -> int | None: ...
    @property
    def low(self) -> int | None: ...
    @property
    def high(self) -> int | None: ...
    @property
    def chance(self) -> int | None: ...
    @property
    def reviews(self) -> int: ...
    @property
    def asks(self) -> int: ...
    @property
    def running(self) -> int | None: ...


def write_csv(rows: Iterable[Ranked], stream: TextIO) -> None:
    """Headings and rows; scores are points, chances parts of one, sums pounds with two decimals; not known is empty."""
    # Both signs of a line's end, so that the writer quotes a title that holds either of them.
    out = csv.writer(stream, lineterminator="\r\n")
    out.writerow(COLUMNS)
    for row in rows:
        scores = (_decimal(score, 2) for score in (row.raw, row.calibrated, row.low, row.high))
        out.writerow(
            [
                "" if row.rank is None else row.rank, row.reference, safe_cell(row.title), *scores,
                _decimal(row.chance, 3), row.reviews, _decimal(row.asks, 2), _decimal(row.running, 2),
            ]
        )  # fmt: skip


def _decimal(number: int | None, places: int) -> str:
    return "" if number is None else str(Decimal(number).scaleb(-places))
