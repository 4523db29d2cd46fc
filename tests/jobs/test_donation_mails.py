"""Duties about donations: told to the fund's treasurers a week before and on the last day, once each, and on their desk."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from config import Settings
from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.domain.deadlines import civil_day
from fundapp.jobs import handlers
from fundapp.jobs.deliver import deliver_due
from fundapp.jobs.tick import tick
from fundapp.models import Outbox
from fundapp.services import incomes, people, rounds
from tests.cast import Cast, over
from tests.databases import RECORDER
from tests.services import world

DAY = timedelta(days=1)


@pytest.fixture
def cast(database: Database, tmp_path: Path) -> Iterator[Cast]:
    """The cast on each database."""
    yield from over(database, tmp_path)


def gift(cast: Cast, came: date, pence: int = 60_000, fund: int | None = None, by: str = "treasurer") -> int:
    giver = incomes.Giver(f"The Penny Society {pence}", "association")
    money = incomes.Came(giver, "donation", pence, came)
    return incomes.record(cast.office, cast.actor(by), fund or cast.fund, money, cast.now)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def asked(cast: Cast) -> list[str]:
    return [row["key"] for row in world.rows(cast.office, "outbox", name="donation_due")]


def test_a_week_before_and_on_the_last_day_once_each(cast: Cast) -> None:
    came = date(2027, 3, 1)
    made = gift(cast, came)
    treasurer = cast.person("treasurer")
    last = date(2027, 3, 30)
    for day, many in (
        (last - 8 * DAY, 0),
        (last - 7 * DAY, 1),
        (last - 7 * DAY, 0),
        (last - DAY, 0),
        (last, 1),
        (last + 9 * DAY, 0),
    ):
        assert tick(cast.office, noon(day)).reminded == many, day
    assert asked(cast) == [f"donation_due:{made}:check:2027-03-30:{before}:{treasurer}" for before in (7, 0)]
    assert verify(cast.office.db, RECORDER).problems == []


def test_a_clock_that_slept_tells_the_newest_and_what_is_done_is_told_no_more(cast: Cast) -> None:
    late, done = gift(cast, date(2027, 3, 1)), gift(cast, date(2027, 3, 1), 70_000)
    found = incomes.Check("permissible", "On the register", date(2027, 3, 2))
    incomes.check(cast.office, cast.actor("treasurer"), done, found, cast.now)
    assert tick(cast.office, noon(date(2027, 4, 20))).reminded == 1
    assert [key.split(":")[1:5] for key in asked(cast)] == [[str(late), "check", "2027-03-30", "0"]]


def test_only_this_funds_treasurers_are_told(cast: Cast) -> None:
    other = rounds.found(cast.office, cast.operator, "seaside", "Seaside Fund", cast.now)
    with cast.office.deed(cast.operator, cast.now) as deed:
        people.give_role(deed, cast.person("reviewer4"), "treasurer", other)
        people.give_role(deed, cast.person("officer"), "treasurer", cast.fund)
    gift(cast, date(2027, 3, 1))
    gift(cast, date(2027, 3, 1), 70_000, other, "reviewer4")
    assert tick(cast.office, noon(date(2027, 3, 30))).reminded == 3
    told = sorted(int(key.rsplit(":", 1)[1]) for key in asked(cast))
    assert told == sorted(cast.person(who) for who in ("treasurer", "officer", "reviewer4"))


def mails(cast: Cast, folder: Path) -> list[Any]:
    given = {"FUNDAPP_DATA": str(folder / "data"), "MAIL_URL": f"file:{folder}/out"}
    known = handlers.registry(cast.office, Settings.from_environment(given))
    only = {name: known[name] if name == "donation_due" else lambda effect: None for name in known}
    with cast.office.db.write() as conn:
        conn.execute(update(Outbox).values(not_before=cast.now))
    deliver_due(cast.office.db, only, "test")
    return [message_from_bytes(file.read_bytes(), policy=default) for file in (folder / "out").glob("*.eml")]


def test_the_mail_says_what_and_by_when_and_names_nobody(cast: Cast, tmp_path: Path) -> None:
    today = civil_day(cast.now, cast.office.zone)
    made = gift(cast, today - 29 * DAY)
    settled = gift(cast, today - 29 * DAY, 70_000)
    assert tick(cast.office, datetime.now(UTC)).reminded == 2
    found = incomes.Check("permissible", "On the register", today)
    incomes.check(cast.office, cast.actor("treasurer"), settled, found, cast.now)
    (mail,) = mails(cast, tmp_path)
    assert mail["To"].addresses[0].username == "treasurer"
    assert mail["Subject"] == "Due today: a donation to see to"
    plain = mail.get_body(("plain",)).get_content()
    assert "£600.00" in plain
    assert f"/money/in/{made}" in plain
    assert "not legal advice" in plain
    assert "Penny" not in mail.as_string() + plain + mail.get_body(("html",)).get_content()


def test_the_desk_counts_the_days(cast: Cast) -> None:
    today = civil_day(cast.now, cast.office.zone)
    client = cast.client("treasurer")
    for days, pence, words in (
        (19, 60_000, "10 days left"),
        (29, 70_000, "By today"),
        (30, 80_000, "Overdue by one day"),
    ):
        gift(cast, today - days * DAY, pence)
        assert words in client.get("/desk").text
    page = client.get("/desk").text
    assert (
        page.index("Penny Society 80000")
        < page.index("Penny Society 70000")
        < page.index("Penny Society 60000")
    )
    assert "Penny" not in cast.client("officer").get("/desk").text
    for more in range(3):
        gift(cast, today, 90_000 + more)
    page = client.get("/desk").text
    assert "Check 6 donations" in page
    assert "Overdue by one day" in page
