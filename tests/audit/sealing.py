"""A log's sealer in tests: keys made from nothing secret, and a folder for what lies outside the database."""

from pathlib import Path
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fundapp.audit.keys import SealKey, SealKeys
from fundapp.audit.record import Event, Recorder
from fundapp.audit.seal import Sealer
from fundapp.audit.standalone.notes import key_of
from fundapp.database import Database, database_now
from tests.audit.world import lawful
from tests.databases import RECORDER

ORIGIN = "fund.example/log"


def key(number: int = 1, name: str = ORIGIN) -> SealKey:
    """The same key for the same number."""
    seed = bytes([number]) * 32
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return SealKey(key_of(name, public.public_bytes(Encoding.Raw, PublicFormat.Raw)), seed)


def sealer(db: Database, folder: Path, keys: SealKeys | None = None, recorder: Recorder = RECORDER) -> Sealer:
    """Seals that database; its outside copy lies in the folder."""
    held = keys or SealKeys(key())
    return Sealer(db, recorder, held, folder / "log" / "checkpoint", ZoneInfo("Europe/London"), lawful)


def happen(db: Database, subject: str = "bid:2", action: str = "note.made") -> Event:
    """One more event."""
    with db.write() as conn:
        entry = RECORDER.open_entry(conn, subject)
        return RECORDER.append(conn, entry, action=action, actor="clock", at=database_now(conn))
