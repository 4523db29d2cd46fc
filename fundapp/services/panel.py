"""Who reads what, and what stands in their way."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fundapp.database import AnyRow
from fundapp.models import Assignment, Interest
from fundapp.queries import locks
from fundapp.queries import panel as asks
from fundapp.services import ties
from fundapp.services.deed import Actor, Deed, Office
from workflows.grammar import Refusal


class AssignRefused(ValueError):
    """Somebody cannot be given a bid; `refusals` says who, which and why."""

    def __init__(self, refusals: Sequence[tuple[int, int, Refusal]]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(f"{len(self.refusals)} assignments refused")


def assign(office: Office, actor: Actor, pairs: Sequence[tuple[int, int]], arrived: datetime) -> int:
    """Give bids to reviewers, (bid, person) each; how many were new. Raises AssignRefused with every one that cannot be.

    The actor chairs the panel of these bids' fund; that is asked here, under the lock.
    """
    with office.deed(actor, arrived) as deed:
        named = {bid for bid, _ in pairs}
        turns = ties.look_again(deed, sorted(set(locks.rounds_of_bids(deed.conn, sorted(named)).values())))
        bids = locks.bids(deed.conn, sorted(named | {turn.bid_id for turn in turns}))
        for row in bids.values():
            deed.known(deed.recorder.entry_from_head(row.subject, row.number, row.hash, row.mac))
        ties.end_turns(deed, turns)
        standing = asks.obstacles(deed.conn, sorted(bids), deed.now)
        chairs = asks.grants_of(deed.conn, actor.person, ("chair", "officer"), deed.now)
        refused: list[tuple[int, int, Refusal]] = []
        new: list[tuple[int, int]] = []
        under: dict[int, tuple[int, str]] = {}
        for bid, person in dict.fromkeys(pairs):
            found = bids.get(bid)
            why = _obstacle(found, bid, person, standing)
            if found is not None:
                given = next(((g, role) for g, role, fund in chairs if fund in (None, found.fund_id)), None)
                if given is None:
                    why = Refusal("not_yours", {"move": "assign", "by": ("chair", "officer")}, "not_yours")
                else:
                    under[bid] = given
            if why is not None:
                refused.append((bid, person, why))
            elif (bid, person) not in standing.assigned:
                new.append((bid, person))
        if refused:
            raise AssignRefused(refused)
        _write(deed, new, under)
        return len(new)


def _obstacle(row: AnyRow | None, bid: int, person: int, standing: asks.Obstacles) -> Refusal | None:
    if row is None or row.state != "endorsed":
        return Refusal("not_endorsed_now", {"bid": bid}, "not_now")
    if not standing.reviewers & {(person, None), (person, row.fund_id)}:
        return Refusal("not_a_reviewer", {"person": person})
    if (bid, person) in standing.applicants:
        return Refusal("own_bid", {}, "not_yours")
    if (bid, person) in standing.endorsers:
        return Refusal("endorsed_it", {}, "not_yours")
    if (bid, person) in standing.declared:
        return Refusal("interest_declared", {}, "not_yours")
    if (bid, person) in standing.conflicted:
        return Refusal("kept_apart", {}, "not_yours")
    return None


def _write(deed: Deed, new: Sequence[tuple[int, int]], under: Mapping[int, tuple[int, str]]) -> None:
    """The rows; `under` is the grant (id, role) by which the actor gives each bid out."""
    if not new:
        return
    deed.put_many(
        Assignment,
        [
            (
                f"bid:{bid}",
                {
                    "bid_id": bid, "person_id": person, "version": 0, "assigned_by": deed.actor.person,
                    "assigned_at": deed.now, "ended_at": None,
                },
            )
            for bid, person in new
        ],
    )  # fmt: skip
    for bid in dict.fromkeys(bid for bid, _ in new):
        grant, role = under[bid]
        deed.note(f"bid:{bid}", "assigned", role=role, under=["role_grant", grant])
    for person in dict.fromkeys(person for _, person in new):
        theirs = [bid for bid, reader in new if reader == person]
        key = f"assigned:{person}:{min(theirs)}:{deed.now.isoformat()}"
        deed.effect("assigned", {"person": person, "bids": theirs}, key)


def declare(office: Office, actor: Actor, bid: int, reason: str, arrived: datetime) -> None:
    """Declare an interest: the bid is hidden from this person from now on. Declaring twice changes nothing.

    Raises ValueError without a reason, LookupError for a bid that is not there.
    """
    if actor.person is None or not reason.strip():
        raise ValueError("say_your_interest")
    with office.deed(actor, arrived) as deed:
        row = locks.bids(deed.conn, [bid]).get(bid)
        if row is None:
            raise LookupError(f"bid {bid}")
        deed.known(deed.recorder.entry_from_head(row.subject, row.number, row.hash, row.mac))
        if asks.has_interest(deed.conn, bid, actor.person):
            return
        deed.put(
            row.subject,
            Interest,
            {"bid_id": bid, "person_id": actor.person, "reason": reason.strip(), "declared_at": deed.now},
        )
        assigned = asks.assignment_of(deed.conn, bid, actor.person)
        if assigned is not None:
            ended = {"ended_at": deed.now, "ended_why": "interest"}
            deed.change(row.subject, Assignment, assigned, ended)
        deed.note(row.subject, "interest.declared", role="reviewer")
