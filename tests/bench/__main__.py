"""`python -m tests.bench [--quick] [--sqlite] [subject …]`: measures, and prints service, limit and ratio."""

import argparse
import importlib
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from tests.bench import grounds
from tests.bench.measure import Line, table
from tests.bench.plan import Plan

#: Subject: the module that measures it, in the order of the table.
SUBJECTS = (
    "pages",
    "moves",
    "many",
    "assigning",
    "ranking",
    "selection",
    "letters",
    "intake",
    "verify",
    "sealing",
    "start",
)


def main() -> None:
    """Runs the subjects asked for, each in turn, and prints one table for each and all of them at the end."""
    reader = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    reader.add_argument("subjects", nargs="*", metavar="subject", help=", ".join(SUBJECTS))
    reader.add_argument("--quick", action="store_true", help="fewer rounds: under three minutes, noisier")
    reader.add_argument("--sqlite", action="store_true", help="leave PostgreSQL out")
    asked = reader.parse_args()
    unknown = [name for name in asked.subjects if name not in SUBJECTS]
    if unknown:
        reader.error(f"no subject is called {', '.join(unknown)}. There are: {', '.join(SUBJECTS)}.")
    lines: list[Line] = []
    with (
        tempfile.TemporaryDirectory(prefix="fundapp-bench-") as folder,
        nullcontext(None) if asked.sqlite else grounds.postgres() as server,
    ):
        plan = Plan(asked.quick, Path(folder), server)
        for name in asked.subjects or SUBJECTS:
            begun = time.monotonic()
            print(f"\n{name}", flush=True)
            found = importlib.import_module(f"tests.bench.{name}").run(plan)
            lines += found
            print(table(found))
            print(f"({time.monotonic() - begun:.0f} s)", flush=True)
    if len(asked.subjects) != 1:
        print("\nall\n" + table(lines))
    missed = [line.what for line in lines if line.met is False]
    print("\nTargets missed: " + ("; ".join(missed) if missed else "none") + ".")


if __name__ == "__main__":
    main()
