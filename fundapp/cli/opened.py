"""What commands start from: the settings, the database, the operator."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from config import Settings
from fundapp.audit.record import Recorder
from fundapp.database import Database, DatabaseUnusable, schema_is_current
from fundapp.services.deed import Office


@contextmanager
def office(*, current: bool = True) -> Iterator[Office]:
    """The service's office over the environment's settings, closed afterwards.

    `current`: refuse a database whose schema is not the newest. Raises BadSettings, DatabaseUnusable.
    """
    settings = Settings.from_environment()
    database = Database(settings.database_url, settings.database_owner_url)
    try:
        if current:
            with database.read() as conn:
                if not schema_is_current(conn):
                    raise DatabaseUnusable(
                        "The database has no tables yet, or older ones. Run `fundapp db upgrade` first."
                    )
        yield Office(
            database, Recorder(settings.audit_key), settings.zone, settings.secret_key, settings.bank_keys,
            settings.bank_weights,
        )  # fmt: skip
    finally:
        database.close()


def now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)
