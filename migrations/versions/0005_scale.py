"""The request that asked for an effect, how often effects came to what, and when workers were last seen."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column that may be empty, two tables."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.String(27) if op.get_bind().dialect.name == "sqlite" else sa.DateTime(timezone=True)
    op.add_column("outbox", sa.Column("request_id", sa.String(64), nullable=True))
    op.create_table(
        "tally",
        sa.Column("id", number, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("name", "outcome", name="uq_tally_name_outcome"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pulse",
        sa.Column("id", number, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.UniqueConstraint("name", name="uq_pulse_name"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Takes them away again."""
    op.drop_table("pulse")
    op.drop_table("tally")
    op.drop_column("outbox", "request_id")
