"""Which code the schema still serves, worked out from what its revisions say and written into the database.

A revision says `SERVES_SINCE = "0007"`: code of 0007 and of every later revision runs on the schema that it makes.
One that says nothing serves no code but its own.
"""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text


def floor_of(script: ScriptDirectory, revision: str) -> str:
    """The oldest revision whose code runs on the schema of this one: the newest that any revision up to it names."""
    line = list(script.iterate_revisions(revision, "base"))[::-1]
    place = {each.revision: number for number, each in enumerate(line)}
    return max((getattr(each.module, "SERVES_SINCE", each.revision) for each in line), key=place.__getitem__)


def lay(connection: Connection, script: ScriptDirectory) -> None:
    """Writes it, where the schema has a place for it."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None or not inspect(connection).has_table("schema_floor"):
        return
    connection.execute(text("DELETE FROM schema_floor"))
    connection.execute(
        text("INSERT INTO schema_floor (revision) VALUES (:floor)"), {"floor": floor_of(script, revision)}
    )
