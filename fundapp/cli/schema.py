"""`fundapp db upgrade` and `fundapp doctor`."""

import shutil
import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import click
import psycopg

from config import Settings
from fundapp.audit import backstop, rights
from fundapp.backups.bringing import unfinished_words
from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.database import Database, upgrade
from fundapp.queries import data_keys
from fundapp.schema import Standing, standing
from fundapp.services import modulus_table, vault

#: Events are sealed within a minute or two; after this long something is wrong.
SEALED_WITHIN = timedelta(hours=1)


@click.group("db", help="The database's schema.")
def db_command() -> None:
    """The schema."""


@db_command.command("upgrade", help="Make the tables, or bring them to the newest form. Harmless to repeat.")
def upgrade_schema() -> None:
    """Bring the schema to the newest revision."""
    with opened.office(current=False) as office:
        upgrade(office.db)
    click.echo("The database is ready.")


@click.command("doctor", help="Check the installation and say what to mend.")
def doctor_command() -> None:
    """Settings, database, letters, mail, disk: each said, exit 1 if one needs mending."""
    settings = Settings.from_environment()
    wrong = 0

    def said(good: bool, words: str) -> None:
        nonlocal wrong
        wrong += not good
        click.echo(("ok    " if good else "mend  ") + words)

    if words := unfinished_words(settings):
        said(False, words)
    database = Database(
        settings.database_url, settings.database_owner_url, prepares=settings.database_prepares
    )
    try:
        with database.read() as conn:
            stands = standing(conn)
        said(True, f"The database answers ({database.dialect}).")
        said(*_schema(stands))
        if stands.serves:
            with database.read() as conn:
                gone, beyond = backstop.missing(conn), rights.wrong(conn)
            said(
                not gone,
                "Its triggers keep the record append-only."
                if not gone
                else f"{len(gone)} triggers that keep the record append-only are gone ({', '.join(gone[:3])} …): somebody "
                "took them away. Run `fundapp audit verify`, then bring back a copy whose record verifies.",
            )
            for sentence in beyond:
                said(False, sentence)
            if database.dialect == "postgresql" and not beyond:
                said(
                    True,
                    f"The service is {database.url.username} there, which may add to the record and not change it.",
                )
            said(*_bank_keys(database, settings.bank_keys))
    finally:
        database.close()
    said(*_weights(settings.bank_weights))
    said(*_checkpoints(settings, stands.serves))
    from fundapp.letters import paper

    try:
        paper.check()
        said(True, "Letters can be made.")
    except paper.PressNotReady as trouble:
        said(False, str(trouble))
    said(*_seal(settings))
    free = shutil.disk_usage(settings.data).free
    said(free > 200_000_000, f"{free // 1_000_000:,} MB are free in {settings.data}.")
    said(*_queue(settings.queue_url))
    said(True, "Mail goes by " + settings.mail_url.partition(":")[0] + ".")
    said(*_scanner(settings.scanner_url))
    if wrong:
        raise Told(f"{wrong} thing{'s' if wrong > 1 else ''} to mend, named above.")


def _schema(stands: Standing) -> tuple[bool, str]:
    """Whether the service can work on the schema, and what to say of it."""
    if stands.newest:
        return True, "Its tables are the newest."
    if stands.serves:
        return True, (
            f"Its tables are those of a newer release ({stands.found}) and still serve this one ({stands.head}). "
            "Install the newer release soon."
        )
    return (
        False,
        stands.why_not if stands.ahead else "Its tables are missing or old: run `fundapp db upgrade`.",
    )


def _queue(url: str) -> tuple[bool, str]:
    """Whether a worker hears of what there is to do at once, and what to say of it."""
    from huey.exceptions import HueyException

    from fundapp.jobs.worker import open_queue

    try:
        open_queue(url).storage.close()
    except (HueyException, sqlite3.Error, psycopg.Error, OSError):
        return False, (
            "The queue cannot be used, so that work waits for the worker's next beat. Check QUEUE_URL: a database that answers, "
            "in which the service may make tables."
        )
    return True, f"The worker is told at once what there is to do ({url.partition(':')[0]})."


