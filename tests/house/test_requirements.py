"""The lock files pin every package by hash and name no place that packages come from."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
SOURCES = sorted((ROOT / "requirements").glob("*.in"))


def test_there_are_two_locks() -> None:
    """One for the service, one for its tests."""
    assert [path.name for path in LOCKS] == ["dev.txt", "runtime.txt"]


@pytest.mark.parametrize("path", [*LOCKS, *SOURCES], ids=lambda path: path.name)
def test_requirements_name_no_index(path: Path) -> None:
    """No address, no option that brings one in."""
    text = path.read_text()
    for word in ("://", "--index", "--extra-index", "--find-links", "-i ", "-f "):
        assert not re.search(rf"(^|\s){re.escape(word)}", text, re.M), word
    assert "://" not in text


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_pin_has_a_hash(path: Path) -> None:
    """`name==version` with at least one sha256."""
    pins = [block for block in re.split(r"\n(?=\S)", path.read_text()) if block.strip()]
    assert len(pins) > 20
    for pin in pins:
        assert re.match(r"^[a-z0-9._-]+(\[[a-z]+\])?==\S+", pin), pin[:80]
        assert "--hash=sha256:" in pin, pin[:80]


def test_no_file_names_an_index_or_a_home() -> None:
    """What is committed speaks of no machine."""
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    index = "pypi" + ".org"
    home = "/ro" + "ot/"
    for name in filter(None, files.split("\0")):
        path = ROOT / name
        if path.suffix in (".png", ".woff2") or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        assert index not in text, name
        assert home not in text, name
