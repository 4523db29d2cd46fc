"""Changing an accepted award: an officer proposes it, the applicant agrees or keeps the award as it is."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from fundapp.services.awards import Signed, as_seen, award_of
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Office
from fundapp.services.transition import Done, carry, fire


@dataclass(frozen=True, slots=True)
class Change:
    """An award as it would be, in pence and days, and why. None leaves a term as it stands."""

    amount_pence: int
    reason: str
    conditions: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None


def propose(
    office: Office, actor: Actor, bid: int, change: Change, arrived: datetime, seen: int | None = None
) -> Done:
    """The officer proposes a change; nothing changes until the applicant agrees. Raises Refused, NotThere."""
    return fire(office, actor, "award", "propose", award_of(office, bid), arrived, asdict(change), seen=seen)


def take_back(office: Office, actor: Actor, bid: int, arrived: datetime, seen: int | None = None) -> Done:
    """The officer takes back a change that waits for its answer. Raises Refused, NotThere."""
    return fire(office, actor, "award", "take_back", award_of(office, bid), arrived, seen=seen)


def agree(
    office: Office, actor: Actor, bid: int, signed: Signed | None, arrived: datetime, seen: int | None = None
) -> list[Done]:
    """The applicant agrees: the award is changed, with a new letter and a countersigned copy of its terms.

    Raises Refused, also if the terms would no longer be those that they saw; NotThere.
    """
    step = Step("award", "vary", award_of(office, bid), signed.inputs() if signed is not None else {}, seen)
    with office.deed(actor, arrived) as deed:
        as_seen(deed, step, bid, signed)
        return carry(deed, [step])


def keep(
    office: Office, actor: Actor, bid: int, reason: str, arrived: datetime, seen: int | None = None
) -> Done:
    """The applicant would rather keep the award as it is; `reason` may be empty. Raises Refused, NotThere."""
    return fire(office, actor, "award", "keep", award_of(office, bid), arrived, {"reason": reason}, seen=seen)
