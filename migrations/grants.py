"""What the service's own PostgreSQL role may do, where another role owns the tables."""

from sqlalchemy import Connection, text

from fundapp.audit.rights import allowed


def grant(connection: Connection, service_role: str | None) -> None:
    """Gives the service its rights: it may add to the record, add and change evidence, delete neither.

    Nothing to do when the service connects as the owner. Harmless when repeated; new tables are covered by
    the run that made them, by their names, so none is forgotten and no default privileges are needed: a table that
    somebody makes beside the migrations is none of the service's. What was given to everybody is taken back.
    """
    owner = connection.scalar(text("SELECT current_user"))
    if not service_role or service_role == owner:
        return
    quoted = connection.dialect.identifier_preparer.quote
    role = quoted(service_role)
    for table in connection.scalars(
        text(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
            " AND pg_has_role(current_user, tableowner, 'MEMBER')"
        )
    ):
        connection.execute(text(f"REVOKE ALL ON {quoted(table)} FROM {role}, PUBLIC"))
        connection.execute(text(f"GRANT {', '.join(allowed(table))} ON {quoted(table)} TO {role}"))
    schema = quoted(str(connection.scalar(text("SELECT current_schema()"))))
    connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {role}"))
    connection.execute(text(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"))
