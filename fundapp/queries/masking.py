"""What an officer masks: a bid's newest version, everybody and every place that is known of it, and what waits."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection, and_, bindparam, case, exists, func, or_, select, union
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    Area,
    Assignment,
    Bid,
    BidVersion,
    CoApplicant,
    Endorsement,
    EndorsementRequest,
    FormVersion,
    MaskedCopy,
    OfficeHolding,
    Organisation,
    Person,
    Round,
)
from fundapp.queries import areas, blind
from fundapp.queries.lists import hidden
from fundapp.queries.locks import chunks

#: States in which a bid waits for its panel, or is before it.
FOR_PANEL = ("endorsed", "reviewed")


def version(conn: Connection, bid: int) -> AnyRow | None:
    """The newest frozen version with its form and what its bid says: (id, number, answers, questions, title, …)."""
    return conn.execute(_version(), {"bid": bid}).one_or_none()


@cache
def _version() -> AnySelect:
    return (
        select(
            BidVersion.id, BidVersion.number, BidVersion.answers, FormVersion.questions, Bid.title, Bid.place,
            Bid.area_id, Bid.holding_id, Organisation.name.label("organisation"), Organisation.official_id,
        )
        .join(Bid, and_(Bid.id == BidVersion.bid_id, Bid.version_number == BidVersion.number))
        .join(FormVersion, FormVersion.id == BidVersion.form_version_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(BidVersion.bid_id == bindparam("bid"))
    )  # fmt: skip


def people(conn: Connection, bid: int) -> list[str]:
    """The names of the applicant and of everybody who bids or ever bade together with them."""
    one = select(Person.name).join(Bid, Bid.applicant_id == Person.id).where(Bid.id == bid)
    others = (
        select(Person.name)
        .join(CoApplicant, CoApplicant.person_id == Person.id)
        .where(CoApplicant.bid_id == bid)
    )
    return sorted(conn.scalars(union(one, others)))


def representatives(conn: Connection, bid: int) -> list[AnyRow]:
    """Everybody who is named to back a bid, was asked to, or answered: (name, office, area_id, area)."""
    asked = (
        select(Person.name, OfficeHolding.office, OfficeHolding.area_id, Area.name.label("area"))
        .join(Person, Person.id == OfficeHolding.person_id)
        .join(Area, Area.id == OfficeHolding.area_id)
        .where(
            or_(
                exists().where(Bid.id == bid, Bid.holding_id == OfficeHolding.id),
                exists().where(
                    EndorsementRequest.bid_id == bid, EndorsementRequest.holding_id == OfficeHolding.id
                ),
                exists().where(Endorsement.bid_id == bid, Endorsement.holding_id == OfficeHolding.id),
            )
        )
        .order_by(OfficeHolding.id)
    )
    return list(conn.execute(asked))


def places(conn: Connection, area_ids: Sequence[int]) -> list[str]:
    """The names of these areas and of all that contain them, but for nations; and of the wards beside them."""
    ids = areas.with_all_above(conn, area_ids)
    councils = select(Area.id).where(Area.id.in_(ids), Area.kind == "council").correlate(None)
    beside = and_(Area.kind == "ward", Area.parent_id.in_(councils))
    asked = select(Area.name).where(or_(and_(Area.id.in_(ids), Area.kind != "nation"), beside))
    return sorted(set(conn.scalars(asked)))


def last_number(conn: Connection, bid: int) -> int:
    """The number of a bid's newest masked copy, whatever its version; 0 if there is none."""
    return conn.execute(select(func.max(MaskedCopy.number)).where(MaskedCopy.bid_id == bid)).scalar() or 0


def turns(conn: Connection, bid: int) -> list[AnyRow]:
    """The running turns of those who read a bid: (id, version)."""
    asked = select(Assignment.id, Assignment.version).where(
        Assignment.bid_id == bid, Assignment.ended_at.is_(None)
    )
    return list(conn.execute(asked.order_by(Assignment.id)))


