"""A review whose reader is found to have an interest counts nowhere from then on, and stays on record; on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fundapp.demo.stage import Stage
from fundapp.domain import ties as keys
from fundapp.jobs.tick import tick
from fundapp.models import RoleGrant
from fundapp.queries import apart, desk, panel, ranking, reading, seats, suggestions, table, talk
from fundapp.queries import minutes as minute_asks
from fundapp.queries import rounds as round_asks
from fundapp.services import minutes, people, review_drafts, ties
from fundapp.services import panel as acts
from fundapp.services import ranking as ranked
from fundapp.services.deed import Office
from fundapp.services.ties import Said
from tests.services import world

READERS = ("reviewer", "reviewer2", "reviewer3")


def read(stage: Stage) -> int:
    """One bid that three people have read, the first of them far kinder than the others."""
    (bid,) = world.endorsed(stage, 0)
    stage.start_panel()
    stage.assign([bid])
    for reader, mark in zip(READERS, (5, 3, 3), strict=True):
        stage.review(bid, reader, (mark,) * 5)
    return bid


def everywhere(office: Office, stage: Stage, bid: int) -> dict[str, Any]:
    """How many reviews of the bid each place counts, or their totals."""
    chair = stage.cast.persons["chair"]
    with office.db.read() as conn:
        (row,) = panel.table(conn, stage.round, chair)
        round_ = round_asks.by_id(conn, stage.round)
        (placed,) = ranked.of_round(conn, round_).rows
        return {
            "door": table.standings(conn, [bid], chair)[bid].totals,
            "table": (row.reviews, float(row.mean or 0), row.due, row.aside),
            "ranking": sorted(one.total for one in ranking.totals(conn, stage.round)),
            "placed": placed.totals,
            "talk": [voice.now.total for voice in talk.voices(conn, bid)],
            "minutes": sorted(one.total for one in minute_asks.reviews(conn, stage.round)),
            "others": len(panel.others(conn, bid, chair)),
            "comments": len(suggestions.comments(conn, [bid])),
            "desk": sum(one.to_conclude for one in desk.tables(conn, chair, None)),
        }


WHOLE = {
    "door": (500, 300, 300), "table": (3, 1100 / 3, 3, 0), "ranking": [300, 300, 500], "placed": (300, 300, 500),
    "talk": [500, 300, 300], "minutes": [300, 300, 500], "others": 3, "comments": 1, "desk": 1,
}  # fmt: skip
LESS = {
    "door": (300, 300), "table": (2, 300.0, 2, 1), "ranking": [300, 300], "placed": (300, 300), "talk": [300, 300],
    "minutes": [300, 300], "others": 2, "comments": 1, "desk": 0,
}  # fmt: skip


def rounded(found: dict[str, Any]) -> dict[str, Any]:
    """A mean is what a database makes of it."""
    reviews, mean, due, aside = found["table"]
    return found | {"table": (reviews, round(mean, 4), due, aside)}


def test_a_declared_interest_takes_a_sent_review_out_of_every_figure(office: Office, stage: Stage) -> None:
    bid = read(stage)
    assert rounded(everywhere(office, stage, bid)) == rounded(WHOLE)
    with office.db.read() as conn:
        assert seats.waiting(conn, stage.round, 3) == []
    before = len(world.rows(office, "review")), len(world.rows(office, "score"))
    acts.declare(office, stage.cast.actor("reviewer"), bid, "My sister chairs it.", stage.after)
    assert rounded(everywhere(office, stage, bid)) == LESS
    assert (len(world.rows(office, "review")), len(world.rows(office, "score"))) == before
    assert world.refusal_of(lambda: stage.conclude(bid)) == ["reviews_missing"]
    with office.db.read() as conn:
        assert [row.id for row in seats.waiting(conn, stage.round, 3)] == [bid]
        (aside,) = minute_asks.set_aside(conn, stage.round)
        assert (aside.total, bool(aside.declared)) == (500, True)
        (gone,) = (voice for voice in talk.every_voice(conn, bid) if voice.aside_at is not None)
        assert (gone.person, gone.declared) == (stage.cast.persons["reviewer"], True)
    # Somebody else reads it, and it goes on.
    stage.assign([bid], ("reviewer4",))
    stage.review(bid, "reviewer4", (4,) * 5)
    stage.conclude(bid)


def test_a_tie_that_is_found_does_the_same_in_the_same_act(office: Office, stage: Stage) -> None:
    bid = read(stage)
    row = world.one(office, "bid", id=bid)
    with office.deed(stage.cast.actor("officer"), stage.after) as deed:
        people.hold_office(
            deed, stage.cast.persons["reviewer"], office="councillor", area=row["area_id"],
            from_on=stage.opens_at.date(), to_on=None, email=None, source=None,
        )  # fmt: skip
    assert rounded(everywhere(office, stage, bid)) == LESS
    with office.db.read() as conn:
        (aside,) = minute_asks.set_aside(conn, stage.round)
        assert not aside.declared
        paper = minutes.minutes_of(
            conn, round_asks.by_id(conn, stage.round), stage.cast.persons["chair"], stage.after, office.zone
        )
    (given,) = (score for score in paper.bids[0].scores if not score.counts)
    assert given.total == "5.00"
    assert given.note.startswith("set aside: found to be tied to it on ")
    assert paper.bids[0].mean == "3.00"


def test_a_tie_that_a_reader_puts_down_does_too(office: Office, stage: Stage) -> None:
    bid = read(stage)
    row = world.one(office, "bid", id=bid)
    said = [Said(keys.organisation(row["organisation_id"]), "gives", "A standing order.")]
    ties.declare(office, stage.cast.actor("reviewer"), said, [], stage.after)
    assert rounded(everywhere(office, stage, bid)) == LESS


def test_a_decision_stands_as_it_was_recorded_and_is_named(office: Office, stage: Stage) -> None:
    (bid,) = world.reviewed(stage, 0)
    stage.decide(bid, "award", 100_000)
    with office.db.read() as conn:
        assert ranking.decided_before_set_aside(conn, stage.round) == []
    acts.declare(office, stage.cast.actor("reviewer"), bid, "My sister chairs it.", stage.after)
    with office.db.read() as conn:
        assert [row.id for row in ranking.decided_before_set_aside(conn, stage.round)] == [bid]
        (row,) = panel.table(conn, stage.round, stage.cast.persons["chair"])
    assert (row.outcome, row.reviews, row.aside, bool(row.late)) == ("award", 2, 1, True)
    stage.decide(bid, "award", 90_000)
    with office.db.read() as conn:
        assert ranking.decided_before_set_aside(conn, stage.round) == []
    stage.release()
    # What is released stays as it was decided, whatever comes to light of its readers.
    acts.declare(office, stage.cast.actor("reviewer2"), bid, "I joined it last week.", stage.released)
    with office.db.read() as conn:
        assert reading.stands_apart(conn, bid, stage.cast.persons["reviewer2"])


def test_roles_and_offices_that_begin_or_end_by_their_dates_are_followed(
    office: Office, stage: Stage
) -> None:
    bid = read(stage)
    row = world.one(office, "bid", id=bid)
    reader, begins = stage.cast.persons["reviewer"], datetime.now(UTC) + timedelta(days=3)
    grant = world.one(office, "role_grant", person_id=reader)
    with office.deed(stage.cast.actor("officer"), stage.after) as deed:
        deed.change(f"person:{reader}", RoleGrant, grant["id"], {"to_at": begins + timedelta(days=1)})
        deed.note(f"person:{reader}", "role.ended")
        people.hold_office(
            deed, reader, office="councillor", area=row["area_id"], from_on=begins.date(), to_on=None, email=None,
            source=None,
        )  # fmt: skip
    tick(office, begins - timedelta(days=1))
    assert rounded(everywhere(office, stage, bid)) == rounded(WHOLE)
    assert ties.follow_dates(office, begins) == 1
    assert rounded(everywhere(office, stage, bid)) == LESS
    assert ties.follow_dates(office, begins) == 0
    ended = world.rows(office, "audit_event", subject=f"bid:{bid}")[-1]
    assert (ended["action"], ended["actor"]) == ("interest.found", "clock")
    with office.db.read() as conn:
        assert (bid, reader) in apart.conflicts(conn, [bid], [reader])
    # Whoever judges no more is kept from nothing by what they are tied to.
    tick(office, begins + timedelta(days=2))
    assert world.rows(office, "person_mark", person_id=reader) == []


def test_what_was_begun_goes_with_the_turn_or_the_bid(office: Office, stage: Stage) -> None:
    kept, gone, tied = world.endorsed(stage, 0, 1, 2)
    stage.start_panel()
    stage.assign([kept, gone, tied])
    given = {"scores": {}, "comment": "Half a thought.", "note": "", "confidence": None}
    for bid in (kept, gone, tied):
        for reader in ("reviewer", "reviewer2"):
            review_drafts.save(office, stage.cast.actor(reader), bid, given, 0, 0, stage.after)
    stage._bid("member", "withdraw", gone, stage.after)
    area = world.one(office, "bid", id=tied)["area_id"]
    with office.deed(stage.cast.actor("officer"), stage.after) as deed:
        people.hold_office(
            deed, stage.cast.persons["reviewer"], office="councillor", area=area, from_on=stage.opens_at.date(),
            to_on=None, email=None, source=None,
        )  # fmt: skip
    ended = {row["bid_id"] for row in world.rows(office, "assignment") if row["ended_why"] == "interest"}
    tick(office, stage.after)
    left = {(row["bid_id"], row["person_id"]) for row in world.rows(office, "review_draft")}
    first, second = (stage.cast.persons[reader] for reader in ("reviewer", "reviewer2"))
    assert tied in ended
    assert left == {(bid, who) for bid in (kept, tied) for who in (first, second)} - {
        (bid, first) for bid in ended
    }
