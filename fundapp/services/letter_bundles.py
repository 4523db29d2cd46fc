"""A round's letters in one file, as a ZIP or for the printer: asked for by a person, made once by the worker, kept."""

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson
from sqlalchemy import Connection, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from fundapp import outbox
from fundapp.files import placing
from fundapp.letters.printing import write_print
from fundapp.models import LetterBundle
from fundapp.queries import letters as asks
from fundapp.queries import rounds
from fundapp.services import letters
from fundapp.services.deed import Office
from fundapp.services.letters import Cabinet
from fundapp.services.minutes_papers import KEPT, PATIENCE, is_kept, waits
from fundapp.storage import Files

EFFECT: Final = "letter_bundle"
KINDS: Final = ("zip", "print")
#: The id of no person: who runs the service is kept from no letter.
NOBODY: Final = 0


def of(conn: Connection, round_id: int, person: int) -> tuple[list[Any], int]:
    """The letters of a round that this person may have in one file, rows of `queries.letters.bundled`; how many are kept
    from them, since they stand apart from the bid.
    """
    rows = asks.bundled(conn, round_id, person)
    theirs = [row for row in rows if not row.apart]
    return theirs, len(rows) - len(theirs)


def tells(kind: str, round_id: int, rows: Sequence[Any]) -> str:
    """The SHA-256 of which letters make a bundle: a new letter, or one that is kept from the asker, makes another."""
    return hashlib.sha256(orjson.dumps([kind, round_id, [row.id for row in rows]])).hexdigest()


def ask(
    office: Office, files: Files, round_id: int, kind: str, rows: Sequence[Any], person: int, now: datetime
) -> None:
    """Have the worker put these letters into one file. Nothing happens where it is kept already, or being made."""
    told = tells(kind, round_id, rows)
    with office.db.write() as conn:
        row = asks.bundle(conn, told)
        if waits(row, now) or is_kept(files, row):
            return
        add = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
        values = {"asked_at": now, "sha256": None, "size": None, "made_at": None}
        asked = add(LetterBundle).values(round_id=round_id, kind=kind, tells=told, **values)
        conn.execute(asked.on_conflict_do_update(index_elements=["tells"], set_=values))
        args = {"round": round_id, "kind": kind, "person": person, "tells": told}
        outbox.put(conn, EFFECT, args, f"{EFFECT}:{told}:{now.isoformat()}", at=now)


def make(cabinet: Cabinet, args: dict[str, Any], now: datetime) -> bool:
    """Make and keep the bundle that was asked for by `ask`, as that person may have it now; False if letters are still to
    be made for it, and it must be asked for once more.

    Raises as `letters.make_missing` does; FileMissing where the file of a letter is gone.
    """
    round_id, kind = args["round"], args["kind"]
    if letters.make_missing(cabinet, round_id, most=letters.AT_A_TIME) == letters.AT_A_TIME:
        return False
    with cabinet.office.db.read() as conn:
        rows, _kept_from_them = of(conn, round_id, args["person"])
        round_ = rounds.by_id(conn, round_id)
        said = tells(kind, round_id, rows)
        before = asks.bundle(conn, said)
    if round_ is None or not rows:
        return True
    made = None
    if not is_kept(cabinet.files, before):
        with tempfile.TemporaryFile() as whole:
            write(cabinet.files, kind, rows, round_.title, whole)
            whole.seek(0)
            made = cabinet.files.put(whole)
    with cabinet.office.db.write() as conn:
        if made is not None:
            values = {"sha256": made[0], "size": made[1], "made_at": now}
            add = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
            kept = add(LetterBundle).values(round_id=round_id, kind=kind, tells=said, asked_at=now, **values)
            conn.execute(kept.on_conflict_do_update(index_elements=["tells"], set_=values))
        old = LetterBundle.asked_at < now - KEPT
        conn.execute(
            delete(LetterBundle).where(LetterBundle.round_id == round_id, LetterBundle.tells != said, old)
        )
        if said != args["tells"]:
            # Nobody waits for what nobody would be given: the page asks anew for the letters that there are now.
            gone = update(LetterBundle).where(
                LetterBundle.tells == args["tells"], LetterBundle.sha256.is_(None)
            )
            conn.execute(gone.values(asked_at=now - PATIENCE))
    return True


def write_all(cabinet: Cabinet, round_id: int, kind: str, path: Path) -> None:
    """Every letter of a round, whose files are made, as a file for the operator. Raises FileRefused, FileMissing."""
    with cabinet.office.db.read() as conn:
        rows = asks.bundled(conn, round_id, NOBODY)
        round_ = rounds.by_id(conn, round_id)
    if round_ is None:
        raise LookupError(f"round {round_id}")
    with placing(path) as whole, whole.open("wb") as out:
        write(cabinet.files, kind, rows, round_.title, out)


def write(files: Files, kind: str, rows: Sequence[Any], title: str, out: BinaryIO) -> None:
    """Writes these letters, whose files are made, one at a time; the same letters give the same bytes. Raises FileMissing."""
    if kind == "print":
        write_print(_contents(files, rows), title, out)
    else:
        _write_zip(files, rows, out)


def name_of(row: Any) -> str:
    """`B-0142K-award.pdf`."""
    return f"{row.reference}-{row.kind}.pdf"


def _contents(files: Files, rows: Sequence[Any]) -> Iterator[bytes]:
    for row in rows:
        with files.open(row.sha256) as stream:
            yield stream.read()


def _write_zip(files: Files, rows: Sequence[Any], out: BinaryIO) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for row in rows:
            entry = zipfile.ZipInfo(name_of(row), row.made_at.astimezone(UTC).timetuple()[:6])
            entry.create_system, entry.external_attr, entry.file_size = 3, 0o100644 << 16, row.size
            with files.open(row.sha256) as letter, archive.open(entry, "w") as into:
                shutil.copyfileobj(letter, into)
