"""An applicant names a representative whom the directory does not know: entered, and confirmed by an officer later."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import insert

from fundapp.domain.areas import name_key
from fundapp.models import Naming
from fundapp.queries import bids, directory, places
from fundapp.services import people
from fundapp.services.deed import Actor, Office
from fundapp.services.drafts import NotWritable
from fundapp.services.people import PersonRefused
from fundapp.services.representatives import OFFICES

#: Representatives that may be named for one bid: a slip may be put right, a directory is not written.
MOST: Final = 3
#: While it is written, and while it waits for backing: whoever was asked may have stood aside.
WHILE: Final = ("draft", "returned", "submitted")


@dataclass(frozen=True, slots=True)
class Named:
    """Whom an applicant means: `area` an id, `email` may be empty, `found` where they read of them."""

    name: str
    office: str
    area: int
    email: str
    found: str


def name_unknown(
    office: Office, actor: Actor, bid: int, who: Named, on: date, arrived: datetime
) -> tuple[int, bool]:
    """(the office holding, whether it is new). Somebody in office whom the directory knows is not entered again.

    The office has no source: no link leaves for it until an officer confirms the address. The person is a new one,
    whoever signs in with that address: an applicant's word makes nobody a representative.
    Raises PersonRefused: unknown_office, not_an_email, no_name, name_too_long, no_source, named_enough; NotWritable.
    """
    name = people.clean_name(who.name)
    email = people.clean_email(who.email) if who.email.strip() else None
    if who.office not in OFFICES:
        raise PersonRefused("unknown_office")
    if not who.found.strip():
        raise PersonRefused("no_source")
    with office.deed(actor, arrived) as deed:
        draft = bids.own_draft(deed.conn, bid, actor.person)
        if draft is None or draft.state not in WHILE:
            raise NotWritable(f"bid {bid}")
        known = directory.in_office(deed.conn, [who.area], [who.office], on)
        those = [held for held in known if held.from_on <= on and _same(held, name, email)]
        if those and those[0].source:
            return those[0].id, False
        if places.namings(deed.conn, bid) >= MOST:
            raise PersonRefused("named_enough", limit=MOST)
        if those:
            holding = those[0].id
        else:
            person = people.enter(deed, [people.Newcomer(name, email)])[0]
            holding = people.hold_office(
                deed,
                person,
                office=who.office,
                area=who.area,
                from_on=on,
                to_on=None,
                email=email,
                source=None,
            )
        named = {"bid_id": bid, "holding_id": holding}
        if not places.is_named(deed.conn, bid, holding):
            found = {"named_by": actor.person, "found": who.found.strip(), "named_at": deed.now}
            deed.conn.execute(insert(Naming).values(**named, **found))
        return holding, not those


def _same(held: Any, name: str, email: str | None) -> bool:
    return name_key(held.name) == name_key(name) or (email is not None and held.email == email)
