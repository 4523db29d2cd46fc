"""Awards after their offer: acts that move a bid, its award, payments and report together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fundapp.domain.recipients import RECIPIENTS
from fundapp.queries import awards as asks
from fundapp.queries import locks
from fundapp.services import terms
from fundapp.services.case import Step
from fundapp.services.deed import CLOCK, Actor, Deed, Office
from fundapp.services.transition import TAKES_MONEY, Done, NotThere, Refused, carry, fire_many
from workflows.grammar import Refusal


@dataclass(frozen=True, slots=True)
class Signed:
    """How an applicant agrees: the name that they typed, the hash of the terms as they saw them, who will hold the money.

    Without a hash they agree to the terms as they stand. Raises ValueError for a recipient that is none of
    `domain.recipients`.
    """

    name: str
    terms_sha256: str | None = None
    recipient: str | None = None

    def __post_init__(self) -> None:
        if self.recipient is not None and self.recipient not in RECIPIENTS:
            raise ValueError(f"nobody of the kind {self.recipient!r} holds an award's money")

    def inputs(self) -> dict[str, Any]:
        """As the move asks for it."""
        return {"agreed": True, "name": self.name, "recipient": self.recipient}


def accept(
    office: Office, actor: Actor, bid: int, signed: Signed | None, arrived: datetime, seen: int | None = None
) -> list[Done]:
    """The applicant accepts; the final report falls due. `signed` None: they ticked nothing, and are refused with words.

    Raises Refused too if the terms are no longer those that they saw.
    """
    step = Step("award", "accept", award_of(office, bid), signed.inputs() if signed is not None else {}, seen)
    with office.deed(actor, arrived) as deed:
        as_seen(deed, step, bid, signed)
        return carry(deed, [step, Step("report", "open", parent=bid, actor=CLOCK)])


def as_seen(deed: Deed, step: Step, bid: int, signed: Signed | None) -> None:
    """Refuse what was signed on other terms than those that it would set, under the bid's lock and before anything is written.

    `step` accepts the terms as they stand, or agrees to those of the change that waits.
    """
    if signed is None or signed.terms_sha256 is None:
        return
    # Locked as the move locks it: the round for itself where money moves.
    locks.bid_in_round(deed.conn, bid, exclusive=step.move in TAKES_MONEY)
    now = terms.waiting(deed, bid) if step.move == "vary" else terms.standing(deed.conn, bid)
    if now is not None and now.sha256 != signed.terms_sha256:
        raise Refused(step, [Refusal("terms_changed", {}, "stale")])


def refuse(
    office: Office, actor: Actor, bid: int, arrived: datetime, seen: int | None = None, reason: str = ""
) -> list[Done]:
    """The applicant refuses; the bid falls through and the money is free."""
    steps = [
        Step("award", "refuse", award_of(office, bid), {"reason": reason}, seen),
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
    steps = [Step("bid", "report", bid, seen=seen), Step("award", "complete", award_of(office, bid))]
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


def award_of(office: Office, bid: int) -> int:
    """The id of a bid's award. Raises NotThere without one."""
    with office.db.read() as conn:
        award = asks.of_bid(conn, bid)
    if award is None:
        raise NotThere(f"award of bid {bid}")
    return int(award.id)
