"""The list of bids that those who run the fund look through: filtered, sorted, a page by keyset."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Connection,
    Text,
    and_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
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
from fundapp.queries import blind
from fundapp.queries.apart import derived
from fundapp.queries.funnel import ONLY

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
#: A state with more bids than this is said to have more, not counted.
MOST_COUNTED: Final = 1000
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the list is wanted. `funds` None is every fund; `bid` is a bid named by its reference.

    `only` is a name of `funnel.ONLY`; `holding` the office whose holder is asked to back the bids. `named`: in which
    funds the person sees names where the panel reads without; bids of other such rounds are left out. None for all.
    """

    funds: Sequence[int] | None
    round_id: int | None = None
    tab: str = ""
    words: str = ""
    bid: int | None = None
    place: str = ""
    sort: str = "wait"
    only: str = ""
    holding: int | None = None
    named: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class _Shape:
    """What of a statement the filters decide. For each shape it is built once: building it costs more than running it.

    `after` is what the next page begins after: "" nothing, "value" a sort value, "none" a row that has none.
    `limit` stands in the statement as a number: PostgreSQL does not keep the plan of one whose limit it cannot see.
    """

    funds: bool
    round: bool
    bid: bool
    words: bool
    place: bool
    only: str = ""
    holding: bool = False
    tab: str = ""
    sort: str = ""
    after: str = ""
    limit: int = 0
    named: bool = False


def _shape(filters: Filters) -> _Shape:
    return _Shape(
        funds=filters.funds is not None, round=filters.round_id is not None, bid=filters.bid is not None,
        words=bool(filters.words), place=bool(filters.place), only=filters.only, holding=filters.holding is not None,
        named=filters.named is not None,
    )  # fmt: skip


def _given(filters: Filters, person: int) -> dict[str, Any]:
    given: dict[str, Any] = {"person": person}
    if filters.funds is not None:
        given["funds"] = list(filters.funds)
    if filters.named is not None:
        given["named"] = list(filters.named)
    if filters.round_id is not None:
        given["round"] = filters.round_id
    if filters.bid is not None:
        return given | {"bid": filters.bid}
    if filters.holding is not None:
        given["holding"] = filters.holding
    if filters.place:
        given["place"] = _anywhere(filters.place)
    if filters.words:
        given["words"] = _anywhere(filters.words)
    return given


def _anywhere(words: str) -> str:
    """A pattern for LIKE: these very words, wherever they stand."""
    for sign in "/%_":
        words = words.replace(sign, f"/{sign}")
    return f"%{words.lower()}%"


def rounds(conn: Connection, funds: Sequence[int] | None) -> list[AnyRow]:
    """Rounds to choose from, newest first: (id, code, title)."""
    if funds is None:
        return list(conn.execute(_rounds(False)))
    return list(conn.execute(_rounds(True), {"funds": list(funds)}))


@cache
def _rounds(of_funds: bool) -> AnySelect:
    asked = select(Round.id, Round.code, Round.title).order_by(Round.opens_at.desc(), Round.id.desc())
    return asked.where(Round.fund_id.in_(bindparam("funds", expanding=True))) if of_funds else asked


def counts(conn: Connection, filters: Filters, person: int) -> dict[str, int]:
    """How many bids answer the filters in each state, whatever the tab; MOST_COUNTED + 1 stands for more than that."""
    found: dict[str, int] = dict(
        conn.execute(_counts(replace(_shape(filters), limit=MOST_COUNTED + 1)), _given(filters, person)).all()
    )
    return found


@lru_cache(maxsize=256)
def _counts(shape: _Shape) -> Any:
    # No state is counted to its end: that would take longer the more bids there are.
    parts = []
    for state in (state for states in TABS.values() for state in states):
        some = _filtered(select(literal_column("1")).select_from(Bid).where(Bid.state == state), shape)
        some_of_them = some.limit(literal_column(str(shape.limit))).subquery(f"some_{state}")
        parts.append(select(literal(state), select(func.count()).select_from(some_of_them).scalar_subquery()))
    return union_all(*parts)


def page(
    conn: Connection, filters: Filters, person: int, after: tuple[int | None, int] | None, limit: int
) -> list[AnyRow]:
    """A page of the list after (sort value, id) of the row before it. `hidden` marks what is not theirs to read."""
    given = _given(filters, person)
    place = ""
    if after is not None:
        value, given["after_id"] = after
        place = "none" if value is None and filters.sort == "due" else "value"
        if filters.sort in ("wait", "due") and place == "value":
            given["after"] = EPOCH + timedelta(microseconds=value or 0)
        elif filters.sort == "amount":
            given["after"] = value or 0
    shape = replace(_shape(filters), tab=filters.tab, sort=filters.sort, after=place, limit=limit)
    return list(conn.execute(_page(shape), given))


