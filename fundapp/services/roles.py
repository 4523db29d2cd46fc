"""What an officer does with people: enter one, give a role, end one."""

from datetime import datetime

from fundapp.queries import people as asks
from fundapp.services import people
from fundapp.services.deed import Actor, Office


def welcome(
    office: Office, actor: Actor, name: str, email: str, role: str, fund: int | None, arrived: datetime
) -> int:
    """Enter a person with a role and a way to sign in; the person. Somebody known by the address is given the role.

    The account has no password until the person chooses one. Raises PersonRefused.
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
        people.give_role(deed, person, role, fund)
        return person


def give(office: Office, actor: Actor, person: int, role: str, fund: int | None, arrived: datetime) -> None:
    """Give a role in one fund or all. Raises PersonRefused."""
    with office.deed(actor, arrived) as deed:
        people.give_role(deed, person, role, fund)


def end(office: Office, actor: Actor, grant: int, arrived: datetime) -> None:
    """End a role that stands. Raises PersonRefused."""
    with office.deed(actor, arrived) as deed:
        people.end_role(deed, grant)
