"""How far a bid has come and whose turn it is: the stages of its drawn line."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from fundapp.domain import money
from fundapp.words import history
from fundapp.words.marks import N_
from fundapp.words.outlook import next_items, standing
from fundapp.words.situation import Situation
from fundapp.words.states import OFFICER, PANEL
from fundapp.words.tongue import gettext as _

__all__ = ["ENDS", "STAGES", "next_items", "reached", "stages", "standing"]

#: Each stage: the state it is over with, its name while it is to come or in hand, its name once it is over.
STAGES: Final[tuple[tuple[str, str, str], ...]] = (
    ("submitted", N_("Draft"), N_("Submitted")),
    ("endorsed", N_("Endorsement"), N_("Endorsed")),
    ("reviewed", N_("Review"), N_("Reviewed")),
    ("awarded", N_("Award"), N_("Awarded")),
    ("reported", N_("Report"), N_("Reported")),
)
#: The stage that is in hand while a bid is in a state.
_IN_HAND: Final = {"draft": 0, "returned": 1, "submitted": 1, "endorsed": 2, "reviewed": 3}

ENDS: Final[dict[str, str]] = {
    "withdrawn": N_("Withdrawn"),
    "not_endorsed": N_("Not backed"),
    "ineligible": N_("Ruled out"),
    "declined": N_("Not funded"),
    "lapsed": N_("Lapsed"),
    "cancelled": N_("Cancelled"),
}


def reached(events: Iterable[Any]) -> dict[str, datetime]:
    """When the bid came into each state on the way on which it now stands, from its events in order.

    A move that stays in its state is no arrival. A bid that was sent back has to be backed anew, unless it is
    sent again unchanged; opening its reviews again leaves the day on which it was backed.
    """
    found: dict[str, datetime] = {}
    for event in events:
        move = history.body_of(event).get("move") or {}
        if move.get("life") != "bid" or move["from"] == move["to"]:
            continue
        if move["name"] == "reopen":
            found.pop("reviewed", None)
            continue
        if move["to"] == "returned":
            found.pop("endorsed", None)
        found[move["to"]] = event.at
    return found


def stages(now: Situation) -> list[dict[str, str]]:
    """The stages of a bid as [{name, kind, note, sub}] for `templates/parts/journey.html`."""
    if now.bid.state in ENDS:
        return [*_done(now, _came_to(now)), _ended(now)]
    at = _stage_in_hand(now)
    told = _done(now, at)
    if at < len(STAGES):
        told.append(_in_hand(now, at))
        told += [_to_come(now, place) for place in range(at + 1, len(STAGES))]
    return told


def _stage_in_hand(now: Situation) -> int:
    state = now.bid.state
    if state == "reported":
        return len(STAGES)
    if state == "awarded":
        return 3 if now.award is not None and now.award.state == "offered" else 4
    if state == "reviewed" and now.outside:
        return 2
    return _IN_HAND[state]


def _came_to(now: Situation) -> int:
    """How many stages were over when the bid ended."""
    if now.bid.state == "cancelled":
        return 4
    if now.bid.state == "declined":
        return 3
    over = [place for place, (state, *_) in enumerate(STAGES) if state in now.reached]
    most = max(over, default=-1) + 1
    return min(most, 2) if now.outside else most


def _done(now: Situation, count: int) -> list[dict[str, str]]:
    told = []
    for state, _name, participle in STAGES[:count]:
        # The day on which the panel was done is not for outsiders: they know the day of the release.
        hidden = state == "reviewed" and now.outside
        note = "" if hidden else now.short_day(now.reached.get(state))
        sub = money.pounds_short(now.award.amount_pence) if state == "awarded" and now.award else ""
        told.append(_stage(_(participle), "done", note, sub))
    return told


def _ended(now: Situation) -> dict[str, str]:
    state = now.bid.state
    name = ENDS[state]
    if state == "cancelled" and now.award is not None and now.award.state in ("refused", "lapsed"):
        name = N_("Not taken up")
    return _stage(_(name), "ended", now.short_day(now.reached.get(state)))


def _in_hand(now: Situation, at: int) -> dict[str, str]:
    name = N_("Sent back") if now.bid.state == "returned" else STAGES[at][1]
    since = _since(now, at)
    # Whatever words were given: who on the panel has it tells how far the panel has come.
    holder_words = str(_(PANEL)) if now.outside and at == 2 else now.holder_words
    if at == 4 and now.report is not None and now.report.state in ("filed", "accepted"):
        # A bid stays awarded while its report is read: the report says who has it, not the bid.
        holder_words = str(_(OFFICER))
    if now.viewer_is_holder:
        note = _("With you, since %(day)s", day=since) if since else _("With you")
    elif holder_words:
        note = (
            _("With %(who)s, since %(day)s", who=holder_words, day=since)
            if since
            else _("With %(who)s", who=holder_words)
        )
    else:
        note = _("Since %(day)s", day=since) if since else ""
    due = due_of(now)
    sub = _("until %(deadline)s", deadline=now.deadline(due)) if due else ""
    return _stage(_(name), "you" if now.viewer_is_holder else "other", note, sub)


def _since(now: Situation, at: int) -> str:
    """Since when the stage in hand is in hand; never a moment of the panel's own for outsiders."""
    state = now.bid.state
    if at == 2:
        return now.short_day(now.reached.get("endorsed"))
    if at == 4 and now.report is not None:
        return now.short_day(now.report.since)
    return now.short_day(now.reached.get(state) or (None if state == "reviewed" else now.bid.since))


def due_of(now: Situation) -> datetime | None:
    """When whoever has it must have acted; None where a day is enough or nothing is due."""
    if now.bid.state in ("draft", "submitted", "returned"):
        due: datetime | None = now.bid.due_at
        return due
    if now.bid.state == "awarded" and now.award is not None and now.award.state == "offered":
        offer: datetime | None = now.award.offer_until
        return offer
    return None


def _to_come(now: Situation, place: int) -> dict[str, str]:
    state, name, _participle = STAGES[place]
    whens = {
        "endorsed": now.round.endorse_by,
        "reviewed": now.round.panel_by,
        "awarded": now.round.decide_by,
        "reported": now.round.report_by,
    }
    return _stage(_(name), "todo", now.by(whens[state]))


def _stage(name: str, kind: str, note: str = "", sub: str = "") -> dict[str, str]:
    return {"name": str(name), "kind": kind, "note": str(note), "sub": str(sub)}
