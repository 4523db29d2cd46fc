"""What the service's own PostgreSQL role may do, where another role owns the tables."""

from sqlalchemy import Connection, text

from fundapp.models import EVIDENTIAL


def grant(connection: Connection, service_role: str | None) -> None:
    """Gives the service its rights: it may add and read events, add and change evidence, delete neither.

    Nothing to do when the service connects as the owner. Harmless when repeated; new tables are covered by
    the run that made them.
    """
    owner = connection.scalar(text("SELECT current_user"))
    if not service_role or service_role == owner:
        return
    quoted = connection.dialect.identifier_preparer.quote
    role = quoted(service_role)
    for table in connection.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    ):
        if table == "alembic_version":
            rights = "SELECT"
        elif table == "audit_head" or table in EVIDENTIAL:
            rights = "SELECT, INSERT, UPDATE"
        elif table.startswith("audit_"):
            rights = "SELECT, INSERT"
        else:
            rights = "SELECT, INSERT, UPDATE, DELETE"
        connection.execute(text(f"REVOKE ALL ON {quoted(table)} FROM {role}"))
        connection.execute(text(f"GRANT {rights} ON {quoted(table)} TO {role}"))
    schema = quoted(str(connection.scalar(text("SELECT current_schema()"))))
    connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {role}"))
    connection.execute(text(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"))
