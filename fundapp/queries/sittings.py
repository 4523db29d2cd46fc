"""The meetings of a round's panel: what is recorded of them, who sits at it, who would leave for which bid."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, func, or_, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    AuditEvent,
    Bid,
    MaskedCopy,
    Organisation,
    Person,
    RoleGrant,
    Round,
    Sitting,
)
from fundapp.queries import apart as kept_apart
from fundapp.queries import blind, grants
from fundapp.queries.ranking import ON_TABLE

#: The commands of whoever runs the service act by an officer's role, but nobody sits in that chair.
_OPERATOR = "operator"
#: Whoever holds one of these may sit with a panel; the order is that in which somebody's parts are said.
SEATED = ("chair", "reviewer", "officer", "treasurer")


def of_round(conn: Connection, round_id: int) -> list[AnyRow]:
    """Every sitting in order of number, corrected ones too: (number, held_at, place, present, …, recorder, body).

    `body` is that of the event that recorded it: there it stands which earlier number it corrects.
    """
    return list(conn.execute(_of_round(), {"round": round_id}))


@cache
def _of_round() -> AnySelect:
    return (
        select(
            Sitting.number, Sitting.held_at, Sitting.place, Sitting.present, Sitting.left_for, Sitting.words,
            Sitting.recorded_at, Person.name.label("recorder"), AuditEvent.body,
        )
        .join(Person, Person.id == Sitting.recorded_by)
        .join(AuditEvent, (AuditEvent.subject == Sitting.home) & (AuditEvent.number == Sitting.event_no))
        .where(Sitting.round_id == bindparam("round"))
        .order_by(Sitting.number)
    )  # fmt: skip


def corrects(row: AnyRow) -> int | None:
    """Which earlier sitting a row of `of_round` corrects; None for one that stands for itself."""
    body: dict[str, Any] = orjson.loads(row.body) if isinstance(row.body, str | bytes) else row.body
    number: int | None = (body.get("params") or {}).get("corrects")
    return number


def last_number(conn: Connection, round_id: int) -> int:
    """The number of the newest sitting; 0 for none."""
    return int(conn.scalar(select(func.max(Sitting.number)).where(Sitting.round_id == round_id)) or 0)


def seats(conn: Connection, fund: int, since: datetime, at: datetime) -> list[AnyRow]:
    """(id, name, role, from_at, to_at) of everybody who may sit with a panel of a fund, or might since then; by name."""
    return list(conn.execute(_seats(), {"fund": fund, "since": since, "at": at}))


@cache
def _seats() -> AnySelect:
    return (
        select(Person.id, Person.name, RoleGrant.role, RoleGrant.from_at, RoleGrant.to_at)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            RoleGrant.role.in_(SEATED),
            Person.token != _OPERATOR,
            grants.counts_in(bindparam("fund")),
            RoleGrant.from_at <= bindparam("at"),
            or_(RoleGrant.to_at.is_(None), RoleGrant.to_at > bindparam("since")),
        )
        .order_by(Person.name, Person.id)
    )


def apart(conn: Connection, round_id: int, people: Sequence[int]) -> frozenset[tuple[int, int]]:
    """(person, bid) of everybody here who must leave the room for a bid of the round that is on the table.

    By what they declared, by their part in it, or by what they and the bid are tied to.
    """
    here = select(Bid.id).where(Bid.round_id == round_id, Bid.state.in_(ON_TABLE))
    kept = kept_apart.conflicts(conn, list(conn.scalars(here)), people)
    return frozenset((person, bid) for bid, person in kept)


def bids(conn: Connection, round_id: int, ids: Sequence[int]) -> dict[int, AnyRow]:
    """Of these bids of a round: (id, reference, title, amount_pence, organisation)."""
    if not ids:
        return {}
    return {row.id: row for row in conn.execute(_bids(), {"round": round_id, "ids": list(ids)})}


@cache
def _bids() -> AnySelect:
    return (
        select(
            Bid.id,
            Bid.reference,
            blind.title().label("title"),
            Bid.amount_pence,
            blind.organisation().label("organisation"),
        )
        .join(Round, Round.id == Bid.round_id)
        .outerjoin(Organisation, Organisation.id == Bid.organisation_id)
        .where(Bid.round_id == bindparam("round"), Bid.id.in_(bindparam("ids", expanding=True)))
        .order_by(Bid.id)
    )


def masked_titles(conn: Connection, round_id: int) -> dict[int, str]:
    """What each bid of a round is called where the panel reads without names: by bid, the newest masked copy's title."""
    return dict(conn.execute(_masked_titles(), {"round": round_id}).all())


@cache
def _masked_titles() -> AnySelect:
    return (
        select(MaskedCopy.bid_id, MaskedCopy.title)
        .join(Bid, Bid.id == MaskedCopy.bid_id)
        .where(Bid.round_id == bindparam("round"))
        .order_by(MaskedCopy.number)
    )
