"""Refuses every write to an evidential or audit table that does not come from the audit package."""

import re
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, event

from fundapp import logs
from fundapp.models import EVIDENTIAL

#: Only statements with this very object as their execution option `recorded` may write to guarded tables.
RECORDED = object()

GUARDED = frozenset(EVIDENTIAL) | {
    "audit_event", "audit_head", "audit_leaf", "audit_node", "audit_checkpoint",
}  # fmt: skip

_GAP = r"(?:\s|/\*.*?\*/|--[^\n]*\n)+"
_WRITE = re.compile(
    rf"""\b(?:
        INSERT{_GAP}(?:OR{_GAP}\w+{_GAP})?INTO | REPLACE{_GAP}INTO | MERGE{_GAP}INTO
      | UPDATE(?:{_GAP}OR{_GAP}\w+)? | DELETE{_GAP}FROM | TRUNCATE(?:{_GAP}TABLE)? | COPY
    ){_GAP}(?:ONLY{_GAP})?(?:["`\[]?\w+["`\]]?\s*\.\s*)?["`\[]?(\w+)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


class UnrecordedWrite(Exception):
    """A statement would have written evidence without an event. Write it with `fundapp.audit.evidence`."""


@lru_cache(maxsize=2048)
def written(statement: str) -> str | None:
    """The guarded table that an SQL statement writes to, if any."""
    for match in _WRITE.finditer(statement):
        if match.group(1).lower() in GUARDED:
            return match.group(1).lower()
    return None


def install(engine: Engine) -> None:
    """Makes the engine raise UnrecordedWrite before such a statement reaches the database; counts the others."""

    @event.listens_for(engine, "before_cursor_execute")
    def refuse(
        conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        logs.count_statement()
        table = written(statement)
        if table and (context is None or context.execution_options.get("recorded") is not RECORDED):
            raise UnrecordedWrite(f"a write to {table} that no event records: use fundapp.audit.evidence")
