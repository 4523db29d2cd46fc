"""Writes docs/privacy/register.csv: what is kept, why and how long, column by column."""

import csv
from pathlib import Path

from fundapp.words import keeping

FILE = Path(__file__).resolve().parents[1] / "docs" / "privacy" / "register.csv"


def main() -> None:
    """Write the file anew."""
    with FILE.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(keeping.rows())


if __name__ == "__main__":
    main()
