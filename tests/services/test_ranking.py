"""A round's ranking from the database: who is in it, in which order, under which name; on both databases."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event

from fundapp.database import Database
from fundapp.domain import calibration
from fundapp.models import MaskedCopy
from fundapp.queries import rounds
from fundapp.services import ranking
from fundapp.services.transition import fire
from tests.cast import Cast, Made, over
from tests.databases import BOTH

READERS = ("reviewer", "reviewer2", "reviewer3")
#: One reader is two points kinder than another; the last bid is read by the kind one alone.
MARKS = ((5, 4, 3), (4, 3, 2), (5, 4, 2), (3, 3, 1), (4, 2, 2), (4, None, None))


def scored(cast: Cast, **terms: Any) -> list[Made]:
    """Six bids with those marks, in a round whose money reaches three of them, and one bid that nobody has read."""
    made = cast.panel(len(MARKS) + 1, budget_pence=3 * 485_000 + 100, **terms)
    for bid, marks in zip(made, MARKS, strict=False):
        for reader, mark in zip(READERS, marks, strict=True):
            if mark is not None:
                bid.stage.review(bid.id, reader, (mark,) * 5)
    return made


def found_in(cast: Cast, code: str, **given: Any) -> ranking.Ranking:
    """The ranking of that round."""
    with cast.office.db.read() as conn:
        return ranking.of_round(conn, rounds.by_code(conn, code), **given)


@pytest.mark.parametrize("kind", BOTH)
def test_a_round_is_ranked(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    database: Database = request.getfixturevalue(f"{kind}_database")
    for cast in over(database, tmp_path):
        made = scored(cast)
        found = found_in(cast, made[0].code)
        assert found.calibrated
        place = {bid.id: number for number, bid in enumerate(made)}
        rows = found.rows
        assert [place[row.bid] for row in rows] == [0, 2, 5, 1, 4, 3, 6]
        assert [row.raw for row in rows] == [400, 367, 400, 300, 267, 233, None]
        assert [row.rank for row in rows] == [1, 2, 3, 4, 5, 6, None]
        assert [row.running for row in rows] == [485_000 * rank for rank in range(1, 7)] + [None]
        assert [row.above for row in rows] == [True] * 3 + [False] * 4
        # Four points of the kindest are worth less than the three and a half of a bid that all have read.
        assert rows[2].totals == (400,)
        assert (rows[2].calibrated or 0) < (rows[1].calibrated or 0)
        assert found.line.above == 3
        assert found.line.taken == 3 * 485_000
        assert (rows[3].calibrated or 0) <= (found.line.score or 0) <= (rows[2].calibrated or 0)
        assert [reader.person for reader in found.readers] == [cast.person(key) for key in READERS]
        assert [reader.leniency.read for reader in found.readers] == [6, 5, 5]
        assert sum(row.chance or 0 for row in rows) == pytest.approx(3000, abs=5)


def test_a_revised_review_counts_and_the_first_no_more(cast: Cast) -> None:
    made = scored(cast)
    before = found_in(cast, made[0].code).rows
    made[3].stage.review(made[3].id, "reviewer3", (5,) * 5)
    after = {row.bid: row for row in found_in(cast, made[0].code).rows}
    assert [row.totals for row in before if row.bid == made[3].id] == [(100, 300, 300)]
    assert after[made[3].id].totals == (300, 300, 500)


def test_only_what_is_on_the_table_is_ranked(cast: Cast) -> None:
    made = scored(cast)
    fire(cast.office, cast.actor("member"), "bid", "withdraw", made[1].id, made[1].stage.after)
    found = found_in(cast, made[0].code)
    assert made[1].id not in {row.bid for row in found.rows}
    assert len(found.rows) == len(made) - 1
    # Its two marks link no readers any more, and four bids that two have read are too few.
    assert found.method == "few_shared"


def test_with_few_reviews_the_raw_means_stand(cast: Cast) -> None:
    made = cast.panel(3)
    made[1].stage.review(made[1].id, "reviewer", (4,) * 5)
    found = found_in(cast, made[0].code)
    assert (found.method, found.calibrated, found.readers) == ("few_readers", False, ())
    first = found.rows[0]
    assert (first.bid, first.rank, first.raw, first.calibrated) == (made[1].id, 1, 400, 400)
    assert (first.low, first.high, first.chance, first.running) == (None, None, None, 485_000)
    assert [row.bid for row in found.rows[1:]] == [made[0].id, made[2].id]


def test_a_panel_without_names_gives_none(cast: Cast) -> None:
    made = scored(cast)
    stage, bid = made[0].stage, made[0].id
    with cast.office.deed(cast.actor("officer"), stage.after) as deed:
        for number, title in ((1, "A kitchen"), (2, "A kitchen in ▇▇▇▇")):
            copy = {
                "bid_id": bid, "bid_version_id": cast.value("SELECT id FROM bid_version WHERE bid_id = :bid", bid=bid),
                "number": number, "title": title, "answers": {}, "cleared": [], "sha256": "0" * 64,
                "confirmed_by": cast.person("officer"), "confirmed_at": deed.now,
            }  # fmt: skip
            deed.put(f"bid:{bid}", MaskedCopy, copy)
        deed.note(f"bid:{bid}", "masked")
    assert found_in(cast, made[0].code).rows[0].title.startswith("From Allotment to Table")
    told = SimpleNamespace(id=stage.round, state="panel", blind=True, budget_pence=100)
    with cast.office.db.read() as conn:
        called = {row.bid: row.title for row in ranking.of_round(conn, cast_row(told)).rows}
        assert called[bid] == "A kitchen in ▇▇▇▇"
        assert called[made[1].id] == made[1].reference
        told.state = "released"
        called = {row.bid: row.title for row in ranking.of_round(conn, cast_row(told)).rows}
    assert called[made[1].id].startswith("From Allotment to Table")


def cast_row(row: object) -> Any:
    """Something with a round's columns, as a row of the database."""
    return row


def test_what_was_worked_out_is_not_worked_out_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = scored(cast)
    first = found_in(cast, made[0].code)
    worked: list[int] = []
    real = calibration.calibrate

    def counted(*args: Any, **given: Any) -> calibration.Calibration:
        worked.append(1)
        return real(*args, **given)

    monkeypatch.setattr(calibration, "calibrate", counted)
    assert found_in(cast, made[0].code) == first
    assert worked == []
    assert found_in(cast, made[0].code, seed=7) != first
    assert len(worked) == 1
    made[5].stage.review(made[5].id, "reviewer2", (1,) * 5)
    found_in(cast, made[0].code)
    assert len(worked) == 2


def test_the_same_statements_whatever_its_size(cast: Cast) -> None:
    counts = []
    for code in (cast.panel(1)[0].code, scored(cast)[0].code):
        asked: list[str] = []
        listen = lambda *args, asked=asked: asked.append(args[2])  # noqa: E731
        with cast.office.db.read() as conn:
            row = rounds.by_code(conn, code)
            event.listen(cast.office.db.engine, "before_cursor_execute", listen)
            ranking.of_round(conn, row)
            event.remove(cast.office.db.engine, "before_cursor_execute", listen)
        counts.append(len(asked))
    assert counts == [2, 2]
