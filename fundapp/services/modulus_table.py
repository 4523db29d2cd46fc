"""The operator's table for the modulus check: brought in from Vocalink's files, kept in the data folder."""

import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

from fundapp.domain import modulus

WEIGHTS: Final = "weights.txt"
SUBSTITUTIONS: Final = "substitutions.txt"
#: The published files are a hundredth of that.
MOST_BYTES: Final = 4_000_000


class NotATable(ValueError):
    """A file that is no such table; the text is a sentence that names the file and its line."""


def bring_in(folder: Path, weights: Path, substitutions: Path | None) -> modulus.Table:
    """Keep these files' tables in the folder, in the place of what was there; the table as it now counts.

    Both are read whole before either is kept. Without substitutions those kept before stay. Raises NotATable, OSError.
    """
    rules = _read(weights)
    try:
        modulus.read_weights(rules.splitlines())
    except modulus.TableUnreadable as wrong:
        raise NotATable(_sentence(weights, wrong.line, "weights")) from wrong
    others = _read(substitutions) if substitutions is not None else None
    if substitutions is not None and others is not None:
        try:
            modulus.read_substitutions(others.splitlines())
        except modulus.TableUnreadable as wrong:
            raise NotATable(_sentence(substitutions, wrong.line, "substitutions")) from wrong
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if others is not None:
        _keep(folder / SUBSTITUTIONS, others)
    _keep(folder / WEIGHTS, rules)
    found = current(folder)
    if found is None:
        raise NotATable(f"{folder / WEIGHTS} went away while it was written. Bring the file in again.")
    return found


def current(folder: Path | None) -> modulus.Table | None:
    """The table that is kept in the folder; None if none is. It is read anew when its files change.

    Raises NotATable if somebody changed a kept file into none.
    """
    if folder is None:
        return None
    weights = _stamp(folder / WEIGHTS)
    return _table(folder, weights, _stamp(folder / SUBSTITUTIONS)) if weights is not None else None


@lru_cache(maxsize=8)
def _table(folder: Path, _weights: tuple[int, ...], substitutions: tuple[int, ...] | None) -> modulus.Table:
    try:
        rules = modulus.read_weights(_read(folder / WEIGHTS).splitlines())
        others = {}
        if substitutions is not None:
            others = modulus.read_substitutions(_read(folder / SUBSTITUTIONS).splitlines())
    except modulus.TableUnreadable as wrong:
        raise NotATable(
            f"The table for the modulus check in {folder} is damaged. "
            "Bring it in again with `fundapp import-modulus-weights`."
        ) from wrong
    return modulus.Table(rules, others)


def _stamp(file: Path) -> tuple[int, ...] | None:
    """What tells that a file is another one than before; None if there is none."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _read(file: Path) -> str:
    if file.stat().st_size > MOST_BYTES:
        raise NotATable(
            f"{file.name} is far longer than such a table. Bring in the file as Vocalink gives it."
        )
    return file.read_bytes().decode("ascii", "replace")


def _keep(file: Path, text: str) -> None:
    """Put a file in the place of another: whoever reads it meanwhile reads the one or the other, whole."""
    number, fresh = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    with os.fdopen(number, "w", encoding="ascii", errors="replace") as made:
        made.write(text)
        made.flush()
        os.fsync(made.fileno())
    os.replace(fresh, file)


def _sentence(file: Path, line: int, what: str) -> str:
    where = f"Line {line} of {file.name} is" if line else f"{file.name} holds"
    right = (
        "two sort codes, MOD10, MOD11 or DBLAL, 14 weights and an exception or none"
        if what == "weights"
        else "two sort codes"
    )
    wrong = f"no line of the table of {what}" if line else f"no table of {what}"
    return f"{where} {wrong}: each line has {right}. Nothing was changed."
