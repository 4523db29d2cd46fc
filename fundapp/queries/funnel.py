"""How far a round's bids have come, where they left, and what is stuck on whom."""

from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, case, exists, func, or_, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Area, Award, Bid, Document, Draft, Endorsement, OfficeHolding, Outbox, Person


def _some(*conditions: Any) -> Any:
    """Whether there is such a row about the bid; its tables stand apart from those of the select around it."""
    return exists().where(*conditions).correlate(Bid)


#: What a bid has reached, whatever became of it afterwards, in order of its life.
REACHED: Final[dict[str, Any]] = {
    "begun": Bid.id > 0,
    "sent": Bid.version_number > 0,
    "backed": or_(
        Bid.state.in_(("endorsed", "reviewed", "awarded", "declined", "reported", "cancelled")),
        _some(Endorsement.bid_id == Bid.id, Endorsement.answer == "endorse"),
    ),
    "read": Bid.state.in_(("reviewed", "awarded", "declined", "reported", "cancelled")),
    "won": _some(Award.bid_id == Bid.id),
    "reported": Bid.state == "reported",
}
#: Where bids leave the way, for good or for a while.
LEFT: Final = ("returned", "not_endorsed", "ineligible", "withdrawn", "lapsed", "declined", "cancelled")
#: What keeps bids from going on.
STUCK: Final[dict[str, Any]] = {
    "no_address": and_(
        Bid.state == "submitted",
        ~_some(
            OfficeHolding.id == Bid.holding_id, OfficeHolding.email.is_not(None), OfficeHolding.source.is_not(None)
        ),
    ),
    "silent": and_(
        Bid.state == "returned", ~_some(Draft.bid_id == Bid.id, Draft.saved_at > Bid.since)
    ),
    "file_held": _some(Document.bid_id == Bid.id, Document.state != "clean", Document.removed_at.is_(None)),
    "mail_failed": _some(
        Outbox.bid_id == Bid.id, Outbox.failed_at.is_not(None), Outbox.done_at.is_(None)
    ),
}  # fmt: skip
#: What a list of bids can be narrowed to, by name.
ONLY: Final[dict[str, Any]] = {**REACHED, **STUCK, **{state: Bid.state == state for state in LEFT}}
#: Representatives that are named; those with fewer bids are further down than anybody reads.
NAMED: Final = 12


def figures(conn: Connection, round_id: int) -> dict[str, tuple[int, int]]:
    """(how many bids, what they ask for in pence) for each name of ONLY; what was won counts by its awards."""
    row = conn.execute(_figures(), {"round": round_id}).one()
    pairs = [int(value or 0) for value in row]
    return {name: (pairs[2 * place], pairs[2 * place + 1]) for place, name in enumerate(ONLY)}


@cache
def _figures() -> AnySelect:
    sums = []
    for name, reached in ONLY.items():
        worth = Award.amount_pence if name in ("won", "reported", "cancelled") else Bid.amount_pence
        sums += [func.sum(case((reached, 1), else_=0)), func.sum(case((reached, worth), else_=0))]
    return (
        select(*sums)
        .select_from(Bid)
        .outerjoin(Award, Award.bid_id == Bid.id)
        .where(Bid.round_id == bindparam("round"))
    )


def waiting(conn: Connection, round_id: int) -> list[AnyRow]:
    """Representatives whose answer bids wait for, who has had one longest first: (holding, name, office, area, many, pence,
    since, due_at)."""
    return list(conn.execute(_waiting(), {"round": round_id}))


@cache
def _waiting() -> AnySelect:
    return (
        select(
            OfficeHolding.id, Person.name, OfficeHolding.office, Area.name.label("area"), func.count().label("many"),
            func.sum(Bid.amount_pence).label("pence"), func.min(Bid.since).label("since"),
            func.min(Bid.due_at).label("due_at"),
        )
        .select_from(Bid)
        .join(OfficeHolding, OfficeHolding.id == Bid.holding_id)
        .join(Person, Person.id == OfficeHolding.person_id)
        .join(Area, Area.id == OfficeHolding.area_id)
        .where(Bid.round_id == bindparam("round"), Bid.state == "submitted")
        .group_by(OfficeHolding.id, Person.name, OfficeHolding.office, Area.name)
        .order_by(func.min(Bid.since), OfficeHolding.id)
        .limit(NAMED)
    )  # fmt: skip
