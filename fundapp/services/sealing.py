"""What is kept under SECRET_KEY: marks that cannot be guessed back, and secrets that only the service opens."""

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from typing import Final

#: Sets these keys apart from anything else that is made of SECRET_KEY, by the name of what they are for.
_PURPOSE: Final = b"fundapp v1\x00"


class Unsealable(ValueError):
    """A sealed secret that SECRET_KEY does not open: the key was changed, or the row was."""


def mark(secret_key: str, purpose: str, *parts: str) -> str:
    """An HMAC-SHA-256 of the parts in hex: the same for the same parts, and it tells nothing of them."""
    said = "\x00".join((purpose, *parts)).encode()
    return hmac.new(secret_key.encode(), _PURPOSE + said, hashlib.sha256).hexdigest()


def seal(secret_key: str, purpose: str, owner: str, text: str) -> str:
    """The text under AES-GCM, bound to its owner: it opens for nobody else."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    sealed = AESGCM(_key(secret_key, purpose)).encrypt(nonce, text.encode(), owner.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(secret_key: str, purpose: str, owner: str, sealed: str) -> str:
    """The text again. Raises Unsealable."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        raw = base64.b64decode(sealed, validate=True)
        return AESGCM(_key(secret_key, purpose)).decrypt(raw[:12], raw[12:], owner.encode()).decode()
    except (InvalidTag, ValueError) as wrong:
        raise Unsealable(f"what was sealed as {purpose} for {owner} does not open") from wrong


@lru_cache(maxsize=16)
def _key(secret_key: str, purpose: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt=None, info=_PURPOSE + purpose.encode()).derive(secret_key.encode())
