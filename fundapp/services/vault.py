"""Bank details at rest: each row's under a key of its own, which lies encrypted under the service's key (BANK_KEY)."""

import base64
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy import Connection, bindparam, insert, update

from fundapp.database import AnyRow, Database
from fundapp.models import DataKey
from fundapp.queries import data_keys

#: Sets these keys apart from whatever else the same bytes might be used for.
_PURPOSE: Final = b"fundapp bank details v1\x00"


class NoBankKey(RuntimeError):
    """The service has no key for bank details, or not the one that these were encrypted under."""


class Forgotten(LookupError):
    """The key of these details was destroyed: nobody can read them any more."""


def key_id(key: bytes) -> str:
    """The name of a key: it tells nothing of the key itself."""
    return hashlib.sha256(_PURPOSE + key).hexdigest()[:16]


def seal(
    conn: Connection, keys: Sequence[bytes], owner: str, details: Mapping[str, str], at: datetime
) -> tuple[str, int]:
    """The details encrypted for their owner (`bid:142`), under a fresh key that is kept beside; (sealed, data key's id).

    Raises NoBankKey.
    """
    sealed, name, wrapped = closed(keys, owner, details)
    values = {"key_id": name, "wrapped": wrapped, "made_at": at}
    made = conn.execute(insert(DataKey).values(**values).returning(DataKey.id)).scalar_one()
    return sealed, int(made)


def closed(keys: Sequence[bytes], owner: str, details: Mapping[str, str]) -> tuple[str, str, str]:
    """The details encrypted under a fresh key; (sealed, the name of the service's key, the fresh key under it).

    Raises NoBankKey.
    """
    if not keys:
        raise NoBankKey("Bank details cannot be taken: set BANK_KEY.")
    own = os.urandom(32)
    sealed = _encrypt(own, json.dumps(dict(details), sort_keys=True).encode(), owner)
    return sealed, key_id(keys[0]), _encrypt(keys[0], own, "key")


def unseal(conn: Connection, keys: Sequence[bytes], owner: str, sealed: str, data_key: int) -> dict[str, str]:
    """The details again. Raises NoBankKey, Forgotten, and ValueError if they are not this owner's or were changed."""
    return opened(data_keys.by_id(conn, data_key), keys, owner, sealed)


class Wrapped(Protocol):
    """A data key as its row holds it."""

    @property
    def key_id(self) -> str:
        """The name of the service's key that it lies under."""

    @property
    def wrapped(self) -> str:
        """The key, encrypted; empty once it was destroyed."""


def opened(row: Wrapped | AnyRow | None, keys: Sequence[bytes], owner: str, sealed: str) -> dict[str, str]:
    """As `unseal`, with the row of the data key (id, key_id, wrapped) at hand; None for one that is not there."""
    if row is None or not row.wrapped:
        raise Forgotten("the key of these bank details was destroyed")
    own = _decrypt(_named(keys, row.key_id), row.wrapped, "key")
    details: dict[str, str] = json.loads(_decrypt(own, sealed, owner))
    return details


def rewrapped(keys: Sequence[bytes], name: str, wrapped: str) -> str:
    """A row's key as it lies under the service's first key. Raises NoBankKey if none of the keys opens it."""
    return _encrypt(keys[0], _decrypt(_named(keys, name), wrapped, "key"), "key")


@dataclass(frozen=True, slots=True)
class Rotated:
    """How far a rotation is: keys wrapped anew, and keys that lie under one that BANK_KEY does not hold."""

    done: int
    lost: int


def rotate(db: Database, keys: Sequence[bytes], batch: int, told: Callable[[Rotated], None]) -> Rotated:
    """Wrap every data key under the service's first key. Each batch stands once it is told: a second start goes on.

    What was encrypted under the data keys stays as it is, and so does all that is evidence. Raises NoBankKey without
    any key, ValueError if a data key was changed.
    """
    if not keys:
        raise NoBankKey("There is nothing to rotate to: set BANK_KEY.")
    newest, done, lost, last = key_id(keys[0]), 0, 0, 0
    held = {key_id(key) for key in keys}
    while True:
        with db.write() as conn:
            rows = data_keys.not_under(conn, newest, last, batch)
            mine = [row for row in rows if row.key_id in held]
            changed = [
                {"which": row.id, "was": row.wrapped, "now": rewrapped(keys, row.key_id, row.wrapped)}
                for row in mine
            ]
            if changed:
                # Whoever forgot or rotated a key meanwhile keeps what they did.
                conn.execute(
                    update(DataKey)
                    .where(DataKey.id == bindparam("which"), DataKey.wrapped == bindparam("was"))
                    .values(wrapped=bindparam("now"), key_id=newest),
                    changed,
                )
        if not rows:
            return Rotated(done, lost)
        last, done, lost = rows[-1].id, done + len(mine), lost + len(rows) - len(mine)
        told(Rotated(done, lost))


def _named(keys: Sequence[bytes], name: str) -> bytes:
    for key in keys:
        if key_id(key) == name:
            return key
    raise NoBankKey(f"These bank details were encrypted under a key that BANK_KEY does not hold: {name}.")


def _encrypt(key: bytes, plain: bytes, owner: str) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    return base64.b64encode(nonce + AESGCM(_cut(key)).encrypt(nonce, plain, owner.encode())).decode()


def _decrypt(key: bytes, text: str, owner: str) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    raw = base64.b64decode(text, validate=True)
    try:
        return AESGCM(_cut(key)).decrypt(raw[:12], raw[12:], owner.encode())
    except InvalidTag as wrong:
        raise ValueError(f"what was encrypted for {owner} does not open") from wrong


def _cut(key: bytes) -> bytes:
    """256 bits of a key of whatever length, for this purpose alone."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(key)
