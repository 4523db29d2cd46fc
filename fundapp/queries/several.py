"""Several bids before one act on them: as they stand, and whom it would mail."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Bid, EndorsementRequest, OfficeHolding, Person
from fundapp.queries.lists import hidden


def look(conn: Connection, round_id: int, references: Sequence[str], person: int) -> list[AnyRow]:
    """Bids of a round by their references, but those that are kept from this person, in order of id.

    (id, reference, title, state, version, applicant, applicant_email, representative, office, reached: the representative
    has a confirmed address, due_at).
    """
    return list(conn.execute(_look(), {"round": round_id, "references": list(references), "person": person}))


@cache
def _look() -> AnySelect:
    applicant, representative = aliased(Person), aliased(Person)
    reached = and_(OfficeHolding.email.is_not(None), OfficeHolding.source.is_not(None))
    return (
        select(
            Bid.id, Bid.reference, Bid.title, Bid.state, Bid.version, applicant.name.label("applicant"),
            applicant.email.label("applicant_email"), representative.name.label("representative"),
            OfficeHolding.office, func.coalesce(reached, False).label("reached"), Bid.due_at,
        )
        .select_from(Bid)
        .outerjoin(applicant, applicant.id == Bid.applicant_id)
        .outerjoin(OfficeHolding, OfficeHolding.id == Bid.holding_id)
        .outerjoin(representative, representative.id == OfficeHolding.person_id)
        .where(
            Bid.round_id == bindparam("round"), Bid.version_number > 0,
            Bid.reference.in_(bindparam("references", expanding=True)),
            ~hidden(bindparam("person", type_=Bid.applicant_id.type)),
        )
        .order_by(Bid.id)
    )  # fmt: skip


def reachable(conn: Connection, bids: Sequence[int]) -> dict[int, int]:
    """The open request of each bid whose representative has a confirmed address."""
    asked = (
        select(EndorsementRequest.bid_id, EndorsementRequest.id)
        .join(OfficeHolding, OfficeHolding.id == EndorsementRequest.holding_id)
        .where(
            EndorsementRequest.bid_id.in_(bids), EndorsementRequest.void_at.is_(None),
            EndorsementRequest.answered_at.is_(None), OfficeHolding.email.is_not(None),
            OfficeHolding.source.is_not(None),
        )
    )  # fmt: skip
    return dict(conn.execute(asked).all())


def apart(conn: Connection, bids: Sequence[int], person: int) -> set[int]:
    """Those of these bids from which a person stands apart."""
    return set(conn.scalars(select(Bid.id).where(Bid.id.in_(bids), hidden(person))))
