"""Every column of every table is classed: whose it is, why it is kept, what becomes of it."""

import csv
from pathlib import Path

import pytest

from fundapp.domain.keeping import CLASSES
from fundapp.domain.register import TABLES
from fundapp.models import EVIDENTIAL, Base
from fundapp.words import keeping

ROOT = Path(__file__).resolve().parents[2]
MODELS = Base.metadata.tables


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_column_is_classed_once(name: str) -> None:
    kept = TABLES[name]
    assert set(kept.columns) == set(MODELS[name].columns.keys()), "class it in fundapp/domain/register.py"
    assert not set(kept.facts.split()) & set(kept.words)
    assert kept.record in CLASSES
    assert set(kept.back) <= set(kept.columns)


def test_nothing_is_classed_that_is_not_there() -> None:
    assert set(TABLES) == set(MODELS)


@pytest.mark.parametrize("name", sorted(name for name, kept in TABLES.items() if kept.words))
def test_what_tells_of_people_has_an_end(name: str) -> None:
    kept, table = TABLES[name], MODELS[name]
    if kept.end == "stay":
        # Nobody's row by itself: an officer looks for names in it.
        assert not kept.about, f"{name} tells of {kept.about}, and stays"
        return
    assert kept.about, f"{name} ends, and nobody's"
    if kept.end == "delete":
        assert name not in EVIDENTIAL, "evidence is never deleted"
    for column, words in kept.words.items():
        if kept.end == "blank" and words.leaves is None:
            assert table.c[column].nullable, f"{name}.{column} cannot be nothing"
    for relation in (*kept.about, *kept.to):
        if relation == "bid":
            assert kept.bid
        elif relation != "self":
            assert relation.lstrip("@").partition(">")[0] in table.c


def test_the_register_that_people_read_is_the_one_that_the_service_goes_by() -> None:
    with (ROOT / "docs/privacy/register.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [list(row) for row in keeping.rows()], (
            "run python -m scripts.register"
        )
