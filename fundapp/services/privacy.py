"""What people ask of the fund about themselves: to be erased, asked for by one officer and confirmed by another; holds."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from fundapp.database import AnyRow
from fundapp.mail.kept import forget
from fundapp.models import Erasure, RetentionHold
from fundapp.queries import keeping as asks
from fundapp.queries import people as people_asks
from fundapp.services import erasing, warrants
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Deed, Office
from fundapp.services.people import OPERATOR_TOKEN, PersonRefused, end_role
from fundapp.services.refused import Refused
from fundapp.storage import Files

#: How somebody asked.
HOW: Final = ("letter", "email", "phone", "person")
_STEP: Final = Step("person", "erase")


def ask(office: Office, actor: Actor, person: int, how: str, arrived: datetime) -> None:
    """Put on record that a person wants to be erased; nothing goes yet. Raises PersonRefused, Refused."""
    if how not in HOW:
        raise PersonRefused("erasure_how")
    with office.deed(actor, arrived) as deed:
        row = _known(deed, person)
        lawful(deed, person)
        if asks.open_erasure(deed.conn, person) is not None:
            raise PersonRefused("erasure_asked_already")
        _ready(deed, erasing.of_person(deed.conn, row, office.zone))
        subject = f"person:{person}"
        deed.put(
            subject,
            Erasure,
            {
                "person_id": person, "how": how, "asked_by": actor.person, "asked_at": deed.now, "confirmed_by": None,
                "confirmed_at": None, "withdrawn_at": None,
            },
        )  # fmt: skip
        deed.note(subject, "erasure.asked", params={"how": how})


def withdraw(office: Office, actor: Actor, person: int, arrived: datetime) -> None:
    """They think better of it, or it was asked by mistake. Raises PersonRefused, Refused."""
    with office.deed(actor, arrived) as deed:
        _known(deed, person)
        lawful(deed, person)
        waiting = _waiting(deed, person)
        subject = f"person:{person}"
        deed.change(subject, Erasure, waiting.id, {"withdrawn_at": deed.now})
        deed.note(subject, "erasure.withdrawn")


def confirm(
    office: Office, files: Files, actor: Actor, person: int, arrived: datetime, mails: Path | None = None
) -> erasing.Plan:
    """Erase a person, as another officer asked; what went and what stays. It cannot be undone.

    `mails`: the folder where mails lie that are not sent for good; those that name the person or their bids go too.

    Raises PersonRefused: who asked cannot confirm, somebody with a role or a bid that goes on is not erased. Refused.
    """
    with office.deed(actor, arrived) as deed:
        row = _known(deed, person)
        lawful(deed, person)
        before = erasing.of_person(deed.conn, row, office.zone)
        erasing.hold(deed, {*before.going.subjects, f"person:{person}"})
        waiting = _waiting(deed, person)
        if waiting.asked_by == actor.person:
            raise PersonRefused("erasure_two_people")
        for grant in people_asks.roles(deed.conn, person, deed.now):
            if grant.role == "member":
                end_role(deed, grant.id)
        plan = erasing.of_person(deed.conn, row, office.zone)
        _ready(deed, plan)
        addresses = asks.addresses(deed.conn, person)
        subject = f"person:{person}"
        deed.change(subject, Erasure, waiting.id, {"confirmed_by": actor.person, "confirmed_at": deed.now})
        deed.note(subject, "erasure.confirmed", params={"stays": [each.bid.id for each in plan.stays]})
        contents = erasing.carry_out(deed, plan.going, "asked", person=person)
        words = _words_of(deed, plan, addresses)
        at = deed.now
    _afterwards(office, files, contents, at)
    if mails is not None:
        forget(mails, words)
    return plan


def reapply(office: Office, files: Files, actor: Actor, token: str, arrived: datetime) -> str:
    """Erase again, in a database brought back from an older copy, somebody who had been erased after it was made.

    `done`, `erased` when they are erased there already, `unknown` when that copy does not know them, or `going_on` when a
    bid of theirs still goes on there, or a role: an officer brings that to its end first.
    """
    with office.deed(actor, arrived) as deed:
        row = asks.person_by_token(deed.conn, token)
        if row is None or row.token == OPERATOR_TOKEN:
            return "unknown"
        if row.erased_at is not None:
            return "erased"
        before = erasing.of_person(deed.conn, row, office.zone)
        erasing.hold(deed, {*before.going.subjects, f"person:{row.id}"})
        for grant in people_asks.roles(deed.conn, row.id, deed.now):
            if grant.role == "member":
                end_role(deed, grant.id)
        plan = erasing.of_person(deed.conn, row, office.zone)
        try:
            _ready(deed, plan)
        except PersonRefused:
            return "going_on"
        deed.note(f"person:{row.id}", "erasure.reapplied")
        contents = erasing.carry_out(deed, plan.going, "asked", person=row.id)
        at = deed.now
    _afterwards(office, files, contents, at)
    return "done"


def _afterwards(office: Office, files: Files, contents: list[str], at: datetime) -> None:
    """What lies beside the tables goes too, once they are settled."""
    with office.db.read() as conn:
        erasing.forget_contents(conn, files, contents, at)
    office.db.settle()


def _words_of(deed: Deed, plan: erasing.Plan, addresses: list[str]) -> list[str]:
    """By what a mail is known that tells of an erased person: their name, addresses, the references of their bids."""
    gone = [row.reference for row in asks.standing(deed.conn, plan.going.bids)]
    name = [plan.person.name] if " " in plan.person.name else []
    return [*name, *addresses, *gone]


def place_hold(office: Office, actor: Actor, bid: int, reason: str, arrived: datetime) -> None:
    """Let nothing of a bid go while there is a dispute, say. Raises PersonRefused, Refused, NotThere."""
    words = reason.strip()
    if not words:
        raise PersonRefused("hold_without_reason")
    with office.deed(actor, arrived) as deed:
        row = warrants.hold_bid(deed, bid)
        warrant = warrants.of(deed, "officer").need(row.fund_id, Step("bid", "hold", bid))
        if asks.hold_of(deed.conn, bid) is not None:
            raise PersonRefused("hold_stands")
        deed.put(
            row.home,
            RetentionHold,
            {
                "bid_id": bid, "reason": words[:2000], "placed_by": actor.person, "placed_at": deed.now, "ended_by": None,
                "ended_at": None,
            },
        )  # fmt: skip
        deed.note(row.home, "hold.placed", role=warrant.role, under=warrant.under)


def end_hold(office: Office, actor: Actor, bid: int, arrived: datetime) -> None:
    """The dispute is over: what is due goes with the next tick. Raises PersonRefused, Refused, NotThere."""
    with office.deed(actor, arrived) as deed:
        row = warrants.hold_bid(deed, bid)
        warrant = warrants.of(deed, "officer").need(row.fund_id, Step("bid", "hold", bid))
        standing = asks.hold_of(deed.conn, bid)
        if standing is None:
            raise PersonRefused("hold_over")
        deed.change(row.home, RetentionHold, standing.id, {"ended_by": actor.person, "ended_at": deed.now})
        deed.note(row.home, "hold.ended", role=warrant.role, under=warrant.under)


def _known(deed: Deed, person: int) -> AnyRow:
    row = asks.person(deed.conn, person)
    if row is None or row.token == OPERATOR_TOKEN:
        raise PersonRefused("no_such_person")
    if row.erased_at is not None:
        raise PersonRefused("erased_already")
    return row


def lawful(deed: Deed, person: int) -> None:
    """Only an officer of every fund that the person bid in, or of any where they bid in none. Raises Refused."""
    held = warrants.of(deed, "officer")
    for fund in {row.fund_id for row in asks.bids_of(deed.conn, person)}:
        held.need(fund, _STEP)
    if not held.held:
        raise Refused(_STEP, [held.lacking(_STEP.move)])


def _waiting(deed: Deed, person: int) -> Any:
    found = asks.open_erasure(deed.conn, person)
    if found is None:
        raise PersonRefused("erasure_not_asked")
    return found


def _ready(deed: Deed, plan: erasing.Plan) -> None:
    """Whoever has a role or a bid that goes on is not erased under it. Raises PersonRefused."""
    if any(row.role != "member" for row in people_asks.roles(deed.conn, plan.person.id, deed.now)):
        raise PersonRefused("erasure_has_role")
    if plan.going_on:
        raise PersonRefused("erasure_bid_goes_on", references=[each.bid.reference for each in plan.going_on])
