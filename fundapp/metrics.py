"""What the web processes of one machine count together: requests by route and status, and how long they took.

The numbers lie in memory that the server shares with the processes it begins, so that whichever of them is asked tells
for all. Each process writes in a slot of its own, without a lock: one that is killed leaves nothing locked, and whoever
comes in its place counts on from where it stopped.
"""

import mmap
import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

#: Upper bounds of the histogram, in seconds.
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

#: Processes of one server.
SLOTS: Final = 32
#: Different things that one process counts; what is more than that goes uncounted.
CELLS: Final = 1536

_KEY: Final = 14  # eights of bytes
_NUMBERS: Final = len(BUCKETS) + 2  # one for what took longer than all, and the sum
_CELL: Final = _KEY + _NUMBERS
_LONGEST: Final = _KEY * 8 - 1


class Board:
    """Counters that all processes begun by this one share, until the server ends."""

    def __init__(self) -> None:
        self._bytes = mmap.mmap(-1, SLOTS * CELLS * _CELL * 8)
        self._numbers = memoryview(self._bytes).cast("d")
        self._lock = threading.Lock()
        self._slot = 0
        self._cells: dict[str, int] = {}

    def take(self, slot: int) -> None:
        """Count in this slot from now on; what its last owner counted stays."""
        self._lock, self._slot = threading.Lock(), slot
        self._cells = dict(self._written(slot))

    @staticmethod
    def free(taken: Collection[int]) -> int:
        """The first slot that nobody has; the last one is shared by all that are too many."""
        return next((slot for slot in range(SLOTS) if slot not in taken), SLOTS - 1)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request more."""
        with self._lock:
            place = self._cell(f"n {method} {status} {route}")
            if place is not None:
                self._numbers[place] += 1
            place = self._cell(f"t {route}")
            if place is not None:
                self._numbers[place + bisect_left(BUCKETS, seconds)] += 1
                self._numbers[place + len(BUCKETS) + 1] += seconds

    def requests(self) -> dict[tuple[str, str, str], int]:
        """(route, method, status): how many, of all processes."""
        found: dict[tuple[str, str, str], int] = defaultdict(int)
        for key, place in self._all("n "):
            method, status, route = key.split(" ", 2)
            found[route, method, status] += int(self._numbers[place])
        return dict(found)

    def seconds(self) -> dict[str, list[float]]:
        """By route: how many took as long as each bucket allows and no shorter one, and longer; then all seconds."""
        found: dict[str, list[float]] = defaultdict(lambda: [0.0] * _NUMBERS)
        for route, place in self._all("t "):
            for number in range(_NUMBERS):
                found[route][number] += self._numbers[place + number]
        return dict(found)

    def _cell(self, key: str) -> int | None:
        """Where a thing is counted, made at first use."""
        place = self._cells.get(key)
        if place is not None or len(self._cells) >= CELLS:
            return place
        name = key.encode("ascii", "replace")[:_LONGEST]
        begins = (self._slot * CELLS + len(self._cells)) * _CELL
        # The length last: whoever reads meanwhile sees the whole name or none.
        self._bytes[begins * 8 + 1 : begins * 8 + 1 + len(name)] = name
        self._bytes[begins * 8] = len(name)
        self._cells[key] = place = begins + _KEY
        return place

    def _written(self, slot: int) -> Iterator[tuple[str, int]]:
        for number in range(CELLS):
            begins = (slot * CELLS + number) * _CELL
            length = self._bytes[begins * 8]
            if not length:
                return
            yield self._bytes[begins * 8 + 1 : begins * 8 + 1 + length].decode("ascii"), begins + _KEY

    def _all(self, kind: str) -> Iterator[tuple[str, int]]:
        for slot in range(SLOTS):
            for key, place in self._written(slot):
                if key.startswith(kind):
                    yield key.removeprefix(kind), place


#: Made before the server begins its processes: `fundapp.serving` loads it first.
BOARD: Final = Board()


#: Labels, and what was measured of what they name.
Value: TypeAlias = tuple[Mapping[str, str], float]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure as Prometheus reads it: a name, what it says, its kind, and its values by labels."""

    name: str
    says: str
    kind: str
    values: list[Value] = field(default_factory=list)


def exposition(figures: Iterable[Figure]) -> str:
    """The text that Prometheus reads, format 0.0.4."""
    lines = []
    for figure in figures:
        lines += [f"# HELP {figure.name} {figure.says}", f"# TYPE {figure.name} {figure.kind}"]
        lines += [_line(figure.name, labels, value) for labels, value in figure.values]
    return "\n".join(lines) + "\n"


def of_requests(board: Board = BOARD) -> str:
    """The requests that were counted, as Prometheus reads them."""
    counted = Figure("fund_requests_total", "Requests answered, by route, method and status.", "counter")
    counted.values.extend(
        ({"route": route, "method": method, "status": status}, many)
        for (route, method, status), many in sorted(board.requests().items())
    )
    lines = [
        exposition([counted]).rstrip("\n"),
        "# HELP fund_request_seconds How long requests took to answer, in seconds, by route.",
        "# TYPE fund_request_seconds histogram",
    ]
    for route, numbers in sorted(board.seconds().items()):
        so_far = 0.0
        for bound, many in zip((*map(str, BUCKETS), "+Inf"), numbers, strict=False):
            so_far += many
            lines.append(_line("fund_request_seconds_bucket", {"route": route, "le": bound}, so_far))
        lines.append(_line("fund_request_seconds_sum", {"route": route}, numbers[-1]))
        lines.append(_line("fund_request_seconds_count", {"route": route}, so_far))
    return "\n".join(lines) + "\n"


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    inside = ",".join(f'{label}="{_escaped(said)}"' for label, said in labels.items())
    return f"{name}{{{inside}}} {_number(value)}" if inside else f"{name} {_number(value)}"


def _escaped(said: str) -> str:
    return said.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
