"""`fundapp panel rank`."""

import sys

import click

from fundapp.cli import opened
from fundapp.domain.calibration import SEED
from fundapp.exports import ranking as files
from fundapp.services import ranking
from fundapp.words.ranking import why_plain


@click.command("rank", help="A round's bids by calibrated score, with ranges and chances.")
@click.option("--round", "code", required=True, help="The round's code.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv"]),
    default="csv",
    show_default=True,
    help="How it is written.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=SEED,
    show_default=True,
    help="Of the draws behind the chances.",
)
def rank_command(code: str, kind: str, seed: int) -> None:
    """The ranking on standard output; what is to be known of it on the other stream."""
    with opened.office() as office, office.db.read() as conn:
        row = opened.round_of(conn, code)
        found = ranking.of_round(conn, row, seed)
    files.write_csv(found.rows, sys.stdout)
    if not found.rows:
        click.echo(f"No bid of round {code} is on the panel's table.", err=True)
    elif not found.calibrated:
        why = why_plain(found.method, found.groups)
        click.echo(f"These are plain averages, without ranges and chances. {why}", err=True)
