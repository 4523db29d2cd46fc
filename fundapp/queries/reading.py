"""What somebody on the panel reads: the bid as it was sent, who backs it, what the reviews say."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, or_, select, union

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Area,
    Assignment,
    Bid,
    BidVersion,
    CoApplicant,
    Endorsement,
    FormVersion,
    Interest,
    OfficeHolding,
    Organisation,
    Person,
    Review,
    Round,
)
from fundapp.queries import blind
from fundapp.queries.apart import tied_to
from fundapp.queries.lists import hidden


def frozen(conn: Connection, bid: int) -> AnyRow | None:
    """The newest frozen copy with its form: (number, answers, questions, amount_pence, sha256, frozen_at)."""
    return conn.execute(_frozen(), {"bid": bid}).one_or_none()


@cache
def _frozen() -> AnySelect:
    return (
        select(
            BidVersion.number, BidVersion.answers, BidVersion.amount_pence, BidVersion.sha256, BidVersion.frozen_at,
            FormVersion.questions,
        )
        .join(FormVersion, FormVersion.id == BidVersion.form_version_id)
        .where(BidVersion.bid_id == bindparam("bid"))
        .order_by(BidVersion.number.desc())
        .limit(1)
    )  # fmt: skip


def backing(conn: Connection, bid: int) -> AnyRow | None:
    """The newest endorsement: (statement, name, office, area, given_at); None while nobody backs it."""
    return conn.execute(_backing(), {"bid": bid}).one_or_none()


@cache
def _backing() -> AnySelect:
    return (
        select(Endorsement.statement, Person.name, OfficeHolding.office, Area.name.label("area"), Endorsement.given_at)
        .join(Person, Person.id == Endorsement.person_id)
        .join(OfficeHolding, OfficeHolding.id == Endorsement.holding_id)
        .join(Area, Area.id == OfficeHolding.area_id)
        .where(Endorsement.bid_id == bindparam("bid"), Endorsement.answer == "endorse")
        .order_by(Endorsement.given_at.desc(), Endorsement.id.desc())
        .limit(1)
    )  # fmt: skip


def with_round(conn: Connection, reference: str) -> AnyRow | None:
    """A bid by its reference with what its round asks of readers, and its organisation's name.

    `masked`: its panel reads it without names now, so title, organisation and place are as the panel reads them, and
    `masked_copy_id` is the copy that counts, null while no officer has confirmed one.
    """
    return conn.execute(_with_round(), {"reference": reference}).one_or_none()


@cache
def _with_round() -> AnySelect:
    return (
        select(
            Bid.id, Bid.reference, blind.title().label("title"), Bid.amount_pence, Bid.state, Bid.version,
            blind.place().label("place"), Bid.round_id, Bid.fund_id, Bid.since,
            blind.organisation().label("organisation"), blind.is_masked().label("masked"),
            blind.copy_id().label("masked_copy_id"), Round.code, Round.title.label("round"),
            Round.state.label("round_state"), Round.panel_by, Round.rubric, Round.reviews_needed,
            Round.disagreement_limit, Round.budget_pence,
        )
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(Bid.reference == bindparam("reference"))
    )  # fmt: skip


def assigned(conn: Connection, bid: int, person: int) -> AnyRow | None:
    """A reviewer's running turn at a bid: (id, version)."""
    return conn.execute(_assigned(), {"bid": bid, "person": person}).one_or_none()


@cache
def _assigned() -> AnySelect:
    return select(Assignment.id, Assignment.version).where(
        Assignment.bid_id == bindparam("bid"),
        Assignment.person_id == bindparam("person"),
        Assignment.ended_at.is_(None),
    )


def stands_apart(conn: Connection, bid: int, person: int) -> bool:
    """Whether a person declared an interest in a bid, has a part in it, or is kept from it by what both are tied to."""
    return conn.execute(_stands_apart(), {"bid": bid, "person": person}).first() is not None


@cache
def _stands_apart() -> AnySelect:
    return select(Bid.id).where(Bid.id == bindparam("bid"), hidden(bindparam("person")))


def apart_from(conn: Connection, person: int) -> frozenset[int]:
    """Every bid that a person declared an interest in, has a part in, or is kept from by what both are tied to."""
    return frozenset(conn.scalars(apart_of(person)))


def apart_of(person: Any) -> Any:
    """The ids of those bids, as a select to stand within another: an id, or a bindparam of one.

    For a statement that looks at every bid of a round; one that looks at few asks `lists.hidden` of each.
    """
    apart = (
        select(Interest.bid_id).where(Interest.person_id == person),
        select(Bid.id).where(Bid.applicant_id == person),
        select(CoApplicant.bid_id).where(CoApplicant.person_id == person),
        select(Endorsement.bid_id).where(Endorsement.person_id == person),
        tied_to(person),
    )
    return union(*apart)


def set_aside(conn: Connection, person: int) -> int:
    """How many bids left a reviewer's pile by an interest, declared or found, in rounds whose panel is at work."""
    asked = (
        select(func.count())
        .select_from(Assignment)
        .join(Bid, Bid.id == Assignment.bid_id)
        .join(Round, Round.id == Bid.round_id)
        .where(Assignment.person_id == person, Round.state == "panel")
        .where(or_(Assignment.ended_why == "interest", hidden(person)))
    )
    return int(conn.execute(asked).scalar_one())


def readers_due(conn: Connection, bid: int) -> list[str]:
    """The names of those who have a bid to read and have not scored it."""
    read = exists().where(Review.bid_id == Assignment.bid_id, Review.person_id == Assignment.person_id)
    asked = (
        select(Person.name)
        .join(Assignment, Assignment.person_id == Person.id)
        .where(Assignment.bid_id == bid, Assignment.ended_at.is_(None), ~read)
        .order_by(Person.name)
    )
    return list(conn.scalars(asked))


def area_name(conn: Connection, area: object) -> str:
    """A ward's name, for an answer that holds its id; empty if there is none."""
    if not isinstance(area, int):
        return ""
    return conn.execute(select(Area.name).where(Area.id == area)).scalar() or ""
