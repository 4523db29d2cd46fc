"""Dates as people write them in Britain."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ][0-9]{2}:[0-9]{2}[0-9:.+Z-]*)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_IN_WORDS = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th)?[ -]+(?:of )?([a-z]{3,9})\.?,?[ -]+([0-9]{4})", re.IGNORECASE
)


def parse_date(text: str) -> date | None:
    """The day in '2027-09-01' (a time after it is dropped), '01/09/2027' (day first) or '1 September 2027'.

    None when it cannot be read for certain: two-figure years, months first, days that no month has, or a year
    outside 1900 to 2199, which is a slip of the finger.
    """
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _DAY_FIRST.fullmatch(text):
        year, month, day = int(found[4]), int(found[3]), int(found[1])
    elif found := _IN_WORDS.fullmatch(text):
        year, month, day = int(found[3]), _month(found[2].lower()), int(found[1])
    else:
        return None
    try:
        return date(year, month, day) if 1900 <= year <= 2199 else None
    except ValueError:
        return None


def _month(word: str) -> int:
    """1 to 12 for a name, a three-letter start of one or 'sept'; 0, which is no month, for other words."""
    for number, name in enumerate(_MONTHS, 1):
        if word in {name, name[:3]} or (word == "sept" and number == 9):
            return number
    return 0
