"""`fundapp user …`: people, their second step, their sessions."""

import secrets

import click

from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.queries import people as asks
from fundapp.queries import rounds
from fundapp.services import factors, passwords, people, security, sessions
from fundapp.words.entrances import password_sentence
from workflows.roles import GRANTED


@click.group("user", help="People.")
def user_command() -> None:
    """People."""


@user_command.command(
    "add", help="Enter a person with a role, or give one more role to a person who is known."
)
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(GRANTED), required=True)
@click.option("--fund", "fund_code", default=None, help="For this fund only; without it, for every fund.")
@click.option("--password", default=None, help="Made and printed when it is left out.")
def add(email: str, name: str, role: str, fund_code: str | None, password: str | None) -> None:
    """Enter a person."""
    address = people.clean_email(email)
    people.clean_name(name)
    if password is not None and len(password) < passwords.SHORTEST:
        raise Told(f"The password is too short. Give it at least {passwords.SHORTEST} characters.")
    weak = None if password is None else passwords.weakness(password, (name, address, "Communities Fund"))
    if weak is not None:
        raise Told(
            f"The password cannot be taken. {password_sentence(weak, passwords.SHORTEST, passwords.LONGEST)}"
        )
    with opened.office() as office:
        now = opened.now()
        operator = people.operator(office, now)
        with office.db.read() as conn:
            known = asks.account_by_email(conn, address)
            fund = rounds.fund_by_code(conn, fund_code) if fund_code is not None else None
        if fund_code is not None and fund is None:
            raise Told(f"There is no fund {fund_code!r}. Leave --fund out to give the role for every fund.")
        word = password or "-".join(secrets.token_hex(3) for _ in range(3))
        password_hash = passwords.hashed(word) if known is None else None
        with office.deed(operator, now) as deed:
            if known is None:
                person = people.enter(deed, [people.Newcomer(name, address)])[0]
                people.open_account(deed, person, address, password_hash)
            else:
                person = known.person_id
            people.give_role(deed, person, role, fund.id if fund else None)
    if known is None and password is None:
        click.echo(f"{name} may sign in as {address} with the password {word}")
    else:
        kept = " They are known already and keep the password they have." if known and password else ""
        click.echo(f"{address} now acts as {role}.{kept}")


@user_command.command(
    "forget-second-step",
    help="Take away the second step of a person who lost their telephone and their codes.",
)
@click.argument("email")
def forget_second_step(email: str) -> None:
    """Only on the word of somebody who knows that it is them who ask."""
    address = people.clean_email(email)
    with opened.office() as office:
        now = opened.now()
        operator = people.operator(office, now)
        with office.db.read() as conn:
            known = asks.account_by_email(conn, address)
        if known is None:
            raise Told(f"Nobody signs in with {address}.")
        with office.deed(operator, now) as deed:
            if not factors.forget(deed.conn, known.person_id):
                raise Told(f"{known.name} has no second step.")
            security.note(deed.conn, known.person_id, "factor_removed", deed.now)
            deed.note(f"person:{known.person_id}", "second_factor.forgotten")
    click.echo(
        f"{known.name} signs in without a second step now, is told so by mail, and can set up a new one."
    )


@user_command.command("sign-out", help="End every session of a person, in every browser, at once.")
@click.argument("email")
def sign_out(email: str) -> None:
    """For a stolen device, or somebody who left in anger: their roles and their password stay as they are."""
    address = people.clean_email(email)
    with opened.office() as office:
        now = opened.now()
        operator = people.operator(office, now)
        with office.db.read() as conn:
            known = asks.account_by_email(conn, address)
        if known is None:
            raise Told(f"Nobody signs in with {address}.")
        with office.deed(operator, now) as deed:
            ended = sessions.end_all(deed.conn, known.person_id, deed.now)
            if not ended:
                raise Told(f"{known.name} is signed in nowhere.")
            security.note(deed.conn, known.person_id, "sessions_ended", deed.now, count=ended, by="fund")
            deed.note(f"person:{known.person_id}", "sessions.ended")
    click.echo(f"{known.name} was signed out of {ended} browser{'' if ended == 1 else 's'}.")
