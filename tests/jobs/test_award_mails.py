"""Mails and reminders about an award: its offer, its changes, its cancelling."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from config import Settings
from fundapp.database import Database
from fundapp.jobs.tick import tick
from fundapp.models import Outbox
from fundapp.services import awards, bank_details, variations
from fundapp.services.awards import Signed
from fundapp.services.bank_details import Account
from fundapp.services.transition import fire
from tests.cast import Cast, Made, over
from tests.jobs.test_handlers import Post, receiver, text_of
from tests.services import world

DAY = timedelta(days=1)
LESS = variations.Change(150_000, "Fewer weeks.\nLess to carry.", ends_on=date(2028, 5, 31))


@pytest.fixture
def post(database: Database, tmp_path: Path) -> Post:
    """An open round, and a worker that writes mails into a folder."""
    given = {"FUNDAPP_DATA": str(tmp_path / "data"), "MAIL_URL": f"file:{tmp_path}/mail"}
    office = world.office_of(database)
    return Post(office, world.stage_of(office), Settings.from_environment(given), tmp_path / "mail")


def offered(post: Post) -> int:
    """An offer whose own mails have left."""
    bid = world.awarded(post.stage, 0)[0]
    post.deliver()
    return bid


def found(post: Post, who: str, words: str) -> tuple[str, str, list[str | None]]:
    """Subject, text and papers of the only mail to somebody whose subject has these words."""
    (mail,) = [
        each for each in post.mails().values() if receiver(each) == who and words in str(each["Subject"])
    ]
    return (
        str(mail["Subject"]),
        text_of(mail).replace("\r\n", "\n"),
        [part.get_filename() for part in mail.iter_attachments()],
    )


def test_an_acceptance_brings_both_their_word(post: Post) -> None:
    bid = offered(post)
    reference = world.one(post.office, "bid")["reference"]
    signed = Signed("S. Rao", recipient="group")
    awards.accept(post.office, post.stage.cast.actor("member"), bid, signed, post.stage.released)
    assert post.deliver() == [("offer_accepted", ["member", "treasurer"])]
    subject, _text, papers = found(post, "member", "accepted")
    assert (subject, papers) == (
        f"You have accepted the award for {reference}",
        [f"{reference}-acceptance.pdf"],
    )
    assert found(post, "treasurer", "accepted")[2] == []


def test_turning_down_tells_why(post: Post) -> None:
    bid = offered(post)
    awards.refuse(
        post.office,
        post.stage.cast.actor("member"),
        bid,
        post.stage.released,
        reason="We have it\nelsewhere.",
    )
    assert post.deliver() == [("offer_refused", ["member", "treasurer"])]
    assert "What they say:\n\n> We have it\n> elsewhere." in found(post, "treasurer", "turned down")[1]
    assert "> We have it" not in found(post, "member", "turned down")[1]


def test_a_change_is_told_to_whom_it_concerns(post: Post) -> None:
    bid = offered(post)
    office, at = post.office, post.stage.released
    member, officer = post.stage.cast.actor("member"), post.stage.cast.actor("officer")
    awards.accept(office, member, bid, Signed("S. Rao"), at)
    post.deliver()
    variations.propose(office, officer, bid, LESS, at)
    assert post.deliver() == [("variation_proposed", ["member"])]
    _subject, text, _papers = found(post, "member", "We propose")
    assert "> Fewer weeks.\n> Less to carry." in text
    assert "The award is £4,850 now and would be £1,500." in text
    assert text.count("/award/change") == 1
    variations.keep(office, member, bid, "We need it all.", at)
    assert post.deliver() == [("variation_kept", ["officer"])]
    assert "> We need it all." in found(post, "officer", "stays as it is")[1]
    variations.propose(office, officer, bid, LESS, at)
    variations.take_back(office, officer, bid, at)
    # What was taken back before its mail left is not asked for any more.
    assert post.deliver() == [("variation_proposed", []), ("variation_taken_back", ["member"])]
    variations.propose(office, officer, bid, LESS, at)
    variations.agree(office, member, bid, Signed("S. Rao"), at)
    assert post.deliver()[1] == ("variation_agreed", ["member", "officer", "treasurer"])
    reference = world.one(office, "bid")["reference"]
    assert found(post, "member", "as you agreed")[2] == [
        f"{reference}-award.pdf",
        f"{reference}-acceptance.pdf",
    ]


@pytest.fixture
def cast(database: Database, tmp_path: Path) -> Iterator[Cast]:
    """The cast on each database, in rounds of these days: offers end in the days that come."""
    yield from over(database, tmp_path)


def worker(cast: Cast, bid: Made, folder: Path) -> Post:
    """A worker whose other mails have left, and whose letters are made."""
    cast.letters(bid)
    given = {"FUNDAPP_DATA": str(folder / "data"), "MAIL_URL": f"file:{folder}/mail"}
    post = Post(cast.office, bid.stage, Settings.from_environment(given), folder / "mail")
    with cast.office.db.write() as conn:
        conn.execute(update(Outbox).values(done_at=cast.now))
    return post


def test_an_offer_is_reminded_of_twice_and_then_lapses(cast: Cast, tmp_path: Path) -> None:
    bid = cast.bid("awarded")
    post = worker(cast, bid, tmp_path)
    ends = world.one(cast.office, "award")["offer_until"]
    moments = (
        ends - 7 * DAY - timedelta(seconds=1),
        ends - 7 * DAY,
        ends - 3 * DAY,
        ends - 2 * DAY,
        ends - DAY,
    )
    assert [tick(cast.office, at).reminded for at in moments] == [0, 1, 0, 1, 0]
    assert reminded(post) == [("offer_reminder", ["member", "member"])]
    assert tick(cast.office, ends).offers_lapsed == 0
    assert tick(cast.office, ends + timedelta(minutes=6)).offers_lapsed == 1
    assert post.deliver() == [("offer_lapsed", ["member", "treasurer"])]
    assert cast.state(bid.id) == "cancelled"


def test_whoever_answered_is_not_reminded(cast: Cast, tmp_path: Path) -> None:
    bid = cast.bid("awarded")
    post = worker(cast, bid, tmp_path)
    member, officer = cast.actor("member"), cast.actor("officer")
    assert tick(cast.office, world.one(cast.office, "award")["offer_until"] - 7 * DAY).reminded == 1
    awards.accept(cast.office, member, bid.id, Signed("S. Rao"), cast.now)
    assert sorted(reminded(post)) == [("offer_accepted", ["member", "treasurer"]), ("offer_reminder", [])]
    account = Account("Millbeck Walkers", "business", "089999", "66374958")
    bank_details.give(cast.office, member, bid.id, account, cast.now)
    assert post.deliver() == [("bank_details_given", ["member", "treasurer"])]
    variations.propose(cast.office, officer, bid.id, LESS, cast.now)
    proposed = world.one(cast.office, "variation")["proposed_at"]
    at = (proposed + 7 * DAY - timedelta(seconds=1), proposed + 7 * DAY, proposed + 30 * DAY)
    asked = []
    for moment in at:  # bank details, which are asked for again about then, are another test's
        tick(cast.office, moment)
        asked.append([row["name"] for row in world.rows(cast.office, "outbox")].count("variation_reminder"))
    assert asked == [0, 1, 1]
    left = [effect for effect in reminded(post) if effect[0] != "bank_details_reminder"]
    assert left == [("variation_proposed", ["member"]), ("variation_reminder", ["member"])]


def reminded(post: Post) -> list[tuple[str, list[str]]]:
    """What leaves once the days of the reminders have come."""
    with post.office.db.write() as conn:
        conn.execute(
            update(Outbox).where(Outbox.done_at.is_(None)).values(not_before=datetime(2026, 1, 1, tzinfo=UTC))
        )
    return post.deliver()


def test_a_cancelled_award_says_what_is_owed_back(post: Post) -> None:
    bid = offered(post)
    office, at = post.office, post.stage.released
    awards.accept(office, post.stage.cast.actor("member"), bid, Signed("S. Rao"), at)
    fire(
        office,
        post.stage.cast.actor("treasurer"),
        "bid",
        "ask_cancel",
        bid,
        at,
        {"reason": "The group has folded."},
    )
    awards.cancel(office, post.stage.cast.actor("officer"), bid, at)
    assert post.deliver()[-1] == ("cancelled", ["member", "treasurer"])
    assert "Nothing more will be paid, and you owe nothing back." in found(post, "member", "cancelled")[1]
