"""`fundapp audit`: the record verified, sealed, exported, proved."""

from pathlib import Path

import click

from config import Settings
from fundapp.audit import keys as seal_keys
from fundapp.audit.export import export_file
from fundapp.audit.findings import Report
from fundapp.audit.seal import Sealer, SealRefused
from fundapp.audit.standalone.findings import Unreadable
from fundapp.audit.standalone.notes import Checkpoint, Key, read_checkpoints, read_key
from fundapp.audit.verify import verify
from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.files import placing
from fundapp.services import checkpoints
from fundapp.services.deed import Office

_NO_KEY = (
    "No key that signs checkpoints is set. Make one with `fundapp audit make-key FILE`, keep it away from the database, "
    "and set SEAL_KEY to the file."
)


@click.group("audit", help="The record of what was done.")
def audit_command() -> None:
    """The record."""


@audit_command.command("verify", help="Check that nobody touched the record, nor any row that it speaks of.")
@click.option(
    "--checkpoint", "files", type=click.Path(path_type=Path), multiple=True,
    help="A checkpoint that was kept elsewhere: a file, or a mail saved as text. May be given several times.",
)  # fmt: skip
@click.option("--key", "given", multiple=True, help="A public key of the log, or a file of them.")
def verify_record(files: tuple[Path, ...], given: tuple[str, ...]) -> None:
    """Exit 0 and counts, or exit 1 naming each broken event, row or seal."""
    outside = [point for file in files for point in kept_elsewhere(file)]
    trusted: tuple[Key, ...] | None = tuple(key for one in given for key in _keys(one))
    with opened.office() as office:
        trusted = trusted or checkpoints.known_keys(Settings.from_environment())
        found = verify(office.db, office.recorder, zone=office.zone, keys=trusted, outside=outside)
    if found.problems:
        raise Told(
            *(problem.sentence for problem in found.problems),
            f"The record does not hold: {len(found.problems):,} found among {found.events:,} events and {found.rows:,} rows.",
        )
    for line in counted(found):
        click.echo(line)


def counted(found: Report) -> list[str]:
    """What a clean verification looked at, in sentences."""
    lines = [
        f"The record holds: {found.events} events of {found.subjects} subjects, {found.rows} rows, all as written.",
        f"{found.sealed} of them are sealed under {found.checkpoints} checkpoint{'' if found.checkpoints == 1 else 's'}."
        if found.checkpoints
        else "Nothing is sealed yet: `fundapp audit seal` does it now, the worker within a minute or two.",
    ]
    if found.erased:
        lines.append(
            f"{found.erased} of the rows were erased: what people had written in them is gone, and an event says so."
        )
    if not found.signatures:
        lines.append(
            "Signatures were not looked at: no key that signs checkpoints is known here (SEAL_KEY, or --key)."
        )
    if found.witnessed is None:
        lines.append(
            "No checkpoint from elsewhere was given: whoever holds every key could have written all of it anew. "
            "Give one with --checkpoint, from a mail, a letter's date or a colleague's machine."
        )
    else:
        lines.append(f"{found.unwitnessed} events are newer than the newest checkpoint from elsewhere.")
    return lines


@audit_command.command(
    "seal", help="Seal what is new, and sign a checkpoint over it. The worker does it by itself."
)
def seal_record() -> None:
    """Seal now."""
    with opened.office() as office:
        settings = Settings.from_environment()
        sealer = _sealer(office, settings)
        try:
            done = sealer.seal()
        except SealRefused as refused:
            raise _refused(refused) from None
    if done.checkpoint is None:
        raise Told("There is nothing to seal: nothing was recorded yet.")
    click.echo(
        f"{done.added} events were sealed. The checkpoint of {done.checkpoint.size} events is in {settings.checkpoint}. "
        "A copy that lies elsewhere proves later that nothing before it was changed."
    )


@audit_command.command("checkpoint", help="Print the newest checkpoint.")
def print_checkpoint() -> None:
    """As it was signed."""
    from fundapp.audit.sealed import newest

    with opened.office() as office, office.db.read() as conn:
        last = newest(conn)
    if last is None:
        raise Told("Nothing is sealed yet. `fundapp audit seal` does it now.")
    click.echo(last.note, nl=False)


@audit_command.command("export", help="Write the record to a file, one event, head or row a line.")
@click.argument("file", type=click.Path(path_type=Path))
def export_record(file: Path) -> None:
    """Every event."""
    with opened.office() as office:
        count = export_file(office.db, file, checkpoints.known_keys(Settings.from_environment()) or ())
    click.echo(f"{count} events are in {file}.")


