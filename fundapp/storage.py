"""Files that people hand in, kept by their SHA-256, so that a file's name proves its content."""

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from fundapp.files import sync_folder

CHUNK = 1024 * 1024


class StorageUnusable(Exception):
    """The place for files cannot be named or used; the message is a sentence that says what to do."""


class FileMissing(Exception):
    """No file of this content is kept; the message is a sentence."""


class Files(Protocol):
    """A place for files."""

    def put(self, content: BinaryIO | bytes) -> tuple[str, int]:
        """Keeps the content; its SHA-256 in hex and its size in bytes. The same content is kept once."""

    def open(self, sha256: str) -> BinaryIO:
        """The content, to be read and closed. Raises FileMissing."""

    def probe(self) -> None:
        """Tries whether a file can be kept. Raises StorageUnusable."""

    def places(self) -> list[Path]:
        """The folders whose room counts."""

    def older(self, than: datetime) -> Iterator[str]:
        """The SHA-256 of every content that was last put before a moment."""

    def delete(self, sha256: str, before: datetime) -> bool:
        """Deletes a content that was last put before a moment; False if there is none, or it was put since."""


class LocalFiles:
    """Files in a folder, as `ab/cdef…`. A file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: BinaryIO | bytes) -> tuple[str, int]:
        """See Files.put; the content is on the disk on return. Raises StorageUnusable."""
        try:
            return self._put(content)
        except OSError as failure:
            raise StorageUnusable(
                f"The file cannot be kept in {self.folder}: {failure.strerror or failure}. "
                "Check the folder and its space."
            ) from failure

    def open(self, sha256: str) -> BinaryIO:
        """See Files.open."""
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise FileMissing("This is not the SHA-256 of a file.")
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            raise FileMissing(f"The file {sha256} is not kept here. Check STORAGE_URL.") from None

    def probe(self) -> None:
        """See Files.probe; the folder is made if there is none."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            number, fresh = tempfile.mkstemp(prefix=".incoming-", dir=self.folder)
            try:
                os.write(number, b"room?")
            finally:
                os.close(number)
                os.unlink(fresh)
        except OSError as failure:
            raise StorageUnusable(
                f"No file can be kept in {self.folder}: {failure.strerror or failure}. "
                "Check the folder and its space."
            ) from failure

    def places(self) -> list[Path]:
        """See Files.places."""
        return [self.folder]

    def older(self, than: datetime) -> Iterator[str]:
        """See Files.older."""
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(folder.iterdir()):
                name = folder.name + path.name
                if re.fullmatch(r"[0-9a-f]{64}", name) and _put_at(path) < than.timestamp():
                    yield name

    def delete(self, sha256: str, before: datetime) -> bool:
        """See Files.delete."""
        if not re.fullmatch(r"[0-9a-f]{64}", sha256) or not self.folder.is_dir():
            return False
        path = self._path(sha256)
        with (
            self._alone()
        ):  # whoever puts the same content now either comes first, and it stays, or puts it anew
            if not _put_at(path) < before.timestamp():
                return False
            path.unlink()
            sync_folder(path.parent)
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else, in this process or another, puts or deletes a content meanwhile."""
        number = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(number, fcntl.LOCK_EX)
            yield
        finally:
            os.close(number)

    def _put(self, content: BinaryIO | bytes) -> tuple[str, int]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        # Written in the same folder: a rename is atomic within one file system only.
        number, fresh = tempfile.mkstemp(prefix=".incoming-", dir=self.folder)
        try:
            with os.fdopen(number, "wb") as file:
                while chunk := _next(content, size):
                    digest.update(chunk)
                    size += file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            path = self._path(digest.hexdigest())
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with self._alone():
                os.replace(fresh, path)
            sync_folder(path.parent)
            sync_folder(self.folder)
        except BaseException:
            Path(fresh).unlink(missing_ok=True)
            raise
        return digest.hexdigest(), size

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256[2:]


def open_storage(url: str) -> Files:
    """The place that `file:/a/folder` names. Raises StorageUnusable for any other kind."""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc or not parts.path:
        raise StorageUnusable("STORAGE_URL names no place for files. Write file:/a/folder.")
    return LocalFiles(Path(parts.path))


def _next(content: BinaryIO | bytes, start: int) -> bytes:
    if isinstance(content, bytes):
        return content[start : start + CHUNK]
    return content.read(CHUNK)


def _put_at(path: Path) -> float:
    """When a content was last put, in seconds since 1970; never, if there is none."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
