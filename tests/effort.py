"""How hard the random and the racing tests try: a small number in every run, EFFORT times as many by make fuzz and races."""

import os

EFFORT = int(os.environ.get("EFFORT", "1"))
#: In an ordinary run the same cases come every time; with more effort they are new ones.
REPEATABLE = EFFORT == 1


def times(count: int) -> int:
    """`count`, as often over as this run is told to try."""
    return count * EFFORT
