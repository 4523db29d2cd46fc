"""What the minutes of a round's panel are made from; as many statements for three hundred bids as for three."""

from functools import cache

from sqlalchemy import Connection, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Assignment,
    AuditHead,
    Bid,
    Decision,
    Interest,
    MinutesPaper,
    Moderation,
    Organisation,
    Person,
    Review,
    Suggestion,
)
from fundapp.queries import newest as newest_of
from fundapp.queries.ranking import ON_TABLE


def bids(conn: Connection, round_id: int) -> list[AnyRow]:
    """Every bid that is or was on the table, with what is decided of it and by whom; by id."""
    return list(conn.execute(_bids(), {"round": round_id}))


@cache
def _bids() -> AnySelect:
    return (
        select(
            Bid.id, Bid.reference, Bid.title, Bid.amount_pence.label("asked_pence"), Bid.state,
            Organisation.name.label("organisation"), Decision.outcome, Decision.amount_pence, Decision.conditions,
            Decision.reason, Decision.suggestion_id, Decision.decided_at, Person.name.label("decider"),
        )
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(Decision, Decision.bid_id == Bid.id)
        .outerjoin(Person, Person.id == Decision.decided_by)
        .where(Bid.round_id == bindparam("round"), Bid.state.in_(ON_TABLE))
        .order_by(Bid.id)
    )  # fmt: skip


def reviews(conn: Connection, round_id: int) -> list[AnyRow]:
    """(bid_id, name, total, number) of every reader's review of a round that counts; `number` above 1 was revised."""
    return list(conn.execute(_reviews(), {"round": round_id}))


@cache
def _reviews() -> AnySelect:
    newest = newest_of.review()
    return (
        select(Review.bid_id, Person.name, Review.total, Review.number)
        .join(Bid, Bid.id == Review.bid_id)
        .join(Person, Person.id == Review.person_id)
        .where(Bid.round_id == bindparam("round"), newest)
        .order_by(Review.bid_id, Person.name, Person.id)
    )


def set_aside(conn: Connection, round_id: int) -> list[AnyRow]:
    """(bid_id, name, total, ended_at, declared) of every review that counts no more, since when, and whether its reader
    said so themselves.
    """
    return list(conn.execute(_set_aside(), {"round": round_id}))


@cache
def _set_aside() -> AnySelect:
    declared = exists().where(Interest.bid_id == Review.bid_id, Interest.person_id == Review.person_id)
    return (
        select(Review.bid_id, Person.name, Review.total, Assignment.ended_at, declared.label("declared"))
        .join(Bid, Bid.id == Review.bid_id)
        .join(Person, Person.id == Review.person_id)
        .join(Assignment, and_(Assignment.bid_id == Review.bid_id, Assignment.person_id == Review.person_id))
        .where(
            Bid.round_id == bindparam("round"), Assignment.ended_why == "interest", newest_of.newest()
        )
        .order_by(Review.bid_id, Person.name, Person.id)
    )  # fmt: skip


def without_score(conn: Connection, round_id: int) -> list[AnyRow]:
    """(bid_id, name, ended_why) of readers who abstained or dropped out without having scored."""
    return list(conn.execute(_without_score(), {"round": round_id}))


@cache
def _without_score() -> AnySelect:
    scored = exists().where(Review.bid_id == Assignment.bid_id, Review.person_id == Assignment.person_id)
    return (
        select(Assignment.bid_id, Person.name, Assignment.ended_why)
        .join(Bid, Bid.id == Assignment.bid_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(
            Bid.round_id == bindparam("round"), Assignment.ended_why.in_(("abstained", "dropped_out")), ~scored
        )
        .order_by(Assignment.bid_id, Person.name, Person.id)
    )  # fmt: skip


def talks(conn: Connection, round_id: int) -> dict[int, AnyRow]:
    """The talks about far-apart scores by bid: (spread, opened_at, closed_at, words, opener, closer)."""
    return {row.bid_id: row for row in conn.execute(_talks(), {"round": round_id})}


@cache
def _talks() -> AnySelect:
    opener, closer = aliased(Person), aliased(Person)
    return (
        select(
            Moderation.bid_id, Moderation.spread, Moderation.opened_at, Moderation.closed_at, Moderation.words,
            opener.name.label("opener"), closer.name.label("closer"),
        )
        .join(Bid, Bid.id == Moderation.bid_id)
        .join(opener, opener.id == Moderation.opened_by)
        .outerjoin(closer, closer.id == Moderation.closed_by)
        .where(Bid.round_id == bindparam("round"))
    )  # fmt: skip


def interests(conn: Connection, round_id: int) -> list[AnyRow]:
    """(bid_id, person_id, name, declared_at) of every interest declared in a bid on the table; why stays private."""
    return list(conn.execute(_interests(), {"round": round_id}))


@cache
def _interests() -> AnySelect:
    return (
        select(Interest.bid_id, Interest.person_id, Person.name, Interest.declared_at)
        .join(Bid, Bid.id == Interest.bid_id)
        .join(Person, Person.id == Interest.person_id)
        .where(Bid.round_id == bindparam("round"), Bid.state.in_(ON_TABLE))
        .order_by(Person.name, Person.id, Interest.bid_id)
    )


def suggestions(conn: Connection, round_id: int) -> dict[int, AnyRow]:
    """The suggestions that some decision of a round was held against, by id: (number, made_at, result)."""
    return {row.id: row for row in conn.execute(_suggestions(), {"round": round_id})}


@cache
def _suggestions() -> AnySelect:
    used = exists().where(Decision.suggestion_id == Suggestion.id)
    return select(Suggestion.id, Suggestion.number, Suggestion.made_at, Suggestion.result).where(
        Suggestion.round_id == bindparam("round"), used
    )


def head(conn: Connection, round_id: int) -> AnyRow:
    """Where the round's own chain ends: (number of events, hash of the last)."""
    return conn.execute(_head(), {"subject": f"round:{round_id}"}).one()


@cache
def _head() -> AnySelect:
    return select(AuditHead.number, AuditHead.hash).where(AuditHead.subject == bindparam("subject"))


def chains(conn: Connection, round_id: int) -> tuple[int, int]:
    """(chains, events) of the round and of its bids on the table together."""
    rows = conn.execute(_chains(), {"round": round_id, "subject": f"round:{round_id}"}).all()
    return len(rows), sum(int(row.number) for row in rows)


@cache
def _chains() -> AnySelect:
    of_bids = select(Bid.home).where(Bid.round_id == bindparam("round"), Bid.state.in_(ON_TABLE))
    return select(AuditHead.number).where(
        or_(AuditHead.subject == bindparam("subject"), AuditHead.subject.in_(of_bids))
    )


def paper(conn: Connection, tells: str) -> AnyRow | None:
    """The paper of minutes that say this: (round_id, tells, asked_at, sha256, size, made_at); None if nobody asked for it."""
    return conn.execute(_paper(), {"tells": tells}).one_or_none()


@cache
def _paper() -> AnySelect:
    return select(
        MinutesPaper.round_id, MinutesPaper.tells, MinutesPaper.asked_at, MinutesPaper.sha256, MinutesPaper.size,
        MinutesPaper.made_at,
    ).where(MinutesPaper.tells == bindparam("tells"))  # fmt: skip
