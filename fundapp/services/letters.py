"""Letters made once, signed and kept: what people hold is never made anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from config import Settings
from fundapp.files import placing
from fundapp.letters.checking import Check
from fundapp.letters.paper import Enclosed
from fundapp.letters.signature import Seal, fingerprint, sign
from fundapp.models import LetterFile
from fundapp.queries import letters as asks
from fundapp.services import papers
from fundapp.services.deed import CLOCK, Office
from fundapp.storage import Files


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
        row = asks.to_make(conn, letter)
    if row is None:
        raise LookupError(f"letter {letter}")
    sha256 = row.sha256 or _keep(cabinet, row, made(cabinet, row))
    with cabinet.files.open(sha256) as stream:
        return stream.read()


def made(cabinet: Cabinet, row: Any) -> bytes:
    """The letter of a row of `queries.letters.to_make` as PDF, signed where there is a seal."""
    check = None
    if row.code:
        address = f"{cabinet.base_url.rstrip('/')}/check/{row.code}"
        check = Check(row.code, address, cabinet.seal is not None)
    pdf = papers.rendered(row.facts, row.kind, _data(row, check), check)
    return sign(pdf, cabinet.seal) if cabinet.seal else pdf


def _data(row: Any, check: Check | None) -> Enclosed:
    """What the letter says, for programs: sums in pence, days as 2027-03-31."""
    said: Mapping[str, Any] = {
        **row.facts, "kind": row.kind, "number": row.number, "currency": "GBP", "check": check.address if check else None,
        "replaces_code": row.replaced_code,
    }  # fmt: skip
    bytes_ = orjson.dumps(said, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    return Enclosed(f"{row.reference}-{row.kind}.json", "What this letter says, as data", bytes_, row.made_at)


def _keep(cabinet: Cabinet, row: Any, pdf: bytes) -> str:
    """The SHA-256 of the letter's one file: of this one, unless another was kept meanwhile."""
    sha256, size = cabinet.files.put(pdf)
    subject = f"bid:{row.bid_id}"
    with cabinet.office.deed(CLOCK, datetime.now(UTC)) as deed:
        deed.lock([subject])
        there = asks.file_of(deed.conn, row.id)
        if there is not None:
            return there
        values = {
            "bid_id": row.bid_id, "letter_id": row.id, "sha256": sha256, "size": size,
            "signed_by": fingerprint(cabinet.seal) if cabinet.seal else None, "made_at": deed.now,
        }  # fmt: skip
        deed.put(subject, LetterFile, values)
        deed.note(subject, "letter.kept", params={"letter": row.id, "sha256": sha256})
    return sha256


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

    What is kept already is only copied out, so that a run that was cut short goes on where it stopped.
    """
    with cabinet.office.db.read() as conn:
        rows = [(row.id, f"{row.reference}-{row.kind}.pdf") for row in asks.of_round(conn, round_id)]
    folder.mkdir(parents=True, exist_ok=True)
    for number, (letter, name) in enumerate(rows, 1):
        with placing(folder / name) as whole:
            whole.write_bytes(content(cabinet, letter))
        told(number, len(rows))
    return len(rows)
