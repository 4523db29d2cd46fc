"""A release that is one revision ahead of this code, made up for tests."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from fundapp import database as database_module

ROOT = Path(__file__).resolve().parents[2]


def head() -> str:
    """This code's own revision."""
    return str(ScriptDirectory(str(ROOT / "migrations")).get_current_head())


AHEAD = '''"""A release to come."""
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None
{serves}

def upgrade():
    op.create_table("to_come", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("word", sa.Text, nullable=False))
    op.add_column("bid", sa.Column("to_come", sa.Text))
    op.add_column("outbox", sa.Column("to_come", sa.Integer, nullable=False, server_default="7"))


def downgrade():
    op.drop_table("to_come")
'''


@contextmanager
def a_release_to_come(folder: Path, serves: str) -> Iterator[None]:
    """The code has one revision more than it has, for as long as this lasts."""
    shutil.copytree(ROOT / "migrations", folder / "migrations")
    (folder / "migrations" / "versions" / "9999_to_come.py").write_text(
        AHEAD.format(head=head(), serves=serves)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database_module, "MIGRATIONS", folder / "migrations")
        yield
