"""The list of bids that those who run the fund look through: filtered, sorted, a page by keyset."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, and_, exists, false, func, literal, or_, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Area,
    Award,
    Bid,
    CoApplicant,
    Endorsement,
    Interest,
    OfficeHolding,
    Organisation,
    Outbox,
    Person,
    Report,
    Round,
)

#: Tabs of the list, by the states that stand under them.
TABS: Final[dict[str, tuple[str, ...]]] = {
    "draft": ("draft",),
    "submitted": ("submitted",),
    "endorsed": ("endorsed",),
    "returned": ("returned",),
    "reviewed": ("reviewed",),
    "awarded": ("awarded",),
    "ended": ("reported", "declined", "withdrawn", "not_endorsed", "ineligible", "lapsed", "cancelled"),
}
SORTS: Final = ("wait", "due", "amount", "new")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the list is wanted. `funds` None is every fund; `bid` is a bid named by its reference."""

    funds: Sequence[int] | None
    round_id: int | None = None
    tab: str = ""
    words: str = ""
    bid: int | None = None
    place: str = ""
    sort: str = "wait"

    @property
    def searching(self) -> bool:
        """True where what stands in a bid decides whether it is listed."""
        return bool(self.words or self.place)


def rounds(conn: Connection, funds: Sequence[int] | None) -> list[AnyRow]:
    """Rounds to choose from, newest first: (id, code, title)."""
    asked = select(Round.id, Round.code, Round.title).order_by(Round.opens_at.desc(), Round.id.desc())
    return list(conn.execute(asked if funds is None else asked.where(Round.fund_id.in_(funds))))


def counts(conn: Connection, filters: Filters, person: int) -> dict[str, int]:
    """How many bids answer the filters in each state, whatever the tab."""
    asked = select(Bid.state, func.count()).group_by(Bid.state)
    found: dict[str, int] = dict(conn.execute(_filtered(asked, filters, person)).all())
    return found


def page(
    conn: Connection, filters: Filters, person: int, after: tuple[int | None, int] | None, limit: int
) -> list[AnyRow]:
    """A page of the list after (sort value, id) of the row before it. `hidden` marks what is not theirs to read."""
    holder, applicant = aliased(Person), aliased(Person)
    bounced = exists().where(Outbox.bid_id == Bid.id, Outbox.failed_at.is_not(None), Outbox.done_at.is_(None))
    asked: AnySelect = (
        select(
            Bid.id, Bid.reference, Bid.title, Bid.amount_pence, Bid.state, Bid.place, Bid.since, Bid.due_at,
            Bid.holding_id, Organisation.name.label("organisation"), holder.name.label("representative"),
            OfficeHolding.office, OfficeHolding.email.is_(None).label("no_address"),
            OfficeHolding.source.is_(None).label("no_source"), applicant.name.label("applicant"),
            Award.state.label("award_state"), Award.offer_until, Report.state.label("report_state"),
            Area.name.label("area"), bounced.label("bounced"), hidden(person).label("hidden"),
        )
        .outerjoin(OfficeHolding, and_(OfficeHolding.id == Bid.holding_id, Bid.state == "submitted"))
        .outerjoin(holder, holder.id == OfficeHolding.person_id)
        .outerjoin(applicant, applicant.id == Bid.applicant_id)
        .outerjoin(Area, Area.id == Bid.area_id)
        .outerjoin(Award, and_(Award.bid_id == Bid.id, Bid.state == "awarded"))
        .outerjoin(Report, and_(Report.bid_id == Bid.id, Bid.state == "awarded"))
        .limit(limit)
    )  # fmt: skip
    if not filters.searching:
        asked = asked.outerjoin(Organisation, Organisation.id == Bid.organisation_id)
    asked = _filtered(asked, filters, person)
    if filters.tab:
        asked = asked.where(Bid.state.in_(TABS[filters.tab]))
    return list(conn.execute(_sorted(asked, filters.sort, after)))


def hidden(person: int) -> Any:
    """Whether a person stands apart from the bid: by an interest, as an applicant, or as its endorser."""
    return or_(
        exists().where(Interest.bid_id == Bid.id, Interest.person_id == person),
        exists().where(CoApplicant.bid_id == Bid.id, CoApplicant.person_id == person),
        exists().where(Endorsement.bid_id == Bid.id, Endorsement.person_id == person),
        func.coalesce(Bid.applicant_id, 0) == person,
    )


def _filtered(asked: AnySelect, filters: Filters, person: int) -> AnySelect:
    if filters.round_id is not None:
        asked = asked.where(Bid.round_id == filters.round_id)
    if filters.funds is not None:
        asked = asked.where(Bid.fund_id.in_(filters.funds) if filters.funds else false())
    if filters.bid is not None:
        return asked.where(Bid.id == filters.bid, ~hidden(person))
    if not filters.searching:
        return asked
    # A hidden bid that is found by its words would be told by them.
    asked = asked.outerjoin(Organisation, Organisation.id == Bid.organisation_id).where(~hidden(person))
    if filters.place:
        named = select(Area.id).where(func.lower(Area.name).contains(filters.place.lower(), autoescape=True))
        asked = asked.where(
            or_(
                func.lower(Bid.place).contains(filters.place.lower(), autoescape=True),
                Bid.area_id.in_(named.correlate(None)),
            )
        )
    if filters.words:
        words = filters.words.lower()
        asked = asked.where(
            or_(
                func.lower(Bid.title).contains(words, autoescape=True),
                func.lower(Organisation.name).contains(words, autoescape=True),
                func.lower(Bid.reference).contains(words, autoescape=True),
            )
        )
    return asked


def _sorted(asked: AnySelect, sort: str, after: tuple[int | None, int] | None) -> AnySelect:
    if sort == "new":
        return (asked if after is None else asked.where(Bid.id < after[1])).order_by(Bid.id.desc())
    if sort == "amount":
        if after is not None:
            # An address may carry more than the column holds.
            pence = literal(after[0] or 0, BigInteger)
            asked = asked.where(
                or_(Bid.amount_pence < pence, and_(Bid.amount_pence == pence, Bid.id < after[1]))
            )
        return asked.order_by(Bid.amount_pence.desc(), Bid.id.desc())
    if sort == "due":
        if after is not None and after[0] is None:
            asked = asked.where(Bid.due_at.is_(None), Bid.id > after[1])
        elif after is not None:
            due = _moment(after[0])
            later = or_(Bid.due_at > due, and_(Bid.due_at == due, Bid.id > after[1]))
            asked = asked.where(or_(later, Bid.due_at.is_(None)))
        return asked.order_by(Bid.due_at.asc().nulls_last(), Bid.id)
    if after is not None:
        since = _moment(after[0])
        asked = asked.where(or_(Bid.since > since, and_(Bid.since == since, Bid.id > after[1])))
    return asked.order_by(Bid.since, Bid.id)


def _moment(micros: int | None) -> Any:
    return literal(EPOCH + timedelta(microseconds=micros or 0), Bid.since.type)


def key_of(row: AnyRow, sort: str) -> tuple[int | None, int]:
    """What the next page begins after: (the row's sort value as a whole number or None, its id)."""
    value: int | None = None
    if sort == "amount":
        value = row.amount_pence
    elif sort in ("wait", "due"):
        moment = row.since if sort == "wait" else row.due_at
        value = (moment - EPOCH) // timedelta(microseconds=1) if moment is not None else None
    return value, row.id
