"""Runs revisions on the connection that `fundapp.database.upgrade` hands over, in its transaction."""

from alembic import context
from alembic.script import ScriptDirectory

from fundapp.models import Base
from migrations.floor import lay
from migrations.grants import grant

config = context.config
connection = config.attributes["connection"]

context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)
context.run_migrations()
lay(connection, ScriptDirectory.from_config(config))
if connection.dialect.name == "postgresql":
    grant(connection, config.attributes.get("service_role"))
