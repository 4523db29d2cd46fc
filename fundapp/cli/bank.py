"""`fundapp bank-key` and `fundapp import-modulus-weights`."""

from pathlib import Path

import click

from config import Settings
from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.queries import data_keys
from fundapp.services import modulus_table, vault

#: Keys wrapped anew in one transaction.
BATCH = 200


@click.group("bank-key", help="The key that bank details are encrypted under (BANK_KEY).")
def bank_key_command() -> None:
    """The key of bank details."""


@bank_key_command.command(
    "rotate", help="Bring every row under the first key of BANK_KEY. Can be stopped and started again."
)
@click.option("--batch", default=BATCH, type=click.IntRange(1, 10_000), help="Rows for each transaction.")
def rotate_command(batch: int) -> None:
    """Wrap the rows' keys anew; what is evidence stays as it is."""
    with opened.office() as office:
        if not office.bank_keys:
            raise Told("BANK_KEY is not set. Set it to the new key, then a comma, then the old one.")
        with office.db.read() as conn:
            under = data_keys.under(conn)
        newest = vault.key_id(office.bank_keys[0])
        total = sum(many for name, many in under.items() if name != newest)
        if not total:
            click.echo(f"Nothing to do: all {sum(under.values()):,} rows lie under the first key already.")
            return

        def told(so_far: vault.Rotated) -> None:
            click.echo(f"{so_far.done + so_far.lost:,} of {total:,} rows.")

        try:
            done = vault.rotate(office.db, office.bank_keys, batch, told)
        except ValueError as wrong:
            raise Told(
                f"A row's key does not open under the key that it names ({wrong}): somebody changed it. "
                "Bring back a copy of the database from before, or ask the applicant for the details again."
            ) from wrong
    click.echo(f"{done.done:,} rows lie under the new key now.")
    if done.lost:
        raise Told(
            f"{done.lost:,} rows lie under a key that BANK_KEY does not hold and stay as they are. "
            "Add that key behind the others and run this again."
        )
    click.echo("The older keys can be taken out of BANK_KEY; keep them with the backups made under them.")


@click.command(
    "import-modulus-weights", help="Bring in Vocalink's table for the modulus check of account numbers."
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("substitutions", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_modulus_weights_command(file: Path, substitutions: Path | None) -> None:
    """Keep the table in the data folder, in the place of the one before."""
    folder = Settings.from_environment().bank_weights
    try:
        table = modulus_table.bring_in(folder, file, substitutions)
    except modulus_table.NotATable as wrong:
        raise Told(str(wrong)) from wrong
    except OSError as failure:
        raise Told(f"The table cannot be kept in {folder}: {failure.strerror}.") from failure
    click.echo(f"Account numbers are checked by {len(table.rules):,} rules from now on.")
    if table.substitutions:
        click.echo(f"{len(table.substitutions):,} sort codes are checked as others.")
    else:
        click.echo("No substitutions are loaded: sort codes that need them count as not checked.")
