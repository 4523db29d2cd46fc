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


_SCHEDULE: Final = "Political Parties, Elections and Referendums Act 2000, Schedule 7"
_SINCE_2010: Final = "; as amended from 1 January 2010"
_SINCE_2024: Final = (
    "; the sum for members associations from 1 January 2024, by the Electoral Commission’s guidance"
)

#: Every sum and span that is used, by name, the oldest first. A new sum is a new line: what was due before it stays as it was.
THRESHOLDS: Final[Mapping[str, tuple[Threshold, ...]]] = {
    # A donation of no more than this is none: nothing is checked, and it is not added up.
    "check_over_pence": (
        Threshold(date(2010, 1, 1), 50_000, _SCHEDULE + ", paragraph 4(3)(b)" + _SINCE_2010),
    ),
    # What a source gave in a calendar year is reported once it comes to more than this, …
    "report_over_pence": (
        Threshold(date(2024, 1, 1), 1_118_000, _SCHEDULE + ", paragraph 10" + _SINCE_2024),
    ),
    # … and again for each further sum of more than this.
    "report_again_over_pence": (
        Threshold(date(2024, 1, 1), 223_000, _SCHEDULE + ", paragraph 10" + _SINCE_2024),
    ),
    # The days to check or give back, and to report. The period begins with the day itself: that day is the first.
    "days": (Threshold(date(2010, 1, 1), 30, _SCHEDULE + ", paragraphs 8, 10(2) and 11(1); section 56(2)"),),
}


def on(name: str, day: date) -> int:
    """What holds on a day, in pence or days; before the first line, what that one says. KeyError for an unknown name."""
    lines = THRESHOLDS[name]
    return next((line.amount for line in reversed(lines) if line.since <= day), lines[0].amount)


def lowest(name: str) -> int:
    """The lowest that ever held, in pence or days: what lies under it never mattered. KeyError for an unknown name."""
    return min(line.amount for line in THRESHOLDS[name])
