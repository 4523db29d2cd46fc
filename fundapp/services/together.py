"""Bidding together: somebody is invited by address, joins by their own link, reads and comments."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import insert, update

from fundapp.database import AnyRow
from fundapp.models import CoApplicant, CoInvitation, Comment
from fundapp.models.base import iso
from fundapp.queries import member
from fundapp.queries import together as asks
from fundapp.queries.links import sha256_of
from fundapp.services import people, warrants
from fundapp.services.deed import Actor, Deed, Office

#: How long an invitation can be taken up.
LASTS: Final = timedelta(days=14)
#: People and open invitations of one bid; invitations that it may send in its life.
MOST_PEOPLE, MOST_EVER = 10, 30
#: Characters of a comment, and comments of a bid.
MOST_WORDS, MOST_COMMENTS = 2000, 300
#: States in which somebody may still be asked in: the panel has not decided and the bid has not ended.
OPEN: Final = frozenset({"draft", "submitted", "returned", "endorsed"})
#: States in which there is a draft to comment on.
WRITING: Final = frozenset({"draft", "returned"})

#: Sets these tokens apart from anything else that is signed with the same key.
_PURPOSE: Final = b"fundapp co-applicant invitation v1\x00"


class TogetherRefused(Exception):
    """Something that people who bid together cannot do now: `code` says why, `params` fill its sentence.

    Codes: `only_its_own`, `bid_over`, `not_writing`, `own_address`, `already_together`, `enough_people`,
    `unknown_invitation`, `invitation_taken`, `invitation_withdrawn`, `invitation_expired`, `another_address`,
    `part_in_bid`, `no_words`, `too_long`, `enough_comments`, `unknown_question`.
    """

    def __init__(self, code: str, /, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def make_token(secret_key: str, bid: int, address: str, made_at: datetime) -> str:
    """The token of one invitation: 32 letters and figures, 160 bits; the same invitation always has the same."""
    said = _PURPOSE + f"{bid}\x00{address}\x00{iso(made_at)}".encode()
    digest = hmac.new(secret_key.encode(), said, hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode().lower()


@contextmanager
def _held(office: Office, actor: Actor, bid: int, arrived: datetime) -> Iterator[tuple[Deed, AnyRow]]:
    """A deed that holds the bid, so that nobody is given a part in it meanwhile. Raises TogetherRefused."""
    with office.deed(actor, arrived) as deed:
        row = warrants.hold_bids(deed, [bid]).get(bid)
        if row is None or actor.person is None:
            raise TogetherRefused("only_its_own")
        yield deed, row


def invite(office: Office, actor: Actor, secret_key: str, bid: int, address: str, arrived: datetime) -> None:
    """Invite an address to bid together; the mail goes out after. An open invitation of the same address is replaced.

    Raises TogetherRefused, and PersonRefused for what is no address.
    """
    address = people.clean_email(address)
    with _held(office, actor, bid, arrived) as (deed, row):
        _applicants(row, actor)
        if row.state not in OPEN:
            raise TogetherRefused("bid_over")
        if address in asks.addresses(deed.conn, row.applicant_id):
            raise TogetherRefused("own_address")
        partners, waiting = asks.partners(deed.conn, bid), asks.invitations(deed.conn, bid)
        for partner in partners:
            if address in asks.addresses(deed.conn, partner.person_id):
                raise TogetherRefused("already_together")
        others = [one for one in waiting if one.address != address and one.expires_at > deed.now]
        if len(partners) + len(others) >= MOST_PEOPLE or asks.invited_so_far(deed.conn, bid) >= MOST_EVER:
            raise TogetherRefused("enough_people", most=MOST_PEOPLE)
        for one in waiting:
            if one.address == address:
                _end(deed, one.id, {"withdrawn_at": deed.now})
        token = make_token(secret_key, bid, address, deed.now)
        made = insert(CoInvitation).values(
            bid_id=bid, address=address, token_sha256=sha256_of(token), made_at=deed.now, expires_at=deed.now + LASTS
        )  # fmt: skip
        made_id = int(deed.conn.execute(made.returning(CoInvitation.id)).scalar_one())
        deed.effect("co_invitation", {"invitation": made_id}, f"co_invitation:{made_id}", bid=bid)


def take_back(office: Office, actor: Actor, bid: int, invitation: int, arrived: datetime) -> None:
    """Take an invitation back: its link is dead. One that is gone already is left as it is. Raises TogetherRefused."""
    with _held(office, actor, bid, arrived) as (deed, row):
        _applicants(row, actor)
        if any(one.id == invitation for one in asks.invitations(deed.conn, bid)):
            _end(deed, invitation, {"withdrawn_at": deed.now})


def why_dead(row: AnyRow | None, now: datetime) -> TogetherRefused | None:
    """Why an invitation cannot be taken up by anybody; None for one that stands."""
    if row is None:
        return TogetherRefused("unknown_invitation")
    if row.accepted_at is not None:
        return TogetherRefused("invitation_taken")
    if row.withdrawn_at is not None:
        return TogetherRefused("invitation_withdrawn")
    if row.expires_at <= now:
        return TogetherRefused("invitation_expired")
    return None if row.state in OPEN else TogetherRefused("bid_over")


def join(office: Office, actor: Actor, token_sha256: str, arrived: datetime) -> str:
    """Take up an invitation; the bid's reference. Its single use, its address and the bid's parts are asked under lock.

    Raises TogetherRefused.
    """
    with office.db.read() as conn:
        found = asks.invitation(conn, token_sha256)
    if found is None:
        raise TogetherRefused("unknown_invitation")
    with _held(office, actor, found.bid_id, arrived) as (deed, row):
        person = int(actor.person or 0)
        fresh = asks.invitation(deed.conn, token_sha256)
        dead = why_dead(fresh, arrived)
        if dead is not None:
            raise dead
        if found.address not in asks.addresses(deed.conn, person):
            raise TogetherRefused("another_address")
        if row.applicant_id == person or asks.standing(deed.conn, row.id, person) is not None:
            raise TogetherRefused("already_together")
        if asks.plays_a_part(deed.conn, row.id, person):
            raise TogetherRefused("part_in_bid")
        values = {"bid_id": row.id, "person_id": person, "from_at": deed.now, "to_at": None}
        joined = deed.put(row.subject, CoApplicant, values)
        deed.note(row.subject, "co_applicant.joined", params={"co_applicant": joined})
        _end(deed, found.id, {"accepted_at": deed.now})
        return str(found.reference)


def part(office: Office, actor: Actor, bid: int, partner: int, arrived: datetime) -> None:
    """End the part of somebody who bids together, by the applicant or by themselves. Ending it twice changes nothing.

    Raises TogetherRefused.
    """
    with _held(office, actor, bid, arrived) as (deed, row):
        found = next((one for one in asks.partners(deed.conn, bid) if one.id == partner), None)
        if actor.person not in (row.applicant_id, found.person_id if found else None):
            raise TogetherRefused("only_its_own")
        if found is None:
            return
        deed.change(row.subject, CoApplicant, partner, {"to_at": deed.now})
        deed.note(row.subject, "co_applicant.left", params={"co_applicant": partner})


def comment(
    office: Office, actor: Actor, bid: int, question: str | None, words: str, arrived: datetime
) -> int:
    """Say something beside the draft; the comment's id. The applicant hears of it, at most once an hour.

    Raises TogetherRefused.
    """
    words = words.strip()
    if not words:
        raise TogetherRefused("no_words")
    if len(words) > MOST_WORDS:
        raise TogetherRefused("too_long", limit=MOST_WORDS, length=len(words))
    with _held(office, actor, bid, arrived) as (deed, row):
        person = int(actor.person or 0)
        if row.applicant_id != person and asks.standing(deed.conn, bid, person) is None:
            raise TogetherRefused("only_its_own")
        if row.state not in WRITING:
            raise TogetherRefused("not_writing")
        draft = member.form(deed.conn, bid)
        if draft is None or (question and question not in {asked["id"] for asked in draft.questions}):
            raise TogetherRefused("unknown_question")
        if asks.comment_count(deed.conn, bid) >= MOST_COMMENTS:
            raise TogetherRefused("enough_comments", most=MOST_COMMENTS)
        said = insert(Comment).values(
            bid_id=bid, question=question, person_id=person, words=words, said_at=deed.now
        )
        made = int(deed.conn.execute(said.returning(Comment.id)).scalar_one())
        if row.applicant_id != person:
            hour = deed.now.replace(minute=0, second=0, microsecond=0)
            args = {"bid": bid, "since": iso(deed.now)}
            deed.effect("co_comment", args, f"co_comment:{bid}:{iso(hour)}", bid=bid)
        return made


def remove_comment(office: Office, actor: Actor, bid: int, comment_id: int, arrived: datetime) -> None:
    """Take a comment away: whoever wrote it, or the applicant. Raises TogetherRefused."""
    with _held(office, actor, bid, arrived) as (deed, row):
        found = asks.comment(deed.conn, bid, comment_id)
        if found is None or actor.person not in (row.applicant_id, found.person_id):
            raise TogetherRefused("only_its_own")
        gone = update(Comment).where(Comment.id == comment_id, Comment.removed_at.is_(None))
        deed.conn.execute(gone.values(removed_at=deed.now))


def _applicants(row: AnyRow, actor: Actor) -> None:
    if row.applicant_id != actor.person:
        raise TogetherRefused("only_its_own")


def _end(deed: Deed, invitation: int, values: dict[str, datetime]) -> None:
    deed.conn.execute(update(CoInvitation).where(CoInvitation.id == invitation).values(**values))
