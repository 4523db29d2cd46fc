"""A file appears whole or not at all, and nothing but a file is ever replaced."""

import os
from pathlib import Path

import pytest

from fundapp.files import FileRefused, placing


def write(path: Path, words: str) -> None:
    with placing(path) as temporary:
        temporary.write_text(words)


def write_half(path: Path) -> None:
    with placing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError


def refused(path: Path) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        write(path, "new")
    return caught.value


def test_a_file_is_made_and_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "awards.csv"
    write(path, "one")
    write(path, "two")
    assert path.read_text() == "two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["awards.csv"]


def test_after_an_error_what_stood_there_still_stands(tmp_path: Path) -> None:
    path = tmp_path / "awards.csv"
    write(path, "one")
    with pytest.raises(RuntimeError):
        write_half(path)
    assert path.read_text() == "one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["awards.csv"]


def test_a_link_stays_a_link_and_its_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    target, link = tmp_path / "kept" / "awards.csv", tmp_path / "awards.csv"
    link.symlink_to(target)
    write(link, "one")
    assert link.is_symlink()
    assert target.read_text() == "one"


def test_a_pipe_or_device_is_never_replaced(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link):
        assert refused(path).code == "not_a_file"
        assert str(refused(path)) == f"{path} is a device or a pipe, not a file. Name a file to write."
    assert pipe.is_fifo()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["link", "pipe"]


def test_places_that_are_none(tmp_path: Path) -> None:
    assert refused(tmp_path).code == "is_folder"
    assert refused(tmp_path / "no" / "awards.csv").code == "folder_missing"
