"""What a subject of the benchmark is given."""

from dataclasses import dataclass
from pathlib import Path

from tests.databases import PostgresServer


@dataclass(frozen=True, slots=True)
class Plan:
    """How thoroughly to measure, where to keep files, and the PostgreSQL server (None: SQLite only)."""

    quick: bool
    folder: Path
    server: PostgresServer | None
