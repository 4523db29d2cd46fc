"""The clock: opens and closes rounds, publishes what was released, ends what lapsed, reminds."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from fundapp import outbox
from fundapp.audit.record import RecordBroken
from fundapp.domain.deadlines import civil_day
from fundapp.domain.talks import FRESH, REMIND_READERS, reminder_due
from fundapp.jobs import donation_mails
from fundapp.queries import behind, payees
from fundapp.queries import clock as asks
from fundapp.queries import letters as letter_asks
from fundapp.services import (
    awards,
    bank_details,
    letters,
    review_drafts,
    rounds,
    sign_in_links,
    throttle,
    ties,
)
from fundapp.services.deed import CLOCK, Office
from fundapp.services.transition import Refused, fire
from workflows.guards.timing import CLOCK_GRACE

log = logging.getLogger(__name__)

#: Bids that one look takes up; the next look goes on behind them.
BATCH = 500
#: A report is asked for this long before it falls due.
REMIND_BEFORE = timedelta(days=14)
#: Whoever has a bid is reminded this long before its deadline: a representative twice, an applicant once.
REMIND_REPRESENTATIVE = (timedelta(days=7), timedelta(days=2))
REMIND_APPLICANT = (timedelta(days=3),)
#: Whoever is offered an award is reminded this long before the offer ends.
REMIND_OFFER = (timedelta(days=7), timedelta(days=2))
#: A letter that was written so long ago and has no file yet is asked for by the clock: mostly its mail has had it made.
LETTER_LATE = timedelta(minutes=1)
#: A change of an award that waits this long for its applicant is asked for once more.
REMIND_VARIATION_AFTER = timedelta(days=7)


@dataclass(slots=True)
class Ticked:
    """What the clock did."""

    opened: int = 0
    closed: int = 0
    published: int = 0
    lapsed: int = 0
    offers_lapsed: int = 0
    reminded: int = 0
    bank_details: int = 0

    def words(self) -> str:
        """One line for the terminal."""
        return (
            f"Rounds opened: {self.opened}, closed: {self.closed}, published: {self.published}. "
            f"Bids lapsed: {self.lapsed}. Offers lapsed: {self.offers_lapsed}. "
            f"Bank details changed: {self.bank_details}. Reminders: {self.reminded}."
        )


def tick(office: Office, at: datetime) -> Ticked:
    """Everything that is due at a moment. Each is a move of its own: one that is refused stops no other."""
    done = Ticked()
    before = at - CLOCK_GRACE
    with office.db.read() as conn:
        opening, closing, publishing = (
            asks.opening(conn, at),
            asks.closing(conn, before),
            asks.publishing(conn, at),
        )
    for row in opening:
        done.opened += _tried(partial(fire, office, CLOCK, "round", "open", row, at))
    for row in closing:
        done.closed += _tried(partial(fire, office, CLOCK, "round", "close", row, at))
    for row in publishing:
        done.published += _tried(partial(rounds.publish, office, row, at))
    done.lapsed = _lapse_bids(office, at, before)
    with office.db.read() as conn:
        ended = asks.offers_ended(conn, before)
        cooled = payees.cooled(conn, at)
    for award in ended:
        done.offers_lapsed += _tried(partial(awards.lapse, office, award.bid_id, award.id, at))
    for bid in cooled:
        done.bank_details += _tried(partial(bank_details.take_effect, office, bid, at))
    done.reminded = bank_details.remind(office, at)
    done.reminded += _remind(office, at) + _remind_of_bids(office, at) + _remind_readers(office, at)
    done.reminded += _remind_of_awards(office, at) + _remind_of_donations(office, at)
    _ask_for_letters(office, at)
    _tried(partial(ties.follow_dates, office, at))
    review_drafts.forget_over(office)
    throttle.forget_old(office, at)
    sign_in_links.forget_old(office, at)
    return done


def _ask_for_letters(office: Office, at: datetime) -> None:
    """Have the worker make what no mail has had made, such as a letter to somebody without an address; each once."""
    with office.db.read() as conn:
        late = {
            f"{letters.EFFECT}:{row.round_id}:late:{row.newest}": row.round_id
            for row in letter_asks.late(conn, at - LETTER_LATE)
        }
        asked = outbox.standing(conn, list(late)) if late else set()
    fresh = [
        {
            "name": letters.EFFECT, "args": {"round": round_id, "part": 1}, "key": key, "bid_id": None, "not_before": at,
        }
        for key, round_id in late.items()
        if key not in asked
    ]  # fmt: skip
    if fresh:
        with office.db.write() as conn:
            outbox.put_many(conn, fresh, at=at)


def _lapse_bids(office: Office, at: datetime, before: datetime) -> int:
    lapsed, last = 0, 0
    while True:
        with office.db.read() as conn:
            due = asks.lapsing(conn, before, last, BATCH)
        if not due:
            return lapsed
        for bid in due:
            lapsed += _tried(partial(fire, office, CLOCK, "bid", "lapse", bid, at))
        last = due[-1]


def _tried(act: Callable[[], object]) -> int:
    """1 if it was done; 0 if the policy refused it, as when a person was quicker, or if its record does not hold."""
    try:
        act()
    except Refused as refused:
        log.info("the clock was refused: %s", refused)
        return 0
    except RecordBroken as broken:
        # One row that somebody touched must not stop the clock for all the others.
        log.error("the clock leaves it alone: %s", broken)
        return 0
    return 1


def _remind(office: Office, at: datetime) -> int:
    """Ask for reports that fall due; each once, by the key of its effect."""
    on = civil_day(at + REMIND_BEFORE, office.zone)
    with office.db.read() as conn:
        due = asks.reports_due(conn, on)
    if not due:
        return 0
    with office.db.write() as conn:
        effects = [
            {
                "name": "report_due",
                "args": {"bid": row.bid_id, "life": "report", "row": row.id, "event": 0},
                "key": f"report_due:{row.id}:{row.due_on.isoformat()}",
                "bid_id": row.bid_id,
                "not_before": at,
            }
            for row in due
        ]
        return outbox.put_many(conn, effects, at=at) or 0


def _remind_of_bids(office: Office, at: datetime) -> int:
    """Remind whoever has a bid that its deadline comes near; each time once, by the key of its effect.

    A deadline that was moved is reminded of anew.
    """
    with office.db.read() as conn:
        due = asks.bids_due(conn, at, at + max(*REMIND_REPRESENTATIVE, *REMIND_APPLICANT))
        wanted = [effect for row in due for effect in _reminders(row, at)]
        names = ("endorsement_reminder", "bid_reminder")
        asked = asks.effects_asked(conn, names, [int(effect["bid_id"]) for effect in wanted])
    fresh = [effect for effect in wanted if effect["key"] not in asked]
    if not fresh:
        return 0
    with office.db.write() as conn:
        return outbox.put_many(conn, fresh, at=at)


def _reminders(row: Any, at: datetime) -> Iterator[dict[str, Any]]:
    """The newest reminder that is due for a bid, if any."""
    due = row.due_at.isoformat(timespec="minutes")
    if row.request is not None:
        reached = [days for days in REMIND_REPRESENTATIVE if at >= row.due_at - days]
        name, since, args = "endorsement_reminder", row.asked_at, {"request": row.request}
        key = f"{name}:{row.request}:{due}"
    else:
        reached = [
            days for days in REMIND_APPLICANT if at >= row.due_at - days and row.applicant_id is not None
        ]
        name, since, args = "bid_reminder", row.since, {"what": row.state}
        key = f"{name}:{row.id}:{row.state}:{due}"
    if reached and since + FRESH <= row.due_at - min(reached):
        args = {"bid": row.id, "life": "bid", "row": row.id, "event": 0, **args}
        yield {
            "name": name,
            "args": args,
            "key": f"{key}:{min(reached).days}",
            "bid_id": row.id,
            "not_before": at,
        }


def _remind_of_awards(office: Office, at: datetime) -> int:
    """Remind applicants of offers that come to their end, and once of a change that was proposed a week ago."""
    with office.db.read() as conn:
        offers = asks.offers_due(conn, at, at + max(REMIND_OFFER))
        waiting = asks.variations_waiting(conn, at - REMIND_VARIATION_AFTER)
        wanted = [effect for row in offers for effect in _offer_reminder(row, at)]
        wanted += [
            _of_a_bid(
                "variation_reminder", row.bid_id, "variation", row.id, f"variation_reminder:{row.id}", at
            )
            for row in waiting
        ]
        names = ("offer_reminder", "variation_reminder")
        asked = asks.effects_asked(conn, names, [int(effect["bid_id"]) for effect in wanted])
    fresh = [effect for effect in wanted if effect["key"] not in asked]
    if not fresh:
        return 0
    with office.db.write() as conn:
        return outbox.put_many(conn, fresh, at=at)


def _remind_of_donations(office: Office, at: datetime) -> int:
    """Tell treasurers what election law asks about donations, a week before its day and on it."""
    with office.db.read() as conn:
        fresh = donation_mails.wanted(conn, at, office.zone)
    if not fresh:
        return 0
    with office.db.write() as conn:
        return outbox.put_many(conn, fresh, at=at)


def _offer_reminder(row: Any, at: datetime) -> Iterator[dict[str, Any]]:
    """The newest reminder that is due for an offer, if any."""
    reached = [days for days in REMIND_OFFER if at >= row.offer_until - days]
    if reached and row.offered_at + FRESH <= row.offer_until - min(reached):
        until = row.offer_until.isoformat(timespec="minutes")
        key = f"offer_reminder:{row.id}:{until}:{min(reached).days}"
        yield _of_a_bid("offer_reminder", row.bid_id, "award", row.id, key, at)


def _of_a_bid(name: str, bid: int, life: str, row: int, key: str, at: datetime) -> dict[str, Any]:
    args = {"bid": bid, "life": life, "row": row, "event": 0}
    return {"name": name, "args": args, "key": key, "bid_id": bid, "not_before": at}


def _remind_readers(office: Office, at: datetime) -> int:
    """Remind whoever still has bids of a panel to read, one mail for each person and round, by the key of its day.

    Each day's key is the chair's too: whom the chair reminded that day, the clock leaves alone.
    """
    today = civil_day(at, office.zone).isoformat()
    wanted: dict[str, tuple[str, dict[str, Any]]] = {}
    with office.db.read() as conn:
        for row in behind.owing(conn, at, at + max(REMIND_READERS)):
            due = reminder_due(row.panel_by, at, row.first_at)
            if due is None:
                continue
            key = behind.reminder_key(row.round, row.person, civil_day(due, office.zone).isoformat())
            args = {"round": row.round, "person": row.person}
            wanted[key] = (behind.reminder_key(row.round, row.person, today), args)
        done = outbox.standing(conn, [key for keys in wanted.items() for key in (keys[0], keys[1][0])])
    fresh = [
        {"name": "reading_reminder", "args": args, "key": key, "bid_id": None, "not_before": at}
        for key, (now, args) in wanted.items()
        if key not in done and now not in done
    ]
    if not fresh:
        return 0
    with office.db.write() as conn:
        return outbox.put_many(conn, fresh, at=at)
