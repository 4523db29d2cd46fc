"""Every effect of a whole life is delivered, to exactly those whom it concerns, once."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from config import Settings
from fundapp.database import Database
from fundapp.demo.stage import Stage
from fundapp.jobs import addressees, handlers
from fundapp.jobs.deliver import Counts, Handler, deliver_due
from fundapp.models import Outbox, Person
from fundapp.outbox import Effect
from fundapp.queries import links
from fundapp.services import awards, people, round_terms, runs
from fundapp.services.deed import Office
from fundapp.services.transition import fire
from tests.services import world

LINK = re.compile(r"/answer/([a-z2-7]{32})\b")


@dataclass
class Post:
    """The service with its worker, and the folder that takes its mails."""

    office: Office
    stage: Stage
    settings: Settings
    folder: Path

    def mails(self) -> dict[str, EmailMessage]:
        """Every mail that left, by its file."""
        found = {}
        for file in sorted(self.folder.glob("*.eml")):
            message = message_from_bytes(file.read_bytes(), policy=default)
            assert isinstance(message, EmailMessage)
            found[file.name] = message
        return found

    def deliver(self) -> list[tuple[str, list[str]]]:
        """Deliver what is due; (effect, who got a mail by it) each, in order.

        An effect that several read asks for one more effect for each of them: they are told as one here. Sealing, which
        comes seconds later, is not told of.
        """
        told: dict[str, tuple[str, list[str]]] = {}
        done = 0

        def heard(handler: Handler) -> Handler:
            def handle(effect: Effect) -> None:
                nonlocal done
                before = self.mails()
                handler(effect)
                new = [mail for name, mail in self.mails().items() if name not in before]
                done += 1
                if effect.name in ("seal", "checkpoint"):
                    return
                asked_for = ":".join(effect.key.split(":")[:4])
                told.setdefault(asked_for, (effect.name, []))[1].extend(receiver(mail) for mail in new)

            return handle

        known = {name: heard(h) for name, h in handlers.registry(self.office, self.settings).items()}
        counts = deliver_due(self.office.db, known, "test")
        assert counts == Counts(done=done), [row["last_error"] for row in world.rows(self.office, "outbox")]
        return [(name, sorted(names)) for name, names in told.values()]

    def link(self) -> str:
        """The token of the newest mailed link."""
        tokens = [found for mail in self.mails().values() for found in LINK.findall(text_of(mail))]
        return str(tokens[-1])


def receiver(mail: EmailMessage) -> str:
    """The part of the cast that a mail went to: `member` for member@demo.example."""
    address: Any = mail["To"].addresses[0]
    return str(address.username)


def text_of(mail: EmailMessage) -> str:
    """A mail's plain text."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def post(database: Database, tmp_path: Path) -> Post:
    """An open round, and a worker that writes mails into a folder."""
    given = {"FUNDAPP_DATA": str(tmp_path / "data"), "MAIL_URL": f"file:{tmp_path}/mail"}
    office = world.office_of(database)
    return Post(office, world.stage_of(office), Settings.from_environment(given), tmp_path / "mail")


def test_every_effect_of_the_policy_has_its_readers(post: Post) -> None:
    others = {
        "assigned", "reading_reminder", "scan_document", "file_refused", "co_invitation", "co_comment", "sign_in",
        "invitation", "security_notice", "membership_confirmed", "membership_turned_down", "minutes_paper",
        "letters_of_round", "letter_bundle", "donation_due", "seal", "checkpoint", "verify",
    }  # fmt: skip
    assert not set(addressees.PARTS) & set(addressees.CHOSEN)
    assert {*addressees.PARTS, *addressees.CHOSEN, *others} == set(
        handlers.registry(post.office, post.settings)
    )


