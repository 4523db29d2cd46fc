"""Passwords: argon2id, hashed before any transaction begins."""

import re
from collections.abc import Sequence
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: Long enough to type, too long to guess; NIST SP 800-63B asks for eight.
SHORTEST = 10
LONGEST = 200
#: Of zxcvbn's scores from 0 to 4: safe from guessing even with a stolen hash that is slow to try.
STRONG = 3


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """What an unknown address is held against, so that it takes as long to refuse."""
    return _hasher().hash("nobody has this password")


def weakness(password: str, about: Sequence[str] = ()) -> str | None:
    """Why a password cannot be taken: short, long, yours, common, pattern, guessable; None for a good one.

    `about` are words that a guesser would try first: the person's name and address, the fund's name.
    """
    from zxcvbn import zxcvbn

    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    words = [part.lower() for text in about for part in (text, *re.split(r"[^\w]+", text)) if len(part) > 2]
    rest = password.lower()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < min(len(password), SHORTEST - 2):
        return "yours"
    found = zxcvbn(password[:72], user_inputs=words)
    if found["score"] >= STRONG:
        return None
    matches = [match for match in found["sequence"] if match["pattern"] != "bruteforce"]
    if any(match.get("dictionary_name") == "user_inputs" for match in matches):
        return "yours"
    if any(match["pattern"] == "dictionary" for match in matches):
        return "common"
    return "pattern" if matches else "guessable"


def hashed(password: str) -> str:
    """The argon2id hash of a password, with its own salt."""
    return _hasher().hash(password)


def matches(stored: str | None, given: str) -> bool:
    """Whether a password is the one that was stored; takes as long for an account that has none."""
    try:
        # Cut for the hashing alone: what is longer than any password that was taken is none of them.
        fits = _hasher().verify(stored or _nobody(), given[:LONGEST])
        return fits and stored is not None and len(given) <= LONGEST
    except (VerificationError, InvalidHashError):
        return False
