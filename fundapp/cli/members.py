"""`fundapp import-members`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from config import Settings
from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.domain.membership import Marks
from fundapp.intake.members import read_members
from fundapp.intake.refusals import sentence
from fundapp.services import member_list, membership, people


@click.command(
    "import-members", help="Bring in the list of members from a CSV or XLSX file, kept as fingerprints only."
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read and check the file; change nothing.")
def import_members_command(file: Path, dry_run: bool) -> None:
    """Put a new list in the place of the old one, and confirm who waits and is on it."""
    with opened.office() as office:
        read = read_members(file)
        if read.problems:
            raise Told(
                *(sentence(problem) for problem in read.problems),
                f"{_many(len(read.problems), 'problem')} in {file.name}. Nothing was taken in: mend the file and try again.",
            )
        if dry_run:
            click.echo(f"{_many(read.count, 'member')} could be listed. Nothing was changed.")
            return
        now = opened.now()
        operator = people.operator(office, now)
        marks = Marks(Settings.from_environment().secret_key)
        with _progress("Members", read.count) as told:
            said = member_list.bring_in(office, operator, marks, read.rows(), now, told)
        confirmed = membership.confirm_listed(office, operator, marks, now)
    if said.nothing:
        click.echo(
            f"0 new, nothing changed: all {_many(said.listed, 'member')} of the file are listed already."
        )
    else:
        click.echo(
            f"{_many(said.listed, 'member')} listed: {said.new:,} new, {said.changed:,} changed, "
            f"{said.gone:,} not listed any more. Only fingerprints are kept."
        )
    if confirmed:
        click.echo(
            f"{_many(confirmed, 'membership')} that waited confirmed by the list; each person is emailed."
        )
    if said.missing:
        click.echo(
            f"{_many(said.missing, 'confirmed member')} not on this list. Nothing was ended: look at Memberships."
        )


@contextmanager
def _progress(label: str, whole: int) -> Iterator[Callable[[int], object]]:
    """A bar on standard error, where a person watches."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    with click.progressbar(length=max(whole, 1), label=label, file=sys.stderr) as bar:
        yield lambda done: bar.update(done - bar.pos)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
