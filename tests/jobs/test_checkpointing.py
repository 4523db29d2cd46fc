"""The clock seals what has waited, a release and a run are sealed at once, and checkpoints are mailed to those who keep them."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from config import Settings
from fundapp.audit.seal import SealRefused
from fundapp.audit.standalone.notes import read_checkpoints
from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.jobs import checkpointing, handlers
from fundapp.outbox import Effect
from fundapp.services import checkpoints, runs
from fundapp.services.transition import fire
from tests.audit.world import Attacker
from tests.jobs.test_handlers import Post, receiver, text_of
from tests.services import world


@pytest.fixture
def post(database: Database, tmp_path: Path) -> Post:
    given = {"FUNDAPP_DATA": str(tmp_path / "data"), "MAIL_URL": f"file:{tmp_path}/mail"}
    office = world.office_of(database)
    return Post(office, world.stage_of(office), Settings.from_environment(given), tmp_path / "mail")


def handle(post: Post, name: str, args: dict[str, object], key: str) -> None:
    now = datetime.now(UTC)
    effect = Effect(
        id=1, name=name, args=args, key=key, bid_id=None, created_at=now, attempts=1, owner="test", until=now
    )  # fmt: skip
    handlers.registry(post.office, post.settings)[name](effect)


def asked(post: Post, name: str) -> list[dict[str, object]]:
    return [row for row in world.rows(post.office, "outbox") if row["name"] == name]


def test_the_clock_asks_once_for_what_has_waited(post: Post) -> None:
    watch = checkpointing.Watch(post.office, post.settings)
    now = datetime.now(UTC)
    assert not watch(now)
    assert watch(now + timedelta(minutes=2))
    assert not watch(now + timedelta(minutes=3))
    (effect,) = asked(post, "seal")
    assert effect["args"] == {"mail": False}


def test_sealed_and_mailed_to_each_who_keeps_them_once_a_day(post: Post) -> None:
    handle(post, "seal", {"mail": False}, "seal:event:1")
    assert sorted(str(row["args"]["role"]) for row in asked(post, "checkpoint")) == [
        "auditor",
        "chair",
        "treasurer",
    ]  # type: ignore[index]
    post.deliver()
    keepers = {receiver(mail): mail for mail in post.mails().values()}
    assert set(keepers) == {"auditor", "chair", "treasurer"}
    kept = post.settings.checkpoint.read_text()
    for mail in keepers.values():
        assert isinstance(mail, EmailMessage)
        (point,) = read_checkpoints(text_of(mail))
        assert point.note == kept
        (enclosed,) = mail.iter_attachments()
        assert enclosed.get_content().decode() == kept
    again = len(asked(post, "checkpoint"))
    handle(post, "seal", {"mail": False}, "seal:event:2")
    assert len(asked(post, "checkpoint")) == again
    handle(post, "seal", {"mail": True}, "seal:release:1")
    assert len(asked(post, "checkpoint")) == again + 3


def test_a_release_and_a_run_are_sealed_when_their_mails_have_gone(post: Post) -> None:
    stage = post.stage
    (taken,) = world.awarded(stage, 0)
    assert [row["key"] for row in asked(post, "seal")] == [f"seal:release:{stage.round}"]
    stage.accept(taken)
    (payment, *_) = stage.pay(taken, (50, 50), paid=0)
    fire(post.office, stage.cast.actor("officer"), "payment", "approve", payment, stage.released)
    run, _ = runs.send(post.office, stage.cast.actor("treasurer"), stage.fund, [(payment, 2)], stage.released)
    runs.file_of(post.office, stage.cast.actor("treasurer"), run, "csv", stage.released, "treasurer")
    keys = [str(row["key"]) for row in asked(post, "seal")]
    assert keys[1] == f"seal:run:{stage.fund}:1"
    assert keys[2].startswith(f"seal:file:{run}:")
    for row in asked(post, "seal"):
        assert row["not_before"] == row["created_at"] + checkpoints.MAILS_FIRST  # type: ignore[operator]


def test_what_does_not_hold_is_not_signed_and_is_tried_again(post: Post) -> None:
    bid = world.submitted(post.stage)
    someone = Attacker(post.office.db)
    someone.run(f"UPDATE bid SET amount_pence = amount_pence + 1 WHERE id = {bid}")
    someone.close()
    with pytest.raises(SealRefused, match="is not as event"):
        handle(post, "seal", {"mail": True}, "seal:1")
    assert asked(post, "checkpoint") == []
    assert not post.settings.checkpoint.exists()


def test_without_a_key_nothing_is_sealed(post: Post, tmp_path: Path) -> None:
    given = {"FUNDAPP_DATA": str(tmp_path / "data"), "FUNDAPP_ENV": "production", "SECRET_KEY": "k" * 32,
             "AUDIT_KEY": "ab" * 32, "BANK_KEY": "cd" * 32}  # fmt: skip
    post.settings = Settings.from_environment(given)
    assert not checkpointing.Watch(post.office, post.settings)(datetime.now(UTC) + timedelta(days=1))
    handle(post, "seal", {"mail": True}, "seal:1")
    assert asked(post, "checkpoint") == []
    found = verify(post.office.db, post.office.recorder, zone=post.office.zone)
    assert (found.clean, found.sealed, found.signatures) == (True, 0, False)
