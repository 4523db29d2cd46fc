"""The directory as an officer looks through it: representatives, areas, and the bids that hang on one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.domain.areas import name_key
from fundapp.models import Area, Bid, EndorsementRequest, OfficeHolding, Person, Round
from fundapp.queries import lists

#: What of the directory is shown: whose term runs, whose address nobody confirmed, whose term is over.
TABS: Final = ("in_office", "to_confirm", "ended")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the list of representatives is wanted; `after` is (name, id) of the last row of the page before."""

    tab: str
    words: str
    on: date
    after: tuple[str, int] | None = None


def _waiting() -> Any:
    """How many bids wait for the answer of an office's holder."""
    return (
        select(func.count())
        .select_from(EndorsementRequest)
        .join(Bid, Bid.id == EndorsementRequest.bid_id)
        .where(
            EndorsementRequest.holding_id == OfficeHolding.id, EndorsementRequest.void_at.is_(None),
            EndorsementRequest.answered_at.is_(None), Bid.state == "submitted",
        )
        .correlate(OfficeHolding)
        .scalar_subquery()
    )  # fmt: skip


def page(conn: Connection, wanted: Wanted, limit: int) -> list[AnyRow]:
    """Offices by the name of who holds them.

    (id, person_id, name, office, area, within, party, from_on, to_on, email, source, waiting)
    """
    own, above = aliased(Area), aliased(Area)
    asked: AnySelect = (
        select(
            OfficeHolding.id, OfficeHolding.person_id, Person.name, OfficeHolding.office, own.name.label("area"),
            above.name.label("within"), OfficeHolding.party, OfficeHolding.from_on, OfficeHolding.to_on,
            OfficeHolding.email, OfficeHolding.source, _waiting().label("waiting"),
        )
        .join(Person, Person.id == OfficeHolding.person_id)
        .join(own, own.id == OfficeHolding.area_id)
        .outerjoin(above, above.id == own.parent_id)
        .order_by(Person.name, OfficeHolding.id)
        .limit(limit)
    )  # fmt: skip
    running = or_(OfficeHolding.to_on.is_(None), OfficeHolding.to_on >= wanted.on)
    if wanted.tab == "ended":
        asked = asked.where(~running)
    else:
        asked = asked.where(running)
    if wanted.tab == "to_confirm":
        asked = asked.where(or_(OfficeHolding.source.is_(None), OfficeHolding.email.is_(None)))
    for word in wanted.words.lower().split()[:6]:
        key = name_key(word)
        asked = asked.where(
            or_(
                func.lower(Person.name).contains(word, autoescape=True),
                func.lower(OfficeHolding.email).contains(word, autoescape=True),
                own.key.contains(key or word, autoescape=True),
                above.key.contains(key or word, autoescape=True),
            )
        )
    if wanted.after is not None:
        asked = asked.where(tuple_(Person.name, OfficeHolding.id) > tuple_(*wanted.after))
    return list(conn.execute(asked))


def counts(conn: Connection, on: date) -> dict[str, int]:
    """How many offices stand under each tab."""
    running = or_(OfficeHolding.to_on.is_(None), OfficeHolding.to_on >= on)
    bare = or_(OfficeHolding.source.is_(None), OfficeHolding.email.is_(None))
    conditions = {"in_office": running, "to_confirm": and_(running, bare), "ended": ~running}
    asked = select(
        *(
            select(func.count()).select_from(OfficeHolding).where(each).scalar_subquery().label(tab)
            for tab, each in conditions.items()
        )
    )
    row = conn.execute(asked).one()
    return {tab: int(row._mapping[tab]) for tab in conditions}


def areas(conn: Connection, words: str, after: tuple[str, int] | None, on: date, limit: int) -> list[AnyRow]:
    """Areas by name: (id, kind, code, name, key, within, held), `held` the offices that run for it."""
    above = aliased(Area)
    held = (
        select(func.count())
        .select_from(OfficeHolding)
        .where(
            OfficeHolding.area_id == Area.id, or_(OfficeHolding.to_on.is_(None), OfficeHolding.to_on >= on)
        )
        .correlate(Area)
        .scalar_subquery()
    )
    asked: AnySelect = (
        select(
            Area.id, Area.kind, Area.code, Area.name, Area.key, above.name.label("within"), held.label("held")
        )
        .outerjoin(above, above.id == Area.parent_id)
        .order_by(Area.key, Area.id)
        .limit(limit)
    )
    for word in words.split()[:6]:
        key = name_key(word) or word
        asked = asked.where(
            or_(
                Area.key.contains(key, autoescape=True), Area.code == word.upper(),
                above.key.contains(key, autoescape=True),
            )
        )  # fmt: skip
    if after is not None:
        asked = asked.where(tuple_(Area.key, Area.id) > tuple_(*after))
    return list(conn.execute(asked))


def offices_of(conn: Connection, person_id: int) -> list[AnyRow]:
    """Every office of a person, the newest first, with what `page` gives of each but the name."""
    own, above = aliased(Area), aliased(Area)
    asked = (
        select(
            OfficeHolding.id, OfficeHolding.office, own.name.label("area"), above.name.label("within"), OfficeHolding.party,
            OfficeHolding.from_on, OfficeHolding.to_on, OfficeHolding.email, OfficeHolding.source,
            _waiting().label("waiting"),
        )
        .join(own, own.id == OfficeHolding.area_id)
        .outerjoin(above, above.id == own.parent_id)
        .where(OfficeHolding.person_id == person_id)
        .order_by(OfficeHolding.from_on.desc(), OfficeHolding.id.desc())
    )  # fmt: skip
    return list(conn.execute(asked))


def bids_on(
    conn: Connection, person_id: int, funds: Sequence[int] | None, viewer: int, limit: int
) -> list[AnyRow]:
    """Every bid that names this person as its representative, those that wait for an answer first, soonest due first.

    Of the funds given (None: all), without those that the viewer stands apart from.
    (id, reference, title, state, due_at, amount_pence, round, area, since)
    """
    waits = Bid.state == "submitted"
    asked = (
        select(
            Bid.id, Bid.reference, Bid.title, Bid.state, Bid.due_at, Bid.amount_pence, Round.title.label("round"),
            Area.name.label("area"), Bid.since,
        )
        .join(OfficeHolding, OfficeHolding.id == Bid.holding_id)
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(Area, Area.id == Bid.area_id)
        .where(OfficeHolding.person_id == person_id, Bid.state != "draft", ~lists.hidden(viewer))
        .order_by(waits.desc(), Bid.due_at, Bid.id.desc())
        .limit(limit)
    )  # fmt: skip
    if funds is not None:
        asked = asked.where(Bid.fund_id.in_(funds))
    return list(conn.execute(asked))
