"""Passwords: argon2id, hashed before any transaction begins."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: Long enough to type, too long to guess; NIST SP 800-63B asks for eight.
SHORTEST = 10
LONGEST = 200


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """What an unknown address is held against, so that it takes as long to refuse."""
    return _hasher().hash("nobody has this password")


def hashed(password: str) -> str:
    """The argon2id hash of a password, with its own salt."""
    return _hasher().hash(password)


def matches(stored: str | None, given: str) -> bool:
    """Whether a password is the one that was stored; takes as long for an account that has none."""
    try:
        return _hasher().verify(stored or _nobody(), given[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
