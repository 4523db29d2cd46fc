"""All tables, and the triggers that keep the record."""

from pathlib import Path

from alembic import op

from migrations import append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FIRST = Path(__file__).resolve().parents[1] / "first"

EVIDENTIAL = (
    "assignment", "award", "award_answer", "bank_line", "bid", "bid_version", "cancellation", "co_applicant",
    "decision", "donation_report", "endorsement", "endorsement_request", "form_version", "fund", "income", "interest",
    "letter", "letter_file", "masked_copy", "membership", "moderation", "office_holding", "panel_seat", "payee",
    "payer", "payment", "payment_run", "permissibility", "remark", "report", "review", "role_grant", "round", "score",
    "sitting", "source", "suggestion", "tie", "variation", "wording",
)  # fmt: skip


def upgrade() -> None:
    """The statements of `first/<database>/`, file by file, then the triggers."""
    dialect = op.get_bind().dialect.name
    statements = _statements(dialect)
    if dialect == "sqlite":
        statements += append_only.sqlite_audit()
        for table in EVIDENTIAL:
            statements += append_only.sqlite_evidence(table)
    else:
        statements += append_only.POSTGRESQL_FUNCTIONS
        statements += append_only.postgresql_audit()
        for table in EVIDENTIAL:
            statements += append_only.postgresql_evidence(table)
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Drops everything, the record included."""
    dialect = op.get_bind().dialect.name
    made = [line.split()[2] for line in _statements(dialect) if line.startswith("CREATE TABLE")]
    for table in reversed(made):
        op.get_bind().exec_driver_sql(f"DROP TABLE {table}")
    if dialect == "postgresql":
        for function in append_only.POSTGRESQL_FUNCTION_NAMES:
            op.get_bind().exec_driver_sql(f"DROP FUNCTION {function}()")


def _statements(dialect: str) -> list[str]:
    files = sorted((FIRST / dialect).glob("*.sql"))
    return [part for file in files for part in file.read_text().split("\n\n") if part.strip()]
