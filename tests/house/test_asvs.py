"""The register of OWASP ASVS 5.0 names every requirement once, and what it names as evidence is there."""

import ast
import csv
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).parents[2]

#: The standard's own numbers, by section: how many are of level 1 and 2 (and 1.2.10, which is of level 3).
SECTIONS: Final = {
    "1.1": 2, "1.2": 10, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4, "3.4": 6,
    "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12,
    "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3,
    "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
#: Changes with the register alone: whoever closes one that is open counts again.
STATES: Final = {"met": 163, "out": 29, "open": 26}


def register() -> list[dict[str, str]]:
    """Its rows in order."""
    with (ROOT / "docs/security/asvs.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@cache
def held_by(path: Path) -> frozenset[str]:
    """The tests that a file holds."""
    tree = ast.parse(path.read_text())
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_every_requirement_stands_once() -> None:
    rows = register()
    ids = [row["id"] for row in rows]
    assert len(set(ids)) == len(ids) == 218
    assert Counter(one.rpartition(".")[0] for one in ids) == SECTIONS
    assert Counter(row["level"] for row in rows) == {"1": 65, "2": 152, "3": 1}
    assert Counter(row["state"] for row in rows) == STATES


@pytest.mark.parametrize("row", register(), ids=lambda row: row["id"])
def test_what_it_says_is_there(row: dict[str, str]) -> None:
    """Evidence that exists, or a reason of a sentence."""
    if row["state"] == "met":
        path, _, name = row["evidence"].partition("::")
        assert (ROOT / path).is_file()
        assert (
            path.startswith("tests/house/matrix")
            or not path.startswith("tests/")
            or name in held_by(ROOT / path)
        )
        assert row["how"]
    else:
        assert row["evidence"] == ""
        assert row["how"].endswith(".")
        assert len(row["how"].split()) >= 6
