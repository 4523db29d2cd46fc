"""What people ask to be erased, what may not go yet, and when a bid's words went. Old code neither knows nor needs them."""

import sqlalchemy as sa
from alembic import op

from migrations import append_only

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

EVIDENTIAL = ("erasure", "retention_hold")

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("confirmed_at IS NULL AND withdrawn_at IS NULL")
_STANDING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Two evidential tables with their triggers, and two columns of a bid that are no evidence."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    moment = sa.String(27) if sqlite else sa.DateTime(timezone=True)
    op.create_table(
        "erasure",
        sa.Column("person_id", _BIG, nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("asked_by", _BIG, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("confirmed_by", _BIG),
        sa.Column("confirmed_at", moment),
        sa.Column("withdrawn_at", moment),
        *_evidential("erasure"),
        *(_person("erasure", name) for name in ("person_id", "asked_by", "confirmed_by")),
        sa.CheckConstraint("how IN ('letter', 'email', 'phone', 'person')", name="ck_erasure_how"),
        sa.CheckConstraint("confirmed_by <> asked_by", name="ck_erasure_two_people"),
        sa.CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="ck_erasure_confirmed"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_erasure_open", "erasure", ["person_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_index("ix_erasure_home", "erasure", ["home"])
    op.create_table(
        "retention_hold",
        sa.Column("bid_id", _BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", _BIG, nullable=False),
        sa.Column("placed_at", moment, nullable=False),
        sa.Column("ended_by", _BIG),
        sa.Column("ended_at", moment),
        *_evidential("retention_hold"),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name="fk_retention_hold_bid_id"),
        *(_person("retention_hold", name) for name in ("placed_by", "ended_by")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ck_retention_hold_ended"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_retention_hold_standing", "retention_hold", ["bid_id"], unique=True,
        sqlite_where=_STANDING, postgresql_where=_STANDING,
    )  # fmt: skip
    op.create_index("ix_retention_hold_home", "retention_hold", ["home"])
    op.add_column("bid", sa.Column("erased_at", moment))
    op.add_column("bid", sa.Column("erased_why", sa.String(8)))
    triggers = append_only.sqlite_evidence if sqlite else append_only.postgresql_evidence
    for table in EVIDENTIAL:
        for statement in triggers(table):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Drops what was asked and held, and when a bid's words went; the events stay."""
    op.drop_column("bid", "erased_why")
    op.drop_column("bid", "erased_at")
    for table in EVIDENTIAL:
        op.drop_table(table)


def _evidential(table: str) -> list[sa.schema.SchemaItem]:
    """What every evidential row has."""
    return [
        sa.Column("home", sa.String(40), nullable=False),
        sa.Column("event_no", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("id", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["home", "event_no"], ["audit_event.subject", "audit_event.number"], name=f"fk_{table}_home_event_no",
            deferrable=True, initially="DEFERRED",
        ),
    ]  # fmt: skip


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=f"fk_{table}_{column}")
