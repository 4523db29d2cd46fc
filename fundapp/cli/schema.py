"""`fundapp db upgrade` and `fundapp doctor`."""

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from config import Settings
from fundapp.audit import backstop
from fundapp.cli import opened
from fundapp.cli.failures import Told
from fundapp.database import Database, schema_is_current, upgrade
from fundapp.queries import data_keys
from fundapp.services import modulus_table, vault


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

    database = Database(
        settings.database_url, settings.database_owner_url, prepares=settings.database_prepares
    )
    try:
        with database.read() as conn:
            current = schema_is_current(conn)
        said(True, f"The database answers ({database.dialect}).")
        said(
            current,
            "Its tables are the newest."
            if current
            else "Its tables are missing or old: run `fundapp db upgrade`.",
        )
        if current:
            with database.read() as conn:
                gone = backstop.missing(conn)
            said(
                not gone,
                "Its triggers keep the record append-only."
                if not gone
                else f"{len(gone)} triggers that keep the record append-only are gone ({', '.join(gone[:3])} …): somebody "
                "took them away. Run `fundapp audit verify`, then bring back a copy whose record verifies.",
            )
            said(*_bank_keys(database, settings.bank_keys))
    finally:
        database.close()
    said(*_weights(settings.bank_weights))
    from fundapp.letters import paper

    try:
        paper.check()
        said(True, "Letters can be made.")
    except paper.PressNotReady as trouble:
        said(False, str(trouble))
    said(*_seal(settings))
    free = shutil.disk_usage(settings.data).free
    said(free > 200_000_000, f"{free // 1_000_000:,} MB are free in {settings.data}.")
    said(True, "Mail goes by " + settings.mail_url.partition(":")[0] + ".")
    said(*_scanner(settings.scanner_url))
    if wrong:
        raise Told(f"{wrong} thing{'s' if wrong > 1 else ''} to mend, named above.")


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
