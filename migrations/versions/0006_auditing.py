"""What an auditor searches the record by, and what verifications of it found. Old code neither knows nor needs them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INDEXES = {
    "ix_audit_event_at": ["at", "id"],
    "ix_audit_event_action": ["action", "at", "id"],
    "ix_audit_event_actor": ["actor", "at", "id"],
}


def upgrade() -> None:
    """A table, and three indexes on events."""
    moment = sa.String(27) if op.get_bind().dialect.name == "sqlite" else sa.DateTime(timezone=True)
    op.create_table(
        "verification",
        sa.Column("asked_by", _BIG, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("outside", sa.Text(), nullable=False),
        sa.Column("begun_at", moment),
        sa.Column("done_at", moment),
        sa.Column("found", sa.Integer()),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("id", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_verification"),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name="fk_verification_asked_by"),
        sqlite_autoincrement=True,
    )
    for name, columns in _INDEXES.items():
        op.create_index(name, "audit_event", columns)


def downgrade() -> None:
    """Takes them away: the record itself stays as it is."""
    for name in _INDEXES:
        op.drop_index(name, "audit_event")
    op.drop_table("verification")
