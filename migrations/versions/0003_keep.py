"""The schema says which code it still serves, so that the old release may run on while the new one comes up."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: Code before this revision asks for its own schema and no other.
SERVES_SINCE = "0003"


def upgrade() -> None:
    """An empty table; `migrations/floor.py` fills it at the end of every run."""
    kind = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "schema_floor",
        sa.Column("revision", sa.String(32), nullable=False),
        sa.Column("id", kind, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_schema_floor"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Takes the table away."""
    op.drop_table("schema_floor")
