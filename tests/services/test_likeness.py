"""Marks on both databases: written when a version is frozen, one statement for any number, filled in for older bids."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import delete, event

from fundapp.demo.stage import Stage
from fundapp.models import Likeness
from fundapp.queries import likeness as asks
from fundapp.services import likeness
from fundapp.services.deed import Office
from fundapp.services.transition import fire
from tests.services import world

NOBODY = 0


@contextmanager
def writes(office: Office) -> Iterator[list[str]]:
    """The statements that write marks meanwhile."""
    found: list[str] = []

    def look(conn: Any, cursor: Any, statement: str, *more: Any) -> None:
        if statement.startswith("INSERT INTO likeness "):
            found.append(statement)

    event.listen(office.db.engine, "before_cursor_execute", look)
    yield found
    event.remove(office.db.engine, "before_cursor_execute", look)


def others(office: Office, bid: int) -> dict[int, set[str]]:
    with office.db.read() as conn:
        rows = asks.pairs(conn, [bid], NOBODY, None)
    found: dict[int, set[str]] = {}
    for row in rows:
        found.setdefault(row.id, set()).add(row.kind)
    return found


def test_a_bid_that_is_sent_is_marked_once(office: Office, stage: Stage) -> None:
    bid = stage.draft(world.project(0))
    assert world.rows(office, "likeness") == []
    with writes(office) as made:
        stage.submit(bid)
    assert len(made) == 1
    marks = world.rows(office, "likeness")
    assert {row["bid_id"] for row in marks} == {bid}
    assert {row["kind"] for row in marks} >= {"name", "address", "text"}
    stage.send_back(bid, "councillor")
    fire(office, stage.cast.actor("member"), "bid", "submit", bid, stage.during)
    assert world.rows(office, "likeness") == marks


def test_two_bids_of_one_group_find_each_other(office: Office, stage: Stage) -> None:
    first, second, other = world.submitted(stage, 0), world.submitted(stage, 0), world.submitted(stage, 1)
    assert others(office, first)[second] >= {"name", "text"}
    assert others(office, second)[first] == others(office, first)[second]
    assert not others(office, other).keys() & {first, second} or "text" not in others(office, other)[first]


def test_older_bids_are_filled_in_once(office: Office, stage: Stage) -> None:
    first, second = world.submitted(stage, 0), world.submitted(stage, 0)
    stage.draft(world.project(1))
    before = others(office, first)
    with office.db.write() as conn:
        conn.execute(delete(Likeness))
    assert others(office, first) == {}
    assert likeness.fill(office) == 2
    assert others(office, first) == before
    assert second in before
    assert likeness.fill(office) == 0


def test_what_was_looked_at_is_noted_for_both(office: Office, stage: Stage) -> None:
    first, second = world.submitted(stage, 0), world.submitted(stage, 0)
    officer = stage.cast.actor("officer")
    with office.db.read() as conn:
        listed = asks.to_look_at(conn, stage.round, NOBODY, None, 0, 10)
    assert [row.id for row in listed] == [first, second]
    likeness.looked(office, officer, second, first, "Two halves of one hall.", stage.during)
    likeness.looked(office, officer, first, second, " Two projects. ", stage.during)
    with office.db.read() as conn:
        rows = [*asks.pairs(conn, [first], NOBODY, None), *asks.pairs(conn, [second], NOBODY, None)]
        assert asks.to_look_at(conn, stage.round, NOBODY, None, 0, 10) == []
    assert {row.note for row in rows} == {"Two projects."}
    for wrong in ((first, first, "x"), (first, second, " ")):
        with pytest.raises(ValueError, match="two bids"):
            likeness.looked(office, officer, *wrong, stage.during)


def test_a_bid_that_is_kept_from_somebody_is_no_hint_to_them(office: Office, stage: Stage) -> None:
    first = world.submitted(stage, 0)
    world.submitted(stage, 0)
    with office.db.read() as conn:
        assert asks.pairs(conn, [first], stage.cast.persons["member"], None) == []
        assert asks.pairs(conn, [first], NOBODY, [stage.fund + 1]) == []
        assert asks.to_look_at(conn, stage.round, NOBODY, [stage.fund + 1], 0, 10) == []
