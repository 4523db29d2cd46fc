"""Bidding together: who may join, who may not, what they can do, and that the record knows."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select, update

from fundapp.audit.verify import verify
from fundapp.database import Database
from fundapp.models import Account, CoInvitation, Outbox
from fundapp.queries import member as member_asks
from fundapp.queries import together as asks
from fundapp.queries.links import sha256_of
from fundapp.services import drafts, panel, together
from fundapp.services.panel import AssignRefused
from fundapp.services.people import PersonRefused
from fundapp.services.together import TogetherRefused
from fundapp.services.transition import Refused, fire
from tests.cast import Cast, Made, over
from tests.web import KEYS

SECRET = KEYS["SECRET_KEY"]


@pytest.fixture
def both(database: Database, tmp_path: Path) -> Iterator[Cast]:
    yield from over(database, tmp_path)


def address(cast: Cast, who: str) -> str:
    with cast.office.db.read() as conn:
        asked = select(Account.email).where(Account.person_id == cast.person(who)).limit(1)
        return str(conn.execute(asked).scalar_one())


def invite(cast: Cast, made: Made, to: str) -> str:
    """Invited by the applicant; the hash of the link's token."""
    together.invite(cast.office, cast.actor("member"), SECRET, made.id, to, cast.now)
    with cast.office.db.read() as conn:
        asked = select(CoInvitation).where(CoInvitation.bid_id == made.id).order_by(CoInvitation.id.desc())
        row: Any = conn.execute(asked.with_only_columns(*CoInvitation.__table__.columns).limit(1)).one()
    token = together.make_token(SECRET, made.id, row.address, row.made_at)
    assert row.token_sha256 == sha256_of(token)
    return str(row.token_sha256)


def join(cast: Cast, made: Made, who: str) -> None:
    kept = invite(cast, made, address(cast, who))
    assert together.join(cast.office, cast.actor(who), kept, cast.now) == made.reference


def code(act: Callable[[], object]) -> str:
    with pytest.raises(TogetherRefused) as refused:
        act()
    return refused.value.code


def reads(cast: Cast, made: Made, who: str) -> bool:
    with cast.office.db.read() as conn:
        return member_asks.bid(conn, made.reference, cast.person(who)) is not None


def clean(cast: Cast) -> bool:
    return verify(cast.office.db, cast.office.recorder).clean


def test_one_joins_reads_comments_and_leaves(both: Cast) -> None:
    made = both.bid("draft")
    assert not reads(both, made, "member2")
    join(both, made, "member2")
    assert reads(both, made, "member2")
    said = together.comment(both.office, both.actor("member2"), made.id, "title", " Say where. ", both.now)
    with both.office.db.read() as conn:
        assert [(row.id, row.question, row.words) for row in asks.comments(conn, made.id)] == [
            (said, "title", "Say where.")
        ]
        (partner,) = asks.partners(conn, made.id)
    # The applicant alone acts.
    with pytest.raises(drafts.NotWritable):
        drafts.save(both.office, both.actor("member2"), made.id, {"title": "Mine"}, 2, both.now)
    for move in ("submit", "withdraw"):
        with pytest.raises(Refused) as refused:
            fire(both.office, both.actor("member2"), "bid", move, made.id, made.stage.during)
        assert [reason.code for reason in refused.value.refusals] == ["not_yours"]
    assert clean(both)
    together.part(both.office, both.actor("member2"), made.id, partner.id, both.now)
    together.part(both.office, both.actor("member"), made.id, partner.id, both.now)
    assert not reads(both, made, "member2")
    assert code(
        lambda: together.comment(both.office, both.actor("member2"), made.id, None, "x", both.now)
    ) == ("only_its_own")
    assert clean(both)
    # And may come back, by an invitation of their own.
    join(both, made, "member2")
    assert reads(both, made, "member2")
    assert clean(both)


def test_what_is_changed_behind_the_record_is_found(cast: Cast) -> None:
    made = cast.bid("draft")
    join(cast, made, "member2")
    with closing(sqlite3.connect(str(cast.office.db.url.database))) as thief:
        for (name,) in thief.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            thief.execute(f'DROP TRIGGER "{name}"')
        thief.execute("UPDATE co_applicant SET person_id = ?", (cast.person("reviewer"),))
        thief.commit()
    problems = verify(cast.office.db, cast.office.recorder).problems
    assert [problem.code for problem in problems] == ["row_changed"]


def test_a_link_is_for_one_use_one_address_and_two_weeks(both: Cast) -> None:
    made, theirs = both.bid("draft"), address(both, "member2")
    kept = invite(both, made, f" {theirs.upper()} ")
    office, second = both.office, both.actor("member2")
    assert code(lambda: together.join(office, both.actor("treasurer"), kept, both.now)) == "another_address"
    assert code(lambda: together.join(office, second, "0" * 64, both.now)) == "unknown_invitation"
    late = both.now + together.LASTS + timedelta(minutes=1)
    assert code(lambda: together.join(office, second, kept, late)) == "invitation_expired"
    newer = invite(both, made, theirs)
    assert code(lambda: together.join(office, second, kept, both.now)) == "invitation_withdrawn"
    together.join(office, second, newer, both.now)
    assert code(lambda: together.join(office, second, newer, both.now)) == "invitation_taken"
    assert code(lambda: invite(both, made, theirs)) == "already_together"
    assert code(lambda: invite(both, made, address(both, "member"))) == "own_address"
    assert (
        code(lambda: together.invite(office, second, SECRET, made.id, "x@y.example", both.now))
        == "only_its_own"
    )
    with pytest.raises(PersonRefused):
        invite(both, made, "no address")
    taken = invite(both, made, address(both, "treasurer"))
    with office.db.read() as conn:
        (waiting,) = asks.invitations(conn, made.id)
    together.take_back(office, both.actor("member"), made.id, waiting.id, both.now)
    assert (
        code(lambda: together.join(office, both.actor("treasurer"), taken, both.now))
        == "invitation_withdrawn"
    )


