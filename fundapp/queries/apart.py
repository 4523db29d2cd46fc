"""What people and bids are tied to, and which of them are kept apart by it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    Connection,
    Date,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.domain import ties
from fundapp.models import (
    Area,
    Assignment,
    Bid,
    BidMark,
    BidVersion,
    CoApplicant,
    Endorsement,
    Interest,
    Membership,
    OfficeHolding,
    Organisation,
    PersonMark,
    RoleGrant,
    Tie,
    WardConstituency,
)
from fundapp.queries.locks import chunks

#: Whoever may hold one of these judges bids, and is kept from some.
JUDGES: Final = ("reviewer", "chair")
#: States of a bid in which its panel is at it: turns are ended by ties then, and only then.
AT_PANEL: Final = ("endorsed", "reviewed")
Pair = tuple[int, int]


def derived(person: Any) -> Any:
    """Whether a person and the bid of the statement have a mark in common: an id, a bindparam of one, or the person of
    the statement's own Assignment.

    Who has no marks is known by one look for the whole statement, not by one for each bid.
    """
    shared = (
        exists()
        .where(BidMark.bid_id == Bid.id, PersonMark.key == BidMark.key, PersonMark.person_id == person)
        .correlate(Bid, Assignment)
    )
    return and_(exists().where(PersonMark.person_id == person).correlate(Assignment), shared)


def tied_to(person: Any) -> Any:
    """The ids of bids that have a mark in common with a person, as a select: for a statement that looks at every bid.

    It is worked out once for the statement; `derived` is asked of each bid, which is less work for a few.
    """
    return (
        select(BidMark.bid_id)
        .join(PersonMark, PersonMark.key == BidMark.key)
        .where(PersonMark.person_id == person)
    )


def kept_from(conn: Connection, person: int, bids: Sequence[int]) -> set[int]:
    """Those of these bids that a person declared an interest in, or shares a mark with.

    Left out is who has a part in the bid themselves: the policy has a rule and words of its own for them.
    """
    said = select(Interest.bid_id).where(Interest.bid_id.in_(bids), Interest.person_id == person)
    shared = (
        select(BidMark.bid_id)
        .join(PersonMark, PersonMark.key == BidMark.key)
        .where(PersonMark.person_id == person, PersonMark.why != "own", BidMark.bid_id.in_(bids))
    )
    return set(conn.scalars(said.union(shared)))


def conflicts(
    conn: Connection, bids: Sequence[int], persons: Sequence[int] | None = None
) -> dict[Pair, frozenset[str]]:
    """Why whom is kept from which of these bids: (bid, person) to codes of `ties.REASONS`; None asks of everybody."""
    found: dict[Pair, set[str]] = {}
    if persons is not None and not persons:
        return {}
    for part in chunks(bids):
        given: dict[str, Any] = {"ids": _listed(conn, part)}
        if persons is not None:
            given["persons"] = list(persons)
        for bid, person, why in conn.execute(_conflicts(conn.dialect.name, persons is not None), given):
            found.setdefault((bid, person), set()).add(why)
    return {pair: frozenset(why) for pair, why in found.items()}


@cache
def _conflicts(dialect: str, of_persons: bool) -> Any:
    own, said = literal("own"), literal("declared")
    parts = [
        (Interest.person_id, select(Interest.bid_id, Interest.person_id, said), Interest.bid_id),
        (
            Bid.applicant_id,
            select(Bid.id, Bid.applicant_id, own).where(Bid.applicant_id.is_not(None)),
            Bid.id,
        ),
        (CoApplicant.person_id, select(CoApplicant.bid_id, CoApplicant.person_id, own), CoApplicant.bid_id),
        (Endorsement.person_id, select(Endorsement.bid_id, Endorsement.person_id, own), Endorsement.bid_id),
        (
            PersonMark.person_id,
            select(BidMark.bid_id, PersonMark.person_id, PersonMark.why).join(
                PersonMark, PersonMark.key == BidMark.key
            ),
            BidMark.bid_id,
        ),
    ]
    asked = []
    for who, part, bid in parts:
        part = part.where(_chosen(dialect, bid))
        if of_persons:
            part = part.where(who.in_(bindparam("persons", expanding=True)))
        asked.append(part)
    return union_all(*asked)


def in_rounds(conn: Connection, person: int, rounds: Sequence[int]) -> int:
    """How many bids of these rounds a person is kept from by marks."""
    asked = (
        select(func.count(BidMark.bid_id.distinct()))
        .join(PersonMark, PersonMark.key == BidMark.key)
        .join(Bid, Bid.id == BidMark.bid_id)
        .where(PersonMark.person_id == person, Bid.round_id.in_(rounds), Bid.state != "draft")
    )
    return int(conn.execute(asked).scalar_one())


def _chosen(dialect: str, column: Any) -> Any:
    """`column` among the ids of the one parameter `ids`, however many they are."""
    if dialect == "postgresql":
        return column == func.any(cast(bindparam("ids", type_=ARRAY(BigInteger)), ARRAY(BigInteger)))
    listed = func.json_each(bindparam("ids", type_=Text)).table_valued("value")
    return column.in_(select(listed.c.value).correlate(None))


def _listed(conn: Connection, ids: Iterable[int]) -> Any:
    return list(ids) if conn.dialect.name == "postgresql" else orjson.dumps(list(ids)).decode()


def of_bids(conn: Connection, bids: Sequence[int]) -> list[AnyRow]:
    """What these bids are tied to now, (bid, kind, number, words) each, in one statement.

    kind: person, organisation, area (number); party, home (words of one address), answers (JSON of the newest version);
    have (number and words of a mark that stands).
    """
    return list(conn.execute(_of_bids(conn.dialect.name), {"ids": _listed(conn, bids)}))


@cache
def _of_bids(dialect: str) -> Any:
    first, second, third = aliased(Area), aliased(Area), aliased(Area)
    nothing, blank = cast(literal(0), BigInteger), literal("", Text)

    def numbered(kind: str, bid: Any, number: Any) -> AnySelect:
        return select(bid, literal(kind, Text), cast(number, BigInteger), blank).where(
            _chosen(dialect, bid), number.is_not(None)
        )

    def worded(kind: str, words: Any) -> AnySelect:
        return select(Bid.id, literal(kind, Text), nothing, words).where(_chosen(dialect, Bid.id))

    address = (
        func.coalesce(Organisation.address, "")
        + literal("\n", Text)
        + func.coalesce(Organisation.postcode, "")
    )
    newest = and_(BidVersion.bid_id == Bid.id, BidVersion.number == Bid.version_number)
    standing = and_(Membership.person_id == Bid.applicant_id, Membership.ended_at.is_(None))
    return union_all(
        numbered("person", Bid.id, Bid.applicant_id),
        numbered("person", CoApplicant.bid_id, CoApplicant.person_id),
        numbered("person", Endorsement.bid_id, Endorsement.person_id).where(Endorsement.answer == "endorse"),
        numbered("person", Bid.id, OfficeHolding.person_id).join(
            OfficeHolding, OfficeHolding.id == Bid.holding_id
        ),
        numbered("organisation", Bid.id, Bid.organisation_id),
        numbered("area", Bid.id, Bid.area_id),
        numbered("area", Bid.id, first.parent_id).join(first, first.id == Bid.area_id),
        numbered("area", Bid.id, second.parent_id)
        .join(first, first.id == Bid.area_id)
        .join(second, second.id == first.parent_id),
        numbered("area", Bid.id, third.parent_id)
        .join(first, first.id == Bid.area_id)
        .join(second, second.id == first.parent_id)
        .join(third, third.id == second.parent_id),
        numbered("area", Bid.id, WardConstituency.constituency_id).join(
            WardConstituency, WardConstituency.ward_id == Bid.area_id
        ),
        worded("party", Membership.local_party).join(Membership, standing),
        worded("home", address).join(Organisation, Organisation.id == Bid.organisation_id),
        worded("answers", type_coerce(BidVersion.answers, Text)).join(BidVersion, newest),
        select(BidMark.bid_id, literal("have", Text), cast(BidMark.id, BigInteger), cast(BidMark.key, Text)).where(
            _chosen(dialect, BidMark.bid_id)
        ),
    )  # fmt: skip


def of_people(conn: Connection, persons: Sequence[int], at: datetime, on: date) -> list[AnyRow]:
    """What these people are tied to, (person, kind, number, why, words) each, in one statement.

    kind: judge (they may review or chair), party, ward (of an office held that day), tie (why and key), have (number, why
    and key of a mark that stands).
    """
    given = {"ids": _listed(conn, persons), "at": at, "on": on}
    return list(conn.execute(_of_people(conn.dialect.name), given))


@cache
def _of_people(dialect: str) -> Any:
    nothing, blank = cast(literal(0), BigInteger), literal("", Text)
    on = bindparam("on", type_=Date)
    return union_all(
        select(RoleGrant.person_id, literal("judge", Text), nothing, blank, blank).where(
            _chosen(dialect, RoleGrant.person_id), _judges()
        ),
        select(Membership.person_id, literal("party", Text), nothing, blank, Membership.local_party).where(
            _chosen(dialect, Membership.person_id), Membership.ended_at.is_(None)
        ),
        select(
            OfficeHolding.person_id, literal("ward", Text), cast(OfficeHolding.area_id, BigInteger), blank, blank
        )
        .join(Area, Area.id == OfficeHolding.area_id)
        .where(
            _chosen(dialect, OfficeHolding.person_id), Area.kind == "ward", OfficeHolding.from_on <= on,
            or_(OfficeHolding.to_on.is_(None), OfficeHolding.to_on >= on),
        ),
        select(Tie.person_id, literal("tie", Text), nothing, cast(Tie.why, Text), cast(Tie.key, Text)).where(
            _chosen(dialect, Tie.person_id), Tie.ended_at.is_(None)
        ),
        select(
            PersonMark.person_id, literal("have", Text), cast(PersonMark.id, BigInteger), cast(PersonMark.why, Text),
            cast(PersonMark.key, Text),
        ).where(_chosen(dialect, PersonMark.person_id)),
    )  # fmt: skip


def _judges() -> Any:
    at = bindparam("at", type_=RoleGrant.from_at.type)
    return and_(RoleGrant.role.in_(JUDGES), or_(RoleGrant.to_at.is_(None), RoleGrant.to_at > at))


def judges(conn: Connection, at: datetime) -> list[int]:
    """Whoever may review or chair, in any fund, and whoever still has marks from when they did."""
    return sorted(conn.scalars(_all_judges(), {"at": at}))


@cache
def _all_judges() -> Any:
    return select(RoleGrant.person_id).where(_judges()).union(select(PersonMark.person_id))


def bids_of_applicants(conn: Connection, persons: Sequence[int]) -> list[int]:
    """The bids of these people."""
    given = {"ids": _listed(conn, persons)}
    return sorted(conn.scalars(_bids_of(conn.dialect.name), given))


@cache
def _bids_of(dialect: str) -> AnySelect:
    return select(Bid.id).where(_chosen(dialect, Bid.applicant_id))


def bids_of_round(conn: Connection, round_id: int) -> list[int]:
    """Every bid of a round, by id."""
    return list(conn.scalars(select(Bid.id).where(Bid.round_id == round_id).order_by(Bid.id)))


def live_bids(conn: Connection) -> list[int]:
    """Every bid that has not ended, by id: those whose marks a changed map of areas changes."""
    ended = ("withdrawn", "not_endorsed", "ineligible", "lapsed", "cancelled", "declined", "reported")
    return list(conn.scalars(select(Bid.id).where(Bid.state.not_in(ended)).order_by(Bid.id)))


def readers_kept_apart(
    conn: Connection,
    *,
    round_id: int | None = None,
    bids: Sequence[int] = (),
    people: Sequence[int] = (),
) -> list[AnyRow]:
    """Running turns at bids whose readers share a mark with them, by bid: (id, bid_id, person_id, home).

    Of a round, or of any of these bids and people.
    """
    shared = exists().where(
        BidMark.bid_id == Assignment.bid_id,
        PersonMark.key == BidMark.key,
        PersonMark.person_id == Assignment.person_id,
    )
    asked = (
        select(Assignment.id, Assignment.bid_id, Assignment.person_id, Assignment.home)
        .join(Bid, Bid.id == Assignment.bid_id)
        .where(Assignment.ended_at.is_(None), Bid.state.in_(AT_PANEL), shared)
        .order_by(Assignment.bid_id, Assignment.id)
    )  # fmt: skip
    if round_id is not None:
        asked = asked.where(Bid.round_id == round_id)
        return list(conn.execute(asked))
    found: dict[int, AnyRow] = {}
    for column, ids in ((Assignment.bid_id, bids), (Assignment.person_id, people)):
        for part in chunks(ids):
            found |= {row.id: row for row in conn.execute(asked.where(column.in_(part)))}
    return sorted(found.values(), key=lambda row: (row.bid_id, row.id))


def standing_ties(conn: Connection, person: int) -> list[AnyRow]:
    """What somebody declared and has not withdrawn, newest first: (id, key, why, words, declared_at)."""
    asked = (
        select(Tie.id, Tie.key, Tie.why, Tie.words, Tie.declared_at)
        .where(Tie.person_id == person, Tie.ended_at.is_(None))
        .order_by(Tie.declared_at.desc(), Tie.id.desc())
    )
    return list(conn.execute(asked))


def was_asked(conn: Connection, person: int, rounds: Sequence[int]) -> set[int]:
    """Those of these rounds before which a person said what their interests are."""
    keys = {ties.asked(number): number for number in rounds}
    asked = select(Tie.key).where(Tie.person_id == person, Tie.key.in_(keys))
    return {keys[key] for key in conn.scalars(asked)}


def local_party(conn: Connection, person: int) -> str | None:
    """The local party of a person's standing membership."""
    asked = select(Membership.local_party).where(
        Membership.person_id == person, Membership.ended_at.is_(None)
    )
    return conn.execute(asked).scalar()
