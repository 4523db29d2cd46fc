"""The virus scanner's client, against a stand-in that speaks the same protocol over real sockets."""

import io
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fundapp.intake.scanner import Scanner, ScannerUnusable
from tests import clamd
from tests.handed import EICAR


@pytest.fixture
def scanner_at() -> Iterator[clamd.StandIn]:
    with clamd.listening() as known:
        yield known


def test_a_clean_file_is_clean_and_was_shown_whole(scanner_at: clamd.StandIn) -> None:
    content = bytes(range(256)) * 1000
    assert Scanner(scanner_at.url).scan(io.BytesIO(content)) == ""
    assert Scanner(scanner_at.url).scan(io.BytesIO(b"")) == ""
    assert scanner_at.shown == [content, b""]


def test_what_it_finds_is_named(scanner_at: clamd.StandIn) -> None:
    content = b"a" * 100_000 + EICAR
    assert Scanner(scanner_at.url).scan(io.BytesIO(content)) == clamd.FOUND


def test_it_can_listen_on_a_socket_of_this_machine() -> None:
    # The name of a socket has room for a hundred characters, and a test's own folder may have more.
    with (
        tempfile.TemporaryDirectory(prefix="clamd-") as folder,
        clamd.listening(Path(folder) / "ctl") as known,
    ):
        Scanner(known.url).ping()
        assert Scanner(known.url).scan(io.BytesIO(EICAR)) == clamd.FOUND


def test_it_answers_when_it_is_there(scanner_at: clamd.StandIn) -> None:
    Scanner(scanner_at.url).ping()
    scanner_at.says = b"220 mail ready\0"
    with pytest.raises(ScannerUnusable, match="answers, but not as one"):
        Scanner(scanner_at.url).ping()


@pytest.mark.parametrize(
    "says",
    [b"stream: OK", b"", b"OK\0", b"stream:OK\0", b"stream: Can't open file ERROR\0", b"FOUND\0",
     b"stream: OKAY\0", b"INSTREAM: command not found\0", b"\0stream: OK\0", b"x" * 10_000],
)  # fmt: skip
def test_only_its_very_words_make_a_file_clean(scanner_at: clamd.StandIn, says: bytes) -> None:
    scanner_at.says = says
    with pytest.raises(ScannerUnusable):
        Scanner(scanner_at.url, patience=2).scan(io.BytesIO(b"words"))


def test_a_file_that_is_too_large_for_it_is_not_clean(scanner_at: clamd.StandIn) -> None:
    scanner_at.most = 1000
    with pytest.raises(ScannerUnusable, match=r"size limit exceeded|cannot be reached|broke off"):
        Scanner(scanner_at.url).scan(io.BytesIO(bytes(3_000_000)))


def test_one_that_is_silent_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"clamd://127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(ScannerUnusable, match="cannot be reached: timed out"):
            Scanner(url, patience=0.2).scan(io.BytesIO(b"words"))


@pytest.mark.parametrize("url", ["clamd://127.0.0.1:1", "clamd:///nowhere/at/all"])
def test_one_that_is_not_there_is_named(url: str) -> None:
    with pytest.raises(ScannerUnusable, match=f"The virus scanner at {url} cannot be reached: "):
        Scanner(url).ping()
