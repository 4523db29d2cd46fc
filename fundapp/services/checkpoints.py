"""Checkpoints of the record: the sealer that the settings describe, and when it is its time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from config import Settings
from fundapp.audit import keys as seal_keys
from fundapp.audit.keys import SealKeys, origin
from fundapp.audit.seal import Sealer, waiting
from fundapp.audit.standalone.notes import Key
from fundapp.database import AnyRow
from fundapp.services.deed import Deed, Office

#: The effect that seals, and how long the oldest event waits for it.
EFFECT: Final = "seal"
PATIENCE: Final = timedelta(seconds=60)
MAILS_FIRST: Final = timedelta(seconds=5)


def keys_of(settings: Settings) -> SealKeys | None:
    """The keys that sign checkpoints, made at first use where the settings say so; None where none is set.

    Raises SealKeyUnusable.
    """
    if settings.seal_key is None:
        return None
    if settings.seal_key_own:
        return seal_keys.load_or_make(settings.seal_key, origin(settings.base_url))
    return seal_keys.load(settings.seal_key)


def known_keys(settings: Settings) -> tuple[Key, ...] | None:
    """The public keys by which checkpoints are checked; None where the service has none."""
    held = keys_of(settings)
    return None if held is None else held.known


def sealer(office: Office, settings: Settings) -> Sealer | None:
    """What seals this service's record; None where no key is set. Raises SealKeyUnusable."""
    held = keys_of(settings)
    if held is None:
        return None
    return Sealer(office.db, office.recorder, held, settings.checkpoint, office.zone)


def ask(deed: Deed, what: str) -> None:
    """Have what this deed records sealed as soon as it is committed, and the checkpoint mailed: `what` names the act, once."""
    # The mails of the act itself go first.
    deed.effect(EFFECT, {"mail": True}, f"{EFFECT}:{what}", not_before=deed.now + MAILS_FIRST)


def oldest(conn: Connection) -> AnyRow | None:
    """The event that has waited longest to be sealed: (id, at); None when all are."""
    first = waiting(conn, 1)
    return first[0] if first else None


def wanted(conn: Connection, at: datetime) -> Mapping[str, Any] | None:
    """The effect that seals what has waited long enough; None when nothing has. Of each oldest event there is one."""
    first = oldest(conn)
    if first is None or first.at > at - PATIENCE:
        return None
    return {
        "name": EFFECT, "args": {"mail": False}, "key": f"{EFFECT}:event:{first.id}", "bid_id": None, "not_before": at,
    }  # fmt: skip
