"""What an officer does with people: enter one, give a role, end one."""

from datetime import datetime

from fundapp.queries import people as asks
from fundapp.services import people, sign_in_links
from fundapp.services.deed import Actor, Office


def welcome(
    office: Office,
    secret_key: str,
    actor: Actor,
    name: str,
    email: str,
    role: str,
    fund: int | None,
    arrived: datetime,
) -> int:
    """Enter a person with a role and invite them by a mailed link; the person.

    Somebody known by the address is given the role, and told so by the same mail. The account has no password
    until the person chooses one. Raises PersonRefused.
    """
    address = people.clean_email(email)
    people.clean_name(name)
    with office.deed(actor, arrived) as deed:
        known = asks.account_by_email(deed.conn, address)
        if known is None:
            person = people.enter(deed, [people.Newcomer(name, address)])[0]
            people.open_account(deed, person, address, None)
        else:
            person = int(known.person_id)
        grant = people.give_role(deed, person, role, fund)
        sign_in_links.invite(deed.conn, secret_key, address, grant, deed.now)
        return person


def invite_again(office: Office, secret_key: str, actor: Actor, person: int, arrived: datetime) -> str | None:
    """Send the invitation to a person's newest role once more; the address, or None if there is nothing to invite to."""
    with office.deed(actor, arrived) as deed:
        found = asks.to_invite(deed.conn, person, deed.now)
        if found is None:
            return None
        sign_in_links.invite(deed.conn, secret_key, found.email, found.grant_id, deed.now)
        return str(found.email)


def give(office: Office, actor: Actor, person: int, role: str, fund: int | None, arrived: datetime) -> None:
    """Give a role in one fund or all. Raises PersonRefused."""
    with office.deed(actor, arrived) as deed:
        people.give_role(deed, person, role, fund)


def end(office: Office, actor: Actor, grant: int, arrived: datetime) -> None:
    """End a role that stands. Raises PersonRefused."""
    with office.deed(actor, arrived) as deed:
        people.end_role(deed, grant)
