"""The keys that a backup never holds: named, told apart by fingerprints, asked for again.

Whoever finds a backup with AUDIT_KEY beside it could write the record anew; with BANK_KEY, read every account; with
SECRET_KEY, let themselves in; with LETTER_KEY or SEAL_KEY, sign in the fund's name. So they are kept apart from it.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config import ROOT, Settings

#: Each key: its file in the data folder where the service made its own, and what is lost without it.
KEYS: Final = {
    "AUDIT_KEY": ("audit_key", "proves the record; nothing can be brought back without it"),
    "SECRET_KEY": ("secret_key", "sign-ins, links in mails, second factors"),
    "BANK_KEY": ("bank_key", "opens the bank details"),
    "LETTER_KEY": ("letter_key.pem", "signs letters, with its certificate"),
    "SEAL_KEY": ("seal_key", "signs checkpoints of the record, and holds its earlier public keys"),
}


@dataclass(frozen=True)
class Kept:
    """A key that must be kept apart: its name, fingerprints, where it is now, what for."""

    name: str
    fingerprints: tuple[str, ...]
    where: str
    why: str


def kept(settings: Settings, environ: Mapping[str, str] = os.environ) -> list[Kept]:
    """The keys that this service has."""
    held = {
        "AUDIT_KEY": (settings.audit_key,),
        "SECRET_KEY": (settings.secret_key.encode(),),
        "BANK_KEY": settings.bank_keys,
        "LETTER_KEY": _of_file(settings.letter_seal[0] if settings.letter_seal else None),
        "SEAL_KEY": _of_file(settings.seal_key),
    }
    return [
        Kept(
            name,
            tuple(fingerprint(settings.audit_key, name, value) for value in held[name]),
            _where(settings.data / file, environ.get(name, "").strip()),
            why,
        )
        for name, (file, why) in KEYS.items()
        if held[name]
    ]


def fingerprint(audit_key: bytes, name: str, value: bytes) -> str:
    """What tells one key from another and nothing of either: under the audit key, so that none can be guessed by it."""
    return hmac.new(audit_key, f"fundapp fingerprint {name}\n".encode() + value, hashlib.sha256).hexdigest()[
        :16
    ]


def absent(wanted: Mapping[str, object], environ: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """Those of the keys that are neither set nor in the data folder, with where each would be looked for.

    Ask before the settings are read: outside production they make a fresh key where none is.
    """
    data = Path(environ.get("FUNDAPP_DATA", "").strip() or ROOT / "instance").absolute()
    return {
        name: data / file
        for name, (file, _why) in KEYS.items()
        if name in wanted and not environ.get(name, "").strip() and not (data / file).is_file()
    }


def _of_file(path: Path | None) -> tuple[bytes, ...]:
    return (path.read_bytes(),) if path is not None and path.is_file() else ()


def _where(made: Path, given: str) -> str:
    """Where a key stands; never the key."""
    if not given:
        return str(made)
    return given if os.path.sep in given and Path(given).is_file() else "the environment"
