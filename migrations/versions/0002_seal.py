"""What seals the record: leaves, the subtrees that proofs are made from, checkpoints. Old code neither knows nor needs them."""

import sqlalchemy as sa
from alembic import op

from migrations import append_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLES = ("audit_checkpoint", "audit_node", "audit_leaf")


def upgrade() -> None:
    """Three tables that are only ever added to."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    moment = sa.String(27) if sqlite else sa.DateTime(timezone=True)
    op.create_table(
        "audit_leaf",
        sa.Column("position", _BIG, autoincrement=False, nullable=False),
        sa.Column("event_id", _BIG, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_audit_leaf"),
        sa.UniqueConstraint("event_id", name="uq_audit_leaf_event_id"),
    )
    op.create_table(
        "audit_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", _BIG, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "place", name="pk_audit_node"),
    )
    op.create_table(
        "audit_checkpoint",
        sa.Column("size", _BIG, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_checkpoint"),
        sa.UniqueConstraint("size", name="uq_audit_checkpoint_size"),
        sqlite_autoincrement=True,
    )
    for statement in append_only.sqlite_sealed() if sqlite else append_only.postgresql_sealed():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Drops the seals; the events that they seal stay."""
    for table in _TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for function in append_only.POSTGRESQL_SEALED_FUNCTION_NAMES:
            op.get_bind().exec_driver_sql(f"DROP FUNCTION {function}()")