def test_the_receipt_brings_the_copy_and_names_its_mark(post: Post) -> None:
    bid = world.submitted(post.stage, 0)
    post.deliver()
    (receipt,) = (mail for mail in post.mails().values() if receiver(mail) == "member")
    (version,) = world.rows(post.office, "bid_version")
    (kept,) = world.rows(post.office, "copy_paper")
    assert f"begins with {version['sha256'][:12]}." in text_of(receipt)
    (copy,) = receipt.iter_attachments()
    assert str(copy.get_filename()).endswith("-copy-1.pdf")
    assert hashlib.sha256(copy.get_content()).hexdigest() == kept["sha256"]
    assert (version["bid_id"], kept["bid_version_id"]) == (bid, version["id"])


def test_a_mail_that_comes_late_asks_for_nothing_that_is_over(post: Post) -> None:
    """The mail server was away: meanwhile the bid was answered, and sent again after a change."""
    bid = world.submitted(post.stage, 0)
    post.stage.send_back(bid, "councillor")
    post.stage.submit(bid)
    post.stage.endorse(bid)
    assert [name for name, _to in post.deliver()] == [
        "endorsement_request", "receipt", "sent_back", "endorsement_request", "receipt", "endorsed", "endorsement_copy",
    ]  # fmt: skip
    late = [text_of(mail) for mail in post.mails().values() if receiver(mail) == "member"]
    assert not [
        text for text in late if "reads it and says whether" in text or "send the bid again by" in text
    ]
    (back,) = (text for text in late if "come back to you" in text)
    assert "It has moved on since. Its page says how it stands now." in back


def test_a_whole_life_tells_each_what_concerns_them(post: Post) -> None:
    stage = post.stage
    won, lost = world.submitted(stage, 0), world.submitted(stage, 1)
    assert post.deliver() == [
        ("endorsement_request", ["councillor"]), ("receipt", ["member"]),
        ("endorsement_request", ["councillor2"]), ("receipt", ["member"]),
    ]  # fmt: skip
    stage.endorse(won)
    stage.endorse(lost, "councillor2")
    assert post.deliver() == [
        ("endorsed", ["member"]), ("endorsement_copy", ["councillor"]),
        ("endorsed", ["member"]), ("endorsement_copy", ["councillor2"]),
    ]  # fmt: skip
    stage.start_panel()
    stage.assign([won, lost])
    assert post.deliver() == [
        ("assigned", ["reviewer"]),
        ("assigned", ["reviewer2"]),
        ("assigned", ["reviewer3"]),
    ]
    for bid in (won, lost):
        for reviewer in ("reviewer", "reviewer2", "reviewer3"):
            stage.review(bid, reviewer, world.MARKS)
        stage.conclude(bid)
    stage.decide(won, "award", 300_000)
    stage.decide(lost, "decline")
    assert post.deliver() == [], "nobody outside the panel hears of it"
    before = set(post.mails())
    stage.release()
    assert post.deliver() == [
        ("letters_of_round", []),
        ("released_award", ["member"]),
        ("released_decline", ["member"]),
    ]
    letters = [mail for name, mail in post.mails().items() if name not in before]
    enclosed = {
        part.get_filename(): part.get_payload(decode=True)[:5]
        for mail in letters
        for part in mail.iter_attachments()
    }
    reference = {bid: world.one(post.office, "bid", id=bid)["reference"] for bid in (won, lost)}
    assert enclosed == {f"{reference[won]}-award.pdf": b"%PDF-", f"{reference[lost]}-feedback.pdf": b"%PDF-"}
    stage.accept(won)
    stage.pay(won)
    stage.report(won)
    stage.finish(won)
    assert post.deliver() == [
        ("offer_accepted", ["member", "treasurer"]),
        ("bank_details_given", ["member", "treasurer"]),
        ("payment_approval_needed", ["officer"]), ("payment_approval_needed", ["officer"]),
        ("payment_sent", ["member"]), ("payment_sent", ["member"]),
        ("report_filed", ["officer"]), ("report_accepted", ["member"]),
    ]  # fmt: skip
    assert post.deliver() == []
    keys = [mail["Message-ID"] for mail in post.mails().values()]
    assert len(keys) == len(set(keys))


