"""An answer is saved in one window at the very moment at which the bid is sent from another."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text

from fundapp.database import Database
from fundapp.models import BidVersion, Draft
from fundapp.queries import facts
from fundapp.services import drafts
from fundapp.services.drafts import Closed
from tests.services import world

pytestmark = [pytest.mark.race, pytest.mark.postgres]

LATE = "Typed while the other window sent."
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
def stage(postgres_database: Database) -> Any:
    """An open round on PostgreSQL; SQLite has one writer at a time."""
    made = world.stage_of(world.office_of(postgres_database))
    yield made
    world.holds(made.office)


def test_what_was_acknowledged_is_in_what_was_sent(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sending has read the draft when the save comes: the save waits for it, and is told that it is too late."""
    office, member = stage.office, stage.cast.actor("member")
    bid = stage.draft(world.project())
    read = facts.draft_with_form
    with ThreadPoolExecutor(1) as other_window:
        saves: list[Any] = []

        def interrupted(conn: Any, asked: int) -> Any:
            found = read(conn, asked)
            if not saves:
                saves.append(
                    other_window.submit(
                        drafts.save, office, member, bid, {"summary": LATE}, found.revision, stage.during
                    )
                )
                _until_done_or_waiting(office, saves[0])
            return found

        monkeypatch.setattr(facts, "draft_with_form", interrupted)
        stage.submit(bid)
        with pytest.raises(Closed):
            saves[0].result(timeout=60)
    with office.db.read() as conn:
        sent = conn.execute(select(BidVersion.answers).where(BidVersion.bid_id == bid)).scalar_one()
        kept = conn.execute(select(Draft.answers).where(Draft.bid_id == bid)).scalar_one()
    assert sent["summary"] == kept["summary"] != LATE


def _until_done_or_waiting(office: Any, save: Any) -> None:
    """The save is through, or stands behind a lock."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with office.db.read() as conn:
            waits = conn.execute(text(WAITING)).scalar_one()
        if save.done() or waits:
            return
        time.sleep(0.02)
    raise AssertionError("the save neither ended nor waited")
