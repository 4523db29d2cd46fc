"""Awards that may be donations to whoever receives them: what was answered about them, and what hints at it."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select, union

from fundapp.database import AnyRow, AnySelect
from fundapp.domain import thresholds
from fundapp.domain.recipients import HINTS, POLITICAL
from fundapp.models import (
    Account,
    Area,
    Award,
    AwardAnswer,
    Bid,
    CoApplicant,
    Fund,
    OfficeHolding,
    Organisation,
    Person,
    Round,
)
from fundapp.queries.lists import hidden
from fundapp.queries.locks import chunks

#: Awards that somebody receives, or may.
STANDING = ("offered", "accepted", "complete")


def listed(
    conn: Connection, funds: Sequence[int] | None, person: int, *, before: int | None, limit: int
) -> list[AnyRow]:
    """Awards over the lowest limit that something speaks for, the newest first; `before` is an award's id.

    (id, bid_id, fund_id, reference, title, state, amount_pence, offered_at, accepted_at, organisation, round, fund,
    recipient). None of bids that `person` is kept from. Whether it is over the limit of its day is `domain.recipients`'.
    """
    named: dict[str, Any] = {
        "person": person,
        "before": before if before is not None else 2**62,
        "limit": limit,
    }
    if funds is not None:
        named["funds"] = list(funds)
    return list(conn.execute(_listed(funds is not None), named))


@cache
def _listed(within: bool) -> AnySelect:
    person = bindparam("person", type_=Bid.applicant_id.type)
    asked = (
        _asked()
        .where(Award.id < bindparam("before"), ~hidden(person))
        .order_by(Award.id.desc())
        .limit(bindparam("limit"))
    )
    return asked.where(Bid.fund_id.in_(bindparam("funds", expanding=True))) if within else asked


def of_bid(conn: Connection, bid: int) -> AnyRow | None:
    """The award of one bid, if something speaks for it: as `listed` has it."""
    return conn.execute(_one(), {"bid": bid}).one_or_none()


@cache
def _one() -> AnySelect:
    return _asked().where(Award.bid_id == bindparam("bid"))


def holder(conn: Connection, bid: int) -> str | None:
    """Who holds the money of a bid's award, as its applicant answered when they accepted it."""
    found: str | None = conn.execute(_holder(), {"bid": bid}).scalar_one_or_none()
    return found


@cache
def _holder() -> AnySelect:
    return select(_answered(bindparam("bid")))


def _answered(bid: Any) -> Any:
    return (
        select(AwardAnswer.recipient)
        .where(AwardAnswer.bid_id == bid, AwardAnswer.answer == "accept", AwardAnswer.recipient.is_not(None))
        .order_by(AwardAnswer.id.desc())
        .limit(1)
        .correlate(Award)
        .scalar_subquery()
    )


@cache
def _asked() -> AnySelect:
    answered = _answered(Award.bid_id)
    name = func.lower(Organisation.name)
    hinted = or_(*(name.like(f"%{hint}%") for hint in HINTS))
    return (
        select(
            Award.id, Award.bid_id, Bid.fund_id, Bid.reference, Bid.title, Award.state, Award.amount_pence, Award.offered_at,
            Award.accepted_at, Organisation.name.label("organisation"), Round.title.label("round"),
            Fund.name.label("fund"), answered.label("recipient"),
        )
        .join(Bid, Bid.id == Award.bid_id)
        .join(Round, Round.id == Award.round_id)
        .join(Fund, Fund.id == Bid.fund_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(
            Award.state.in_(STANDING),
            Award.amount_pence > thresholds.lowest("check_over_pence"),
            or_(answered.in_(POLITICAL), hinted, _seated()),
        )
    )  # fmt: skip


def _seated() -> Any:
    """Whether the applicant, or somebody who bids together with them, was ever entered as holding an elected office.

    Entered as theirs, or reached at an address with which they sign in.
    """
    at_address = and_(Account.email == OfficeHolding.email, Account.confirmed_at.is_not(None))
    return or_(
        exists().where(OfficeHolding.person_id == Bid.applicant_id).correlate(Bid),
        exists().where(Account.person_id == Bid.applicant_id, at_address).correlate(Bid),
        exists().where(CoApplicant.bid_id == Bid.id, CoApplicant.person_id == OfficeHolding.person_id).correlate(Bid),
        exists()
        .where(CoApplicant.bid_id == Bid.id, CoApplicant.person_id == Account.person_id, at_address)
        .correlate(Bid),
    )  # fmt: skip


def seats(conn: Connection, bids: Sequence[int]) -> dict[int, list[AnyRow]]:
    """Elected offices that those who bid hold or held, by bid: (bid_id, name, office, area, from_on, to_on)."""
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for part in chunks(bids):
        people = union(
            select(Bid.id.label("bid_id"), Bid.applicant_id.label("person_id")).where(Bid.id.in_(part)),
            select(CoApplicant.bid_id, CoApplicant.person_id).where(CoApplicant.bid_id.in_(part)),
        ).subquery()
        reached = exists().where(
            Account.person_id == people.c.person_id, Account.confirmed_at.is_not(None),
            Account.email == OfficeHolding.email,
        )  # fmt: skip
        asked = (
            select(
                people.c.bid_id, Person.name, OfficeHolding.office, Area.name.label("area"), OfficeHolding.from_on,
                OfficeHolding.to_on,
            )
            .select_from(people)
            .join(OfficeHolding, or_(OfficeHolding.person_id == people.c.person_id, reached))
            .join(Person, Person.id == OfficeHolding.person_id)
            .join(Area, Area.id == OfficeHolding.area_id)
            .order_by(people.c.bid_id, OfficeHolding.from_on, OfficeHolding.id)
        )  # fmt: skip
        for row in conn.execute(asked):
            found[row.bid_id].append(row)
    return found
