"""`fundapp demo`, `fundapp seed`, `fundapp seed-panel` and `fundapp seed-awards`."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from config import Settings
from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.domain import money


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
@click.option("--bids", type=click.IntRange(3, 1_000_000), default=53, show_default=True)
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


@click.command("seed-panel", help="A simulated panel on a round's bids: invented readers who score them all.")
@click.option("--round", "round_code", required=True)
@click.option("--reviewers", type=click.IntRange(1, 1000), default=24, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same marks.")
def seed_panel_command(round_code: str, reviewers: int, seed: int) -> None:
    """A simulated panel."""
    from fundapp.demo.panel import NoPanelHere, simulate
    from fundapp.demo.people import PASSWORD
    from fundapp.services.passwords import hashed
    from fundapp.services.transition import NotThere

    if Settings.from_environment().production:
        raise Told(
            "This service is in earnest (FUNDAPP_ENV=production), so no invented panel is let into it. "
            "Try it on a copy of the service with another database."
        )
    with opened.office() as office:
        try:
            made = simulate(
                office, round_code, reviewers, seed, opened.now(), password_hash=hashed(PASSWORD)
            )  # fmt: skip
        except NotThere:
            raise Told(
                f"There is no round {round_code}. Make it with `fundapp round add {round_code} …`."
            ) from None
        except NoPanelHere as found:
            raise Told(
                f"Round {round_code} is {found.reads}, so no panel can read its bids now. "
                "It must be open, closed or with its panel."
            ) from None
    click.echo(
        f"{len(made.leniency)} invented readers gave {made.reviews} reviews of {len(made.worth)} bids in round {round_code}."
    )
    if made.addresses:
        click.echo(f"Sign in as one of them with the password {PASSWORD}:")
        for address in made.addresses[:3]:
            click.echo(f"  {address}")


@click.command(
    "seed-awards", help="A round's bids read, decided and released by an invented panel: its letters follow."
)
@click.option("--round", "round_code", required=True)
@click.option("--reviewers", type=click.IntRange(1, 1000), default=24, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same awards.")
def seed_awards_command(round_code: str, reviewers: int, seed: int) -> None:
    """A round's awards, in a demo."""
    from fundapp.demo.awarding import AwardedAlready, award_round
    from fundapp.demo.panel import NoPanelHere
    from fundapp.services.transition import NotThere

    if not Settings.from_environment().demo:
        raise Told(
            "This service is not a demo (FUNDAPP_DEMO is not 1), so nobody invented decides on its bids. "
            "Try it on a copy of the service with another database, with FUNDAPP_DEMO=1."
        )
    with opened.office() as office:
        try:
            made = award_round(office, round_code, reviewers, seed, opened.now(), click.echo)
        except NotThere:
            raise Told(
                f"There is no round {round_code}. Make it with `fundapp round add {round_code} …`."
            ) from None
        except NoPanelHere as found:
            raise Told(f"Round {round_code} is {found.reads}, so no panel can read its bids now.") from None
        except AwardedAlready:
            raise Told(
                f"The decisions of round {round_code} are out already. Its letters: `fundapp letters --round {round_code} …`."
            ) from None
    click.echo(
        f"{made.awards} awards of {money.pounds(made.awarded_pence)} in all and {made.declines} declined bids"
        f" in round {round_code}. Their letters: `fundapp letters --round {round_code} -o FOLDER`."
    )
