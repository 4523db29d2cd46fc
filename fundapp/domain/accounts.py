"""Bank accounts as people write them, as banks count them, and as they may be shown."""

import re
import unicodedata
from typing import Final

#: What stands between the digits of a number as people write it.
_BETWEEN: Final = re.compile(r"[\s.\-/\u2010-\u2015\u2212\u00ad\u200b]+")
#: Banks' longest name of an account that a payment carries is shorter; a group's whole name may be longer.
LONGEST_HOLDER: Final = 140


def read_sort_code(text: str) -> str | None:
    """The six digits of a sort code in any writing, such as 12-34-56 or 12 34 56; None if it is none."""
    digits = _digits(text)
    return digits if digits is not None and len(digits) == 6 else None


def read_account(text: str) -> str | None:
    """An account number of six to eight digits as eight, noughts in front, as banks do; None if it is none."""
    digits = _digits(text)
    return digits.zfill(8) if digits is not None and 6 <= len(digits) <= 8 else None


def written_sort_code(digits: str) -> str:
    """`12-34-56`."""
    return "-".join((digits[:2], digits[2:4], digits[4:]))


def masked_sort_code(digits: str) -> str:
    """`12-34-••`: the bank can be known, its branch cannot."""
    return f"{digits[:2]}-{digits[2:4]}-••"


def _digits(text: str) -> str | None:
    bare = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    return bare if bare.isascii() and bare.isdigit() else None
