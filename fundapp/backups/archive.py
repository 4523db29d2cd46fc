"""The form of a backup: a gzipped tar that any tool opens, every member with its SHA-256, sealed by the audit key.

In order: `about.json` (what it is of), `database/…` (`fund.db`, or a file for each table in PostgreSQL's text form of
COPY), `data/…` (what the data folder must have again), `files/ab/cdef…` (what people handed in and letters, by the hash
of their bytes), `missing.txt` (contents that rows name and the storage did not have), `SHA256SUMS` (one line for each
member before it, as `sha256sum -c` reads it), `manifest.json` (counts, and the SHA-256 of SHA256SUMS), `manifest.mac`
(HMAC-SHA-256 of the manifest under AUDIT_KEY, in hex).

Written and read as a stream: memory does not grow with the number or size of members.
"""

import gzip
import hashlib
import hmac
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

FORM: Final = 1
ABOUT: Final = "about.json"
SUMS: Final = "SHA256SUMS"
MANIFEST: Final = "manifest.json"
MAC: Final = "manifest.mac"
_DOMAIN: Final = b"communities fund backup 1\n"
CHUNK: Final = 1024 * 1024
#: Larger ones than these are none of ours: nothing is read into memory on an archive's word alone.
MOST_BYTES: Final = {ABOUT: 4_000_000, MANIFEST: 4_000_000, MAC: 64}


class NotABackup(Exception):
    """A file that is no whole backup, or not the one that it says; the text is a sentence."""


def mac_of(audit_key: bytes, manifest: bytes) -> str:
    """What proves that a manifest was written by whoever holds the audit key."""
    return hmac.new(audit_key, _DOMAIN + manifest, hashlib.sha256).hexdigest()


class Writer:
    """Members are added one after another; each is hashed as it goes in."""

    def __init__(self, tar: tarfile.TarFile, sums: IO[bytes], now: float) -> None:
        self._tar, self._sums, self._now = tar, sums, now
        self.members = 0

    def add(self, name: str, content: BinaryIO, size: int) -> str:
        """One member of that many bytes; its SHA-256."""
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, int(self._now)
        hashing = _Hashing(content)
        self._tar.addfile(member, hashing)
        _forget(self._tar)
        digest = hashing.digest.hexdigest()
        self._sums.write(f"{digest}  {name}\n".encode())
        self.members += 1
        return digest

    def text(self, name: str, content: bytes) -> str:
        """A small one."""
        return self.add(name, io.BytesIO(content), len(content))

    def close(self, audit_key: bytes, told: dict[str, Any]) -> None:
        """The sums, the manifest that says what `told` does, and its seal."""
        size = self._sums.tell()
        self._sums.seek(0)
        members = self.members
        sums = self.add(SUMS, self._sums, size)  # type: ignore[arg-type]
        manifest = _json({"form": FORM, "members": members, SUMS: sums, **told})
        self.text(MANIFEST, manifest)
        self.text(MAC, mac_of(audit_key, manifest).encode())


@contextmanager
def writing(path: Path, now: float) -> Iterator[Writer]:
    """A new archive at `path`, on the disk when this ends."""
    with tempfile.TemporaryFile(dir=path.parent) as sums, path.open("wb") as file:
        # The lightest: what is large in it (letters, pictures) is compressed already.
        with (
            gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=1, mtime=now) as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            yield Writer(tar, sums, now)
        file.flush()
        os.fsync(file.fileno())


def about(path: Path) -> dict[str, Any]:
    """What a backup says of itself, by its first member; not yet checked. Raises NotABackup, OSError."""
    with _whole(path):
        for name, content, size in _members(path):
            if name != ABOUT or size > MOST_BYTES[ABOUT]:
                break
            return _read_json(content.read(), path)
    raise NotABackup(f"{path} is no backup made by `fundapp backup`: it does not begin with {ABOUT}.")


