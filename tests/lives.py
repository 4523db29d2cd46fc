"""One bid's whole life by the real services, on whatever database a test has."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.demo import people as cast_room
from fundapp.demo import projects, stage
from fundapp.services import people, rounds
from fundapp.services.deed import Office
from tests.databases import RECORDER

NOW = datetime(2027, 6, 1, 12, tzinfo=UTC)


def a_life(db: Database) -> None:
    """One bid from its draft to its accepted report, by the real services."""
    office = Office(db, RECORDER, ZoneInfo("Europe/London"), "s" * 40, (bytes(32),))
    operator = people.operator(office, NOW)
    fund = rounds.found(office, operator, "communities", "Communities Fund", NOW)
    cast = cast_room.enter(office, operator, fund, NOW, with_accounts=False)
    played = stage.build(
        office, operator, cast, fund, "LIFE", "A life", NOW - timedelta(days=60), NOW - timedelta(days=1),
        budget_pence=1_000_000, now=NOW,
    )  # fmt: skip
    project = next(iter(projects.projects(1)))
    bid = played.draft(project)
    played.submit(bid)
    played.endorse(bid, project["representative"])
    played.start_panel()
    played.assign([bid])
    for reader in ("reviewer", "reviewer2", "reviewer3"):
        played.review(bid, reader, (4, 4, 3, 4, 5))
    played.conclude(bid)
    played.decide(bid, "award", 200_000)
    played.release()
    played.accept(bid)
    played.pay(bid)
    played.report(bid)
    played.finish(bid)
    with db.read() as conn:
        assert conn.scalar(text("SELECT state FROM bid WHERE id = :bid"), {"bid": bid}) == "reported"
    assert verify(db, RECORDER).problems == []
