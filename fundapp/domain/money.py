"""Money as whole pence: reading it, writing it, and sharing it out so that nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_PENCE = 99_999_999_999
"""£999,999,999.99: the largest sum that can be read or put into words."""

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

# Python's \s knows the no-break and thin spaces that spreadsheets put between thousands.
# Blanks are never given back (*+): a sign with a thousand of them would otherwise be read for minutes.
_AMOUNT = re.compile(
    r"\s*+(?P<before>[-\u2212]?)\s*+(?:£|GBP)?\s*+(?P<after>[-\u2212]?)\s*+"
    r"(?:(?P<whole>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?:\s[0-9]{3})+)(?:\.(?P<part>[0-9]*))?"
    r"|\.(?P<bare>[0-9]+))\s*",
    re.IGNORECASE,
)


class MoneyError(ValueError):
    """An amount that cannot be read, as a code with parameters; the sentence is made where people read it.

    Codes: `money_missing` (nothing there), `money_unreadable` (`text`), `money_too_fine` (`text`: less than a
    penny), `money_too_large` (`text`, `most_pence`). `text` is cut to 60 characters.
    """

    def __init__(self, code: str, params: dict[str, str | int] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, str | int] = params or {}


def parse_pounds(text: str) -> int:
    """The pence in an amount of pounds as people type it: '£1,234.50', '1234.5', ' 1 234 ', 'GBP 12'.

    Exact: no float is involved. Below zero comes back below zero, so that callers can say what it must be.
    Commas and spaces are taken only where thousands end; '1,50' is refused, as it may mean 1.50 or 150.
    Raises MoneyError.
    """
    shown = text.strip()[:60]
    if not shown:
        raise MoneyError("money_missing")
    found = _AMOUNT.fullmatch(text)
    if not found or (found["before"] and found["after"]):
        raise MoneyError("money_unreadable", {"text": shown})
    fraction = (found["part"] or found["bare"] or "").rstrip("0")
    if len(fraction) > 2:
        raise MoneyError("money_too_fine", {"text": shown})
    whole = re.sub(r"[^0-9]", "", found["whole"] or "").lstrip("0") or "0"
    # Ten digits are too many already, and int() refuses very long ones with an error of its own.
    if len(whole) > 9:
        raise MoneyError("money_too_large", {"text": shown, "most_pence": MOST_PENCE})
    pence = int(whole) * 100 + int(fraction.ljust(2, "0"))
    return -pence if found["before"] or found["after"] else pence


def pounds(pence: int) -> str:
    """'£4,850.00': for letters, payments and everywhere that money moves."""
    return f"{_sign(pence)}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def pounds_short(pence: int) -> str:
    """'£4,850' when there are no odd pence, else '£4,850.50': for pages that people read."""
    return pounds(pence).removesuffix(".00")


def pounds_plain(pence: int) -> str:
    """'4850.00': for files that programs read."""
    return f"{_sign(pence)}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def pounds_words(pence: int) -> str:
    """'four thousand, eight hundred and fifty pounds', with the pence if there are any.

    English. Raises ValueError below zero or above MOST_PENCE: no letter promises such a sum.
    """
    if not 0 <= pence <= MOST_PENCE:
        raise ValueError(f"{pence} pence cannot be put into words: 0 to {MOST_PENCE} can.")
    whole, part = divmod(pence, 100)
    said = []
    if whole or not part:
        said.append(f"{_number_words(whole)} {'pound' if whole == 1 else 'pounds'}")
    if part:
        said.append(f"{_below_thousand(part)} {'penny' if part == 1 else 'pence'}")
    return " and ".join(said)


def instalments(pence: int, shares: Sequence[int]) -> tuple[int, ...]:
    """Split a sum by weights, (1, 1) or (70, 30): the parts always add up to it, to the penny.

    Each part is within a penny of its exact share; odd pennies go to the largest remainders, the earlier
    first. Raises ValueError when the sum or a share is below zero, or no share is above it.
    """
    weight = sum(shares)
    if pence < 0 or weight <= 0 or min(shares) < 0:
        raise ValueError("A sum of at least zero is split by shares of at least zero, one of them above it.")
    parts = [pence * share // weight for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda at: -(pence * shares[at] % weight))
    for at in by_remainder[: pence - sum(parts)]:
        parts[at] += 1
    return tuple(parts)


def _sign(pence: int) -> str:
    return "-" if pence < 0 else ""


def _number_words(number: int) -> str:
    if number == 0:
        return _UNITS[0]
    said = []
    for size, name in ((1_000_000, " million"), (1_000, " thousand"), (1, "")):
        group = number // size % 1_000
        if group:
            said.append(_below_thousand(group) + name)
    last = number % 1_000
    # "one thousand and five", yet "one thousand, two hundred and five".
    joiner = " and " if len(said) > 1 and 0 < last < 100 else ", "
    return joiner.join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else said[0]


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    said = [f"{_UNITS[hundreds]} hundred"] if hundreds else []
    if rest:
        tens, units = divmod(rest, 10)
        said.append(_UNITS[rest] if rest < 20 else _TENS[tens] + (f"-{_UNITS[units]}" if units else ""))
    return " and ".join(said)
