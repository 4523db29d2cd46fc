"""The panel's table from the chair's seat: rounds, who is behind, who needs readers, what is staged."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, and_, bindparam, case, exists, func, or_, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Assignment,
    Bid,
    BidMark,
    CoApplicant,
    Decision,
    Endorsement,
    Interest,
    Organisation,
    Person,
    PersonMark,
    Review,
    RoleGrant,
    Round,
)
from fundapp.queries import blind
from fundapp.queries import newest as newest_of
from fundapp.queries.grants import counts_in, standing

#: Rounds whose panel has begun or may, or has met.
PANEL_STATES = ("closed", "panel", "releasing", "released", "archived")
#: States in which a bid is, or was, on the panel's table and before its readers.
ON_TABLE = ("endorsed", "reviewed", "awarded", "declined", "reported", "cancelled")


def rounds_of_panel(conn: Connection, funds: Sequence[int] | None) -> list[AnyRow]:
    """Rounds that have or had a panel, newest first, with counts: (round, bids, decided, staged_pence)."""
    staged = func.coalesce(func.sum(Decision.amount_pence), 0)
    asked = (
        select(
            Round.id, Round.code, Round.title, Round.state, Round.panel_by, Round.decide_by, Round.publish_at,
            Round.budget_pence, func.count(Bid.id).label("bids"), func.count(Decision.id).label("decided"),
            staged.label("staged_pence"),
        )
        .outerjoin(Bid, and_(Bid.round_id == Round.id, Bid.state.in_(ON_TABLE)))
        .outerjoin(Decision, Decision.bid_id == Bid.id)
        .where(Round.state.in_(PANEL_STATES))
        .group_by(Round.id)
        .order_by(Round.opens_at.desc(), Round.id.desc())
    )  # fmt: skip
    return list(conn.execute(asked if funds is None else asked.where(Round.fund_id.in_(funds))))


def at_work(conn: Connection, round_id: int) -> list[AnyRow]:
    """How each reviewer of a round stands: (id, name, given, read), those furthest behind first."""
    mine = exists().where(Review.bid_id == Assignment.bid_id, Review.person_id == Assignment.person_id)
    read = func.sum(case((mine, 1), else_=0))
    asked = (
        select(Person.id, Person.name, func.count().label("given"), read.label("read"))
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Bid, Bid.id == Assignment.bid_id)
        .where(Bid.round_id == round_id, Assignment.ended_at.is_(None), Bid.state.in_(("endorsed", "reviewed")))
        .group_by(Person.id, Person.name)
        .order_by((func.count() - read).desc(), Person.name)
    )  # fmt: skip
    return list(conn.execute(asked))


def on_table(conn: Connection, round_id: int) -> list[AnyRow]:
    """What a round's panel ranks, in order of id: (id, reference, title as the panel reads it, amount_pence)."""
    return list(conn.execute(_on_table(), {"round": round_id}))


@cache
def _on_table() -> AnySelect:
    return (
        select(Bid.id, Bid.reference, blind.title().label("title"), Bid.amount_pence)
        .join(Round, Round.id == Bid.round_id)
        .where(Bid.round_id == bindparam("round"), Bid.state.in_(ON_TABLE))
        .order_by(Bid.id)
    )


def totals(conn: Connection, round_id: int) -> list[AnyRow]:
    """The newest review of each reader of each bid on a round's table: (bid_id, person_id, name, total in hundredths)."""
    return list(conn.execute(_totals(), {"round": round_id}))


@cache
def _totals() -> AnySelect:
    newest = newest_of.review()
    return (
        select(Review.bid_id, Review.person_id, Person.name, Review.total)
        .join(Bid, Bid.id == Review.bid_id)
        .join(Person, Person.id == Review.person_id)
        .where(Bid.round_id == bindparam("round"), Bid.state.in_(ON_TABLE), newest)
        .order_by(Review.bid_id, Review.person_id)
    )


