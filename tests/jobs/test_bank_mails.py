"""The old contact hears of every change of bank details, by every address that is known; no mail holds a number."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from config import Settings
from fundapp.database import Database
from fundapp.demo.people import CAST
from fundapp.jobs.tick import tick
from fundapp.models import Account as SignIn
from fundapp.models import CoApplicant, Outbox
from fundapp.services import bank_details
from fundapp.services.bank_details import Account
from fundapp.services.transition import fire
from tests.jobs.test_handlers import Post, text_of
from tests.services import world

ACCOUNT = Account("Millbeck Walkers", "business", "089999", "66374958")


@pytest.fixture
def post(sqlite_database: Database, tmp_path: Path) -> Post:
    """An open round, and a worker that writes mails into a folder."""
    given = {"FUNDAPP_DATA": str(tmp_path / "data"), "MAIL_URL": f"file:{tmp_path}/mail"}
    office = world.office_of(sqlite_database)
    return Post(office, world.stage_of(office), Settings.from_environment(given), tmp_path / "mail")


def mailed(post: Post) -> dict[str, list[str]]:
    """Who got which mail, each list in order of the addresses."""
    return {name: sorted(readers) for name, readers in post.deliver()}


def test_a_change_is_told_to_every_old_address_and_to_the_officers(post: Post) -> None:
    office, stage = post.office, post.stage
    (bid,) = world.awarded(stage, 0)
    stage.accept(bid)
    member, friend = stage.cast.persons["member"], stage.cast.persons["member2"]
    with office.db.write() as conn:
        for person, address in ((member, "SUNITA@elsewhere.example"), (member, "member@demo.example")):
            conn.execute(
                insert(SignIn).values(person_id=person, email=address, confirmed_at=stage.opens_at, created_at=stage.opens_at)
            )  # fmt: skip
    with office.deed(stage.cast.actor("member"), stage.released) as deed:
        joined = {"bid_id": bid, "person_id": friend, "from_at": stage.released, "to_at": None}
        deed.put(f"bid:{bid}", CoApplicant, joined)
        deed.note(f"bid:{bid}", "co_applicant.joined")
    post.deliver()
    before = set(post.mails())
    bank_details.change(office, stage.cast.actor("member"), bid, ACCOUNT, stage.released)
    told = mailed(post)
    second = next(part.email for part in CAST if part.key == "member2").partition("@")[0]
    assert told == {"bank_change_asked": ["SUNITA", "member", second, "officer"]}
    change = world.one(office, "payee", bid_id=bid, state="asked")
    fire(
        office,
        stage.cast.actor("officer"),
        "payee",
        "confirm",
        change["id"],
        stage.released,
        {"reason": "Rang"},
    )
    assert post.deliver() == [], "it is told when it takes effect"
    due = change["cools_until"]
    assert tick(office, due - timedelta(minutes=1)).bank_details == 0
    assert tick(office, due).bank_details == 1
    told = mailed(post)
    assert told["bank_change_stands"] == ["SUNITA", "member", second, "treasurer"]
    bank_details.change(office, stage.cast.actor("member"), bid, ACCOUNT, stage.released)
    change = world.one(office, "payee", bid_id=bid, state="asked")
    why = {"reason": "Nobody on the number that we know had asked for it."}
    fire(office, stage.cast.actor("officer"), "payee", "refuse", change["id"], stage.released, why)
    told = mailed(post)
    assert told["bank_change_refused"] == ["SUNITA", "member", second, "officer"]
    new = [text_of(mail) for name, mail in post.mails().items() if name not in before]
    assert len(new) == 16
    assert sum("ring us at once on" in text for text in new) >= 8
    for text in new:
        assert not any(part in text for part in ("4958", "66374958", "089999", "08-99"))
    shown = [text for text in new if why["reason"] in text]
    assert len(shown) == 3, "why is for the applicant and the officers, not for who reads along"


def test_who_gave_none_is_asked_once_more_unless_they_did_meanwhile(post: Post) -> None:
    from fundapp.services import awards

    office, stage = post.office, post.stage
    first, second = world.awarded(stage, 0, 1)
    for bid in (first, second):
        signed = awards.Signed("Sunita Rao", recipient="group")
        awards.accept(office, stage.cast.actor("member"), bid, signed, stage.released)
    post.deliver()
    at = world.one(office, "award", bid_id=second)["accepted_at"] + bank_details.REMIND_AFTER
    assert tick(office, at).reminded >= 2
    bank_details.give(office, stage.cast.actor("member"), second, ACCOUNT, stage.released)
    with office.db.write() as conn:
        conn.execute(update(Outbox).values(not_before=stage.released))
    told = post.deliver()
    reminded = [readers for name, readers in told if name == "bank_details_reminder"]
    assert reminded == [["member"], []]
