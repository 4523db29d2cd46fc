"""Letters made once, signed and kept: what people hold is never made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from config import Settings
from fundapp.files import placing
from fundapp.letters.checking import Check
from fundapp.letters.paper import Enclosed
from fundapp.letters.signature import Seal, fingerprint
from fundapp.models import LetterFile
from fundapp.queries import letters as asks
from fundapp.services import papers, presses
from fundapp.services.deed import CLOCK, Office
from fundapp.storage import Files

#: The effect by which the worker makes a round's letters, so many at a time: they take less than its lease lasts.
EFFECT: Final = "letters_of_round"
AT_A_TIME: Final = 500
#: Letters that are kept in one transaction, and read at a time.
BATCH: Final = 32
#: A content that is kept: its SHA-256 in hex and its size in bytes.
Kept = tuple[str, int]
#: Fewer are made by this process: another takes longer to begin than they do.
WORTH_A_PRESS: Final = 12


@dataclass(frozen=True, slots=True)
class Cabinet:
    """Where letters are made and kept. Without a seal they are unsigned and say so; `base_url` is the service's own."""

    office: Office
    files: Files
    base_url: str
    seal: Seal | None = None


def cabinet(office: Office, settings: Settings, files: Files) -> Cabinet:
    """The cabinet that the settings describe."""
    seal = Seal(*settings.letter_seal, own=settings.letter_seal_own) if settings.letter_seal else None
    return Cabinet(office, files, settings.base_url, seal)


def content(cabinet: Cabinet, letter: int) -> bytes:
    """The PDF of a letter, made, signed and kept if this is the first time. Two who race keep one, and get the same.

    Opens transactions of its own. Raises LookupError, PressNotReady, SealUnusable, StorageUnusable; FileMissing where
    the file that is on record is gone: it is evidence, and none is made in its place.
    """
    with cabinet.office.db.read() as conn:
        rows = asks.to_make(conn, [letter])
    if not rows:
        raise LookupError(f"letter {letter}")
    sha256 = rows[0].sha256
    if sha256 is None:
        _keep_many(cabinet, {letter: cabinet.files.put(presses.pressed(sheet(cabinet, rows[0])))})
        with cabinet.office.db.read() as conn:
            sha256 = asks.files_of(conn, [letter])[letter]
    with cabinet.files.open(sha256) as stream:
        return stream.read()


def make_missing(
    cabinet: Cabinet,
    round_id: int,
    told: Callable[[int], None] | None = None,
    count: int | None = None,
    most: int | None = None,
) -> int:
    """Makes and keeps every letter of a round that has no file yet, on every core; how many. `told` hears how many are done.

    Each batch is kept as it is done: cut short, it goes on where it stopped. Two who do so at once keep one file of each
    letter. `count`: processes; `most`: letters at most. Raises PressNotReady, SealUnusable, StorageUnusable, PressBroken.
    """
    with cabinet.office.db.read() as conn:
        wanted = asks.without_file(conn, round_id)[:most]
    if not wanted:
        return 0
    done = 0
    batch: dict[int, Kept] = {}
    alone = len(wanted) < WORTH_A_PRESS
    sheets = _sheets(cabinet, wanted)
    results = ((s.letter, presses.pressed(s)) for s in sheets) if alone else presses.press_all(sheets, count)
    for letter, pdf in results:
        batch[letter] = cabinet.files.put(pdf)
        if len(batch) == BATCH:
            done += _keep_many(cabinet, batch)
            batch = {}
            if told:
                told(done)
    done += _keep_many(cabinet, batch)
    if told:
        told(done)
    return done


def _sheets(cabinet: Cabinet, wanted: Sequence[int]) -> Iterator[presses.Sheet]:
    """The sheets of these letters, read a few at a time."""
    for start in range(0, len(wanted), BATCH):
        with cabinet.office.db.read() as conn:
            rows = asks.to_make(conn, wanted[start : start + BATCH])
        yield from (sheet(cabinet, row) for row in rows)


def sheet(cabinet: Cabinet, row: Any) -> presses.Sheet:
    """All that the letter of a row of `queries.letters.to_make` is made of."""
    check = None
    if row.code:
        address = f"{cabinet.base_url.rstrip('/')}/check/{row.code}"
        check = Check(row.code, address, cabinet.seal is not None)
    return presses.Sheet(row.id, row.kind, row.facts, _data(row, check), check, cabinet.seal)


def _data(row: Any, check: Check | None) -> Enclosed:
    """What the letter says, for programs: sums in pence, days as 2027-03-31."""
    said: Mapping[str, Any] = {
        **row.facts, "kind": row.kind, "number": row.number, "currency": "GBP", "check": check.address if check else None,
        "replaces_code": row.replaced_code,
    }  # fmt: skip
    bytes_ = orjson.dumps(said, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    return Enclosed(f"{row.reference}-{row.kind}.json", "What this letter says, as data", bytes_, row.made_at)


def _keep_many(cabinet: Cabinet, put: Mapping[int, Kept]) -> int:
    """Puts on record which content each letter has, in one transaction; how many, less those that have one by now."""
    if not put:
        return 0
    signed_by = fingerprint(cabinet.seal) if cabinet.seal else None
    kept = 0
    with cabinet.office.deed(CLOCK, datetime.now(UTC)) as deed:
        bids = asks.bids_of(deed.conn, list(put))
        deed.lock(sorted({f"bid:{bid}" for bid in bids.values()}))
        there = asks.files_of(deed.conn, list(put))
        for letter, (sha256, size) in sorted(put.items()):
            if letter in there:
                continue
            subject = f"bid:{bids[letter]}"
            values = {
                "bid_id": bids[letter], "letter_id": letter, "sha256": sha256, "size": size, "signed_by": signed_by,
                "made_at": deed.now,
            }  # fmt: skip
            deed.put(subject, LetterFile, values)
            deed.note(subject, "letter.kept", params={"letter": letter, "sha256": sha256})
            kept += 1
    return kept


def write_letter(cabinet: Cabinet, bid: int, path: Path) -> None:
    """The newest letter of a bid, the kept bytes, as a file. Raises NoLetter, FileRefused, and as `content` does."""
    with cabinet.office.db.read() as conn:
        row = asks.newest(conn, bid)
    if row is None:
        raise papers.NoLetter(f"bid {bid}")
    with placing(path) as whole:
        whole.write_bytes(content(cabinet, row.id))


def write_letters(cabinet: Cabinet, round_id: int, folder: Path, told: Callable[[int, int], None]) -> int:
    """Every letter of a round into a folder, `B-0142K-award.pdf`; how many. `told` hears (done, in all).

    Those that are missing are made first, on every core; what is kept already is only copied out, so that a run that was cut
    short goes on where it stopped.
    """
    with cabinet.office.db.read() as conn:
        rows = [(row.id, f"{row.reference}-{row.kind}.pdf") for row in asks.of_round(conn, round_id)]
        missing = len(asks.without_file(conn, round_id))
    folder.mkdir(parents=True, exist_ok=True)
    whole = missing + len(rows)
    make_missing(cabinet, round_id, lambda done: told(done, whole))
    for number, (letter, name) in enumerate(rows, 1):
        with placing(folder / name) as path:
            path.write_bytes(content(cabinet, letter))
        told(missing + number, whole)
    return len(rows)
