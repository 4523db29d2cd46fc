"""Reading the service's own code: which codes it says no with, and which actions it puts on record."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def calls(*folders: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call in the Python files of these folders or files, with the name of what is called."""
    for folder in folders:
        place = ROOT / folder
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    called = node.func
                    yield getattr(called, "attr", getattr(called, "id", "")), node


def text(node: ast.Call, place: int) -> str | None:
    """The text that stands as the argument at a place, if a text stands there."""
    if len(node.args) <= place:
        return None
    argument = node.args[place]
    found: Any = argument.value if isinstance(argument, ast.Constant) else None
    return found if isinstance(found, str) else None


def keys(node: ast.Call) -> set[str]:
    """The names of the parameters that a refusal carries: of its dictionary, or its keyword arguments."""
    given = {keyword.arg for keyword in node.keywords if keyword.arg}
    for argument in node.args[1:]:
        if isinstance(argument, ast.Dict):
            given |= {str(key.value) for key in argument.keys if isinstance(key, ast.Constant)}
    return given
