"""Directories of postcodes, read as a stream."""

from pathlib import Path

import pytest

from fundapp.intake.postcodes import read_postcodes
from fundapp.intake.refusals import FileRefused


def read(tmp_path: Path, content: bytes) -> list[tuple[int, str | None, str | None]]:
    path = tmp_path / "pc.csv"
    path.write_bytes(content)
    return [(row.line, row.code, row.ward) for row in read_postcodes(path)]


def test_columns_of_the_public_directories(tmp_path: Path) -> None:
    text = (
        b'\xef\xbb\xbf"pcd","pcd2","pcds","doterm","oscty","osward"\r\n'
        b'"LS3 1HH","LS3  1HH","LS3 1HH","","E99","E05001429"\r\n'
        b'"AB1 0AA","AB1  0AA","AB1 0AA","199606","S99","S13002843"\r\n'
        b'"nonsense","","nonsense","","","E05001429"\r\n\r\n'
        b'"M5 4WT","M5   4WT","M5 4WT","","",""\r\n'
    )
    assert read(tmp_path, text) == [
        (2, "LS31HH", "E05001429"), (4, None, "E05001429"), (6, "M54WT", None),
    ]  # fmt: skip
    assert read(tmp_path, b"Postcode;Ward code\nw1a 0ax;e05000630\n") == [(2, "W1A0AX", "E05000630")]
    assert read(tmp_path, b"postcode\tWD24CD\tWard\nW1A0AX\tE05000630\tSoho\n") == [
        (2, "W1A0AX", "E05000630")
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"), (b"\n\n", "is empty"), (b"postcode,ward code\n", "has headers but no postcodes"),
        (b"postcode,town\nLS3 1HH,Leeds\n", "lacks a column for: ward code"), (b"\xff\xfe", "not UTF-8"),
        (b'postcode,ward code\n"LS3 1HH,E05001429\n', "is broken"),
    ],
)  # fmt: skip
def test_files_that_are_refused(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        read(tmp_path, content)


def test_no_such_file(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "nowhere", "There is no file"), (tmp_path, "a folder")):
        with pytest.raises(FileRefused, match=words):
            list(read_postcodes(path))
