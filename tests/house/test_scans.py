"""What no code of the service does, read from the code itself: write HTML by script, build a pattern from what somebody typed."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
SCRIPTS: Final = sorted((ROOT / "fundapp/static").glob("*.js"))
#: Each was read: what varies in it is escaped, or a constant of its module.
PATTERNS: Final = {
    "re.escape(base_url.rstrip('/')) + '(/[!-~]*)?'",
    "b'^' + name",
    "f\"(?<!\\\\w)(?:{'|'.join(map(re.escape, HINTS))})s?(?!\\\\w)\"",
    "'(?<!\\\\w)' + '\\\\.?'.join((re.escape(letter) for letter in letters.upper())) + '(?!\\\\w)'",
}
#: What would make words into a page or into a script, or leave them where the next person at the machine finds them.
NEVER: Final = {
    "writes HTML": r"\.(?:inner|outer)HTML\s*\+?=(?!=)|insertAdjacentHTML|document\.write|srcdoc|createContextualFragment",
    "runs words": r"\beval\(|new Function|set(?:Timeout|Interval)\(\s*[\"'`]|javascript:|setAttribute\(\s*[\"'`]on",
    "builds a pattern": r"new RegExp",
    "names things as people do": r"__proto__|\w\[[^\]\n]+\]\s*=(?!=)|Object\.assign|constructor\[",
    "keeps cookies or databases": r"document\.cookie|indexedDB|caches\.",
    "hinders pasting": r"[\"'](?:paste|copy|cut|beforeinput|keydown|keypress)[\"']",
}


@pytest.mark.parametrize("why", NEVER)
def test_no_script_does(why: str) -> None:
    assert len(SCRIPTS) >= 4
    found = [
        f"{file.name}: {hit[0]}" for file in SCRIPTS for hit in re.finditer(NEVER[why], file.read_text())
    ]
    assert found == []


def test_answers_become_pages_only_from_this_service() -> None:
    """Two scripts read an answer as a page, and each asked this very service for it."""
    readers = {file.name for file in SCRIPTS if "parseFromString" in file.read_text()}
    assert readers == {"waiting.js", "wording.js"}
    asked = {hit for file in SCRIPTS for hit in re.findall(r"fetch\(([^,)]+)", file.read_text())}
    assert not [address for address in asked if "//" in address]


def test_only_words_not_saved_yet_stay_on_the_device() -> None:
    holders = {file.name for file in SCRIPTS if re.search(r"(?:local|session)Storage", file.read_text())}
    assert holders == {"autosave.js"}


def test_no_pattern_is_built_from_what_somebody_typed() -> None:
    odd = set()
    for file in [ROOT / "config.py", *(ROOT / "fundapp").rglob("*.py"), *(ROOT / "workflows").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            if (
                not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re")
                or node.func.attr == "escape"
            ):
                continue
            names = {part.id for part in ast.walk(node.args[0]) if isinstance(part, ast.Name)}
            if any(not name.isupper() for name in names):
                odd.add(ast.unparse(node.args[0]))
    assert odd == PATTERNS


def test_a_manager_of_passwords_may_fill_in() -> None:
    fields = [
        hit
        for file in (ROOT / "templates").rglob("*.html")
        for hit in re.findall(
            r"\{\{ text\((?:[^{}]|\{[^{]|\}[^}])*?type='password'[^\n]*?\}\}", file.read_text()
        )
    ]
    assert len(fields) == 3
    assert all(re.search(r"autocomplete='(?:current|new)-password'", field) for field in fields)
    assert not [
        file
        for file in (ROOT / "templates").rglob("*.html")
        if re.search(r"\son[a-z]{3,}=[\"']", file.read_text())
    ]
