"""What commands start from: the settings, the database, the operator."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection

from config import Settings
from fundapp.audit.record import Recorder
from fundapp.cli.failures import Told
from fundapp.database import AnyRow, Database, DatabaseUnusable
from fundapp.queries import rounds
from fundapp.schema import standing
from fundapp.services import letters
from fundapp.services.deed import Office
from fundapp.storage import open_storage

#: Rounds that a sentence names, the newest.
NAMED = 12


@contextmanager
def office(*, current: bool = True) -> Iterator[Office]:
    """The service's office over the environment's settings, closed afterwards.

    `current`: refuse a database whose schema does not serve this code. Raises BadSettings, DatabaseUnusable.
    """
    settings = Settings.from_environment()
    database = Database(
        settings.database_url, settings.database_owner_url, pool=settings.database_pool,
        prepares=settings.database_prepares,
    )  # fmt: skip
    try:
        if current:
            with database.read() as conn:
                stands = standing(conn)
            if not stands.serves:
                raise DatabaseUnusable(stands.why_not)
        yield Office(
            database, Recorder(settings.audit_key), settings.zone, settings.secret_key, settings.bank_keys,
            settings.bank_weights,
        )  # fmt: skip
    finally:
        database.close()


def cabinet(office: Office) -> letters.Cabinet:
    """Where the environment's settings keep letters."""
    settings = Settings.from_environment()
    return letters.cabinet(office, settings, open_storage(settings.storage_url))


def now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def round_of(conn: Connection, code: str) -> AnyRow:
    """The round of that code. Raises Told, naming those that there are."""
    row = rounds.by_code(conn, code)
    if row is None:
        known = ", ".join(each.code for each in rounds.all_of(conn)[:NAMED])
        raise Told(f"There is no round {code}." + (f" There is: {known}." if known else ""))
    return row
