"""The database's own guards around the record: whether all of them stand."""

from sqlalchemy import Connection, text

from fundapp.models import EVIDENTIAL

_STANDING = {
    "sqlite": text("SELECT name FROM sqlite_master WHERE type = 'trigger'"),
    # Enabled always: for replication sessions too.
    "postgresql": text(
        "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND tgenabled = 'A' AND relnamespace = current_schema()::regnamespace"
    ),
}


def missing(conn: Connection) -> list[str]:
    """Names of the triggers that should keep the record append-only and do not stand, in order."""
    standing = set(conn.execute(_STANDING[conn.dialect.name]).scalars())
    other = "replace" if conn.dialect.name == "sqlite" else "truncate"
    wanted = {f"{table}_{act}" for table in EVIDENTIAL for act in ("change", "delete", other)}
    for table in ("audit_event", "audit_head", "audit_leaf", "audit_node", "audit_checkpoint"):
        wanted |= {f"{table}_{act}" for act in ("change", "delete", "insert")}
    return sorted(wanted - standing)
