"""Writes migrations/first/ from the models; after the first release, schema changes are revisions instead."""

import re
from pathlib import Path

from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from fundapp.models import Base

FIRST = Path(__file__).resolve().parents[1] / "migrations" / "first"

#: Files in the order in which they run: a table comes after those that it refers to.
ORDER = (
    "record",
    "rounds",
    "people",
    "bids",
    "panel",
    "deciding",
    "letters",
    "payees",
    "awards",
    "pot",
    "effects",
    "likeness",
    "sign_in",
    "ties",
)


def statements(dialect: Dialect, module: str) -> list[str]:
    """CREATE TABLE and CREATE INDEX of one module of models, in order of dependence."""
    homes = {
        mapper.class_.__tablename__: mapper.class_.__module__.rpartition(".")[2]
        for mapper in Base.registry.mappers
    }
    made: list[DDLElement] = []
    for table in Base.metadata.sorted_tables:
        if homes[table.name] != module:
            continue
        made.append(CreateTable(table))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            made.append(CreateIndex(index))
    texts = [str(statement.compile(dialect=dialect)) for statement in made]
    return [re.sub(r"[ \t]+\n", "\n", statement).strip().replace("\t", "  ") for statement in texts]


if __name__ == "__main__":
    dialects: dict[str, Dialect] = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}  # type: ignore[no-untyped-call]
    for name, dialect in dialects.items():
        folder = FIRST / name
        folder.mkdir(parents=True, exist_ok=True)
        for place, module in enumerate(ORDER, start=1):
            (folder / f"{place:02}_{module}.sql").write_text("\n\n".join(statements(dialect, module)) + "\n")
