"""Scores that are talked over: how far bids' readers lie apart, who takes part, what each of them gave, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, exists, func, or_, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Assignment,
    Bid,
    Interest,
    Moderation,
    Organisation,
    Person,
    Review,
    Round,
    Score,
)
from fundapp.queries import blind
from fundapp.queries import newest as newest_of
from fundapp.queries.lists import hidden
from fundapp.queries.locks import chunks
from fundapp.queries.reading import apart_of

#: States in which a bid's reviews are open or closed, and a talk about them is of interest.
_AT_PANEL = ("endorsed", "reviewed", "awarded", "declined")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a reader sent at one time: marks by criterion, words, the total in hundredths of a point.

    `event`: the number of its event in the bid's chain; by it what came before a talk and after is told apart.
    """

    number: int
    marks: dict[str, int]
    total: int
    comment: str
    note: str
    confidence: int | None
    given_at: datetime
    event: int


@dataclass(frozen=True, slots=True)
class Voice:
    """One reader of a bid with everything that they sent on it, oldest first; the last counts.

    Nothing counts of who was found to have an interest: `aside_at` says since when, `declared` whether they said so
    themselves.
    """

    person: int
    name: str
    sent: tuple[Sent, ...]
    aside_at: datetime | None = None
    declared: bool = False

    @property
    def now(self) -> Sent:
        """What counts."""
        return self.sent[-1]

    @property
    def changed(self) -> tuple[Sent, ...]:
        """What was sent before other marks were; empty where the marks were never changed."""
        return tuple(
            was for was, then in zip(self.sent, self.sent[1:], strict=False) if was.marks != then.marks
        )

    @property
    def kept(self) -> bool:
        """Whether the newest marks are the same again: they looked once more and kept their scores."""
        return len(self.sent) > 1 and self.sent[-1].marks == self.sent[-2].marks


def voices(conn: Connection, bid: int) -> list[Voice]:
    """Every reader whose scores of a bid count, in the order in which their first scores came."""
    return [voice for voice in every_voice(conn, bid) if voice.aside_at is None]


def every_voice(conn: Connection, bid: int) -> list[Voice]:
    """The same, with those whose scores were set aside."""
    marks: dict[int, dict[str, int]] = {}
    for review, criterion, value in conn.execute(_marks(), {"bid": bid}):
        marks.setdefault(review, {})[criterion] = value
    found: dict[int, list[Sent]] = {}
    of: dict[int, tuple[str, datetime | None, bool]] = {}
    for row in conn.execute(_sent(), {"bid": bid}):
        of[row.person_id] = row.name, row.aside_at, bool(row.declared)
        found.setdefault(row.person_id, []).append(
            Sent(
                row.number,
                marks.get(row.id, {}),
                row.total,
                row.comment,
                row.note,
                row.confidence,
                row.given_at,
                row.event_no,
            )
        )
    return [
        Voice(person, name, tuple(found[person]), aside, declared)
        for person, (name, aside, declared) in of.items()
    ]


@cache
def _sent() -> AnySelect:
    declared = exists().where(Interest.bid_id == Review.bid_id, Interest.person_id == Review.person_id)
    ended = and_(
        Assignment.bid_id == Review.bid_id, Assignment.person_id == Review.person_id,
        Assignment.ended_why == "interest",
    )  # fmt: skip
    return (
        select(
            Review.id, Review.person_id, Person.name, Review.number, Review.total, Review.comment, Review.note,
            Review.confidence, Review.given_at, Review.event_no, Assignment.ended_at.label("aside_at"),
            declared.label("declared"),
        )
        .join(Person, Person.id == Review.person_id)
        .outerjoin(Assignment, ended)
        .where(Review.bid_id == bindparam("bid"))
        .order_by(Review.event_no)
    )  # fmt: skip


@cache
def _marks() -> AnySelect:
    return select(Score.review_id, Score.criterion, Score.value).where(Score.bid_id == bindparam("bid"))


def open_for(conn: Connection, person: int) -> dict[int, AnyRow]:
    """By bid, the talks that a reader takes part in now: theirs to read, their own scores in, not kept from them.

    (id, reference, title, code, round, fund_id, panel_by, decide_by, opened_at, answered: scores sent since it began)
    """
    return {row.id: row for row in conn.execute(_open_for(), {"person": person})}


@cache
def _open_for() -> AnySelect:
    person = bindparam("person", type_=Bid.applicant_id.type)
    own = select(func.max(Review.event_no)).where(Review.bid_id == Bid.id, Review.person_id == person)
    newest = own.correlate(Bid).scalar_subquery()
    return (
        select(
            Bid.id, Bid.reference, blind.title().label("title"), Round.code, Round.title.label("round"), Bid.fund_id,
            Round.panel_by, Round.decide_by, Moderation.opened_at, (newest > Moderation.event_no).label("answered"),
        )
        .join(Moderation, Moderation.bid_id == Bid.id)
        .join(Assignment, Assignment.bid_id == Bid.id)
        .join(Round, Round.id == Bid.round_id)
        .where(
            Moderation.closed_at.is_(None), Bid.state == "endorsed", Round.state == "panel",
            Assignment.person_id == person, Assignment.ended_at.is_(None), newest.is_not(None), ~hidden(person),
        )
        .order_by(Moderation.opened_at, Bid.id)
    )  # fmt: skip


