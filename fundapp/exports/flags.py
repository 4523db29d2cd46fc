"""Awards that election law may look at, as CSV, where nothing that anybody typed can become a formula."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TextIO

from fundapp.exports.awards import safe_cell

HEADINGS: Final = (
    "Reference", "Title", "Organisation", "Fund", "Round", "State", "Amount (£)", "Limit (£)", "Accepted or offered on",
    "Who holds the money, as answered", "By the answer", "Why",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flag:
    """One award with why it is here; sums in pence. `sure`: the applicant's own answer says so, not a hint alone."""

    reference: str
    title: str
    organisation: str
    fund: str
    round: str
    state: str
    amount_pence: int
    limit_pence: int
    day: date
    holder: str
    sure: bool
    why: str


def write_csv(flags: Iterable[Flag], stream: TextIO) -> int:
    """Headings and rows to a stream opened with newline=''; gives the number of rows. Sums are pounds with two decimals."""
    out = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    out.writerow(HEADINGS)
    count = 0
    for flag in flags:
        texts = (flag.reference, flag.title, flag.organisation, flag.fund, flag.round, flag.state)
        out.writerow(
            [
                *map(safe_cell, texts), _pounds(flag.amount_pence), _pounds(flag.limit_pence), flag.day.isoformat(),
                safe_cell(flag.holder), "yes" if flag.sure else "no", safe_cell(flag.why),
            ]
        )  # fmt: skip
        count += 1
    return count


def _pounds(pence: int) -> Decimal:
    return Decimal(pence).scaleb(-2).quantize(Decimal("0.01"))
