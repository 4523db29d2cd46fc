"""What an officer does so that a bid can be backed: name somebody new, confirm an address, record a written answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from fundapp.queries import directory
from fundapp.queries import people as asks
from fundapp.services import documents, people
from fundapp.services.case import Step
from fundapp.services.deed import Actor, Office
from fundapp.services.transition import Done, carry

#: Offices whose holders may back a bid.
OFFICES: Final = ("councillor", "mayor", "mp", "ms", "msp", "mla", "pcc")


@dataclass(frozen=True, slots=True)
class NewRepresentative:
    """Somebody who is not in the directory yet: `source` says where the officer has the address from."""

    name: str
    office: str
    area: int
    email: str
    source: str
    from_on: date


def name_new(
    office: Office, actor: Actor, bid: int, who: NewRepresentative, arrived: datetime, seen: int | None = None
) -> Done:
    """Enter a representative and ask them to back the bid; both or neither.

    Whoever signs in with the address already is that person. Raises PersonRefused, Refused.
    """
    email = people.clean_email(who.email)
    if not who.source.strip():
        raise people.PersonRefused("no_source")
    with office.deed(actor, arrived) as deed:
        known = asks.account_by_email(deed.conn, email)
        person = (
            known.person_id
            if known is not None
            else people.enter(deed, [people.Newcomer(who.name, email)])[0]
        )
        holding = people.hold_office(
            deed, person, office=who.office, area=who.area, from_on=who.from_on, to_on=None, email=email,
            source=who.source.strip(),
        )  # fmt: skip
        return carry(deed, [Step("bid", "name_endorser", bid, {"holding_id": holding}, seen)])[0]


def confirm(office: Office, actor: Actor, holding: int, email: str, source: str, arrived: datetime) -> int:
    """Put an address and its source on record; who waited for it is mailed. How many requests leave now.

    Raises PersonRefused.
    """
    with office.deed(actor, arrived) as deed:
        people.confirm_address(deed, holding, email, source)
        waiting = directory.requests_unsent(deed.conn, holding)
        for row in waiting:
            key = f"endorsement_request:bid:{row.bid_id}:{holding}:{deed.now.isoformat()}"
            deed.effect("endorsement_request", dict(row.args), key, bid=row.bid_id)
        return len(waiting)


def record_answer(
    office: Office,
    actor: Actor,
    bid: int,
    move: str,
    inputs: Mapping[str, Any],
    kept: documents.Kept,
    arrived: datetime,
    seen: int | None = None,
    *,
    quarantine: bool = False,
) -> Done:
    """Record a representative's answer in writing (`endorse` or `refuse`) with the file it came in.

    Raises Refused; then the kept file stays without a row, and is swept. `quarantine`: nobody opens the file before
    the virus scanner found it clean; the answer counts all the same.
    """
    with office.deed(actor, arrived) as deed:
        document = documents.enter(deed, bid, None, kept, quarantine=quarantine)
        return carry(deed, [Step("bid", move, bid, {**inputs, "document_id": document}, seen)])[0]