def takers(conn: Connection, bids: Sequence[int]) -> dict[int, list[AnyRow]]:
    """By bid, those who take part in its talk: (bid, id, name, email) of each reader with scores in, not kept apart."""
    found: dict[int, list[AnyRow]] = {}
    for part in chunks(bids):
        for row in conn.execute(_takers(), {"bids": list(part)}):
            found.setdefault(row.bid, []).append(row)
    return found


@cache
def _takers() -> AnySelect:
    scored = exists().where(Review.bid_id == Assignment.bid_id, Review.person_id == Assignment.person_id)
    return (
        select(Bid.id.label("bid"), Person.id, Person.name, Person.email)
        .select_from(Assignment)
        .join(Bid, Bid.id == Assignment.bid_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(
            Assignment.bid_id.in_(bindparam("bids", expanding=True)), Assignment.ended_at.is_(None), scored,
            ~hidden(Assignment.person_id),
        )
        .order_by(Bid.id, Person.name, Person.id)
    )  # fmt: skip


def disagreements(conn: Connection, round_id: int, person: int) -> list[AnyRow]:
    """A round's bids whose readers lie further apart than it allows, or have talked it over; the furthest apart first.

    What is kept from this person is left out. (id, reference, title, amount_pence, place, state, version, organisation,
    reviews, mean, lowest, highest in hundredths, needed, limit, opened_at, closed_at, stale: scores came since the talk
    began or was closed, words, was: the spread at the opening)
    """
    given = {"round": round_id, "person": person}
    rows = conn.execute(_disagreements(), given)
    return sorted(rows, key=lambda row: (-_spread(row), row.id))


def _spread(row: AnyRow) -> int:
    return int((row.highest or 0) - (row.lowest or 0))


@cache
def _disagreements() -> AnySelect:
    scored = _newest_by_bid(Bid.round_id == bindparam("round")).subquery()
    apart = scored.c.highest - scored.c.lowest > Round.disagreement_limit
    return (
        select(
            Bid.id, Bid.reference, blind.title().label("title"), Bid.amount_pence, blind.place().label("place"), Bid.state,
            Bid.version, blind.organisation().label("organisation"), func.coalesce(scored.c.reviews, 0).label("reviews"),
            scored.c.mean, scored.c.lowest, scored.c.highest, (scored.c.newest > Moderation.event_no).label("stale"),
            Round.reviews_needed.label("needed"), Round.disagreement_limit.label("limit"), Moderation.opened_at,
            Moderation.closed_at, Moderation.words, Moderation.spread.label("was"),
        )
        .select_from(Bid)
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(scored, scored.c.bid_id == Bid.id)
        .outerjoin(Moderation, Moderation.bid_id == Bid.id)
        .where(
            Bid.round_id == bindparam("round"), Bid.state.in_(_AT_PANEL),
            or_(and_(apart, Bid.state == "endorsed"), Moderation.id.is_not(None)),
            Bid.id.not_in(apart_of(bindparam("person", type_=Bid.applicant_id.type))),
        )
    )  # fmt: skip


def to_do(conn: Connection, person: int, funds: Sequence[int] | None) -> dict[str, AnyRow]:
    """By the code of each round at the panel: (to_ask, to_settle, held) counts of bids that are this chair's to see.

    `to_ask`: far apart, enough reviews in, nobody asked. `to_settle`: being talked over. `held`: enough reviews in, and
    they cannot be closed before it was talked over.
    """
    asked = _to_do(funds is not None)
    given = {"person": person} | ({} if funds is None else {"funds": list(funds)})
    return {row.code: row for row in conn.execute(asked, given)}


@cache
def _to_do(some: bool) -> AnySelect:
    scored = _newest_by_bid(Bid.round_id.in_(select(Round.id).where(Round.state == "panel"))).subquery()
    enough = scored.c.reviews >= Round.reviews_needed
    going = and_(Moderation.id.is_not(None), Moderation.closed_at.is_(None))
    far = scored.c.highest - scored.c.lowest > Round.disagreement_limit
    unsettled = or_(Moderation.closed_at.is_(None), Moderation.event_no < scored.c.newest)
    ask = and_(far, enough, unsettled, ~going)
    asked = (
        select(
            Round.code,
            func.sum(case((ask, 1), else_=0)).label("to_ask"),
            func.sum(case((going, 1), else_=0)).label("to_settle"),
            func.sum(case((or_(ask, and_(going, enough)), 1), else_=0)).label("held"),
        )
        .select_from(Bid)
        .join(Round, Round.id == Bid.round_id)
        .join(scored, scored.c.bid_id == Bid.id)
        .outerjoin(Moderation, Moderation.bid_id == Bid.id)
        .where(
            Round.state == "panel", Bid.state == "endorsed",
            Bid.id.not_in(apart_of(bindparam("person", type_=Bid.applicant_id.type))),
        )
        .group_by(Round.code)
    )  # fmt: skip
    return asked.where(Bid.fund_id.in_(bindparam("funds", expanding=True))) if some else asked


def _newest_by_bid(where: Any) -> AnySelect:
    """The newest review of each reader, by bid: (bid_id, reviews, mean, lowest, highest, newest: the number of its event)."""
    newest = newest_of.review()
    return (
        select(
            Review.bid_id, func.count().label("reviews"), func.avg(Review.total).label("mean"),
            func.min(Review.total).label("lowest"), func.max(Review.total).label("highest"),
            func.max(Review.event_no).label("newest"),
        )
        .join(Bid, Bid.id == Review.bid_id)
        .where(where, newest)
        .group_by(Review.bid_id)
    )  # fmt: skip