def walk(
    path: Path, audit_key: bytes, take: Callable[[str, IO[bytes]], None] | None = None
) -> dict[str, Any]:
    """Goes through the whole archive once, hands each member to `take`, and returns the manifest.

    Raises NotABackup at the end (after members were taken, so take them to a place of no consequence) unless every
    member has its sum, none is gone or too many, and the manifest is sealed by this audit key.
    """
    with tempfile.TemporaryFile() as found, _whole(path):
        listed, told, sealed = "", b"", b""
        count = 0
        for name, content, size in _members(path):
            reading = _Hashing(content)
            if name in MOST_BYTES and size > MOST_BYTES[name]:
                raise NotABackup(f"{path} is no backup made by `fundapp backup`: its {name} is too large.")
            if told and name != MAC:
                raise NotABackup(f"{path} was changed: something was added to it after its manifest.")
            if name == MANIFEST:
                told = reading.read(size)
            elif name == MAC:
                sealed = reading.read(size)
            elif name == SUMS:
                _same(path, found, reading)
                listed = reading.digest.hexdigest()
            else:
                if listed:
                    raise NotABackup(f"{path} was changed: {name} was added to it.")
                if take is not None:
                    take(name, reading)  # type: ignore[arg-type]
                while reading.read(CHUNK):
                    pass
                found.write(f"{reading.digest.hexdigest()}  {name}\n".encode())
                count += 1
    if not told or not sealed:
        raise NotABackup(f"{path} is not whole: its end is missing. Copy it again from where it is kept.")
    if not hmac.compare_digest(mac_of(audit_key, told), sealed.decode("ascii", "replace")):
        raise NotABackup(
            f"{path} was not sealed with this AUDIT_KEY: it belongs to another service, or somebody changed it."
        )
    manifest = _read_json(told, path)
    if manifest.get("form") != FORM or manifest.get("members") != count or manifest.get(SUMS) != listed:
        raise NotABackup(f"{path} was changed: it does not hold what its manifest says.")
    return {**manifest, "mac": sealed.decode()}


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Damage is a sentence, wherever in the reading it is met."""
    try:
        yield
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as trouble:
        raise NotABackup(
            f"{path} is damaged or not whole ({trouble}). Copy it again from where it is kept."
        ) from trouble


def _members(path: Path) -> Iterator[tuple[str, IO[bytes], int]]:
    """Name, content and size of each; read one before the next is asked for."""
    with path.open("rb") as file, gzip.GzipFile(fileobj=file, mode="rb") as packed:
        with tarfile.open(fileobj=packed, mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isfile() else None
                if content is None:
                    raise NotABackup(
                        f"{path} is no backup made by `fundapp backup`: {member.name} is no file."
                    )
                yield member.name, content, member.size
                _forget(tar)
        while packed.read(CHUNK):  # to the end, where its own check stands
            pass


def _forget(tar: tarfile.TarFile) -> None:
    """A stream of members keeps the name of every one in memory, unless it is told otherwise."""
    vars(tar)["members"].clear()


def _same(path: Path, found: IO[bytes], listed: "_Hashing") -> None:
    """The sums that were found are those that are listed, one for one."""
    size = found.tell()
    found.seek(0)
    while True:
        ours, theirs = found.read(CHUNK), listed.read(CHUNK)
        if ours != theirs:
            wrong = next(
                (line for line in ours.splitlines() if line not in theirs.splitlines()), b"its list"
            ).decode(errors="replace")
            raise NotABackup(f"{path} is damaged: {wrong.rpartition('  ')[2]} is not as it was taken.")
        if not ours:
            break
    found.seek(size)


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True).encode() + b"\n"


def about_bytes(value: dict[str, Any]) -> bytes:
    """What `about.json` holds."""
    return _json({"form": FORM, **value})


def _read_json(content: bytes, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise NotABackup(f"{path} is damaged: what it says of itself cannot be read.")
    if found.get("form") != FORM:
        raise NotABackup(
            f"{path} is a backup of form {found.get('form')!r}; this release reads form {FORM}. Use the release that made it."
        )
    return found


class _Hashing:
    """A stream that is hashed as it is read."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        part = self._content.read(size)
        self.digest.update(part)
        return part
