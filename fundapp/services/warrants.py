"""How a writing beside the door begins: the round or the bids are held, and the grant is found by which its actor may."""

from collections.abc import Sequence
from dataclasses import dataclass

from fundapp.database import AnyRow
from fundapp.queries import locks, people
from fundapp.services.case import Step
from fundapp.services.deed import Deed
from fundapp.services.transition import NotThere, Refused
from workflows.grammar import Refusal


@dataclass(frozen=True, slots=True)
class Warrant:
    """The role by which somebody does something, and the grant that gave it: what the event says of both."""

    role: str
    grant: int

    @property
    def under(self) -> tuple[str, int]:
        """The row that gave the role, as an event names it."""
        return "role_grant", self.grant


@dataclass(frozen=True, slots=True)
class Warrants:
    """All grants by which an actor may do something, in whichever funds: (fund or None for every fund, warrant)."""

    roles: tuple[str, ...]
    held: tuple[tuple[int | None, Warrant], ...]

    def get(self, fund: int) -> Warrant | None:
        """The oldest that counts in a fund."""
        return next((warrant for of, warrant in self.held if of in (None, fund)), None)

    def need(self, fund: int, step: Step) -> Warrant:
        """The one that counts in a fund; raises Refused, of that step, without one."""
        warrant = self.get(fund)
        if warrant is None:
            raise Refused(step, [self.lacking(step.move)])
        return warrant

    def lacking(self, move: str) -> Refusal:
        """Why somebody without a warrant is refused."""
        return Refusal("not_yours", {"move": move, "by": self.roles}, "not_yours")


def of(deed: Deed, *roles: str) -> Warrants:
    """What a deed's actor may do by these roles as they stand at its moment; what it concerns is held first."""
    person = deed.actor.person
    grants = people.roles(deed.conn, person, deed.now) if person is not None else []
    return Warrants(
        roles, tuple((row.fund_id, Warrant(row.role, row.id)) for row in grants if row.role in roles)
    )


def hold_round(deed: Deed, round_id: int) -> AnyRow:
    """A round with its chain, held for itself: no bid of it moves and no sum of it changes meanwhile. Raises NotThere."""
    row = locks.round_heads(deed.conn, [round_id]).get(round_id)
    if row is None:
        raise NotThere(f"round {round_id}")
    deed.read_now(row.now)
    deed.take(row)
    return row


def hold_bids(deed: Deed, bids: Sequence[int]) -> dict[int, AnyRow]:
    """Bids with their chains, held in order of id; what is not there is left out."""
    rows = locks.bids(deed.conn, bids)
    for row in rows.values():
        deed.take(row)
    return rows


def hold_bid(deed: Deed, bid: int) -> AnyRow:
    """One bid with its chain. Raises NotThere."""
    row = hold_bids(deed, [bid]).get(bid)
    if row is None:
        raise NotThere(f"bid {bid}")
    return row