@lru_cache(maxsize=512)
def _page(shape: _Shape) -> AnySelect:
    holder = aliased(Person)
    bounced = exists().where(Outbox.bid_id == Bid.id, Outbox.failed_at.is_not(None), Outbox.done_at.is_(None))
    # Names are looked up for the rows that are shown. As joins they would make PostgreSQL think about the order of
    # them all for longer than the list takes.
    organisation = _name_of(Organisation.name, Organisation.id == Bid.organisation_id)
    applicant = _name_of(Person.name, Person.id == Bid.applicant_id)
    area = _name_of(Area.name, Area.id == Bid.area_id)
    asked: AnySelect = (
        select(
            Bid.id, Bid.reference, Bid.version, Bid.title, Bid.amount_pence, Bid.state, Bid.place, Bid.since, Bid.due_at,
            Bid.holding_id, organisation.label("organisation"), holder.name.label("representative"),
            OfficeHolding.office, OfficeHolding.email.is_(None).label("no_address"),
            OfficeHolding.source.is_(None).label("no_source"), applicant.label("applicant"),
            Award.state.label("award_state"), Award.offer_until, Report.state.label("report_state"),
            area.label("area"), bounced.label("bounced"), hidden(bindparam("person")).label("hidden"),
        )
        .outerjoin(OfficeHolding, and_(OfficeHolding.id == Bid.holding_id, Bid.state == "submitted"))
        .outerjoin(holder, holder.id == OfficeHolding.person_id)
        .outerjoin(Award, and_(Award.bid_id == Bid.id, Bid.state == "awarded"))
        .outerjoin(Report, and_(Report.bid_id == Bid.id, Bid.state == "awarded"))
        .limit(literal_column(str(shape.limit)))
    )  # fmt: skip
    asked = _filtered(asked, shape)
    if shape.tab:
        asked = asked.where(Bid.state.in_(TABS[shape.tab]))
    return _sorted(asked, shape)


def _name_of(name: Any, where: Any) -> Any:
    return select(name).where(where).correlate(Bid).scalar_subquery()


def hidden(person: Any) -> Any:
    """Whether a person (an id, or a bindparam of one) stands apart from the bid: by an interest, as an applicant, as its
    endorser, or by what both are tied to."""
    return or_(
        exists().where(Interest.bid_id == Bid.id, Interest.person_id == person),
        exists().where(CoApplicant.bid_id == Bid.id, CoApplicant.person_id == person),
        exists().where(Endorsement.bid_id == Bid.id, Endorsement.person_id == person),
        func.coalesce(Bid.applicant_id, 0) == person,
        derived(person),
    )


def _filtered(asked: AnySelect, shape: _Shape) -> AnySelect:
    if shape.round:
        asked = asked.where(Bid.round_id == bindparam("round"))
    if shape.funds:
        asked = asked.where(Bid.fund_id.in_(bindparam("funds", expanding=True)))
    if shape.named:
        asked = asked.where(blind.named_for(bindparam("named", expanding=True)))
    person = bindparam("person", type_=Bid.applicant_id.type)
    if shape.bid:
        return asked.where(Bid.id == bindparam("bid"), ~hidden(person))
    if shape.only:
        asked = asked.where(ONLY[shape.only])
    if shape.holding:
        # Whose answer a hidden bid waits for is not told by finding it under them.
        asked = asked.where(Bid.holding_id == bindparam("holding"), Bid.state == "submitted", ~hidden(person))
    if not (shape.words or shape.place):
        return asked
    # A hidden bid that is found by its words would be told by them.
    asked = asked.outerjoin(Organisation, Organisation.id == Bid.organisation_id).where(~hidden(person))
    if shape.place:
        named = select(Area.id).where(_holds(Area.name, "place"))
        asked = asked.where(or_(_holds(Bid.place, "place"), Bid.area_id.in_(named.correlate(None))))
    if shape.words:
        asked = asked.where(or_(*(_holds(c, "words") for c in (Bid.title, Organisation.name, Bid.reference))))
    return asked


def _holds(column: Any, name: str) -> Any:
    return func.lower(column).like(bindparam(name, type_=Text), escape="/")


def _sorted(asked: AnySelect, shape: _Shape) -> AnySelect:
    value, number = bindparam("after", type_=Bid.since.type), bindparam("after_id", type_=Bid.id.type)
    if shape.sort == "new":
        return (asked.where(Bid.id < number) if shape.after else asked).order_by(Bid.id.desc())
    if shape.sort == "amount":
        if shape.after:
            # An address may carry more than the column holds.
            pence = bindparam("after", type_=BigInteger)
            asked = asked.where(
                or_(Bid.amount_pence < pence, and_(Bid.amount_pence == pence, Bid.id < number))
            )
        return asked.order_by(Bid.amount_pence.desc(), Bid.id.desc())
    if shape.sort == "due":
        if shape.after == "none":
            asked = asked.where(Bid.due_at.is_(None), Bid.id > number)
        elif shape.after:
            later = or_(Bid.due_at > value, and_(Bid.due_at == value, Bid.id > number))
            asked = asked.where(or_(later, Bid.due_at.is_(None)))
        return asked.order_by(Bid.due_at.asc().nulls_last(), Bid.id)
    if shape.after:
        asked = asked.where(or_(Bid.since > value, and_(Bid.since == value, Bid.id > number)))
    return asked.order_by(Bid.since, Bid.id)


def key_of(row: AnyRow, sort: str) -> tuple[int | None, int]:
    """What the next page begins after: (the row's sort value as a whole number or None, its id)."""
    value: int | None = None
    if sort == "amount":
        value = row.amount_pence
    elif sort in ("wait", "due"):
        moment = row.since if sort == "wait" else row.due_at
        value = (moment - EPOCH) // timedelta(microseconds=1) if moment is not None else None
    return value, row.id