def refuse(post: Post, bid: int) -> None:
    fire(post.office, post.stage.cast.actor("councillor", "link"), "bid", "refuse", bid, post.stage.during,
         {"reason": "It is not ours."})  # fmt: skip


def send_back(post: Post, bid: int) -> None:
    fire(post.office, post.stage.cast.actor("officer"), "bid", "send_back", bid, post.stage.during,
         {"reason": "Who leads it?"})  # fmt: skip


def rule_out(post: Post, bid: int) -> None:
    fire(post.office, post.stage.cast.actor("officer"), "bid", "rule_out", bid, post.stage.during,
         {"reason": "twice"})  # fmt: skip


def withdraw(post: Post, bid: int) -> None:
    fire(post.office, post.stage.cast.actor("member"), "bid", "withdraw", bid, post.stage.during)


def lapse(post: Post, bid: int) -> None:
    from datetime import timedelta

    from fundapp.jobs.tick import tick

    assert tick(post.office, world.CLOSES + timedelta(days=15)).lapsed == 1


@pytest.mark.parametrize(
    ("act", "told", "says"),
    [
        (refuse, ("refused", ["member", "officer"]), "It is not ours."),
        (send_back, ("sent_back", ["member"]), "Who leads it?"),
        (rule_out, ("ruled_out", ["member"]), "The same project has bid twice."),
        (withdraw, ("withdrawn", ["councillor"]), ""),
        (lapse, ("lapsed", ["member"]), ""),
    ],
)
def test_who_hears_of_an_end(
    post: Post, act: Callable[[Post, int], None], told: tuple[str, list[str]], says: str
) -> None:
    bid = world.submitted(post.stage)
    post.deliver()
    before = set(post.mails())
    act(post, bid)
    assert post.deliver() == [told]
    for name, mail in post.mails().items():
        if name not in before:
            assert says in text_of(mail)


def test_who_hears_of_money(post: Post) -> None:
    stage, office = post.stage, post.office
    taken, left = world.awarded(stage, 0, 1)
    stage.accept(taken)
    (payment, *_) = stage.pay(taken, (50, 50), paid=0)
    post.deliver()
    officer, treasurer = stage.cast.actor("officer"), stage.cast.actor("treasurer")
    awards.refuse(office, stage.cast.actor("member"), left, stage.released)
    fire(office, officer, "payment", "approve", payment, stage.released)
    runs.send(office, treasurer, stage.fund, [(payment, 2)], stage.released)
    fire(office, treasurer, "payment", "fail", payment, stage.released, {"reason": "Closed account"})
    fire(office, treasurer, "bid", "ask_cancel", taken, stage.released, {"reason": "They left."})
    awards.cancel(office, officer, taken, stage.released)
    assert post.deliver() == [
        ("offer_refused", ["member", "treasurer"]), ("payment_sent", ["member"]), ("payment_failed", ["member", "officer"]),
        ("cancelled", ["member", "treasurer"]),
    ]  # fmt: skip


def test_a_mailed_link_opens_its_request_and_only_its_hash_is_kept(post: Post) -> None:
    bid = world.submitted(post.stage)
    post.deliver()
    token = post.link()
    with post.office.db.read() as conn:
        opened = links.request_of(conn, token)
        wrong = links.request_of(conn, "a" * 32)
    assert opened is not None
    assert wrong is None
    assert (opened.bid_id, opened.holding_id, opened.sent_to, opened.void_at) == (
        bid, post.stage.cast.holdings["councillor"], "councillor@demo.example", None,
    )  # fmt: skip
    (kept,) = world.rows(post.office, "endorsement_link")
    assert token not in str(kept)
    assert kept["token_sha256"] == links.sha256_of(token)
    assert all(token not in str(row) for row in world.rows(post.office, "outbox"))


