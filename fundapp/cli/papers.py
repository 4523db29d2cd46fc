"""`fundapp letter`, `fundapp letters` and `fundapp export`."""

from pathlib import Path

import click
from sqlalchemy import Connection

from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.domain import references
from fundapp.queries import bids, rounds
from fundapp.services import papers


def _round(conn: Connection, code: str) -> int:
    found = rounds.by_code(conn, code)
    if found is None:
        raise Told(f"There is no round {code}.")
    return int(found.id)


@click.command("letter", help="One bid's letter as a PDF.")
@click.argument("bid")
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True)
def letter_command(bid: str, out: Path) -> None:
    """One letter."""
    with opened.office() as office, office.db.read() as conn:
        try:
            number = references.bid_id(bid)
        except references.ReferenceError_:
            raise Told(
                f"{bid} is not a bid's reference. It looks like {references.reference(142)}."
            ) from None
        if bids.by_id(conn, number) is None:
            raise Told(f"There is no bid {bid}.")
        papers.write_letter(conn, number, out)
    click.echo(f"The letter is in {out}.")


@click.command("letters", help="Every letter of a round, as PDFs in a folder.")
@click.option("--round", "round_code", required=True)
@click.option("-o", "--out", type=click.Path(path_type=Path, file_okay=False), required=True)
def letters_command(round_code: str, out: Path) -> None:
    """A round's letters."""
    with opened.office() as office, office.db.read() as conn:
        round_id = _round(conn, round_code)
        with click.progressbar(length=1, label="Letters") as bar:

            def told(done: int, whole: int) -> None:
                bar.length = whole
                bar.update(1)

            count = papers.write_letters(conn, round_id, out, told)
    if not count:
        raise Told(f"Round {round_code} has no letters yet: nothing has been published in it.")
    click.echo(f"{count} letters are in {out}.")


@click.group("export", help="The treasurer's files.")
def export_command() -> None:
    """The treasurer's files."""


@export_command.command("awards", help="The awards of a round.")
@click.option("--round", "round_code", required=True)
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx"]), required=True)
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True)
def awards(round_code: str, kind: str, out: Path) -> None:
    """Awards."""
    with opened.office() as office, office.db.read() as conn:
        papers.write_awards(conn, _round(conn, round_code), kind, out, office.zone)
    click.echo(f"The awards of round {round_code} are in {out}.")
