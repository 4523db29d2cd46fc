"""The sums and spans of election law by the day they hold from: a help to the treasurer, not legal advice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class Threshold:
    """An amount (pence, or days) that holds from a day on, and where that is written."""

    since: date
    amount: int
    source: str


_ACT: Final = "Political Parties, Elections and Referendums Act 2000, Schedule 7"
_UPRATED: Final = "Electoral Commission, reporting thresholds from 1 January 2024"

#: By name, the oldest first. A new sum is a new line: what was due before it stays as it was.
THRESHOLDS: Final[Mapping[str, tuple[Threshold, ...]]] = {
    "check_over_pence": (Threshold(date(2010, 1, 1), 50_000, _ACT),),
    "report_over_pence": (Threshold(date(2024, 1, 1), 1_118_000, _UPRATED),),
    "report_again_over_pence": (Threshold(date(2024, 1, 1), 223_000, _UPRATED),),
    "association_notifies_over_pence": (Threshold(date(2024, 1, 1), 3_742_000, _UPRATED + "; Schedule 19A"),),
    "days": (Threshold(date(2010, 1, 1), 30, _ACT + ", paragraphs 8 to 12"),),
}


def on(name: str, day: date) -> int:
    """What holds on a day, in pence or days; before the first line, what that one says. KeyError for an unknown name."""
    lines = THRESHOLDS[name]
    return next((line.amount for line in reversed(lines) if line.since <= day), lines[0].amount)