def test_whom_another_replaces_is_told_and_gets_no_link(post: Post) -> None:
    """The first mail is still unsent when somebody else is named: its link never leaves."""
    bid = world.submitted(post.stage)
    inputs = {"holding_id": post.stage.cast.holdings["mayor"]}
    member = post.stage.cast.actor("member")
    fire(post.office, member, "bid", "name_endorser", bid, post.stage.during, inputs)
    assert post.deliver() == [
        ("endorsement_request", []), ("receipt", ["member"]), ("endorsement_request", ["mayor"]),
        ("endorsement_void", ["councillor"]),
    ]  # fmt: skip
    with_links = [receiver(mail) for mail in post.mails().values() if LINK.search(text_of(mail))]
    assert with_links == ["mayor"]
    assert len(world.rows(post.office, "endorsement_link")) == 1


def test_a_link_leaves_only_for_an_address_whose_source_is_known(post: Post) -> None:
    stage, office = post.stage, post.office
    officer = stage.cast.actor("officer")
    with office.deed(officer, stage.during) as deed:
        (person,) = people.enter(deed, [people.Newcomer("Cllr Unknown")])
        holding = people.hold_office(
            deed, person, office="councillor", area=stage.cast.areas["E05900011"],
            from_on=world.OPENS.date().replace(year=2024), to_on=None, email="guess@demo.example", source=None,
        )  # fmt: skip
    bid = world.submitted(stage)
    post.deliver()
    fire(office, officer, "bid", "name_endorser", bid, stage.during, {"holding_id": holding})
    assert post.deliver() == [("endorsement_request", []), ("endorsement_void", ["councillor"])]
    with office.deed(officer, stage.during) as deed:
        people.confirm_address(deed, holding, "real@demo.example", "The council's own page")
    fire(office, officer, "bid", "name_endorser", bid, stage.during, {"holding_id": holding})
    assert ("endorsement_request", ["real"]) in post.deliver()


def test_an_answered_request_sends_no_link_any_more(post: Post) -> None:
    bid = world.submitted(post.stage)
    post.stage.endorse(bid)
    assert post.deliver()[0] == ("endorsement_request", [])


def test_a_mail_that_is_tried_again_is_the_same_mail(post: Post) -> None:
    """The worker died between the mail and the mark: the same Message-ID, the same link, one link kept."""
    world.submitted(post.stage)
    due = world.rows(post.office, "outbox")
    post.deliver()
    first = {mail["Message-ID"]: text_of(mail) for mail in post.mails().values()}
    with post.office.db.write() as conn:
        for row in due:
            conn.execute(update(Outbox).where(Outbox.id == row["id"]).values(done_at=None, args=row["args"]))
    for file in post.folder.glob("*.eml"):
        file.unlink()
    assert post.deliver() == [("endorsement_request", ["councillor"]), ("receipt", ["member"])]
    assert {mail["Message-ID"]: text_of(mail) for mail in post.mails().values()} == first
    assert len(world.rows(post.office, "endorsement_link")) == 1


def test_who_has_no_address_is_left_out(post: Post) -> None:
    world.submitted(post.stage)
    with post.office.db.write() as conn:
        conn.execute(update(Person).where(Person.id == post.stage.cast.persons["member"]).values(email=None))
    assert post.deliver() == [("endorsement_request", ["councillor"]), ("receipt", [])]


def test_who_hears_that_a_deadline_moved(post: Post) -> None:
    """The applicant of a draft, both about a bid that waits; whoever moved on by themselves meanwhile hears nothing."""
    play = post.stage
    play.draft(world.project(0))
    world.submitted(play, 1)
    sent = play.draft(world.project(2))
    post.deliver()
    row = world.one(post.office, "round", id=play.round)
    dates = {
        name: row[name] + timedelta(days=7) for name in ("closes_at", "endorse_by", "panel_by", "decide_by")
    }
    round_terms.change(
        post.office, play.cast.actor("officer"), play.round, dates, play.during, row["version"]
    )
    play.submit(sent)
    told = [names for name, names in post.deliver() if name == "deadline_moved"]
    assert sorted(map(len, told)) == [0, 1, 2]
    mails = [text_of(mail) for mail in post.mails().values()]
    assert sum("The round now closes at 5pm on Monday 9 March 2026." in mail for mail in mails) == 1
    assert sum("You have more time to answer." in mail for mail in mails) == 1
