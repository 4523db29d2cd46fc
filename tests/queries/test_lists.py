"""The list of bids on both databases: every order and filter, page after page; bounded counts; no sorting of it all."""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import event, text

from fundapp.demo.stage import Stage
from fundapp.queries import lists
from fundapp.services.deed import Office
from tests.services import world

NOBODY = 0


def paged(office: Office, filters: lists.Filters, size: int) -> list[int]:
    """Ids of the whole list, page after page."""
    found: list[int] = []
    after = None
    with office.db.read() as conn:
        while rows := lists.page(conn, filters, NOBODY, after, size):
            found += [row.id for row in rows]
            after = lists.key_of(rows[-1], filters.sort)
    return found


def some_bids(stage: Stage) -> list[int]:
    """Five bids: two drafts, two sent, one backed."""
    drafts = [stage.draft(world.project(number)) for number in range(2)]
    return [*drafts, world.submitted(stage, 2), world.submitted(stage, 3), *world.endorsed(stage, 4)]


@pytest.mark.parametrize("sort", lists.SORTS)
def test_pages_of_any_size_are_the_list_in_order(office: Office, stage: Stage, sort: str) -> None:
    made = some_bids(stage)
    column = {"wait": "since", "due": "due_at", "amount": "amount_pence", "new": "id"}[sort]
    backwards = "DESC" if sort in ("amount", "new") else "ASC"
    with office.db.read() as conn:
        order = f"{column} IS NULL, {column} {backwards}, id {backwards}"
        expected = list(conn.execute(text(f"SELECT id FROM bid ORDER BY {order}")).scalars())
    assert sorted(expected) == sorted(made)
    for size in (1, 2, 26):
        assert paged(office, lists.Filters(None, sort=sort), size) == expected


def test_filters_narrow_it_each_alone_and_together(office: Office, stage: Stage) -> None:
    made = some_bids(stage)
    fund, round_id = stage.fund, stage.round
    assert paged(office, lists.Filters(funds=[fund]), 26) == paged(office, lists.Filters(None), 26)
    assert paged(office, lists.Filters(funds=[]), 26) == []
    assert paged(office, lists.Filters(funds=[fund + 1]), 26) == []
    assert paged(office, lists.Filters(None, round_id=round_id + 1), 26) == []
    assert sorted(paged(office, lists.Filters(None, tab="draft"), 1)) == made[:2]
    assert sorted(paged(office, lists.Filters(None, round_id=round_id, tab="submitted"), 1)) == made[2:4]
    assert paged(office, lists.Filters([fund], bid=made[4]), 1) == [made[4]]
    with office.db.read() as conn:
        title = conn.execute(text("SELECT title FROM bid WHERE id = :id"), {"id": made[4]}).scalar_one()
    assert paged(office, lists.Filters(None, words=title.upper()), 26) == [made[4]]


@pytest.mark.parametrize("words", ["%", "_", "/", "%%%%%%%%", "/%", "a_b", "\\"])
def test_signs_of_a_pattern_are_only_signs(office: Office, stage: Stage, words: str) -> None:
    some_bids(stage)
    assert paged(office, lists.Filters(None, words=words), 26) == []
    assert paged(office, lists.Filters(None, place=words), 26) == []


def test_every_shape_of_the_question_can_be_asked(office: Office, stage: Stage) -> None:
    some_bids(stage)
    shapes = product(
        (None, [stage.fund]), (None, stage.round), ("", "ended", "endorsed"), ("", "the"), (None, 1), ("", "mill")
    )  # fmt: skip
    with office.db.read() as conn:
        for funds, round_id, tab, words, bid, place in shapes:
            for sort in lists.SORTS:
                filters = lists.Filters(funds, round_id, tab, words, bid, place, sort)
                for after in (None, (5, 3), (None, 3)):
                    lists.page(conn, filters, NOBODY, after, 2)
            counted = lists.counts(conn, lists.Filters(funds, round_id, "", words, bid, place), NOBODY)
            assert set(counted) == {state for states in lists.TABS.values() for state in states}


def test_counts_are_right_and_go_no_further_than_they_must(
    office: Office, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_bids(stage)
    with office.db.read() as conn:
        whole = lists.counts(conn, lists.Filters(None), NOBODY)
        assert {state: number for state, number in whole.items() if number} == {
            "draft": 2, "submitted": 2, "endorsed": 1,
        }  # fmt: skip
        assert sum(lists.counts(conn, lists.Filters([stage.fund + 1]), NOBODY).values()) == 0
        monkeypatch.setattr(lists, "MOST_COUNTED", 1)
        for number in range(5, 8):
            stage.draft(world.project(number))
        assert lists.counts(conn, lists.Filters(None), NOBODY)["draft"] == 2, "one more than is counted"


@pytest.mark.parametrize(
    ("tab", "sort"), [*(("", sort) for sort in lists.SORTS), ("submitted", "wait"), ("submitted", "due")]
)
def test_no_page_sorts_the_whole_list(office: Office, stage: Stage, tab: str, sort: str) -> None:
    some_bids(stage)
    asked: list[tuple[str, Any]] = []
    event.listen(office.db.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    with office.db.read() as conn:
        if office.db.dialect == "postgresql":  # with so few rows it would rather read and sort them all
            conn.execute(text("SET LOCAL enable_sort = off"))
            conn.execute(text("SET LOCAL enable_seqscan = off"))
        lists.page(conn, lists.Filters(None, tab=tab, sort=sort), NOBODY, None, 26)
        sql, given = asked[-1]
        explain = "EXPLAIN" if office.db.dialect == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = [str(step[-1]) for step in conn.exec_driver_sql(f"{explain} {sql}", given)]
    assert not any("Sort Key" in step or "TEMP B-TREE FOR ORDER BY" in step for step in plan), plan
