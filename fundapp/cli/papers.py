"""`fundapp letter`, `fundapp letters` and `fundapp export`."""

import hashlib
import os
from pathlib import Path

import click
from sqlalchemy import Connection

from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.domain import money, references
from fundapp.files import placing
from fundapp.queries import bids, rounds
from fundapp.queries import runs as run_asks
from fundapp.services import letter_bundles, letters, papers, people, runs
from fundapp.services.vault import Forgotten, NoBankKey


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
    try:
        number = references.bid_id(bid)
    except references.ReferenceError_:
        raise Told(f"{bid} is not a bid's reference. It looks like {references.reference(142)}.") from None
    with opened.office() as office:
        with office.db.read() as conn:
            known = bids.by_id(conn, number)
        if known is None:
            raise Told(f"There is no bid {bid}.")
        letters.write_letter(opened.cabinet(office), number, out)
    click.echo(f"The letter is in {out}.")


@click.command("letters", help="Every letter of a round, as PDFs in a folder.")
@click.option("--round", "round_code", required=True)
@click.option("-o", "--out", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option(
    "--zip", "zip_", type=click.Path(path_type=Path, dir_okay=False), help="All of them as a ZIP too."
)
@click.option(
    "--print",
    "print_",
    type=click.Path(path_type=Path, dir_okay=False),
    help="All of them as one PDF for the printer too; it is not signed.",
)
def letters_command(round_code: str, out: Path, zip_: Path | None, print_: Path | None) -> None:
    """A round's letters."""
    with opened.office() as office:
        with office.db.read() as conn:
            round_id = _round(conn, round_code)
        with click.progressbar(length=1, label="Letters") as bar:

            def told(done: int, whole: int) -> None:
                bar.length = whole
                bar.update(done - bar.pos)

            cabinet = opened.cabinet(office)
            count = letters.write_letters(cabinet, round_id, out, told)
        if not count:
            raise Told(f"Round {round_code} has no letters yet: nothing has been published in it.")
        click.echo(f"{count} letters are in {out}.")
        for kind, path in (("zip", zip_), ("print", print_)):
            if path is not None:
                letter_bundles.write_all(cabinet, round_id, kind, path)
                click.echo(f"All of them in one file: {path}.")


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


@export_command.command("payments", help="One payment run as a file for the bank. RUN is its number.")
@click.argument("run", type=click.IntRange(min=1))
@click.option("--fund", "fund_name", help="Whose run, if several funds have one of that number.")
@click.option("--format", "kind", type=click.Choice(list(runs.FORMATS)), required=True)
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True)
def payments(run: int, fund_name: str | None, kind: str, out: Path) -> None:
    """A payment run. It holds bank details, so the file is its owner's alone, and the record says that it was taken out."""
    with opened.office() as office:
        with office.db.read() as conn:
            found = [row for row in run_asks.numbered(conn, run) if fund_name in (None, row.fund)]
        if not found:
            raise Told(f"There is no payment run {run}.")
        if len(found) > 1:
            names = ", ".join(row.fund for row in found)
            raise Told(f"Several funds have a run {run}: {names}. Say which with --fund.")
        now = opened.now()
        try:
            made = runs.file_of(office, people.operator(office, now), found[0].id, kind, now, None)
        except runs.RunDiffers:
            raise Told(
                f"Run {run} is no longer what it was when it was made, so no file is made of it. Send nothing to the bank,"
                " and run `fundapp audit verify`."
            ) from None
        except (NoBankKey, Forgotten):
            raise Told(
                "The bank details of this run cannot be read: BANK_KEY does not hold the key that they were encrypted under."
            ) from None
    before = os.umask(0o077)
    try:
        with placing(out) as whole:
            whole.write_bytes(made.content)
    finally:
        os.umask(before)
    count = "One payment" if made.payments == 1 else f"{made.payments} payments"
    click.echo(f"{count}, {money.pounds(made.total_pence)} in all: {out}.")
    click.echo(f"SHA-256 of the file: {hashlib.sha256(made.content).hexdigest()}")
