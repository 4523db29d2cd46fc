"""What the demo's data says of its own days."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text

from fundapp.audit.record import Recorder
from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.demo.seed import seed
from fundapp.models import Draft
from fundapp.services.deed import Office
from fundapp.storage import LocalFiles


def test_no_draft_was_saved_on_a_day_that_is_still_to_come(sqlite_database: Database) -> None:
    now = datetime.now(UTC)
    seed(
        Office(sqlite_database, Recorder(b"k" * 32), ZoneInfo("Europe/London"), bank_keys=(b"b" * 32,)),
        12,
        now,
    )
    with sqlite_database.read() as conn:
        last = conn.execute(select(func.max(Draft.saved_at))).scalar_one()
    assert last < now


#: What a newcomer should find in the open round: a sentence for each, and how many there are of it.
SIGHTS = {
    "a representative stood aside": "SELECT count(*) FROM endorsement WHERE answer = 'interest'",
    "a bid that was sent twice": "SELECT count(*) FROM bid_version WHERE number = 2",
    "a file came with a bid": "SELECT count(*) FROM document WHERE state = 'clean'",
    "somebody bids together with the applicant": "SELECT count(*) FROM co_applicant WHERE to_at IS NULL",
    "a ward is found by postcode": "SELECT count(DISTINCT area_id) FROM postcode WHERE code LIKE 'LD994%'",
    "a membership waits": "SELECT count(*) FROM membership WHERE confirmed_at IS NULL AND ended_at IS NULL",
    "a panel reads without names": "SELECT count(*) FROM round WHERE blind AND state = 'panel'",
    "a representative's address is to be confirmed": "SELECT count(*) FROM office_holding WHERE source IS NULL",
}


#: Whom and what the confirmed copies would name: by what the service knows, and by what its officer read.
NAMED = re.compile(
    "Sunita|Rao|Tomasz|Wiśniewski|Angharad|Hawthorn|Netherdale|Llanfair|Millbeck|Gethin|Red Kite|Bronwen|saddlery"
)


def test_a_newcomer_finds_each_thing_once(sqlite_database: Database, tmp_path: Path) -> None:
    office = Office(sqlite_database, Recorder(b"k" * 32), ZoneInfo("Europe/London"), bank_keys=(b"b" * 32,))
    made = seed(office, 53, datetime.now(UTC), files=LocalFiles(tmp_path))
    assert made.bids == 53
    with sqlite_database.read() as conn:
        found = {sight: conn.execute(text(asked)).scalar_one() for sight, asked in SIGHTS.items()}
        copies = conn.execute(text("SELECT title, answers FROM masked_copy")).all()
    assert found == dict.fromkeys(SIGHTS, 1)
    assert len(copies) == 3
    assert not NAMED.search(" ".join(said for copy in copies for said in copy)), (
        "a copy of the demo names somebody"
    )
    assert not verify(office.db, office.recorder).problems
