"""`fundapp round add` and `fundapp import-bids`."""

from datetime import date
from pathlib import Path

import click

from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.domain.deadlines import closing_of, opening_of
from fundapp.domain.money import MoneyError, parse_pounds, pounds
from fundapp.intake.bids import read_bids, sentence
from fundapp.queries import rounds as asks
from fundapp.services import people, rounds
from fundapp.services.taking_in import take_in


class Pounds(click.ParamType):
    """An amount in pounds, kept in pence."""

    name = "£"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Pence; a usage error for what is no amount of money above nothing."""
        if isinstance(value, int):
            return value
        try:
            pence = parse_pounds(str(value))
        except MoneyError:
            self.fail(f"{value!r} is not an amount. Write it like 1234.50.", param, ctx)
        if pence <= 0:
            self.fail("The amount must be more than nothing.", param, ctx)
        return pence


class Day(click.ParamType):
    """A day, written 2027-03-31."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day; a usage error for anything else."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a day. Write it like 2027-03-31.", param, ctx)


@click.group("round", help="Rounds.")
def round_command() -> None:
    """Rounds."""


@round_command.command("add", help="Plan a round; it opens at once if its opening day has come.")
@click.argument("code")
@click.option("--title", required=True)
@click.option("--opens", type=Day(), required=True, help="From the first moment of this day.")
@click.option("--closes", type=Day(), required=True, help="Until 5pm on this day.")
@click.option("--budget", type=Pounds(), required=True)
@click.option("--min", "least", type=Pounds(), default=None, help="The least that may be asked for.")
@click.option("--max", "most", type=Pounds(), default=None, help="The most that may be asked for.")
@click.option("--fund", "fund_code", default=rounds.USUAL_FUND, show_default=True)
def add(
    code: str,
    title: str,
    opens: date,
    closes: date,
    budget: int,
    least: int | None,
    most: int | None,
    fund_code: str,
) -> None:
    """Plan a round."""
    with opened.office() as office:
        now = opened.now()
        terms = {
            "code": code, "title": title, "opens_at": opening_of(opens, office.zone),
            "closes_at": closing_of(closes, office.zone), "budget_pence": budget,
        }  # fmt: skip
        terms |= {"min_pence": least} if least is not None else {}
        terms |= {"max_pence": most} if most is not None else {}
        rounds.complete(terms)
        operator = people.operator(office, now)
        if fund_code != rounds.USUAL_FUND:
            with office.db.read() as conn:
                if asks.fund_by_code(conn, fund_code) is None:
                    raise Told(f"There is no fund {fund_code!r}. Leave --fund out for the Communities Fund.")
        fund = rounds.found(office, operator, fund_code, "Communities Fund", now)
        rounds.plan(office, operator, fund, terms, now)
    click.echo(f"Round {code} is made, with {pounds(budget)} to give.")


@click.command("import-bids", help="Take in bids from a CSV or XLSX file, one a row: all of them or none.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--round", "round_code", required=True)
@click.option("--reason", default="Taken in from a file by the operator.", show_default=True)
@click.option("--dry-run", is_flag=True, help="Read and check the file; change nothing.")
def import_bids_command(file: Path, round_code: str, reason: str, dry_run: bool) -> None:
    """Take bids in."""
    with opened.office() as office:
        with office.db.read() as conn:
            owner = asks.by_code(conn, round_code)
        if owner is None:
            raise Told(f"There is no round {round_code}. Make it with `fundapp round add {round_code} …`.")
        read = read_bids(file, min_pence=owner.min_pence, max_pence=owner.max_pence)
        if read.problems:
            raise Told(
                *(sentence(problem) for problem in read.problems),
                f"{_bids(len(read.problems), 'problem')} in {file.name}. Nothing was taken in: mend the file and try again.",
            )
        for remark in read.remarks:
            click.echo(sentence(remark), err=True)
        if dry_run:
            click.echo(f"{_bids(len(read.rows))} could be taken in. Nothing was changed.")
            return
        now = opened.now()
        operator = people.operator(office, now)
        done = take_in(office, operator, round_code, read.rows, file.name, reason, now)
    if done.added:
        known = f" {_bids(done.known)} stood there already." if done.known else ""
        click.echo(f"{_bids(done.added)} taken in into round {round_code}.{known}")
    else:
        click.echo(
            f"Nothing new: all {_bids(done.known)} of the file stand in round {round_code} already; 0 taken in."
        )


def _bids(count: int, noun: str = "bid") -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
