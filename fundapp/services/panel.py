"""Who reads what, and what stands in their way."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fundapp.database import AnyRow
from fundapp.models import Assignment, Interest
from fundapp.queries import apart, locks, ranking, reading, reviewing
from fundapp.queries import panel as asks
from fundapp.queries import seats as seat_asks
from fundapp.services import review_drafts, ties, warrants
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.warrants import Warrant
from workflows.grammar import Refusal


class AssignRefused(ValueError):
    """Somebody cannot be given a bid; `refusals` says who, which and why."""

    def __init__(self, refusals: Sequence[tuple[int, int, Refusal]]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(f"{len(self.refusals)} assignments refused")


class PanelRefused(ValueError):
    """The panel cannot be seated or planned so. `code` says why; `params` fill its sentence."""

    def __init__(self, code: str, /, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def assign(office: Office, actor: Actor, pairs: Sequence[tuple[int, int]], arrived: datetime) -> int:
    """Give bids to reviewers, (bid, person) each; how many were new. Raises AssignRefused with every one that cannot be.

    The actor chairs the panel of these bids' fund; that is asked here, under the lock. A turn that ended, but not by an
    interest, is taken up again.
    """
    with office.deed(actor, arrived) as deed:
        return give(deed, pairs)


def give(deed: Deed, pairs: Sequence[tuple[int, int]]) -> int:
    """`assign` within a deed. The rounds are held for themselves first: seats and loads stand still meanwhile."""
    ids = sorted({bid for bid, _ in pairs})
    rounds = locks.rounds(
        deed.conn, sorted(set(locks.rounds_of_bids(deed.conn, ids).values())), exclusive=True
    )
    forbidden = ties.look_again(deed, sorted(rounds))
    bids = warrants.hold_bids(deed, sorted({*ids, *(turn.bid_id for turn in forbidden)}))
    deed.end_turns(forbidden)
    standing = asks.obstacles(deed.conn, sorted(bids), deed.now)
    turns = seat_asks.turns(deed.conn, ids, sorted({person for _, person in pairs}))
    seats = {row: seat_asks.seats(deed.conn, row) for row in rounds}
    loads = {row: ranking.loads(deed.conn, row) for row in rounds}
    mine = warrants.of(deed, "chair", "officer")
    refused: list[tuple[int, int, Refusal]] = []
    new: list[tuple[int, int]] = []
    by: dict[int, Warrant] = {}
    for bid, person in dict.fromkeys(pairs):
        found, turn = bids.get(bid), turns.get((bid, person))
        running = turn is not None and turn.ended_at is None
        why = _obstacle(found, bid, person, standing)
        if found is not None:
            warrant = mine.get(found.fund_id)
            if warrant is None:
                why = mine.lacking("assign")
            else:
                by[bid] = warrant
            if why is None and not running:
                load = loads[found.round_id]
                why = _seat_says(seats[found.round_id].get(person), load.get(person, 0))
                load[person] = load.get(person, 0) + 1
        if why is None and turn is not None and turn.ended_why == "interest":
            why = Refusal("interest_declared", {}, "not_yours")
        if why is not None:
            refused.append((bid, person, why))
        elif not running:
            new.append((bid, person))
    if refused:
        raise AssignRefused(refused)
    _write(deed, new, {pair: turn.id for pair, turn in turns.items()}, by)
    return len(new)


def _seat_says(seat: AnyRow | None, load: int) -> Refusal | None:
    if seat is not None and seat.left_at is not None:
        return Refusal("left_the_panel")
    if seat is not None and seat.most is not None and load >= seat.most:
        return Refusal("has_most", {"most": int(seat.most)})
    return None


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
    if (bid, person) in standing.see_names:
        return Refusal("sees_names", {}, "not_yours")
    return None


def _write(
    deed: Deed,
    new: Sequence[tuple[int, int]],
    before: Mapping[tuple[int, int], int],
    by: Mapping[int, Warrant],
) -> None:
    """The rows: new ones, and those of turns that ended `before`; `by` is the warrant for each bid."""
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
            if (bid, person) not in before
        ],
    )  # fmt: skip
    again = {"ended_at": None, "ended_why": None, "ended_words": None}
    deed.change_many(
        Assignment,
        [(f"bid:{bid}", before[bid, person], None, again) for bid, person in new if (bid, person) in before],
    )
    by_warrant: dict[Warrant, list[str]] = {}
    for bid in dict.fromkeys(bid for bid, _ in new):
        by_warrant.setdefault(by[bid], []).append(f"bid:{bid}")
    for warrant, subjects in by_warrant.items():
        deed.note_many(subjects, "assigned", role=warrant.role, under=warrant.under)
    theirs: dict[int, list[int]] = {}
    for bid, person in new:
        theirs.setdefault(person, []).append(bid)
    for person, given in theirs.items():
        key = f"assigned:{person}:{min(given)}:{deed.now.isoformat()}"
        deed.effect("assigned", {"person": person, "bids": given}, key)


def declare(
    office: Office, actor: Actor, bid: int, reason: str, arrived: datetime, role: str = "reviewer"
) -> None:
    """Declare an interest: the bid is hidden from this person from now on. Declaring twice changes nothing. `role`: as what
    they had it before them.

    While the panel is at it their turn ends, and what they have scored counts no more; a bid that was released stays as it
    was decided.

    Raises ValueError without a reason, LookupError for a bid that is not there.
    """
    if actor.person is None or not reason.strip():
        raise ValueError("say_your_interest")
    with office.deed(actor, arrived) as deed:
        row = warrants.hold_bid(deed, bid)
        if asks.has_interest(deed.conn, bid, actor.person):
            return
        deed.put(
            row.subject,
            Interest,
            {"bid_id": bid, "person_id": actor.person, "reason": reason.strip(), "declared_at": deed.now},
        )
        turn = reading.assigned(deed.conn, bid, actor.person)
        if turn is not None and row.state in apart.AT_PANEL:
            ending = {"ended_at": deed.now, "ended_why": "interest", "ended_words": reason.strip()}
            deed.change(row.subject, Assignment, turn.id, ending)
        review_drafts.supersede(deed.conn, bid, actor.person)
        deed.note(row.subject, "interest.declared", role=role)


class AbstainRefused(ValueError):
    """A bid cannot be handed back: its scores are in, so they stand."""


def abstain(office: Office, actor: Actor, bid: int, reason: str, arrived: datetime) -> None:
    """Hand a bid back unscored, with a reason: it leaves the pile, and the chair sees why. Nothing is hidden by it.

    Raises ValueError without a reason, LookupError for somebody who has no turn at it, AbstainRefused once their scores are
    in: a review that was given stands, and an interest is declared instead.
    """
    if actor.person is None or not reason.strip():
        raise ValueError("say_why")
    with office.deed(actor, arrived) as deed:
        row = warrants.hold_bid(deed, bid)
        turn = reading.assigned(deed.conn, bid, actor.person)
        if turn is None:
            raise LookupError(f"no turn at bid {bid}")
        if reviewing.has_reviewed(deed.conn, bid, actor.person):
            raise AbstainRefused("review_is_in")
        ending = {"ended_at": deed.now, "ended_why": "abstained", "ended_words": reason.strip()}
        deed.change(row.subject, Assignment, turn.id, ending)
        review_drafts.supersede(deed.conn, bid, actor.person)
        deed.note(row.subject, "abstained", role="reviewer")
