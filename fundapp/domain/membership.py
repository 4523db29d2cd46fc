"""Membership numbers and names as they are compared, and the fingerprints that stand for a list of members."""

from __future__ import annotations

import hmac
import re
import unicodedata
from typing import Final

#: The fewest and the most signs of a number.
SHORTEST: Final = 3
LONGEST: Final = 20

#: Between the signs of a number people put spaces, dashes, dots and strokes.
_BETWEEN: Final = re.compile(r"[\s.\-/_\u2010-\u2015\u2212\u200b-\u200d\ufeff]+")
#: Letters that do not come apart into a plain one and a mark.
_PLAIN: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
_TITLES: Final = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "sir", "dame", "cllr", "councillor"}
)
_PURPOSE: Final = b"fundapp list of members v1"


def clean_number(text: str) -> str | None:
    """A membership number in the form it is kept in: upper case, letters and digits only, 3 to 20 of them.

    Full-width signs count as plain ones. None for what is no number.
    """
    number = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
    plain = number.isascii() and number.isalnum()
    return number if plain and SHORTEST <= len(number) <= LONGEST else None


def plain_name(name: str) -> str:
    """A name for comparing: its words without case, accents, apostrophes and titles, in the order of the alphabet.

    'Dr Siân O’Neill-Rees' and 'ONEILL REES, Sian' are the same; '' where nothing is left.
    """
    # Taken apart before and after: a letter of a mathematical alphabet has no small one until it is plain.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    letters = "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(_PLAIN)
    words = re.findall(r"\w+", re.sub(r"['’‘ʼ`]", "", letters))
    named = [word for word in words if word not in _TITLES]
    return " ".join(sorted(named or words))


class Marks:
    """Fingerprints under a key of the service: equal for what is equal, and nothing to be read from them.

    Whoever has the database and not the key cannot try numbers, addresses or names against the list.
    """

    def __init__(self, secret_key: str) -> None:
        self._key = hmac.digest(secret_key.encode(), _PURPOSE, "sha256")

    def number(self, number: str) -> str:
        """Of a number as `clean_number` gives it."""
        return self._mark("number", number)

    def email(self, address: str) -> str | None:
        """Of an address, whatever its case; None for none."""
        plain = address.strip().lower()
        return self._mark("email", plain) if plain else None

    def name(self, name: str, number: str) -> str | None:
        """Of a name together with its number: the same name has another mark with every number."""
        plain = plain_name(name)
        return self._mark("name", plain, number) if plain else None

    def _mark(self, *parts: str) -> str:
        return hmac.digest(self._key, "\0".join(parts).encode(), "sha256").hex()
