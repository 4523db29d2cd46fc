"""The lock files pin every package by hash and name no place that packages come from."""

import re
import runpy
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
SOURCES = sorted((ROOT / "requirements").glob("*.in"))


def test_there_are_three_locks() -> None:
    """One for the service, one for its tests, one for what asks about the weaknesses of both."""
    assert [path.name for path in LOCKS] == ["audit.txt", "dev.txt", "runtime.txt"]


def test_an_audit_that_looked_at_nothing_is_no_good_one() -> None:
    """What asks says “no known vulnerabilities” of packages that its list did not know: `make audit` does not."""
    told = runpy.run_path(str(ROOT / "scripts" / "audit.py"))["told"]
    good = {"name": "a", "version": "1", "vulns": []}
    weak = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}]}
    skipped = {"name": "c", "skip_reason": "not found at https://index.example"}
    assert told("x", [good]) == (["x: 1 of 1 packages were looked at, 0 known weaknesses."], True)
    for found in ([good, skipped], [skipped], [], [good, weak], None):
        lines, well = told("x", found)
        assert not well
        assert "example" not in "".join(lines)
    assert "  b 2: CVE-1, mended in 3" in told("x", [weak])[0]


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


# In two parts each, so that this file does not name them itself.
HOSTS = re.compile("|".join(re.escape(f"{name}.{end}") for name, end in (
    ("pypi", "org"), ("pythonhosted", "org"), ("pypi", "python.org"), ("registry.npmjs", "org"),
)))  # fmt: skip
HOMES = re.compile(r"(?<![\w.}])/(?:root|home/[\w.-]+|Users/[\w.-]+)/")


def tracked_texts() -> list[tuple[str, str]]:
    """Path and text of every tracked file that holds text."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    texts = []
    for name in filter(None, names.stdout.split("\0")):
        path = ROOT / name
        content = path.read_bytes() if path.is_file() else b""
        if b"\0" not in content:
            texts.append((name, content.decode(errors="replace")))
    return texts


def naming(pattern: re.Pattern[str], texts: list[tuple[str, str]]) -> list[str]:
    """`file:line` of every line that the pattern finds."""
    return [
        f"{name}:{number}"
        for name, text in texts
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_an_index_or_a_home() -> None:
    """What is committed speaks of no machine and of no place that packages come from."""
    texts = tracked_texts()
    assert "pyproject.toml" in dict(texts)
    assert naming(HOSTS, texts) == []
    assert naming(HOMES, texts) == []


@pytest.mark.parametrize(
    ("pattern", "line", "found"),
    [
        (HOSTS, "see https://pypi" + ".org/simple", True),
        (HOSTS, "from PyPI", False),
        (HOMES, "cd /home" + "/ada/fund", True),
        (HOMES, "open(/ro" + "ot/.cache)", True),
        (HOMES, "Back to /home and /bids/home/", False),
    ],
)
def test_what_counts_as_naming(pattern: re.Pattern[str], line: str, found: bool) -> None:
    """The two patterns find what they are for, and leave our own addresses alone."""
    assert naming(pattern, [("file", line)]) == (["file:1"] if found else [])
