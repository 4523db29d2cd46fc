"""Checkpoints of the record: the sealer that the settings describe, and when it is its time."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from config import Settings
from fundapp.audit import keys as seal_keys
from fundapp.audit.keys import SealKeys, origin
from fundapp.audit.seal import Sealer, waiting
from fundapp.audit.standalone.notes import Key
from fundapp.services.deed import Office

#: The effect that seals, and how long the oldest event waits for it.
EFFECT = "seal"
PATIENCE = timedelta(seconds=60)


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


def due(conn: Connection, at: datetime) -> bool:
    """Whether the oldest event that is not sealed has waited long enough."""
    first = waiting(conn, 1)
    return bool(first) and first[0].at <= at - PATIENCE
