"""Asks a list of known weaknesses about the pinned requirements; says in sentences what it was told. `make audit`.

What asks (pip-audit) stands in an environment of its own, build/audit. An answer that looked at nothing is never taken
for a good one, and no address of any index is printed.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "build" / "audit"
PINNED = ROOT / "requirements" / "audit.txt"
ASKED = ("runtime.txt", "dev.txt")


def ready() -> bool:
    """Whether pip-audit stands in its own environment, made anew when its pins change."""
    mark = PLACE / ".pins"
    if mark.exists() and mark.read_text() == PINNED.read_text():
        return True
    words = [sys.executable, "-m", "venv", "--clear", str(PLACE)]
    pip = [
        str(PLACE / "bin" / "pip"),
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
        str(PINNED),
    ]
    for command in (words, pip):
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return False
    mark.write_text(PINNED.read_text())
    return True


def ask(name: str) -> list[dict[str, Any]] | None:
    """What is known of each package of a file of pins; None if nobody answered."""
    command = [
        str(PLACE / "bin" / "pip-audit"), "-r", str(ROOT / "requirements" / name), "--require-hashes", "--disable-pip",
        "--format", "json", "--progress-spinner", "off",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return None
    return found


def told(name: str, found: list[dict[str, Any]] | None) -> tuple[list[str], bool]:
    """The lines for one file, and whether all of it was looked at and is well."""
    if found is None:
        return [
            f"{name}: the list of weaknesses did not answer, so nothing was looked at. Try where the network allows it."
        ], False
    asked = [one for one in found if "skip_reason" not in one]
    weak = [(one["name"], one["version"], flaw) for one in asked for flaw in one.get("vulns", [])]
    lines = [f"{name}: {len(asked)} of {len(found)} packages were looked at, {len(weak)} known weaknesses."]
    if len(asked) < len(found):
        skipped = ", ".join(sorted(one["name"] for one in found if "skip_reason" in one)[:5])
        lines.append(
            f"Not looked at, because the list did not know them or was out of reach: {skipped} and so on."
        )
    for package, version, flaw in weak:
        mended = " or ".join(flaw.get("fix_versions", [])) or "no version yet"
        lines.append(f"  {package} {version}: {flaw['id']}, mended in {mended}")
    return lines, bool(asked) and len(asked) == len(found) and not weak


def main() -> int:
    """0 only if every package was looked at and none is known to be weak."""
    if not ready():
        print("pip-audit could not be installed into build/audit. Run this where packages can be fetched.")
        return 2
    well = True
    for name in ASKED:
        lines, good = told(name, ask(name))
        print("\n".join(lines))
        well = well and good
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main())
