"""The register of interests: what there is to be tied to, who was asked, who is kept from what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Text, cast, exists, literal, select

from fundapp.database import AnyRow
from fundapp.domain import ties
from fundapp.domain.areas import name_key
from fundapp.models import Area, Assignment, Bid, BidMark, Organisation, Person, Review, RoleGrant, Round, Tie
from fundapp.queries import grants
from fundapp.queries.apart import JUDGES
from fundapp.queries.lists import hidden

#: Rounds before whose panel, and during it, interests are asked for.
ASKING: Final = ("closed", "panel")
#: Areas that somebody may belong to and name: nobody belongs to a region alone.
_NEAR: Final = ("ward", "council", "constituency")


def rounds(conn: Connection, funds: Sequence[int] | None) -> list[AnyRow]:
    """Rounds whose panel begins or is at work: (id, code, title)."""
    asked = select(Round.id, Round.code, Round.title).where(Round.state.in_(ASKING)).order_by(Round.id)
    return list(conn.execute(asked if funds is None else asked.where(Round.fund_id.in_(funds))))


def things(conn: Connection, round_ids: Sequence[int], person: int) -> list[tuple[str, str, str]]:
    """The people, groups and areas of these rounds' bids, (kind, key, name) by kind and name, each once.

    Nothing says which goes with which, or with what bid. What only bids have that this person is kept from is left out.
    """
    marks = (
        select(BidMark.key)
        .join(Bid, Bid.id == BidMark.bid_id)
        .where(Bid.round_id.in_(round_ids), Bid.state != "draft", ~hidden(person))
        .distinct()
    )
    keys = list(conn.scalars(marks))
    found = [(ties.kind_of(key), key, name) for key, name in names(conn, keys, near=True).items()]
    return sorted(found, key=lambda each: (each[0], name_key(each[2]), each[1]))


def names(conn: Connection, keys: Sequence[str], *, near: bool = False) -> dict[str, str]:
    """What keys of people, groups and areas are called; `near`: no areas wider than a council or constituency."""
    found: dict[str, str] = {}
    numbers: dict[str, list[int]] = {"person": [], "organisation": [], "area": []}
    for key in keys:
        number = ties.number_of(key)
        if number is not None and ties.kind_of(key) in numbers:
            numbers[ties.kind_of(key)].append(number)
    models: tuple[tuple[str, Any], ...] = (("person", Person), ("organisation", Organisation), ("area", Area))
    for kind, model in models:
        for start in range(0, len(numbers[kind]), 10_000):
            part = numbers[kind][start : start + 10_000]
            asked = select(model.id, model.name).where(model.id.in_(part))
            if kind == "area" and near:
                asked = asked.where(Area.kind.in_(_NEAR))
            found |= {f"{kind}:{number}": name for number, name in conn.execute(asked)}
    return found


def unasked(conn: Connection, person: int, reference: str) -> bool:
    """Whether a reviewer is about to open the first bid of a round before they were asked what they are tied to.

    Whoever has scored a bid of the round has begun, and is not held up.
    """
    begun = exists().where(Review.bid_id == Assignment.bid_id, Review.person_id == person)
    key = Tie.key == literal("round:", Text) + cast(Round.id, Text)
    asked = (
        select(Round.id)
        .join(Bid, Bid.round_id == Round.id)
        .join(Assignment, Assignment.bid_id == Bid.id)
        .where(
            Bid.reference == reference, Assignment.person_id == person, Assignment.ended_at.is_(None),
            Round.state == "panel", ~begun, ~hidden(person), ~exists().where(Tie.person_id == person, key),
        )
    )  # fmt: skip
    return conn.execute(asked).first() is not None


def hides_the_unnamed(conn: Connection, person: int, key: str, at: datetime) -> bool:
    """Whether a bid with this mark is before a panel on which this person may sit, and which reads it without names."""
    sits = exists().where(
        RoleGrant.person_id == person, RoleGrant.role.in_(JUDGES), grants.standing(at), grants.counts_in(Round.fund_id),
    )  # fmt: skip
    asked = (
        select(Bid.id)
        .join(BidMark, BidMark.bid_id == Bid.id)
        .join(Round, Round.id == Bid.round_id)
        .where(BidMark.key == key, Round.blind, Round.state.in_((*ASKING, "releasing")), sits)
        .limit(1)
    )
    return conn.execute(asked).first() is not None


def sent_bids(conn: Connection, round_id: int) -> dict[int, str]:
    """The bids of a round that were sent, with their references."""
    asked = (
        select(Bid.id, Bid.reference).where(Bid.round_id == round_id, Bid.state != "draft").order_by(Bid.id)
    )
    return dict(conn.execute(asked).all())


def panel(conn: Connection, round_id: int, fund: int, at: Any) -> list[AnyRow]:
    """Whoever may review or chair in a fund, by name: (id, name, asked: they said before the round what they are tied to)."""
    said = exists().where(Tie.person_id == Person.id, Tie.key == ties.asked(round_id))
    asked = (
        select(Person.id, Person.name, said.label("asked"))
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role.in_(("reviewer", "chair")),
            grants.counts_in(fund),
            grants.standing(at),
        )
        .distinct()
        .order_by(Person.name, Person.id)
    )
    return list(conn.execute(asked))