def aside_by_bid() -> AnySelect:
    """Bids of a round (a bindparam) of which a review was set aside: (bid_id, aside: how many readers', at: the last when).

    They are those of readers whose turn ended by an interest after they had scored.
    """
    scored = exists().where(Review.bid_id == Assignment.bid_id, Review.person_id == Assignment.person_id)
    return (
        select(
            Assignment.bid_id, func.count().label("aside"), func.max(Assignment.ended_at).label("at")
        )
        .join(Bid, Bid.id == Assignment.bid_id)
        .where(Bid.round_id == bindparam("round"), Assignment.ended_why == "interest", scored)
        .group_by(Assignment.bid_id)
    )  # fmt: skip


def loads(conn: Connection, round_id: int) -> dict[int, int]:
    """How many bids of a round each reviewer has."""
    asked = (
        select(Assignment.person_id, func.count())
        .join(Bid, Bid.id == Assignment.bid_id)
        .where(Bid.round_id == round_id, Assignment.ended_at.is_(None))
        .group_by(Assignment.person_id)
    )
    return dict(conn.execute(asked).all())


def reviewers(conn: Connection, fund: int, at: datetime) -> dict[int, str]:
    """Names of everybody who may review in a fund."""
    asked = (
        select(Person.id, Person.name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role == "reviewer",
            counts_in(fund),
            standing(at),
        )
        .order_by(Person.name)
    )
    return dict(conn.execute(asked).all())


def decided(conn: Connection, round_id: int) -> list[AnyRow]:
    """Every staged decision of a round, awards first: what goes out when it is released."""
    asked = (
        select(
            Decision.bid_id, Decision.outcome, Decision.amount_pence, Decision.conditions, Decision.feedback,
            Decision.decided_at, Bid.reference, blind.title().label("title"), Bid.amount_pence.label("asked_pence"),
            Bid.state, Bid.applicant_id, blind.organisation().label("organisation"),
        )
        .join(Bid, Bid.id == Decision.bid_id)
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(Decision.round_id == round_id, Bid.state == "reviewed")
        .order_by(Decision.outcome, Bid.id)
    )  # fmt: skip
    return list(conn.execute(asked))


def decided_in_own_cause(conn: Connection, round_id: int) -> int:
    """How many staged decisions were made by somebody with an interest or a part in the bid."""
    who = Decision.decided_by
    asked = (
        select(func.count())
        .select_from(Decision)
        .join(Bid, Bid.id == Decision.bid_id)
        .where(Decision.round_id == round_id, Bid.state == "reviewed")
        .where(
            or_(
                Bid.applicant_id == who,
                exists().where(Interest.bid_id == Bid.id, Interest.person_id == who),
                exists().where(CoApplicant.bid_id == Bid.id, CoApplicant.person_id == who),
                exists().where(Endorsement.bid_id == Bid.id, Endorsement.person_id == who),
                exists().where(
                    BidMark.bid_id == Bid.id, PersonMark.key == BidMark.key, PersonMark.person_id == who
                ),
            )
        )
    )
    return int(conn.execute(asked).scalar_one())


def decided_before_set_aside(conn: Connection, round_id: int) -> list[AnyRow]:
    """Bids (id, reference) whose staged decision was recorded before a review of theirs was set aside."""
    aside = aside_by_bid().subquery()
    asked = (
        select(Bid.id, Bid.reference)
        .join(Decision, Decision.bid_id == Bid.id)
        .join(aside, aside.c.bid_id == Bid.id)
        .where(Bid.state == "reviewed", aside.c.at > Decision.decided_at)
        .order_by(Bid.id)
    )
    return list(conn.execute(asked, {"round": round_id}))


def references(conn: Connection, bids: Sequence[int]) -> dict[int, str]:
    """References by bid."""
    return dict(conn.execute(select(Bid.id, Bid.reference).where(Bid.id.in_(bids))).all())