def test_so_many_and_no_more(cast: Cast) -> None:
    made = cast.bid("draft")
    for number in range(together.MOST_PEOPLE):
        invite(cast, made, f"friend{number}@fund.example")
    invite(cast, made, "friend3@fund.example")  # a new one for somebody who was asked already
    assert code(lambda: invite(cast, made, "one.more@fund.example")) == "enough_people"


@pytest.mark.parametrize("who", ["councillor", "officer", "reviewer", "chair"])
def test_whoever_has_a_part_cannot_join(cast: Cast, who: str) -> None:
    """The representative who is named or answered, the officer who sent it back, the reader, the chair who gave it out."""
    if who == "councillor":
        made = cast.bid("draft")  # named in the draft only
    elif who == "officer":
        made = cast.bid("submitted")
        fire(
            cast.office,
            cast.actor("officer"),
            "bid",
            "send_back",
            made.id,
            made.stage.during,
            {"reason": "Say more."},
        )
    else:
        made = cast.panel()[0]
    kept = invite(cast, made, address(cast, who))
    assert code(lambda: together.join(cast.office, cast.actor(who), kept, cast.now)) == "part_in_bid"


def test_whoever_bid_together_once_reads_nothing_for_the_panel(cast: Cast) -> None:
    made = cast.endorsed()[0]
    join(cast, made, "reviewer")
    with cast.office.db.read() as conn:
        (partner,) = asks.partners(conn, made.id)
    together.part(cast.office, cast.actor("member"), made.id, partner.id, cast.now)
    made.stage.start_panel()
    with pytest.raises(AssignRefused) as refused:
        made.stage.assign([made.id], ("reviewer",))
    assert [reason.code for _, _, reason in refused.value.refusals] == ["own_bid"]


def test_joining_and_being_assigned_cannot_both_be(both: Cast) -> None:
    """Both at the same moment: under the bid's lock one is first, and the other is refused."""
    made = both.endorsed()[0]
    made.stage.start_panel()
    kept = invite(both, made, address(both, "reviewer"))
    ready, outcomes = Barrier(2), list[str]()

    def joining() -> None:
        ready.wait()
        try:
            together.join(both.office, both.actor("reviewer"), kept, both.now)
            outcomes.append("joined")
        except TogetherRefused as refused:
            outcomes.append(refused.code)

    def assigning() -> None:
        ready.wait()
        pairs = [(made.id, both.person("reviewer"))]
        try:
            panel.assign(both.office, both.actor("chair"), pairs, made.stage.after)
            outcomes.append("assigned")
        except AssignRefused as refused:
            outcomes.append(refused.refusals[0][2].code)

    hands = [Thread(target=joining), Thread(target=assigning)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(outcomes) in (["assigned", "part_in_bid"], ["joined", "own_bid"])
    assert clean(both)


def test_nobody_joins_once_it_is_decided(cast: Cast) -> None:
    made = cast.bid("draft")
    kept = invite(cast, made, address(cast, "member2"))
    fire(cast.office, cast.actor("member"), "bid", "withdraw", made.id, made.stage.during)
    assert code(lambda: together.join(cast.office, cast.actor("member2"), kept, cast.now)) == "bid_over"
    assert code(lambda: invite(cast, made, "x@y.example")) == "bid_over"


def test_a_comment_belongs_to_the_draft(cast: Cast) -> None:
    made, office = cast.bid("draft"), cast.office
    join(cast, made, "member2")

    def comment(words: str, about: str | None = None) -> int:
        return together.comment(office, cast.actor("member2"), made.id, about, words, cast.now)

    assert code(lambda: comment("  ")) == "no_words"
    assert code(lambda: comment("x" * (together.MOST_WORDS + 1))) == "too_long"
    assert code(lambda: comment("x", "no-such-question")) == "unknown_question"
    first, second = comment("Say where.", "title"), comment("And when.")
    assert code(
        lambda: together.remove_comment(office, cast.actor("treasurer"), made.id, first, cast.now)
    ) == ("only_its_own")
    together.remove_comment(office, cast.actor("member2"), made.id, first, cast.now)
    together.remove_comment(office, cast.actor("member"), made.id, second, cast.now)
    with office.db.read() as conn:
        assert asks.comments(conn, made.id) == []
    made.stage.submit(made.id)
    assert code(lambda: comment("Too late.")) == "not_writing"
    answers = cast.value("SELECT answers FROM bid_version WHERE bid_id = :bid", bid=made.id)
    assert "Say where." not in answers


def test_the_applicant_hears_of_comments_once_an_hour(cast: Cast) -> None:
    made, office = cast.bid("draft"), cast.office
    join(cast, made, "member2")
    for words in ("One.", "Two."):
        together.comment(office, cast.actor("member2"), made.id, None, words, cast.now)
    together.comment(office, cast.actor("member"), made.id, None, "My own.", cast.now)
    with office.db.write() as conn:  # as if the last was written an hour ago
        asked = select(Outbox.key).where(Outbox.name == "co_comment")
        keys = list(conn.scalars(asked))
        assert 1 <= len(keys) <= 2  # two only if an hour began between the two
        conn.execute(update(Outbox).where(Outbox.name == "co_comment").values(key="earlier:" + Outbox.key))
    together.comment(office, cast.actor("member2"), made.id, None, "Three.", cast.now)
    with office.db.read() as conn:
        assert len(list(conn.scalars(asked))) == len(keys) + 1
