"""Where a panel reads without names: which bids that is, and what stands for their names until they are released."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, case, func, null, or_, select

from fundapp.database import AnyRow, AnySelect
from fundapp.models import Bid, BidVersion, FormVersion, MaskedCopy, Organisation, RoleGrant, Round
from fundapp.queries import grants

#: States of a round in which its panel's work is over: the names show again.
OVER: Final = ("released", "archived")
#: Whoever holds one of these roles sees names by their work.
SEE_NAMES: Final = ("officer", "treasurer", "auditor")


def is_masked() -> Any:
    """Whether the panel reads a bid without names now; for a statement that reads from Round."""
    return and_(Round.blind, Round.state.not_in(OVER))


def unnamed(round_row: AnyRow) -> bool:
    """Whether the round's panel reads without names, and is still at it. The row has `blind` and `state`."""
    return bool(round_row.blind) and round_row.state not in OVER


def _of_copy(column: Any) -> Any:
    """A column of the masked copy that counts: the newest that was confirmed, of the bid's newest version."""
    return (
        select(column)
        .join(BidVersion, BidVersion.id == MaskedCopy.bid_version_id)
        .where(MaskedCopy.bid_id == Bid.id, BidVersion.number == Bid.version_number)
        .order_by(MaskedCopy.number.desc())
        .limit(1)
        .correlate(Bid)
        .scalar_subquery()
    )


def copy_id() -> Any:
    """The masked copy that counts of a bid, null while none is confirmed."""
    return _of_copy(MaskedCopy.id)


def ready() -> Any:
    """Whether a bid can be read: by name, or by a masked copy that was confirmed."""
    return or_(~is_masked(), copy_id().is_not(None))


def title() -> Any:
    """A bid's title as its panel reads it: of the masked copy, or its reference while none is confirmed."""
    masked = func.coalesce(_of_copy(MaskedCopy.title), Bid.reference)
    return case((is_masked(), masked), else_=Bid.title)


def organisation() -> Any:
    """The name of a bid's organisation as its panel reads it: null where it reads without names."""
    return case((is_masked(), null()), else_=Organisation.name)


def place() -> Any:
    """A bid's place as its panel reads it: null where it reads without names."""
    return case((is_masked(), null()), else_=Bid.place)


def named_for(funds: Any) -> Any:
    """Whether a bid may be shown by name to who sees names in these funds only: a condition on Bid."""
    open_ones = select(Round.id).where(or_(~Round.blind, Round.state.in_(OVER)))
    return or_(Bid.fund_id.in_(funds), Bid.round_id.in_(open_ones.correlate(None)))


def masked(conn: Connection, bid: int) -> bool:
    """Whether the panel reads this bid without names now."""
    return bool(conn.execute(_masked(), {"bid": bid}).scalar())


@cache
def _masked() -> AnySelect:
    return select(is_masked()).select_from(Bid).join(Round).where(Bid.id == bindparam("bid"))


def copy(conn: Connection, bid: int) -> AnyRow | None:
    """The masked copy that counts: (id, masked_number, title, cleared, and number, answers, questions, amount_pence,
    sha256, frozen_at as of a frozen version); None while none is confirmed."""
    return conn.execute(_copy(), {"bid": bid}).one_or_none()


@cache
def _copy() -> AnySelect:
    return (
        select(
            MaskedCopy.id, MaskedCopy.number.label("masked_number"), MaskedCopy.title, MaskedCopy.cleared,
            MaskedCopy.answers, MaskedCopy.sha256, BidVersion.number, BidVersion.amount_pence, BidVersion.frozen_at,
            FormVersion.questions,
        )
        .join(BidVersion, BidVersion.id == MaskedCopy.bid_version_id)
        .join(Bid, and_(Bid.id == MaskedCopy.bid_id, Bid.version_number == BidVersion.number))
        .join(FormVersion, FormVersion.id == BidVersion.form_version_id)
        .where(MaskedCopy.bid_id == bindparam("bid"))
        .order_by(MaskedCopy.number.desc())
        .limit(1)
    )  # fmt: skip


def see_names(conn: Connection, bids: Sequence[int], at: Any) -> set[tuple[int, int]]:
    """(bid, person) of everybody who sees names by their work, for those of these bids that are read without names."""
    asked = (
        select(Bid.id, RoleGrant.person_id)
        .join(Round, Round.id == Bid.round_id)
        .join(RoleGrant, grants.counts_in(Bid.fund_id))
        .where(Bid.id.in_(bids), is_masked(), RoleGrant.role.in_(SEE_NAMES), grants.standing(at))
    )
    return {(bid, person) for bid, person in conn.execute(asked)}
