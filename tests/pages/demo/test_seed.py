"""What the demo's data says of its own days."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from fundapp.audit.record import Recorder
from fundapp.database import Database
from fundapp.demo.seed import seed
from fundapp.models import Draft
from fundapp.services.deed import Office


def test_no_draft_was_saved_on_a_day_that_is_still_to_come(sqlite_database: Database) -> None:
    now = datetime.now(UTC)
    seed(Office(sqlite_database, Recorder(b"k" * 32), ZoneInfo("Europe/London")), 12, now)
    with sqlite_database.read() as conn:
        last = conn.execute(select(func.max(Draft.saved_at))).scalar_one()
    assert last < now
