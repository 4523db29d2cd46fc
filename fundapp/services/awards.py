"""Awards after their offer: acts that move a bid, its award, payments and report together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fundapp.queries import awards as asks
from fundapp.services.case import Step
from fundapp.services.deed import CLOCK, Actor, Office
from fundapp.services.transition import Done, NotThere, carry, fire_many


@dataclass(frozen=True, slots=True)
class Signed:
    """How an applicant agrees: the name that they typed, the hash of the terms as they saw them, who will hold the money."""

    name: str
    terms_sha256: str | None = None
    recipient: str | None = None

    def inputs(self) -> dict[str, Any]:
        """As the move asks for it."""
        return {
            "agreed": True,
            "name": self.name,
            "terms_sha256": self.terms_sha256,
            "recipient": self.recipient,
        }


def accept(
    office: Office, actor: Actor, bid: int, signed: Signed | None, arrived: datetime, seen: int | None = None
) -> list[Done]:
    """The applicant accepts; the final report falls due. `signed` None: they ticked nothing, and are refused with words."""
    award = _award(office, bid)
    inputs = signed.inputs() if signed is not None else {}
    return fire_many(
        office,
        actor,
        [
            Step("award", "accept", award, inputs, seen),
            Step("report", "open", parent=bid, actor=CLOCK),
        ],
        arrived,
    )


def refuse(
    office: Office, actor: Actor, bid: int, arrived: datetime, seen: int | None = None, reason: str = ""
) -> list[Done]:
    """The applicant refuses; the bid falls through and the money is free."""
    steps = [
        Step("award", "refuse", _award(office, bid), {"reason": reason}, seen),
        Step("bid", "fall_through", bid),
    ]
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


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment of a plan: pence, not before a day, what it waits for in words, and `report` if for the final report."""

    amount_pence: int
    due_on: date
    needs: str = ""
    milestone: str = ""


def schedule(
    office: Office,
    actor: Actor,
    bid: int,
    plan: Sequence[Instalment],
    arrived: datetime,
    instead_of: Sequence[tuple[int, int]] = (),
) -> list[Done]:
    """The treasurer schedules payments of an award, in order; all of them or none. The payments begun are returned.

    `instead_of`: planned payments, (id, version seen) each, that are cancelled first, because these take their place.
    Raises NotThere if one of them is another award's.
    """
    done: list[Done] = []
    with office.deed(actor, arrived) as deed:
        if instead_of:
            own = {row.id for row in asks.payments_of(deed.conn, bid)}
            if not {payment for payment, _seen in instead_of} <= own:
                raise NotThere(f"a payment of bid {bid}")
            carry(
                deed, [Step("payment", "cancel", payment, seen=seen) for payment, seen in sorted(instead_of)]
            )
        for part in plan:
            inputs = {
                "amount_pence": part.amount_pence, "due_on": part.due_on, "needs": part.needs, "milestone": part.milestone,
            }  # fmt: skip
            done += carry(deed, [Step("payment", "schedule", inputs=inputs, parent=bid)])
    return done


def _award(office: Office, bid: int) -> int:
    with office.db.read() as conn:
        award = asks.of_bid(conn, bid)
    if award is None:
        raise NotThere(f"award of bid {bid}")
    return int(award.id)
