"""A file appears under its name whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FileRefused(Exception):
    """A place where no file can be written, as a code with parameters; its text is the sentence.

    Codes: `folder_missing` (`folder`), `is_folder` (`path`), `not_a_file` (`path`), `not_writable` (`path`, `why`).
    """

    def __init__(self, code: str, sentence: str, params: dict[str, str]) -> None:
        super().__init__(sentence)
        self.code = code
        self.params = params


@contextmanager
def placing(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Give a temporary name beside `path` to write to; it takes the name `path` when all went well.

    `private`: nobody else may read it.

    After an error inside, nothing is left and what stood under the name before still stands. Where the name is a link,
    what it leads to is written. Raises FileRefused.
    """
    named, path = path, Path(os.path.realpath(path))
    folder = path.parent
    if not folder.is_dir():
        raise FileRefused(
            "folder_missing",
            f"There is no folder {folder}. Make it first, or name a file in a folder that exists.",
            {"folder": str(folder)},
        )
    if path.is_dir():
        raise FileRefused(
            "is_folder", f"{named} is a folder. Name the file to write inside it.", {"path": str(named)}
        )
    if path.exists() and not path.is_file():
        # A new file would take the place of the device: /dev/null would be gone for everybody.
        raise FileRefused(
            "not_a_file",
            f"{named} is a device or a pipe, not a file. Name a file to write.",
            {"path": str(named)},
        )
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=folder)
    except OSError as trouble:
        raise _not_writable(path, trouble) from trouble
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # mkstemp makes files private; others are handed on like any that the person makes.
        if not private:
            umask = os.umask(0)
            os.umask(umask)
            temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    except OSError as trouble:
        raise _not_writable(path, trouble) from trouble
    finally:
        temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Makes a new name in the folder survive a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _not_writable(path: Path, trouble: OSError) -> FileRefused:
    why = trouble.strerror or str(trouble)
    return FileRefused(
        "not_writable",
        f"{path} could not be written: {why}. Free the place or name another file.",
        {"path": str(path), "why": why},
    )
