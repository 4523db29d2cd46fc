"""What the service's own PostgreSQL role may do to each table, and what it may do beyond that."""

from sqlalchemy import Connection, text

from fundapp.models import EVIDENTIAL
from fundapp.models.base import Base

#: Written by the migrations; the service reads them.
OF_THE_SCHEMA = frozenset(("alembic_version", "schema_floor"))

EVERY = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def allowed(table: str) -> tuple[str, ...]:
    """The rights on a table, by its name: the record is added to, evidence is changed but never deleted.

    Every table called `audit_…` is part of the record, those of later revisions too.
    """
    if table in OF_THE_SCHEMA:
        return ("SELECT",)
    if table.startswith("audit_") and table != "audit_head":
        return ("SELECT", "INSERT")
    if table == "audit_head" or table in EVIDENTIAL:
        return ("SELECT", "INSERT", "UPDATE")
    return ("SELECT", "INSERT", "UPDATE", "DELETE")


_ROLE = text(
    "SELECT rolname AS name, rolsuper AS super, rolcreaterole AS makes_roles FROM pg_roles WHERE rolname = current_user"
)
#: Owning, by oneself or as a member of the owner, is to switch triggers off and to give oneself any right.
_OWNED = text(
    "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')"
    " AND relname = ANY(:tables) AND pg_has_role(current_user, relowner, 'MEMBER')"
)
_MAY_CREATE = text("SELECT current_schema(), has_schema_privilege(current_schema(), 'CREATE')")
_HELD = text(
    "SELECT relname, wanted FROM pg_class, unnest(CAST(:rights AS text[])) AS wanted"
    " WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND relname = ANY(:tables)"
    " AND CASE WHEN wanted IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')"
    " THEN has_any_column_privilege(pg_class.oid, wanted) ELSE has_table_privilege(pg_class.oid, wanted) END"
)
_REPLICATION = text(
    "SELECT current_setting('server_version_num')::int >= 150000"
    " AND has_parameter_privilege('session_replication_role', 'SET')"
)
_VERSION = text("SELECT current_setting('server_version_num')::int")


def wrong(conn: Connection) -> list[str]:
    """Sentences: what the role that this connection is may do to the record beyond its rights, or lacks.

    None on SQLite, whose file belongs to whoever may write it.
    """
    if conn.dialect.name != "postgresql":
        return []
    role = conn.execute(_ROLE).one()
    tables = sorted({*Base.metadata.tables, *OF_THE_SCHEMA})
    remedy = "Make a role of its own for the service, name it in DATABASE_URL and the owner in DATABASE_OWNER_URL, "
    remedy += "and run `fundapp db upgrade`, which gives it its rights."
    if role.super:
        return [
            f"The service is {role.name} on the database, a superuser: it could change the record. {remedy}"
        ]
    if conn.execute(_OWNED, {"tables": tables}).scalar_one():
        return [
            f"The service is {role.name} on the database, which owns its tables or may act as their owner: it could "
            f"switch off the triggers that keep the record append-only. {remedy}"
        ]
    return [*_at_large(conn, role.name, bool(role.makes_roles)), *_on_tables(conn, role.name, tables)]


def _at_large(conn: Connection, name: str, makes_roles: bool) -> list[str]:
    found = []
    if makes_roles:
        found.append(f"The service's role {name} may make roles: `ALTER ROLE {name} NOCREATEROLE`.")
    schema, may_create = conn.execute(_MAY_CREATE).one()
    if may_create:
        found.append(
            f"The service's role {name} may make tables and functions in {schema}: "
            f"`REVOKE CREATE ON SCHEMA {schema} FROM {name}, PUBLIC`."
        )
    if conn.execute(_VERSION).scalar_one() >= 150000 and conn.execute(_REPLICATION).scalar_one():
        found.append(
            f"The service's role {name} may pass by foreign keys (session_replication_role): "
            f"`REVOKE SET ON PARAMETER session_replication_role FROM {name}`."
        )
    return found


def _on_tables(conn: Connection, name: str, tables: list[str]) -> list[str]:
    held: dict[str, set[str]] = {table: set() for table in tables}
    for table, right in conn.execute(_HELD, {"tables": tables, "rights": list(EVERY)}):
        held[table].add(right)
    more = {table: rights - set(allowed(table)) for table, rights in held.items()}
    less = {table: set(allowed(table)) - rights for table, rights in held.items()}
    found = []
    for words, which in (("more than it should", more), ("less than it needs", less)):
        ordered = sorted(which.items(), key=lambda each: (not each[0].startswith("audit_"), each[0]))
        named = [f"{', '.join(sorted(rights))} on {table}" for table, rights in ordered if rights]
        if named:
            rest = f" and {len(named) - 3} more" if len(named) > 3 else ""
            found.append(
                f"The service's role {name} may do {words} ({'; '.join(named[:3])}{rest}): run `fundapp db upgrade`; "
                "if that does not mend it, take back what was given to PUBLIC or to a role that it belongs to."
            )
    return found
