"""Readers with bids left are reminded on their days, once each, one mail a person and round, and by the chair once a day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from config import Settings
from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.domain import talks
from fundapp.domain.deadlines import civil_day
from fundapp.jobs import handlers
from fundapp.jobs.deliver import deliver_due
from fundapp.jobs.tick import tick
from fundapp.models import Outbox
from fundapp.services import panel, people
from fundapp.services import talk as acts
from fundapp.services.transition import Refused
from tests.cast import Cast, Made, over
from tests.cli.terminal import Terminal
from tests.databases import RECORDER
from tests.services import world
from tests.web import KEYS

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def cast(database: Database, tmp_path: Path) -> Iterator[Cast]:
    """The cast on each database."""
    yield from over(database, tmp_path)


def panel_by(cast: Cast, bid: Made) -> datetime:
    """Until when its round should be read."""
    moment: datetime = world.one(cast.office, "round", id=bid.stage.round)["panel_by"]
    return moment


def asked(cast: Cast) -> list[tuple[str, str]]:
    """Every reminder asked for: (reader, day)."""
    named = {person: key for key, person in cast.people.persons.items()}
    keys = [row["key"].split(":") for row in world.rows(cast.office, "outbox", name="reading_reminder")]
    return [(named[int(person)], day) for _name, _round, person, day in keys]


def day(cast: Cast, moment: datetime) -> str:
    """The day on which a moment falls where the fund is."""
    return civil_day(moment, cast.office.zone).isoformat()


def test_on_three_days_once_each(cast: Cast) -> None:
    """One reader has read everything, one has one bid left, one has both: two mails a day, not three."""
    first, second = cast.panel(2)
    for bid in (first, second):
        bid.stage.review(bid.id, "reviewer", (4, 4, 3, 4, 5))
    first.stage.review(first.id, "reviewer2", (4, 4, 3, 4, 5))
    by = panel_by(cast, first)
    for moment, many in (
        (by - 7 * DAY - SECOND, 0), (by - 7 * DAY, 2), (by - 7 * DAY, 0), (by - 6 * DAY, 0), (by - 2 * DAY - SECOND, 0),
        (by - 2 * DAY, 2), (by - DAY, 0), (by, 0), (by + DAY - SECOND, 0), (by + DAY, 2), (by + 30 * DAY, 0),
    ):  # fmt: skip
        assert tick(cast.office, moment).reminded == many, moment
    days = [day(cast, by - 7 * DAY), day(cast, by - 2 * DAY), day(cast, by + DAY)]
    assert asked(cast) == [(who, on) for on in days for who in ("reviewer2", "reviewer3")]
    assert verify(cast.office.db, RECORDER).problems == []


def test_a_clock_that_slept_sends_the_newest_only(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    by = panel_by(cast, bid)
    assert tick(cast.office, by - DAY).reminded == 3
    assert {on for _who, on in asked(cast)} == {day(cast, by - 2 * DAY)}


def test_of_what_has_only_just_come_nobody_is_reminded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail that gave the bids out is enough where the day is near: here all that came these hundred days is fresh."""
    monkeypatch.setattr(talks, "FRESH", 100 * DAY)
    bid = cast.panel(1)[0]
    for before in (7 * DAY, 2 * DAY, -DAY):
        assert tick(cast.office, panel_by(cast, bid) - before).reminded == 0


