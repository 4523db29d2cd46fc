"""`fundapp audit verify` and `fundapp audit export`."""

from pathlib import Path

import click

from fundapp.audit.export import export_file
from fundapp.audit.verify import verify
from fundapp.cli import opened
from fundapp.cli.failures import Told


@click.group("audit", help="The record of what was done.")
def audit_command() -> None:
    """The record."""


@audit_command.command("verify", help="Check that nobody touched the record, nor any row that it speaks of.")
def verify_record() -> None:
    """Exit 0 and counts, or exit 1 naming each broken event or row."""
    with opened.office() as office:
        found = verify(office.db, office.recorder)
    if found.problems:
        raise Told(
            *(problem.sentence for problem in found.problems),
            f"The record does not hold: {len(found.problems)} found among {found.events} events and {found.rows} rows.",
        )
    click.echo(
        f"The record holds: {found.events} events of {found.subjects} subjects, {found.rows} rows, all as written."
    )
    if found.erased:
        click.echo(
            f"Of these rows {found.erased} were erased: what people had written in them is gone, and an event says so."
        )


@audit_command.command("export", help="Write every event to a file, one a line.")
@click.argument("file", type=click.Path(path_type=Path))
def export_record(file: Path) -> None:
    """Every event."""
    with opened.office() as office:
        count = export_file(office.db, file)
    click.echo(f"{count} events are in {file}.")
