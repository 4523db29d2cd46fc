"""`fundapp retention`: what has had its time."""

from datetime import UTC, datetime

import click

from config import Settings
from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.domain.deadlines import civil_day
from fundapp.domain.keeping import CLASSES
from fundapp.services import retention, rounds
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
