"""Changing a round: its terms, the deadlines that hang on its dates, and the mails about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fundapp.database import AnyRow
from fundapp.models import Bid, Round
from fundapp.queries import round_terms as hangs
from fundapp.queries import rounds as asks
from fundapp.services import round_rules as rules
from fundapp.services import warrants
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.transition import NotThere, Refused
from fundapp.services.warrants import Warrant
from workflows.grammar import Refusal


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a change of a round would do: the columns that differ, the bids whose deadline moves, those who are mailed.

    `told` holds (bid, the date that its mail is about) for every bid of which somebody is mailed; `members` and
    `representatives` count the mails.
    """

    columns: tuple[str, ...]
    moved: tuple[AnyRow, ...] = ()
    told: tuple[tuple[AnyRow, str], ...] = ()

    @property
    def members(self) -> int:
        """How many applicants are mailed, once for each bid."""
        return sum(row.applicant_id is not None for row, _ in self.told)

    @property
    def representatives(self) -> int:
        """How many representatives are mailed, once for each bid that waits for them."""
        return sum(bool(row.writes) for row, column in self.told if column == "endorse_by")


def look(office: Office, round_id: int, given: Mapping[str, Any], now: datetime) -> Outlook:
    """What a change would do, for the page that asks first. Raises TermsRefused as `change` does."""
    with office.db.read() as conn:
        row = asks.by_id(conn, round_id)
        if row is None:
            raise NotThere(f"round {round_id}")
        new = rules.differing(row, given)
        found = rules.refusals(rules.Change(row, new, hangs.standing(conn, round_id), now))
        if found:
            raise rules.TermsRefused(found)
        concerned = hangs.in_states(conn, round_id, _states(new))
    return _outlook(row, new, concerned)


def change(
    office: Office,
    actor: Actor,
    round_id: int,
    given: Mapping[str, Any],
    arrived: datetime,
    seen: int,
    *,
    mails: int | None = None,
) -> Outlook:
    """Change a round, move the deadlines that hang on its dates, and ask for the mails about them: all of it or nothing.

    `given`: columns of `round_rules.COLUMNS` as they shall be; `seen` the version of the page. `mails`: how many the
    person was told that it sends, None to send what it comes to. Raises TermsRefused by column, Refused for somebody
    who is not the fund's officer and for a stale page, NotThere.
    """
    with office.deed(actor, arrived) as deed:
        head = warrants.hold_round(deed, round_id)
        step = Step("round", "change", round_id, seen=seen)
        warrant = warrants.of(deed, "officer").need(head.fund_id, step)
        row = asks.by_id(deed.conn, round_id)
        if row is None or row.version != seen:
            raise Refused(step, [Refusal("changed_meanwhile", {}, "stale")])
        new = rules.differing(row, given)
        if not new:
            return Outlook(())
        found = rules.refusals(rules.Change(row, new, hangs.standing(deed.conn, round_id), arrived))
        if found:
            raise rules.TermsRefused(found)
        outlook = _outlook(row, new, hangs.in_states(deed.conn, round_id, _states(new)))
        if mails is not None and mails != outlook.members + outlook.representatives:
            raise Refused(step, [Refusal("more_hang_on_it", {}, "stale")])
        deed.change(head.subject, Round, round_id, {**new, "version": row.version + 1})
        deed.note(
            head.subject, "round.changed", role=warrant.role, under=warrant.under,
            params={"columns": list(outlook.columns)},
        )  # fmt: skip
        _move_deadlines(deed, row, new, outlook, warrant)
        return outlook


def _states(new: Mapping[str, Any]) -> list[str]:
    tables = (rules.DEADLINE_OF, rules.TOLD)
    return sorted({state for table in tables for state, column in table.items() if column in new})


def _outlook(row: AnyRow, new: Mapping[str, Any], bids: Sequence[AnyRow]) -> Outlook:
    moved = [bid for bid in bids if rules.DEADLINE_OF[bid.state] in new and _due(row, new, bid) != bid.due_at]
    told = [
        (bid, column)
        for bid in bids
        if (column := rules.TOLD[bid.state]) in new
        and (bid.applicant_id is not None or (bid.writes and column == "endorse_by"))
        # Where a bid has longer than the round anyhow, nothing moves for anybody.
        and (column == "decide_by" or _due(row, new, bid) != bid.due_at)
    ]
    return Outlook(tuple(sorted(new)), tuple(moved), tuple(told))


def _due(row: AnyRow, new: Mapping[str, Any], bid: AnyRow) -> datetime:
    column = rules.DEADLINE_OF[bid.state]
    return rules.due_of(bid.state, bid.due_at, getattr(row, column), new[column])


def _move_deadlines(
    deed: Deed, row: AnyRow, new: Mapping[str, Any], outlook: Outlook, warrant: Warrant
) -> None:
    """The bids' own deadlines, with an event each; the round is held, so that no bid of it moves meanwhile."""
    if outlook.moved:
        held = warrants.hold_bids(deed, [bid.id for bid in outlook.moved])
        deed.change_many(
            Bid, [(held[bid.id].home, bid.id, None, {"due_at": _due(row, new, bid)}) for bid in outlook.moved]
        )
        deed.note_many(
            [held[bid.id].home for bid in outlook.moved], "deadline.moved", role=warrant.role, under=warrant.under,
            params={"round": int(row.id)},
        )  # fmt: skip
    for bid, column in outlook.told:
        args = {"bid": bid.id, "life": "bid", "row": bid.id, "event": 0, "date": column}
        deed.effect("deadline_moved", args, f"deadline_moved:bid:{bid.id}:{row.version + 1}", bid=bid.id)