def test_the_clock_as_of_a_moment(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bid = cast.panel(1)[0]
    url = cast.office.db.url.render_as_string(hide_password=False)
    for name, value in {**KEYS, "DATABASE_URL": url, "FUNDAPP_DATA": str(tmp_path / "data")}.items():
        monkeypatch.setenv(name, value)
    near = panel_by(cast, bid) - 7 * DAY
    for moment, told in ((near - 60 * SECOND, 0), (near, 3), (near, 0)):
        words = Terminal(tmp_path).done("tick", "--as-of", moment.isoformat())
        assert f"Reminders: {told}." in words


def test_whoever_is_kept_from_it_or_reviews_no_more_is_left_alone(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    panel.declare(cast.office, cast.actor("reviewer"), bid.id, "My brother runs it.", bid.stage.after)
    (grant,) = world.rows(cast.office, "role_grant", person_id=cast.person("reviewer2"), role="reviewer")
    with cast.office.deed(cast.actor("officer"), bid.stage.after) as deed:
        people.end_role(deed, grant["id"])
    assert tick(cast.office, panel_by(cast, bid) - DAY).reminded == 1
    assert [who for who, _on in asked(cast)] == ["reviewer3"]


def mails(cast: Cast, folder: Path) -> dict[str, Any]:
    """What is delivered of these reminders: by who gets it."""
    given = {"FUNDAPP_DATA": str(folder / "data"), "MAIL_URL": f"file:{folder}/out"}
    known = handlers.registry(cast.office, Settings.from_environment(given))
    only = {
        name: handler if name == "reading_reminder" else lambda effect: None
        for name, handler in known.items()
    }
    with cast.office.db.write() as conn:
        conn.execute(update(Outbox).values(not_before=cast.now))
    for _again in range(3):
        deliver_due(cast.office.db, only, "test")
    found = [message_from_bytes(file.read_bytes(), policy=default) for file in (folder / "out").glob("*.eml")]
    return {mail["To"].addresses[0].username: mail for mail in found}


def test_a_mail_says_how_many_and_names_nothing(cast: Cast, tmp_path: Path) -> None:
    first, second = cast.panel(2)
    first.stage.review(first.id, "reviewer2", (4, 4, 3, 4, 5))
    tick(cast.office, panel_by(cast, first) - 2 * DAY)
    for bid in (first, second):  # read after the mail was asked for and before it leaves
        bid.stage.review(bid.id, "reviewer3", (4, 4, 3, 4, 5))
    told = mails(cast, tmp_path)
    assert set(told) == {"reviewer", "reviewer2"}
    assert told["reviewer"]["Subject"].startswith("2 bids left to read by ")
    assert told["reviewer2"]["Subject"].startswith("One bid left to read by ")
    for mail in told.values():
        whole = (
            mail.as_string()
            + mail.get_body(("plain",)).get_content()
            + mail.get_body(("html",)).get_content()
        )
        assert "/pile" in whole
        for bid in (first, second):
            assert bid.reference not in whole
            title = cast.value("SELECT title FROM bid WHERE id = :bid", bid=bid.id)
            assert title not in whole


def test_the_chair_reminds_once_a_day_and_the_clock_does_not_repeat_it(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    stage, chair = bid.stage, cast.actor("chair")
    everybody = [cast.person(who) for who in ("reviewer", "reviewer2", "reviewer4")]
    stage.review(bid.id, "reviewer2", (4, 4, 3, 4, 5))
    made = world.change(
        cast.office, lambda: acts.remind(cast.office, chair, stage.round, everybody, stage.after)
    )
    assert (made.counts, made.effects) == ({"outbox": 1}, ["reading_reminder"])
    assert (made.bodies[0]["role"], made.bodies[0]["params"]) == (
        "chair", {"count": 1, "people": [cast.person("reviewer")]},
    )  # fmt: skip
    again = world.change(
        cast.office, lambda: acts.remind(cast.office, chair, stage.round, everybody, stage.after)
    )
    assert (again.counts, again.bodies) == ({}, [])
    assert asked(cast) == [("reviewer", day(cast, world.rows(cast.office, "outbox")[-1]["created_at"]))]
    assert verify(cast.office.db, RECORDER).problems == []


@pytest.mark.parametrize("after", [timedelta(0), 2 * DAY])
def test_whom_the_chair_reminded_that_day_the_clock_leaves_alone(cast: Cast, after: timedelta) -> None:
    """On the clock's own day, and on the later day on which a clock that slept awakes."""
    bid = cast.panel(1)[0]
    stage, awake = bid.stage, panel_by(cast, bid) - 7 * DAY + after
    acts.remind(cast.office, cast.actor("chair"), stage.round, [cast.person("reviewer")], stage.after)
    key = f"reading_reminder:{stage.round}:{cast.person('reviewer')}:{day(cast, awake)}"
    with cast.office.db.write() as conn:  # as if the chair had done it on that day
        conn.execute(update(Outbox).where(Outbox.name == "reading_reminder").values(key=key))
    assert tick(cast.office, awake).reminded == 2
    assert sorted(who for who, _on in asked(cast)) == ["reviewer", "reviewer2", "reviewer3"]


def test_only_the_chair_of_a_panel_at_work_reminds(cast: Cast) -> None:
    bid = cast.panel(1)[0]
    for who in ("officer", "reviewer", "member"):
        with pytest.raises(Refused) as refused:
            acts.remind(
                cast.office, cast.actor(who), bid.stage.round, [cast.person("reviewer")], bid.stage.after
            )
        assert [refusal.code for refusal in refused.value.refusals] == ["not_yours"], who
    closed = cast.endorsed(1)[0]
    with pytest.raises(Refused) as refused:
        acts.remind(cast.office, cast.actor("chair"), closed.stage.round, [1], closed.stage.after)
    assert [refusal.code for refusal in refused.value.refusals] == ["panel_not_at_work"]
    assert asked(cast) == []
