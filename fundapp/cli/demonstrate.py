"""`fundapp demo` and `fundapp seed`."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from config import Settings
from fundapp.cli import opened
from fundapp.cli.failures import Told


@click.command(
    "demo", help="Take bids through their whole life in a throw-away database, and write the papers."
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
def demo_command(out: Path) -> None:
    """The demo."""
    from fundapp.demo.story import play

    found = play(out, ZoneInfo("Europe/London"), click.echo)
    if found.problems:
        raise Told(*(problem.sentence for problem in found.problems))
    click.echo(f"The record holds: {found.events} events, {found.rows} rows, all as written.")


@click.command("seed", help="Demo data: invented people, rounds and bids in every state.")
@click.option("--bids", type=click.IntRange(3, 1_000_000), default=48, show_default=True)
@click.option("--if-empty", is_flag=True, help="Only when there is no round yet.")
def seed_command(bids: int, if_empty: bool) -> None:
    """Demo data."""
    from fundapp.demo.people import PASSWORD, sign_ins
    from fundapp.demo.seed import is_empty, seed
    from fundapp.storage import open_storage

    files = open_storage(Settings.from_environment().storage_url)
    with opened.office() as office:
        if not if_empty or is_empty(office):
            made = seed(office, bids, opened.now(), click.echo, files)
            click.echo(f"{made.bids} bids are made.")
        else:
            click.echo("There is data already; it is kept.")
    click.echo(f"Sign in with the password {PASSWORD} as:")
    for role, address in sign_ins():
        click.echo(f"  {role:<11} {address}")
