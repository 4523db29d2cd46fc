"""`fundapp backup` and `fundapp restore`."""

import os
import sys
from pathlib import Path

import click

from config import Settings
from fundapp.backups import archive, bringing, keys, taking
from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.cli.record import counted, kept_elsewhere
from fundapp.database import Database
from fundapp.storage import open_storage


@click.command("backup", help="Write database and files to one archive, while the service runs.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup_command(file: Path) -> None:
    """Exit 0 and what it holds, or exit 1 when it was not taken or lacks files that rows name."""
    settings = Settings.from_environment()
    with (
        opened.office() as office,
        click.progressbar(length=1, label="Backup", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar,
    ):

        def told(done: int, whole: int) -> None:
            bar.length = max(whole, 1)
            bar.update(done - bar.pos)

        taken = taking.take(office.db, open_storage(settings.storage_url), settings, file, opened.now(), told)
    click.echo(
        f"{taken.rows:,} rows and {taken.files:,} files are in {file} ({_size(taken.size)}), readable by its owner alone."
    )
    click.echo(f"SHA-256 {taken.sha256}")
    click.echo(
        "These keys are not in it. Keep a copy of each apart from the backups: whoever has both has everything."
    )
    for key in taken.kept_apart:
        click.echo(f"  {key.name:<11} {', '.join(key.fingerprints)}  {key.where}: {key.why}")
    if taken.missing:
        raise Told(
            f"The backup is not complete: {taken.missing:,} files that rows name are not in {settings.storage_url}, or are "
            f"damaged there ({', '.join(name[:12] + '…' for name in taken.missed)}). It was written without them and lists "
            "them in missing.txt. Bring them back from an older backup, then take this one anew."
        )


@click.command("restore", help="Bring a backup back, into an empty database and storage, and verify it.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--checkpoint", "points", type=click.Path(path_type=Path), multiple=True,
    help="A checkpoint that was kept elsewhere: by it an older backup is found out. May be given several times.",
)  # fmt: skip
@click.option(
    "--without", "lost", type=click.Choice([name for name in keys.KEYS if name != "AUDIT_KEY"]), multiple=True,
    help="A key that is lost for good: a new one takes its place.",
)  # fmt: skip
def restore_command(file: Path, points: tuple[Path, ...], lost: tuple[str, ...]) -> None:
    """Exit 0 when it is back and holds; 1 when it was refused, or what is back does not hold."""
    outside = [point for each in points for point in kept_elsewhere(each)]
    wanted = archive.about(file)["keys"]
    gone = {name: path for name, path in keys.absent(wanted).items() if name not in lost}
    if gone:
        raise Told(
            *(
                f"{name} (fingerprint {', '.join(wanted[name])}) is neither set nor in {path}: {keys.KEYS[name][1]}."
                for name, path in gone.items()
            ),
            "Put the keys back that were kept apart from the backup, then begin anew. Nothing was touched.",
        )
    settings = Settings.from_environment()
    database = Database(
        settings.database_url, settings.database_owner_url, prepares=settings.database_prepares
    )
    try:
        back = bringing.restore(
            database, open_storage(settings.storage_url), settings, file, click.echo, outside
        )
    finally:
        database.close()
    click.echo(
        f"{back.rows:,} rows and {back.files:,} files are back, as they were on {back.made_at[:10]} at {back.made_at[11:19]} UTC."
    )
    if back.missing:
        click.echo(
            f"{back.missing:,} files were missing when the backup was taken: missing.txt in it names them."
        )
    for note in back.notes:
        click.echo(note)
    if back.found.problems:
        raise Told(
            *(problem.sentence for problem in back.found.problems),
            f"What is back does not hold: {len(back.found.problems):,} found, named above. "
            + (
                "If they name checkpoints kept elsewhere, this backup is older than those: bring back a newer one."
                if outside
                else "Do not start the service on it before somebody has looked."
            ),
        )
    for line in counted(back.found):
        click.echo(line)
    if not os.environ.get("BASE_URL"):
        click.echo(f"BASE_URL is not set: links in mails will begin with {settings.base_url}.")


def _size(many: int) -> str:
    return f"{many / 1_000_000:,.1f} MB"
