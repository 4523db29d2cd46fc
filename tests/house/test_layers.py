"""Every room of the house has its place in the order of imports."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_room_has_a_layer() -> None:
    """A new module or package under fundapp/ that stands in no layer would be checked by nothing."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    placed = re.findall(r"fundapp\.(\w+)", " ".join(layers))
    modules = {path.stem for path in (ROOT / "fundapp").glob("*.py")} - {"__init__"}
    packages = {path.parent.name for path in (ROOT / "fundapp").glob("*/__init__.py")}
    assert sorted(modules | packages) == sorted(placed)


def test_the_package_itself_imports_nothing() -> None:
    """`fundapp/__init__.py` holds a docstring only, so that the domain loads without the web."""
    assert re.fullmatch(r'""".*?"""\n', (ROOT / "fundapp" / "__init__.py").read_text(), re.S)
