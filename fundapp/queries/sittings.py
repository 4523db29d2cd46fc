"""The meetings of a round's panel: what is recorded of them, who sits at it, who would leave for which bid."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from sqlalchemy import BindParameter, Connection, bindparam, func, or_, select, union_all

from fundapp.database import AnyRow, AnySelect
from fundapp.models import (
    AuditEvent,
    Bid,
    CoApplicant,
    Endorsement,
    Interest,
    MaskedCopy,
    Organisation,
    Person,
    RoleGrant,
    Round,
    Sitting,
)
from fundapp.queries import blind

#: States in which a bid is, or was, on the panel's table.
ON_TABLE = ("endorsed", "reviewed", "awarded", "declined", "reported", "cancelled")
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
            or_(RoleGrant.fund_id.is_(None), RoleGrant.fund_id == bindparam("fund")),
            RoleGrant.from_at <= bindparam("at"),
            or_(RoleGrant.to_at.is_(None), RoleGrant.to_at > bindparam("since")),
        )
        .order_by(Person.name, Person.id)
    )


def apart(conn: Connection, round_id: int, people: Sequence[int]) -> frozenset[tuple[int, int]]:
    """(person, bid) of everybody here who must leave the room for a bid of the round that is on the table.

    The one place where the minutes ask who stands apart: by a declared interest, as applicant, or as representative.
    """
    if not people:
        return frozenset()
    asked = conn.execute(_apart(), {"round": round_id, "people": list(people)})
    return frozenset((int(person), int(bid)) for person, bid in asked)


@cache
def _apart() -> Any:
    people: BindParameter[list[int]] = bindparam("people", expanding=True)
    here = (Bid.round_id == bindparam("round"), Bid.state.in_(ON_TABLE))
    return union_all(
        select(Interest.person_id, Bid.id)
        .join(Bid, Bid.id == Interest.bid_id)
        .where(Interest.person_id.in_(people), *here),
        select(CoApplicant.person_id, Bid.id)
        .join(Bid, Bid.id == CoApplicant.bid_id)
        .where(CoApplicant.person_id.in_(people), *here),
        select(Endorsement.person_id, Bid.id)
        .join(Bid, Bid.id == Endorsement.bid_id)
        .where(Endorsement.person_id.in_(people), *here),
        select(Bid.applicant_id, Bid.id).where(Bid.applicant_id.in_(people), *here),
    )


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
