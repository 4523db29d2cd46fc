"""`fundapp retention`: what has had its time; `fundapp erasures`: who was erased, for a database brought back from a copy."""

from datetime import UTC, datetime
from pathlib import Path

import click
import orjson

from config import Settings
from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.domain.deadlines import civil_day
from fundapp.domain.keeping import CLASSES
from fundapp.files import placing
from fundapp.models.base import iso
from fundapp.queries import keeping as asks
from fundapp.services import people, privacy, retention, rounds
from fundapp.storage import open_storage


@click.command(
    "retention", help="Take out what has had its time, or say what would go; the worker does it by itself."
)
@click.option("--dry-run", is_flag=True, help="Only say how much would go, by class.")
@click.option(
    "--as-of", default=None, help="With --dry-run: as if it were this moment, like 2033-01-01T09:00."
)
def retention_command(dry_run: bool, as_of: str | None) -> None:
    """Everything that is due now; what goes cannot come back, so that no other moment than now is taken for it."""
    if as_of and not dry_run:
        raise Told(
            "--as-of goes with --dry-run only: what goes cannot come back, so it goes by the real clock."
        )
    settings = Settings.from_environment()
    with opened.office() as office:
        at = _moment(as_of, office.zone) if as_of else opened.now()
        if dry_run:
            with office.db.read() as conn:
                found = retention.counts(conn, office, civil_day(at, office.zone))
            click.echo("Nothing has had its time." if not found else "This would go:")
        else:
            found, files = {}, open_storage(settings.storage_url)
            while part := retention.run(office, files, at):
                for record, count in part.items():
                    found[record] = found.get(record, 0) + count
            click.echo("Nothing has had its time." if not found else "This went:")
        for record, count in sorted(found.items()):
            click.echo(f"  {count:>6}  {CLASSES[record].title}")


def _moment(text: str, zone: object) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Told(f"{text!r} is not a moment. Write it like 2033-01-01T09:00.") from None
    if not rounds.FIRST_YEAR <= at.year <= rounds.LAST_YEAR:
        raise Told(
            f"{text!r} is too far off. Give a moment between {rounds.FIRST_YEAR} and {rounds.LAST_YEAR}."
        )
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)  # type: ignore[arg-type]


@click.group(
    "erasures", help="Who was erased since a backup: kept beside the backups, applied after a restore."
)
def erasures_command() -> None:
    """The list of erasures."""


@erasures_command.command(
    "list", help="Write down who was erased, by the marks of the record, without a name."
)
@click.argument("file", type=click.Path(path_type=Path))
def list_erasures(file: Path) -> None:
    """One JSON line each."""
    with opened.office() as office, office.db.read() as conn:
        rows = asks.erased_tokens(conn)
    with placing(file) as temporary, temporary.open("wb") as stream:
        for row in rows:
            stream.write(orjson.dumps({"person": row.token, "erased_at": iso(row.erased_at)}) + b"\n")
    click.echo(f"{len(rows)} erased people are in {file}.")


@erasures_command.command(
    "apply", help="Erase everybody of a list again, after an older copy was brought back."
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def apply_erasures(file: Path) -> None:
    """Exit 1, naming them, if some of them cannot go yet."""
    files = open_storage(Settings.from_environment().storage_url)
    counts: dict[str, int] = {}
    left: list[str] = []
    with opened.office() as office:
        actor = people.operator(office, opened.now())
        for number, line in enumerate(file.read_bytes().splitlines(), 1):
            try:
                token = str(orjson.loads(line)["person"])
            except (ValueError, KeyError, TypeError):
                raise Told(
                    f"Line {number} of {file} names nobody. Give a file of `fundapp erasures list`."
                ) from None
            what = privacy.reapply(office, files, actor, token, opened.now())
            counts[what] = counts.get(what, 0) + 1
            left += [token] if what == "going_on" else []
    if left:
        raise Told(
            *(
                f"{token} still has a role or a bid that goes on: bring it to its end, then apply the list again."
                for token in left
            )
        )
    click.echo(
        f"Erased again: {counts.get('done', 0)}. Erased already: {counts.get('erased', 0)}. "
        f"Not in this database: {counts.get('unknown', 0)}."
    )
