"""A round taken from its bids to its letters: read by a simulated panel, decided by its scores, released and published."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from fundapp.demo.panel import NoPanelHere, simulate
from fundapp.domain import scoring
from fundapp.queries import panel_play as asks
from fundapp.queries import people as person_asks
from fundapp.queries import rounds as round_asks
from fundapp.queries import table
from fundapp.services import people, ranking, rounds
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Office
from fundapp.services.transition import NotThere, fire, fire_many

#: Steps of one transaction: few enough that other writers are not kept waiting.
AT_ONCE: Final = 300
_PRAISE: Final = (
    "The panel liked that the people who will use it asked for it themselves.",
    "A plan with names and dates in it, at a price that the panel found modest.",
    "The panel could see it standing five years from now.",
)
_DOUBT: Final = (
    "The panel liked the idea and missed who will do the work, week after week.",
    "Other bids had further to go with less. The panel would like to read of this one again.",
    "The sums leave open what happens when the money is spent.",
)
_TALK: Final = "The readers had weighed two answers differently and now agree on what they mean."


class AwardedAlready(ValueError):
    """The round's decisions are out; `reads` is its state."""

    def __init__(self, state: str) -> None:
        self.reads = state
        super().__init__(state)


@dataclass(frozen=True, slots=True)
class Awarded:
    """What the round came to."""

    awards: int
    declines: int
    awarded_pence: int


def award_round(
    office: Office, code: str, reviewers: int, seed: int, now: datetime, said: Callable[[str], None]
) -> Awarded:
    """A round's bids from files read, decided and published by an invented panel and chair, through the services alone.

    Best first by the ranking, what was asked for while the round's money lasts; every other bid is declined. The same seed
    on the same bids gives the same awards. Cut short and called again it goes on where it stopped. Requests are said to
    arrive at moments that suit the round's dates. Raises NotThere, NoPanelHere for a round that is planned, AwardedAlready.
    """
    with office.db.read() as conn:
        row = round_asks.by_code(conn, code)
    if row is None:
        raise NotThere(f"round {code}")
    if row.state in ("released", "archived"):
        raise AwardedAlready(row.state)
    if row.state == "planned":
        raise NoPanelHere(row.state)
    after = max(now, row.closes_at + timedelta(minutes=6))
    if row.state != "releasing":
        if row.state != "panel" or _lacks_readers(office, row):
            played = simulate(office, code, reviewers, seed, now)
            said(f"{played.reviews} readings by {len(played.leniency)} invented readers.")
        chair = _chair(office, row, now)
        _conclude(office, chair, row, after)
        _decide(office, chair, row, seed, after)
        said("Every bid is decided.")
        fire(office, chair, "round", "release", row.id, after)
    rounds.publish(office, row.id, after + timedelta(minutes=row.release_minutes + 1))
    with office.db.read() as conn:
        return Awarded(*asks.outcome(conn, row.id))


def _lacks_readers(office: Office, row: Any) -> bool:
    with office.db.read() as conn:
        found = table.standings(conn, asks.endorsed(conn, row.id), None)
    return any(len(standing.totals) < row.reviews_needed for standing in found.values())


def _chair(office: Office, row: Any, now: datetime) -> Actor:
    """Who chairs the invented panel, tied to no bid: one of the first call of this round serves the next."""
    token = f"chair-of-{row.code}".lower()
    with office.deed(people.operator(office, now), now) as deed:
        person = person_asks.by_token(deed.conn, token)
        if person is None:
            newcomer = people.Newcomer("Wilhelmina Astley-Fenwick", show_name=False)
            person = people.enter(deed, [newcomer], token=token)[0]
            people.give_role(deed, person, "chair", row.fund_id)
        return people.actor(deed.conn, person)


def _conclude(office: Office, chair: Actor, row: Any, at: datetime) -> None:
    """Every bid's reviews closed; where readers lie further apart than the round allows, their talk first."""
    with office.db.read() as conn:
        found = table.standings(conn, asks.endorsed(conn, row.id), chair.person)
    apart = {
        bid: standing.moderation
        for bid, standing in found.items()
        if scoring.spread(standing.totals) > row.disagreement_limit and standing.moderation != "settled"
    }
    _fire(office, chair, [Step("bid", "moderate", bid) for bid in apart if apart[bid] != "open"], at)
    _fire(office, chair, [Step("bid", "settle", bid, {"reason": _TALK}) for bid in apart], at)
    _fire(office, chair, [Step("bid", "conclude", bid) for bid in found], at)


def _decide(office: Office, chair: Actor, row: Any, seed: int, at: datetime) -> None:
    """A decision on every bid whose reviews are closed and that has none yet."""
    with office.db.read() as conn:
        ranked = ranking.of_round(conn, row, seed).rows
        waiting = asks.undecided(conn, row.id)
    chance = Random(seed)
    steps = []
    for placed in ranked:
        outcome = "award" if placed.above else "decline"
        feedback = chance.choice(_PRAISE if placed.above else _DOUBT)
        inputs: dict[str, Any] = {"outcome": outcome, "feedback": feedback, "conditions": ""}
        if placed.above:
            inputs["amount_pence"] = placed.asks
        if placed.bid in waiting:
            steps.append(Step("bid", "decide", placed.bid, inputs))
    _fire(office, chair, steps, at)


def _fire(office: Office, actor: Actor, steps: Sequence[Step], at: datetime) -> None:
    for start in range(0, len(steps), AT_ONCE):
        fire_many(office, actor, steps[start : start + AT_ONCE], at)
