"""One act on several bids: all of them or none, each that stands in the way named."""

from collections.abc import Mapping, Sequence, Sized
from datetime import datetime
from typing import Any, Final

from fundapp import outbox
from fundapp.domain.deadlines import civil_day
from fundapp.queries import several as asks
from fundapp.services import warrants
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Office
from fundapp.services.transition import Refused, carry, hindered
from fundapp.services.warrants import Warrant
from workflows.grammar import Refusal

#: The most bids that one act takes: more than anybody looks through before they say yes.
MOST: Final = 200


class SeveralRefused(ValueError):
    """Bids that cannot be part of the act; `refused` says of each why. Nothing was done."""

    def __init__(self, refused: Sequence[Refused]) -> None:
        self.refused = tuple(refused)
        super().__init__(f"{len(self.refused)} bids refused")


def move(
    office: Office,
    actor: Actor,
    name: str,
    bids: Sequence[tuple[int, int, Mapping[str, Any]]],
    arrived: datetime,
) -> int:
    """Make one move on each of these bids (id, version seen, inputs) in one act; how many.

    All of them or none: raises SeveralRefused with every bid that stands in the way, ValueError for none, for more than
    MOST, or for a bid named twice.
    """
    _counted(bids)
    if len({bid for bid, *_ in bids}) != len(bids):
        raise ValueError("each bid of an act is named once")
    steps = [
        Step("bid", name, bid, inputs, seen) for bid, seen, inputs in sorted(bids, key=lambda each: each[0])
    ]
    with office.deed(actor, arrived) as deed:
        refused = hindered(deed, steps)
        if refused:
            raise SeveralRefused(refused)
        return len(carry(deed, steps))


def rule_out(office: Office, actor: Actor, seen: Mapping[int, int], reason: str, arrived: datetime) -> int:
    """End bids (id to the version seen) for one of their round's reasons; how many.

    Raises SeveralRefused with every bid that cannot be ended, ValueError for none or more than MOST.
    """
    return move(office, actor, "rule_out", [(bid, seen[bid], {"reason": reason}) for bid in seen], arrived)


def remind(office: Office, actor: Actor, seen: Mapping[int, int], arrived: datetime) -> int:
    """Ask the representatives of bids that wait for them once more, with a fresh link each; how many mails go out.

    One a day for each request: what was asked today already is left alone, so that sending twice is harmless. Raises
    SeveralRefused with every bid whose representative cannot be reminded, ValueError for none or more than MOST.
    """
    _counted(seen)
    with office.deed(actor, arrived) as deed:
        bids = warrants.hold_bids(deed, sorted(seen))
        mine = warrants.of(deed, "officer")
        open_requests = asks.reachable(deed.conn, sorted(bids))
        apart = asks.apart(deed.conn, sorted(bids), actor.person or 0)
        refused: list[Refused] = []
        by: dict[int, Warrant] = {}
        for bid, version in sorted(seen.items()):
            found = bids.get(bid)
            warrant = mine.get(found.fund_id) if found is not None else None
            if found is None or warrant is None:
                why = mine.lacking("name_endorser")
            elif bid in apart:
                why = Refusal("own_bid", {}, "not_yours")
            elif found.state != "submitted":
                why = Refusal("waits_for_nobody", {})
            elif found.version != version:
                why = Refusal("stale", {"state": found.state, "since": found.since}, "stale")
            elif bid not in open_requests:
                why = Refusal("nobody_to_remind", {})
            else:
                by[bid] = warrant
                continue
            refused.append(Refused(Step("bid", "remind", bid), [why]))
        if refused:
            raise SeveralRefused(refused)
        today = civil_day(deed.now, deed.zone).isoformat()
        keys = {bid: f"endorsement_reminder:{open_requests[bid]}:{today}" for bid in bids}
        done = outbox.standing(deed.conn, list(keys.values()))
        new = [bid for bid in sorted(bids) if keys[bid] not in done]
        for warrant in dict.fromkeys(by[bid] for bid in new):
            theirs = [bids[bid].home for bid in new if by[bid] == warrant]
            deed.note_many(
                theirs, "representative.reminded", role=warrant.role, under=warrant.under, params={}
            )
        for bid in new:
            args = {"bid": bid, "life": "bid", "row": bid, "event": 0, "request": open_requests[bid]}
            deed.effect("endorsement_reminder", args, keys[bid], bid=bid)
        return len(new)


def _counted(seen: Sized) -> None:
    if not 0 < len(seen) <= MOST:
        raise ValueError("between one bid and the most that an act takes")