@audit_command.command(
    "checker", help="Write the program that checks exports and proofs without us: one file."
)
@click.argument("file", type=click.Path(path_type=Path))
def write_checker(file: Path) -> None:
    """A file for whoever wants to check for themselves."""
    from fundapp.audit.checker import checker

    with placing(file) as temporary:
        temporary.write_bytes(checker())
    click.echo(
        f"The checker is in {file}. With Python 3.11 or later and the package `cryptography`, "
        f"`python {file} event.tlog-proof` checks a proof, `python {file} record.jsonl` a whole export."
    )


@audit_command.command("prove", help="Write a proof that an event was sealed. SUBJECT is like bid:142.")
@click.argument("subject")
@click.argument("number", type=click.IntRange(1, 2**31))
@click.option("-o", "file", type=click.Path(path_type=Path), required=True, help="Where to: event.tlog-proof")
def prove_event(subject: str, number: int, file: Path) -> None:
    """One event."""
    from fundapp.audit.prove import NotSealedYet, prove

    with opened.office() as office, office.db.snapshot() as conn:
        known = checkpoints.known_keys(Settings.from_environment())
        if known is None:
            raise Told(_NO_KEY)
        try:
            proof = prove(conn, known, subject, number)
        except LookupError as missing:
            raise Told(str(missing.args[0])) from None
        except NotSealedYet as early:
            raise Told(f"{early} `fundapp audit seal` does it now.") from None
    with placing(file) as temporary:
        temporary.write_text(proof.text, encoding="utf-8")
    click.echo(f"The proof is in {file}. It says what the event says, but nothing of what people wrote.")


@audit_command.command("keys", help="Print the public keys of the log, the present one first.")
def print_keys() -> None:
    """Public keys."""
    known = checkpoints.known_keys(Settings.from_environment())
    if known is None:
        raise Told(_NO_KEY)
    for key in known:
        click.echo(key.text)


@audit_command.command("make-key", help="Make a key that signs checkpoints, in a new file.")
@click.argument("file", type=click.Path(path_type=Path))
def make_key(file: Path) -> None:
    """A new key file, for SEAL_KEY."""
    settings = Settings.from_environment()
    if file.exists():
        raise Told(f"{file} is there already. Name a new file.")
    made = seal_keys.load_or_make(file, seal_keys.origin(settings.base_url))
    click.echo(made.signing.public.text)
    click.echo(
        f"The secret key is in {file}: keep it where the database's backups are not. The line above is public: hand it to "
        "whoever checks the record."
    )


@audit_command.command("rotate-key", help="Hand over to a new key that signs checkpoints.")
def rotate_key() -> None:
    """The old key signs for the new one; the key file then holds the new one, and the old one's public part."""
    with opened.office() as office:
        settings = Settings.from_environment()
        sealer = _sealer(office, settings)
        path = settings.seal_key
        assert path is not None
        # A handover that was cut short goes on with the key that it was for.
        waiting = path.with_name(f"{path.name}.next")
        following = seal_keys.load_or_make(waiting, sealer.keys.signing.public.name).signing
        try:
            done = sealer.rotate(following)
        except SealRefused as refused:
            raise _refused(refused) from None
        seal_keys.write(path, seal_keys.SealKeys(following, sealer.keys.known))
        waiting.unlink()
    assert done.checkpoint is not None
    click.echo(following.public.text)
    click.echo(
        f"This key signs from now on. The checkpoint of {done.checkpoint.size} events, signed by both keys, is in "
        f"{settings.checkpoint}. Give web and worker on every machine the new key file, and start them again."
    )


def _sealer(office: Office, settings: Settings) -> Sealer:
    found = checkpoints.sealer(office, settings)
    if found is None:
        raise Told(_NO_KEY)
    return found


def _refused(refused: SealRefused) -> Told:
    return Told(
        *(problem.sentence for problem in refused.problems),
        "Nothing was sealed: what would be signed does not hold. Find out who changed it before anything else is written.",
    )


def kept_elsewhere(file: Path) -> list[Checkpoint]:
    """The checkpoints in a file. Raises Told."""
    try:
        return read_checkpoints(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as trouble:
        why = trouble.strerror if isinstance(trouble, OSError) else "it is not text"
        raise Told(f"The checkpoint {file} cannot be read: {why}.") from None
    except Unreadable as trouble:
        raise Told(f"{file}: {trouble}") from None


def _keys(given: str) -> list[Key]:
    path = Path(given)
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else given
        return [read_key(line) for line in text.splitlines() if line.strip()]
    except (Unreadable, OSError, UnicodeDecodeError) as trouble:
        raise Told(f"--key: {trouble}") from None
