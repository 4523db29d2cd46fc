"""`fundapp import-areas`, `import-representatives` and `import-postcodes`: the directory of areas and representatives."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.cli.rounds import Day
from fundapp.domain.deadlines import civil_day
from fundapp.intake.areas import read_areas
from fundapp.intake.postcodes import read_postcodes
from fundapp.intake.refusals import Problem, sentence
from fundapp.intake.representatives import read_representatives
from fundapp.services import areas, directory, people, postcodes
from fundapp.services.differences import Differences, DirectoryRefused
from fundapp.words.directory import change


@click.command("import-areas", help="Bring in wards, councils and constituencies from a CSV or XLSX file.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
def import_areas_command(file: Path, dry_run: bool) -> None:
    """Bring areas in: all of the file or nothing."""
    with opened.office() as office:
        read = read_areas(file)
        with _problems(file), _progress("Areas", dry_run) as told:
            if dry_run:
                with office.db.read() as conn:
                    said = areas.compare(conn, read)
                if said.problems:
                    raise DirectoryRefused(said.problems)
            else:
                now = opened.now()
                said = areas.bring_in(office, people.operator(office, now), read, now, told=told)
    _report(said, "area", dry_run)


@click.command(
    "import-representatives", help="Bring in councillors and other representatives from a CSV or XLSX file."
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from", "start", type=Day(), default=None, help="First day of office where the file gives none."
)
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
def import_representatives_command(file: Path, start: date | None, dry_run: bool) -> None:
    """Bring representatives in: all of the file or nothing."""
    with opened.office() as office:
        read = read_representatives(file)
        now = opened.now()
        with _problems(file), _progress("Representatives", dry_run) as told:
            if dry_run:
                with office.db.read() as conn:
                    said = directory.compare(conn, read, civil_day(now, office.zone), office.zone, start)
                if said.problems:
                    raise DirectoryRefused(said.problems)
            else:
                operator = people.operator(office, now)
                said = directory.bring_in(office, operator, read, now, start=start, told=told)
    _report(said, "representative", dry_run)


@click.command(
    "import-postcodes", help="Bring in postcodes with the ward of each from a CSV file of any size."
)
@click.argument("file", type=click.Path(path_type=Path))
def import_postcodes_command(file: Path) -> None:
    """Bring postcodes in; those of wards that are not in the directory are counted and left out."""
    with opened.office() as office:
        now = opened.now()
        with _counter("postcodes") as told:
            done = postcodes.bring_in(office, people.operator(office, now), read_postcodes(file), now, told)
    for line, text in done.named:
        click.echo(f"Line {line}: '{text}' is not a postcode. It was left out.", err=True)
    if done.unreadable > len(done.named):
        click.echo(f"{_many(done.unreadable - len(done.named), 'more line')} without a postcode.", err=True)
    if done.no_ward:
        such = f", such as {', '.join(done.unknown[:5])}" if done.unknown else ""
        click.echo(f"{_many(done.no_ward, 'postcode')} left out: their ward is not in the directory{such}.")
    if done.new or done.moved:
        click.echo(
            f"{_many(done.new, 'postcode')} new, {done.moved:,} changed, {done.unchanged:,} as before."
        )
    elif done.unchanged:
        click.echo(
            f"0 new, nothing changed: {_many(done.unchanged, 'postcode')} of the file stand there already."
        )
    else:
        raise Told(
            "No postcode of the file could be taken in. Bring in the areas first, and check the columns."
        )


@contextmanager
def _counter(what: str) -> Iterator[Callable[[int], None]]:
    """A count on standard error, where a person watches."""
    whole = 0

    def told(more: int) -> None:
        nonlocal whole
        whole += more
        if sys.stderr.isatty():
            click.echo(f"\r{whole:,} {what}", err=True, nl=False)

    yield told
    if whole and sys.stderr.isatty():
        click.echo("", err=True)


@contextmanager
def _problems(file: Path) -> Iterator[None]:
    """A refused file as sentences, one for each problem."""
    try:
        yield
    except DirectoryRefused as refused:
        raise Told(
            *(sentence(problem) for problem in refused.problems), _mend(refused.problems, file)
        ) from None


def _mend(problems: list[Problem], file: Path) -> str:
    return f"{_many(len(problems), 'problem')} in {file.name}. Nothing was taken in: mend the file and try again."


@contextmanager
def _progress(label: str, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, where a person watches; for large files only."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, whole: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def told(done: int, whole: int) -> None:
            bar.length = max(whole, 1)
            bar.update(done - bar.pos)

        yield told


def _report(said: Differences, noun: str, dry_run: bool) -> None:
    for remark in said.remarks:
        click.echo(sentence(remark), err=True)
    for each in said.changed:
        fields = "; ".join(change(*field) for field in each.fields)
        click.echo(f"Line {each.line}: {each.about}: {fields}")
    for missing in said.missing:
        click.echo(f"In the directory but not in this file: {missing}")
    would = "would be " if dry_run else ""
    if said.nothing:
        known = _many(said.unchanged, noun)
        click.echo(
            f"0 new, nothing {would and 'would be '}changed: the directory has all {known} of the file already."
        )
    else:
        new, changed = len(said.new), len(said.changed)
        click.echo(
            f"{_many(new, noun)} {would}new, {changed:,} {would}changed, {said.unchanged:,} as before."
        )
        if said.mails:
            click.echo(
                f"{_many(said.mails, 'request')} {'would be' if dry_run else 'will be'} mailed to an address that is new."
            )
    if dry_run:
        click.echo("Nothing was changed.")


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
