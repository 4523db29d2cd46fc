"""The check code that a letter carries: drawn so that nobody guesses it, read however somebody types it."""

import re
import secrets
from typing import Final

#: Signs of a code: none that is taken for another. Twelve of them are 58 bits.
SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_PARTS: Final = 3
_OF_EACH: Final = 4

_PAGE: Final = re.compile(r"^.*/check/", re.DOTALL)
#: Whatever people put between signs, or a machine puts for a dash.
_BETWEEN: Final = re.compile(r"[\s.,_/\\\-\u00ad\u2010-\u2015\u2212\u200b-\u200d\u2060]+")


def draw() -> str:
    """A fresh code, in three parts of four: K7QM-4TXA-9WEH."""
    return _in_parts("".join(secrets.choice(SIGNS) for _sign in range(_PARTS * _OF_EACH)))


def read(text: str) -> str | None:
    """The code that somebody typed: small letters, blanks, other dashes or none, or the whole address of its page.

    None for what can be no code.
    """
    signs = _BETWEEN.sub("", _PAGE.sub("", text[:200])).upper()
    if len(signs) != _PARTS * _OF_EACH or not set(signs) <= set(SIGNS):
        return None
    return _in_parts(signs)


def _in_parts(signs: str) -> str:
    return "-".join(signs[start : start + _OF_EACH] for start in range(0, len(signs), _OF_EACH))
