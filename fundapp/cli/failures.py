"""Every failure of a command as sentences. What nobody foresaw goes to the log file, not to the person."""

import logging
import traceback
from collections.abc import Callable
from zoneinfo import ZoneInfo

import click
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from config import BadSettings, Settings
from fundapp.audit.keys import SealKeyUnusable
from fundapp.audit.record import RecordBroken
from fundapp.backups.archive import NotABackup
from fundapp.backups.bringing import RestoreRefused
from fundapp.backups.loading import NotLoaded
from fundapp.backups.taking import BackupRefused
from fundapp.database import DatabaseUnusable
from fundapp.files import FileRefused
from fundapp.intake.bids import FileRefused as IntakeRefused
from fundapp.letters.paper import PressNotReady
from fundapp.letters.signature import SealUnusable
from fundapp.services.panel import PanelRefused
from fundapp.services.papers import NoLetter
from fundapp.services.people import PersonRefused
from fundapp.services.presses import PressBroken
from fundapp.services.rounds import RoundRefused
from fundapp.services.transition import NotThere, Refused
from fundapp.storage import FileMissing, StorageUnusable
from fundapp.words import refusals

ZONE = ZoneInfo("Europe/London")


class Told(Exception):
    """A failure that the command has put in words itself."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        super().__init__(" ".join(sentences))


def exit_code_and_words(failure: Exception) -> tuple[int, list[str]]:
    """(1, what happened and what to do)."""
    for kind, words in _KNOWN:
        if isinstance(failure, kind):
            return 1, words(failure)
    _keep(failure)
    return 1, [
        f"Something went wrong that should not ({type(failure).__name__}). Nothing was half done. "
        "The details are in failures.log in the data folder; send them to whoever looks after the service."
    ]


def _keep(failure: Exception) -> None:
    """Put the details where whoever looks after the service finds them."""
    try:
        folder = Settings.from_environment().data
        with (folder / "failures.log").open("a", encoding="utf-8") as log:
            log.write("".join(traceback.format_exception(failure)) + "\n")
    except (BadSettings, OSError):
        logging.getLogger(__name__).debug("no place to keep a failure", exc_info=failure)


def _database(failure: Exception) -> list[str]:
    words = (
        str(getattr(failure, "orig", failure)).strip().splitlines()[0]
        if str(failure).strip()
        else "no answer"
    )
    if "no such table" in words or "does not exist" in words:
        return ["The database has no tables yet, or older ones. Run `fundapp db upgrade` first."]
    return [f"The database refused: {words}. Check DATABASE_URL, and that the server runs."]


_KNOWN: list[tuple[type[Exception] | tuple[type[Exception], ...], Callable[..., list[str]]]] = [
    ((Told, RestoreRefused), lambda f: list(f.sentences)),
    (click.ClickException, lambda f: [f.format_message()]),
    (BadSettings, lambda f: list(f.problems)),
    (Refused, lambda f: refusals.sentences(f, ZONE)),
    ((PersonRefused, RoundRefused, PanelRefused), lambda f: [refusals.plain(f.code, f.params, ZONE)]),
    (NotThere, lambda f: [f"There is no {f}."]),
    (NoLetter, lambda f: ["That bid has no letter: nothing has been decided and published for it yet."]),
    (
        FileMissing,
        lambda f: [
            str(f),
            "A letter is made once and never again: bring the folder of files back from a copy.",
        ],
    ),
    (
        (
            IntakeRefused,
            FileRefused,
            DatabaseUnusable,
            RecordBroken,
            SealKeyUnusable,
            SealUnusable,
            PressNotReady,
            PressBroken,
            StorageUnusable,
            BackupRefused,
            NotABackup,
            NotLoaded,
        ),
        lambda f: [str(f)],
    ),
    (PermissionError, lambda f: [f"{f.filename} may not be read or written. Check who owns it."]),
    ((DBAPIError, SQLAlchemyError), _database),
    (OSError, lambda f: [f"{f.filename or 'A file'}: {f.strerror or f}."]),
]
