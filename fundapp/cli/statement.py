"""`fundapp import-statement`."""

from pathlib import Path

import click

from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.domain.deadlines import civil_day
from fundapp.domain.money import pounds
from fundapp.domain.reconcile import KINDS
from fundapp.intake.refusals import sentence
from fundapp.intake.statement import read_statement
from fundapp.queries import people as people_asks
from fundapp.queries import rounds
from fundapp.services import people, statements
from fundapp.services.deed import Actor, Office
from fundapp.services.statements import Compared

_WORDS = {
    "paid": "paid, by reference and amount",
    "likely": "perhaps paid, by amount and name: tick it on the page",
    "returned": "came back: mark it failed on the page",
    "late": "came back after it was marked as paid: record it as returned money",
    "theirs": "another treasurer's",
    "twice": "paid more than once? Ask the bank",
    "amount": "our reference beside another amount: ask the bank",
    "known": "ours, and changes nothing",
    "early": "booked before the payment was sent",
    "in": "money in",
    "other": "no payment of ours",
}


@click.command(
    "import-statement", help="Read the bank's statement (CSV) and mark the payments that it shows as paid."
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--fund", required=True, help="The code of the fund whose account it is.")
@click.option("--by", "address", default=None, help="The address of the treasurer who does it.")
@click.option("--dry-run", is_flag=True, help="Say what each line is; change nothing.")
def import_statement_command(file: Path, fund: str, address: str | None, dry_run: bool) -> None:
    """Payments that are certain are marked, all of them or none; the rest is said."""
    with opened.office() as office:
        now = opened.now()
        read = read_statement(file, civil_day(now, office.zone))
        if read.problems:
            raise Told(
                *(sentence(problem) for problem in read.problems),
                f"{_many(len(read.problems), 'problem')} in {read.name}. Nothing was taken in: mend the file and try again.",
            )
        actor = _treasurer(office, address) if not dry_run else None
        with office.db.read() as conn:
            row = rounds.fund_by_code(conn, fund)
            if row is None:
                known = ", ".join(each.code for each in rounds.funds(conn))
                raise Told(f"There is no fund {fund}." + (f" There is: {known}." if known else ""))
            said = statements.compare(conn, office, actor.person if actor else None, row.id, read)
        _tell(said)
        if actor is None:
            if said.lines:
                click.echo("Nothing was changed.")
            return
        if not said.lines:
            return
        done = statements.bring_in(office, actor, row.id, read, now)
    click.echo(
        f"{_many(done.lines, 'line')} on record; {_many(done.paid, 'payment')} marked as paid. Nobody is emailed."
    )


def _treasurer(office: Office, address: str | None) -> Actor:
    """Who marks the payments: a treasurer, and not the operator, has that to do."""
    if not address:
        raise Told("Say who marks the payments: --by with the treasurer's address. Or look first: --dry-run.")
    with office.db.read() as conn:
        account = people_asks.account_by_email(conn, address)
        if account is None:
            raise Told(f"Nobody signs in with {address}. Check the address.")
        return people.actor(conn, account.person_id, "command")


def _tell(said: Compared) -> None:
    """Each new line with what it is, those first that are acted on."""
    if not said.lines:
        click.echo(f"Nothing is new: {_many(said.before, 'line')} of the file came in before.")
        return
    order = {kind: place for place, kind in enumerate(KINDS)}
    for each in sorted(said.lines, key=lambda each: (order[said.found[each.mark].kind], each.line.line)):
        found = said.found[each.mark]
        row = said.payments[found.payment] if found.payment is not None else None
        name = f" ({row.reference}-{row.number})" if row is not None else ""
        click.echo(
            f"Line {each.line.line}, {each.line.booked_on.isoformat()}, {pounds(each.line.pence)}: {_WORDS[found.kind]}{name}."
        )
    if said.before:
        click.echo(f"{_many(said.before, 'line')} came in before.")


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
