"""How the database's schema stands to this code: its own, older, newer and still serving it, newer and not."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from fundapp import database


@dataclass(frozen=True)
class Standing:
    """`found` is the database's revision (None: no tables), `head` the code's own, `floor` the oldest that it serves."""

    found: str | None
    head: str
    floor: str | None
    #: The revisions that this code knows: its own and all before it.
    known: frozenset[str]

    @property
    def newest(self) -> bool:
        """The schema is this code's own."""
        return self.found == self.head

    @property
    def ahead(self) -> bool:
        """The schema is one that this code does not know: a newer release made it."""
        return self.found is not None and self.found not in self.known

    @property
    def serves(self) -> bool:
        """This code may work on it: its own, or a newer one that says so."""
        return self.newest or (self.ahead and self.floor in self.known)

    @property
    def why_not(self) -> str:
        """A sentence for whoever is refused."""
        if self.ahead:
            return (
                f"The database was brought to a newer schema ({self.found}) that this release of the service cannot "
                "work on. Install the newer release."
            )
        return "The database has no tables yet, or older ones. Run `fundapp db upgrade` first."


def standing(conn: Connection) -> Standing:
    """How the database stands to this code."""
    from alembic.migration import MigrationContext

    head, known = _revisions(database.MIGRATIONS)
    found = MigrationContext.configure(conn).get_current_revision()
    floor = None
    if found is not None and found not in known and inspect(conn).has_table("schema_floor"):
        floor = conn.execute(text("SELECT revision FROM schema_floor")).scalar()
    return Standing(found, head, floor, known)


@lru_cache(maxsize=4)
def _revisions(folder: Path) -> tuple[str, frozenset[str]]:
    """The newest revision in a folder of migrations, and all of them."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(folder))
    return str(script.get_current_head()), frozenset(each.revision for each in script.walk_revisions())
