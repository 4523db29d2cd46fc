"""A bid's reference, such as B-0142X: its number and a check letter, so that a slip opens no other bid."""

from __future__ import annotations

import re

# The example of order 10 in H. M. Damm, "Total anti-symmetrische Quasigruppen" (thesis, Marburg, 2004). Being
# totally anti-symmetric it finds every wrong digit and every swap of neighbours; a test holds it to that.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
# Letters, not a digit, so that a check letter cannot change places with a digit unseen. None looks like a
# digit or like another of them, in handwriting either: no B, D, G, I, L, O, Q, S, Z.
_LETTERS = "ACEHKMPTXY"

_SHAPE = re.compile(r"\s*+B\s*+[-\u2010-\u2015\u2212]?\s*+([0-9]{4,18})([A-Z])\s*", re.IGNORECASE | re.ASCII)


class ReferenceError_(ValueError):
    """A reference that names no bid, as a code; the sentence is made where people read it.

    Codes: `reference_unreadable` (not of the shape B-0142X) and `reference_wrong` (the check letter does not
    belong to the number: a digit is wrong, or two changed places).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def reference(bid_id: int) -> str:
    """The reference of a bid by its id, from 1: B-, at least four digits, a check letter.

    Raises ValueError below 1.
    """
    if bid_id < 1:
        raise ValueError(f"{bid_id} is no bid's id: they count from 1.")
    digits = f"{bid_id:04d}"
    return f"B-{digits}{_letter(digits)}"


def bid_id(reference: str) -> int:
    """The bid's id that a reference names; case, the dash and spaces around it do not matter.

    Spaces between the digits are refused: one may stand where a digit was lost. Raises ReferenceError_.
    """
    found = _SHAPE.fullmatch(reference)
    if not found:
        raise ReferenceError_("reference_unreadable")
    digits, letter = found.groups()
    # A number has one spelling: with a zero more or fewer it was mistyped.
    if int(digits) < 1 or digits != f"{int(digits):04d}":
        raise ReferenceError_("reference_unreadable")
    if letter.upper() != _letter(digits):
        raise ReferenceError_("reference_wrong")
    return int(digits)


def _letter(digits: str) -> str:
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return _LETTERS[interim]