def _bank_keys(database: Database, keys: Sequence[bytes]) -> tuple[bool, str]:
    """Whether BANK_KEY opens every row of bank details, and what to say of it."""
    with database.read() as conn:
        under = data_keys.under(conn)
    lost = sum(many for name, many in under.items() if name not in {vault.key_id(key) for key in keys})
    if not keys:
        return False, "BANK_KEY is not set: no bank details can be taken or read."
    if lost:
        return False, (
            f"{lost:,} rows of bank details lie under a key that BANK_KEY no longer holds: nobody can be paid by them. "
            "Put the old key back behind a comma, `BANK_KEY=new,old`, and run `fundapp bank-key rotate`."
        )
    older = sum(many for name, many in under.items() if name != vault.key_id(keys[0]))
    if older:
        return True, (
            f"Bank details can be read; {older:,} rows lie under an older key still. "
            "Run `fundapp bank-key rotate`, then take the older key out of BANK_KEY."
        )
    return (
        True,
        f"Bank details can be read: all {sum(under.values()):,} rows lie under the first key of BANK_KEY.",
    )


def _weights(folder: Path) -> tuple[bool, str]:
    """Whether account numbers are checked, and what to say of it."""
    try:
        table = modulus_table.current(folder)
    except modulus_table.NotATable as damaged:
        return False, str(damaged)
    if table is None:
        return True, (
            "No table for the modulus check is loaded: account numbers count as not checked. "
            "Get the current files from Vocalink and run `fundapp import-modulus-weights FILE SUBSTITUTIONS`."
        )
    kept = date.fromtimestamp((folder / modulus_table.WEIGHTS).stat().st_mtime)
    return (
        True,
        f"Account numbers are checked by {len(table.rules):,} rules, brought in on {kept.isoformat()}.",
    )


def _seal(settings: Settings) -> tuple[bool, str]:
    """Whether letters can be signed, and what to say of it."""
    if settings.letter_seal is None:
        return True, "No key signs letters (LETTER_KEY, LETTER_CERT): they go out unsigned and say so."
    from fundapp.letters import signature

    seal = signature.Seal(*settings.letter_seal, own=settings.letter_seal_own)
    try:
        until = signature.check(seal, opened.now())
    except signature.SealUnusable as trouble:
        return False, str(trouble)
    return (
        True,
        f"Letters are signed by the certificate {signature.fingerprint(seal)[:16]}…, until {until:%-d %B %Y}.",
    )


def _checkpoints(settings: Settings, current: bool) -> tuple[bool, str]:
    """Whether the record is sealed, and what to say of it."""
    from fundapp.audit.keys import SealKeyUnusable
    from fundapp.queries import record
    from fundapp.services import checkpoints

    try:
        keys = checkpoints.keys_of(settings)
    except SealKeyUnusable as trouble:
        return False, str(trouble)
    if keys is None:
        return False, (
            "Nothing seals the record: whoever has the database and AUDIT_KEY could write it anew. Make a key with "
            "`fundapp audit make-key FILE` and set SEAL_KEY to the file."
        )
    if not current:
        return True, f"Checkpoints of the record are signed by {keys.signing.public.text}."
    with opened.office() as office, office.db.read() as conn:
        last, first = record.newest_checkpoint(conn), checkpoints.oldest(conn)
    late = first is not None and opened.now() - first.at > SEALED_WITHIN
    if late:
        return False, (
            "Events have waited for more than an hour to be sealed. See that the worker runs, and what `fundapp audit seal` says."
        )
    if last is None:
        return True, "Nothing is sealed yet; the worker does it within a minute or two."
    return True, f"The record is sealed up to {last.size:,} events, last on {last.at:%-d %B %Y at %H:%M} UTC."


def _scanner(url: str | None) -> tuple[bool, str]:
    """Whether the virus scanner answers, and what to say of it."""
    if url is None:
        return (
            True,
            "No virus scanner is set (SCANNER_URL): files count as clean once they were judged by their content.",
        )
    from fundapp.intake.scanner import Scanner, ScannerUnusable

    try:
        Scanner(url, patience=10).ping()
    except ScannerUnusable as trouble:
        return False, f"{trouble} Until it answers, files wait, and bids with files cannot be sent."
    return True, "The virus scanner answers."
