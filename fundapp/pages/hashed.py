"""An upload that is hashed while it streams in and kept nowhere, on the pages that ask for no more of it."""

import hashlib
import io
from typing import IO, Any

from flask import Request


class Digest(io.RawIOBase):
    """A file that takes bytes, remembers their SHA-256 and how many they were, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self._sha256 = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """Of what was written so far, in hex."""
        return self._sha256.hexdigest()

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, given: Any) -> int:
        """Take some bytes."""
        self._sha256.update(given)
        self.size += len(given)
        return len(given)

    def seek(self, offset: int, whence: int = 0) -> int:
        """There is nothing to go back to; whoever took the bytes in asks for it all the same."""
        return 0


class Brief(io.BytesIO):
    """A file that keeps its first bytes in memory, up to `MOST`, and of all others only how many they were."""

    MOST = 256 * 1024

    def __init__(self) -> None:
        super().__init__()
        self.size = 0

    def write(self, given: Any) -> int:
        """Take some bytes."""
        room = max(0, self.MOST - self.size)
        self.size += len(given)
        super().write(given[:room])
        return len(given)


class HashingRequest(Request):
    """A request whose uploads are only hashed where its endpoint is one of `HASHED`, and kept short where one of `BRIEF`."""

    #: Endpoints that look at an upload's hash and never at its content.
    HASHED = frozenset({"public.check_letter"})
    #: Endpoints that read small files and never put one on a disk.
    BRIEF = frozenset({"public.check_proof", "auditor.verify"})

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.endpoint in self.HASHED:
            return Digest()  # type: ignore[return-value]
        if self.endpoint in self.BRIEF:
            return Brief()
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)
