"""Awards after their offer: acts that move a bid, its award, payments and report together."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from fundapp.models import PaymentRun
from fundapp.queries import awards as asks
from fundapp.queries import locks
from fundapp.services.case import Step
from fundapp.services.deed import CLOCK, Actor, Deed, Office
from fundapp.services.transition import Done, NotThere, carry, fire_many


def accept(office: Office, actor: Actor, bid: int, arrived: datetime, seen: int | None = None) -> list[Done]:
    """The applicant accepts; the final report falls due."""
    award = _award(office, bid)
    return fire_many(
        office,
        actor,
        [Step("award", "accept", award, seen=seen), Step("report", "open", parent=bid, actor=CLOCK)],
        arrived,
    )


def refuse(office: Office, actor: Actor, bid: int, arrived: datetime, seen: int | None = None) -> list[Done]:
    """The applicant refuses; the bid falls through and the money is free."""
    steps = [Step("award", "refuse", _award(office, bid), seen=seen), Step("bid", "fall_through", bid)]
    return fire_many(office, actor, steps, arrived)


def lapse(office: Office, bid: int, award: int, at: datetime) -> list[Done]:
    """The offer ran out: award and bid end, the money is free."""
    return fire_many(office, CLOCK, [Step("award", "lapse", award), Step("bid", "fall_through", bid)], at)


def cancel(office: Office, actor: Actor, bid: int, arrived: datetime, seen: int | None = None) -> list[Done]:
    """An officer confirms that an award is cancelled: what is not paid is cancelled with it, its report dropped."""
    with office.deed(actor, arrived) as deed:
        done = carry(deed, [Step("bid", "confirm_cancel", bid, seen=seen)])
        # Read under the bid's lock: a payment scheduled a moment ago hangs on it too.
        hanging = asks.hanging(deed.conn, bid)
        steps = [
            *(Step("payment", "cancel", payment) for payment in hanging.cancellable),
            *(Step("report", "drop", report) for report in hanging.reports),
            *(Step("award", "cancel", award) for award in hanging.awards),
        ]
        return done + carry(deed, steps)


def finish(office: Office, actor: Actor, bid: int, arrived: datetime, seen: int | None = None) -> list[Done]:
    """The officer closes a bid whose report is accepted and whose payments are made."""
    steps = [Step("bid", "report", bid, seen=seen), Step("award", "complete", _award(office, bid))]
    return fire_many(office, actor, steps, arrived)


def schedule(
    office: Office, actor: Actor, bid: int, plan: Sequence[tuple[int, date, str]], arrived: datetime
) -> list[Done]:
    """The treasurer schedules payments of an award: (pence, due on, what is needed first) each, in order."""
    done: list[Done] = []
    with office.deed(actor, arrived) as deed:
        for amount, due_on, needs in plan:
            inputs = {"amount_pence": amount, "due_on": due_on, "needs": needs}
            done += carry(deed, [Step("payment", "schedule", inputs=inputs, parent=bid)])
    return done


def send_run(
    office: Office, actor: Actor, fund: int, payments: Sequence[tuple[int, int]], arrived: datetime
) -> tuple[int, list[Done]]:
    """The treasurer sends approved payments, (id, version seen) each, in one run; the run's number and the moves.

    Raises ValueError without any payment: an empty run would be anybody's to make.
    """
    if not payments:
        raise ValueError("a run has at least one payment")
    number = 0

    def opening(deed: Deed) -> Mapping[str, Any]:
        nonlocal number
        row = locks.fund(deed.conn, fund)
        if row is None:
            raise NotThere(f"fund {fund}")
        number = asks.runs(deed.conn, fund) + 1
        run = deed.put(
            row.home,
            PaymentRun,
            {"fund_id": fund, "number": number, "made_by": deed.actor.person, "made_at": deed.now},
        )
        deed.note(
            row.home, "run.made", role="treasurer", params={"payments": len(payments), "number": number}
        )
        return {"run_id": run}

    steps = [Step("payment", "send", payment, seen=seen) for payment, seen in sorted(payments)]
    done = fire_many(office, actor, steps, arrived, opening=opening)
    return number, done


def _award(office: Office, bid: int) -> int:
    with office.db.read() as conn:
        award = asks.of_bid(conn, bid)
    if award is None:
        raise NotThere(f"award of bid {bid}")
    return int(award.id)
