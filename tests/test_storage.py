"""Files kept by their content."""

import hashlib
import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fundapp.storage import CHUNK, FileMissing, LocalFiles, StorageUnusable, open_storage

CONTENT = b"Plans for the bandstand"


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 7])
@pytest.mark.parametrize("kind", [bytes, io.BytesIO])
def test_what_is_put_comes_back_whole(tmp_path: Path, size: int, kind: type) -> None:
    files = LocalFiles(tmp_path / "files")
    content = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    sha256, told = files.put(kind(content))
    assert (sha256, told) == (hashlib.sha256(content).hexdigest(), size)
    with files.open(sha256) as file:
        assert file.read() == content


def test_the_same_content_is_kept_once_and_nothing_else_is_left(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path / "files")
    first, second = files.put(CONTENT), files.put(io.BytesIO(CONTENT))
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    assert first == second == (sha256, len(CONTENT))
    kept = [path for path in (tmp_path / "files").rglob("*") if path.is_file() and path.name != ".lock"]
    assert kept == [tmp_path / "files" / sha256[:2] / sha256[2:]]
    assert kept[0].stat().st_mode & 0o777 == 0o600


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.RawIOBase):
        def __init__(self) -> None:
            self.parts = [b"half of it", ConnectionResetError("gone")]

        def read(self, size: int = -1) -> bytes:
            part = self.parts.pop(0)
            if isinstance(part, Exception):
                raise part
            return part

    with pytest.raises(StorageUnusable):
        LocalFiles(tmp_path).put(Broken())  # type: ignore[arg-type]
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_only_a_sha256_names_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileMissing, match="not the SHA-256"):
        LocalFiles(tmp_path).open(name)


def test_a_file_that_is_not_kept_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileMissing, match=f"The file {'0' * 64} is not kept here"):
        LocalFiles(tmp_path).open("0" * 64)


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageUnusable, match="cannot be kept in"):
        LocalFiles(tmp_path / "file" / "files").put(CONTENT)


def test_storage_is_opened_by_its_url(tmp_path: Path) -> None:
    sha256, _ = open_storage(f"file:{tmp_path}").put(CONTENT)
    with open_storage(f"file://{tmp_path}").open(sha256) as file:
        assert file.read() == CONTENT


@pytest.mark.parametrize("url", ["", "s3://bucket", "file:", "file://host/folder"])
def test_a_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(StorageUnusable, match=r"Write file:/a/folder\."):
        open_storage(url)


def test_what_was_put_before_a_moment_is_listed_and_can_be_deleted(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path / "files")
    assert list(files.older(datetime.max.replace(tzinfo=UTC, year=3000))) == []
    old, new = files.put(b"old")[0], files.put(b"new")[0]
    _age(files, old, days=3)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert list(files.older(yesterday)) == [old]
    assert (files.delete(old, yesterday), files.delete(old, yesterday)) == (True, False)
    assert not files.delete(new, yesterday)
    with pytest.raises(FileMissing):
        files.open(old)
    with files.open(new) as kept:
        assert kept.read() == b"new"


def test_what_is_put_again_meanwhile_is_not_deleted(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path / "files")
    sha256 = files.put(CONTENT)[0]
    _age(files, sha256, days=3)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert list(files.older(yesterday)) == [sha256]
    files.put(CONTENT)
    assert not files.delete(sha256, yesterday)
    with files.open(sha256) as kept:
        assert kept.read() == CONTENT


def test_deleting_leaves_all_else_alone(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path / "files")
    later = datetime.now(UTC) + timedelta(days=1)
    assert not files.delete("0" * 64, later)
    files.put(CONTENT)
    for name in ("..", "../../etc/passwd", "A" * 64, ""):
        assert not files.delete(name, later)
    (tmp_path / "files" / "ab").mkdir(exist_ok=True)
    (tmp_path / "files" / "ab" / "notes.txt").write_text("The operator’s own.")
    assert list(files.older(later)) == [hashlib.sha256(CONTENT).hexdigest()]


def _age(files: LocalFiles, sha256: str, *, days: int) -> None:
    """As if it had been put so many days ago."""
    then = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(files.folder / sha256[:2] / sha256[2:], (then, then))