def newest(conn: Connection, bid_ids: Sequence[int]) -> dict[int, int]:
    """The masked copy that counts of each of these bids that has one, in a statement for any number of them."""
    found: dict[int, int] = {}
    for part in chunks(bid_ids):
        rows = (
            select(MaskedCopy.bid_id, MaskedCopy.id)
            .join(BidVersion, BidVersion.id == MaskedCopy.bid_version_id)
            .join(Bid, and_(Bid.id == MaskedCopy.bid_id, Bid.version_number == BidVersion.number))
            .where(MaskedCopy.bid_id.in_(part))
            .order_by(MaskedCopy.number)
        )
        found.update(conn.execute(rows).all())
    return found


def listed(conn: Connection, round_id: int, person: int, after: int, limit: int) -> list[AnyRow]:
    """Bids of a round for its panel, by id: (id, reference, title, organisation, amount_pence, confirmed_at, by, number,
    stale, hidden). `stale`: an older version was confirmed; `hidden`: the person stands apart from it."""
    given = {"round": round_id, "person": person, "after": after, "limit": limit}
    return list(conn.execute(_listed(), given))


@cache
def _listed() -> AnySelect:
    older = aliased(MaskedCopy)
    any_copy = exists().where(older.bid_id == Bid.id)
    return (
        select(
            Bid.id, Bid.reference, Bid.title, Organisation.name.label("organisation"), Bid.amount_pence,
            MaskedCopy.confirmed_at, MaskedCopy.number, Person.name.label("by"), any_copy.label("stale"),
            hidden(bindparam("person", type_=Bid.applicant_id.type)).label("hidden"),
        )
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .outerjoin(MaskedCopy, MaskedCopy.id == blind.copy_id())
        .outerjoin(Person, Person.id == MaskedCopy.confirmed_by)
        .where(
            Bid.round_id == bindparam("round"), Bid.state.in_(FOR_PANEL), Bid.id > bindparam("after"),
        )
        .order_by(Bid.id)
        .limit(bindparam("limit"))
    )  # fmt: skip


def progress(conn: Connection, round_id: int) -> tuple[int, int]:
    """(how many bids for the panel have a confirmed copy, how many there are) of a round."""
    confirmed = func.coalesce(func.sum(case((blind.copy_id().is_not(None), 1), else_=0)), 0)
    asked = select(confirmed, func.count()).select_from(Bid)
    done, all_ = conn.execute(asked.where(Bid.round_id == round_id, Bid.state.in_(FOR_PANEL))).one()
    return int(done), int(all_)


def next_waiting(conn: Connection, round_id: int, person: int, after: int) -> str | None:
    """The next bid of a round that waits for its masked copy, after this one and then from the beginning."""
    waits = (
        select(Bid.reference)
        .where(
            Bid.round_id == round_id,
            Bid.state.in_(FOR_PANEL),
            blind.copy_id().is_(None),
            ~hidden(person),
            Bid.id != after,
        )
        .order_by(case((Bid.id > after, 0), else_=1), Bid.id)
        .limit(1)
    )
    return conn.execute(waits).scalar()


def waiting_rounds(conn: Connection, funds: Sequence[int] | None, person: int) -> list[AnyRow]:
    """Rounds read without names in which copies wait for an officer: (code, title, panel_by, many)."""
    asked = (
        select(Round.code, Round.title, Round.panel_by, func.count().label("many"))
        .join(Bid, Bid.round_id == Round.id)
        .where(
            blind.is_masked(),
            Round.state.in_(("closed", "panel")),
            Bid.state == "endorsed",
            blind.copy_id().is_(None),
            ~hidden(person),
        )
        .group_by(Round.id, Round.code, Round.title, Round.panel_by)
        .order_by(Round.panel_by, Round.id)
    )
    return list(conn.execute(asked if funds is None else asked.where(Round.fund_id.in_(funds))))
