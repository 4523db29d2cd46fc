"""Keeps the tables of a policy about to be released: writes the missing ones, never changes a stored one."""

import json
import sys

from workflows import LIVES
from workflows.grammar import Life
from workflows.history import path, table


def keep(life: Life) -> bool | None:
    """True if the life's table was written now, False if it stood there already, None if another one does.

    A stored table is never changed: past moves are judged by it.
    """
    file, current = path(life.name, life.policy), table(life)
    if file.is_file():
        return False if json.loads(file.read_text(encoding="utf-8")) == current else None
    file.write_text(json.dumps(current, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return True


def main() -> int:
    """Exit code 0 if every life's table is kept; 1, naming them, if a stored one would have to change."""
    refused = 0
    for life in LIVES.values():
        name, version = life.policy
        match keep(life):
            case True:
                print(f"Kept: {path(life.name, life.policy).name}")
            case None:
                refused = 1
                print(
                    f"The moves of {life.name} are not those kept as {name} version {version}, by which past "
                    f"moves are judged. Give the changed policy version {version + 1} and run this again.",
                    file=sys.stderr,
                )
    return refused


if __name__ == "__main__":
    sys.exit(main())
