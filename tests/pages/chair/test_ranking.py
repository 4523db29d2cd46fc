"""The ranking as the chair reads it: raw and calibrated, the line, close calls, readers; and how it is worked out."""

import re
from html import unescape

import pytest
from sqlalchemy import event

from fundapp.pages.chair import table
from tests.cast import Cast, Made

READERS = ("reviewer", "reviewer2", "reviewer3")
#: One reader is about two points kinder than another; the sixth bid is read by the kind one alone.
MARKS = ((5, 4, 3), (4, 3, 2), (5, 4, 2), (3, 3, 1), (4, 2, 2), (4, None, None))


def scored(cast: Cast, spare: int = 1) -> list[Made]:
    """Six bids with those marks, in a round whose money reaches three of them, and so many that nobody has read."""
    made = cast.panel(len(MARKS) + spare, budget_pence=3 * 485_000 + 100)
    for bid, marks in zip(made, MARKS, strict=False):
        for reader, mark in zip(READERS, marks, strict=True):
            if mark is not None:
                bid.stage.review(bid.id, reader, (mark,) * 5)
    return made


def page_of(cast: Cast, path: str, who: str = "chair") -> str:
    """The page's main part, as one line."""
    answer = cast.client(who).get(path)
    assert answer.status_code == 200
    return " ".join(unescape(answer.text).partition("<main")[2].partition("</main>")[0].split())


def words(page: str) -> str:
    """What is read of it, without tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def order(page: str, made: list[Made]) -> list[int]:
    """The bids in the order of the table, by their place in `made`."""
    rows = page.partition("<tbody")[2].partition("</tbody>")[0]
    places = {bid.reference: number for number, bid in enumerate(made)}
    found = re.findall(r'href="/panel/[^/"]+/(B-[^"]+)"', rows)
    return [places[reference] for reference in found]


def test_the_table_ranks_by_calibrated_score_and_says_every_figure(cast: Cast) -> None:
    made = scored(cast)
    page = page_of(cast, f"/panel/{made[0].code}")
    assert order(page, made) == [0, 2, 5, 1, 4, 3, 6]
    said = words(page)
    rows = re.findall(r"<tr role=\"row\".*?</tr>", page.partition("<tbody")[2])
    first = words(rows[0])
    assert first.startswith("1 From Allotment to Table")
    assert "Marks 3.00, 4.00, 5.00 (3 of 3 in)" in first
    assert "3.78 raw 4.00 likely from 3.34 to 4.23 Chance 96 in 100" in first
    assert first.endswith("Asks £4,850 Running total £4,850")
    # The line stands between the third and the fourth, and the words say what it says.
    assert words(rows[3]) == "The money ends here £14,550 of £14,551 £1 left"
    assert 'class="below"' not in "".join(rows[:3])
    assert all('class="below"' in row for row in rows[4:7])
    assert words(rows[7]).endswith("none yet Chance not yet Asks £4,850 Running total not yet")
    assert 'class="below"' not in rows[7]
    assert "7 bids ask for £33,950 . The round holds £14,551 , enough for the first 3 ." in said
    line = re.search(r"the funding line, (\d\.\d\d)", said)
    assert line
    scores = [float(found) for found in re.findall(r'as-sum score"><strong>(\d\.\d\d)', page)]
    assert scores == sorted(scores, reverse=True)
    assert scores[3] - 0.01 <= float(line[1]) <= scores[2]
    assert "Marks decide nothing: you do." in said


def test_by_raw_average_the_plain_order_and_its_own_line(cast: Cast) -> None:
    made = scored(cast)
    path = f"/panel/{made[0].code}"
    assert f'href="{path}?by=raw"' in page_of(cast, path)
    page = page_of(cast, f"{path}?by=raw")
    assert order(page, made) == [0, 5, 2, 1, 4, 3, 6]
    assert "the funding line" not in page
    above, below = page.partition("<tbody")[2].split("The money ends here")
    assert (made[2].reference in above, made[1].reference in below) == (True, True)
    assert f'<a href="{path}">By calibrated score</a>' in page


def test_close_calls_are_named(cast: Cast) -> None:
    made = scored(cast)
    page = page_of(cast, f"/panel/{made[0].code}")
    told = re.search(r'<div class="well well-close">(.*?)</div>', page)
    assert told
    chances = {
        int(permille): count
        for permille, count in re.findall(
            r"Chance</span>(\d+) in 100(<span class=\"status is-started close-call)?", page
        )
    }
    close = [chance for chance, marked in chances.items() if marked]
    assert close
    assert all(20 <= chance <= 80 for chance in close)
    assert all(not 20 <= chance <= 80 for chance, marked in chances.items() if not marked)
    assert f"{page.count('close call<')} bids are too close to the line for marks to settle." in words(
        told[1]
    )
    assert told[1].count("<li>") == page.count("close call<")


def test_how_each_reader_marks_stands_in_words_beside_the_drawing(cast: Cast) -> None:
    made = scored(cast)
    said = words(page_of(cast, f"/panel/{made[0].code}")).partition("How each of us marks")[2]
    names = [cast.value("SELECT name FROM person WHERE id = :id", id=cast.person(key)) for key in READERS]
    assert [said.index(name) for name in names] == sorted(said.index(name) for name in names)
    assert re.search(rf"{names[0]} (\d\.\d\d) kinder, \+\d\.\d\d to \+\d\.\d\d", said)
    assert re.search(rf"{names[2]} (\d\.\d\d) stricter, −\d\.\d\d to −\d\.\d\d", said)
    assert re.search(rf"{names[1]} .*? \(ordinary\)", said)


def test_a_bid_kept_from_a_chair_takes_no_rank_and_no_money(cast: Cast) -> None:
    made = scored(cast)
    cast.client("chair").post(
        f"/panel/{made[0].code}/{made[2].reference}/interest", data={"reason": "My brother runs it."}
    )
    page = page_of(cast, f"/panel/{made[0].code}")
    assert made[2].reference not in page
    assert order(page, made) == [0, 5, 1, 4, 3, 6]
    assert re.findall(r'class="rank">(\d*)<', page) == ["1", "2", "3", "4", "5", ""]
    assert "Another bid, £4,850" in page
    assert re.findall(r"Running total</span>(£[\d,]+)", page) == [f"£{4850 * rank:,}" for rank in range(1, 6)]
    assert made[2].reference not in page_of(cast, f"/panel/{made[0].code}/method")


def test_with_few_reviews_it_says_that_these_are_plain_averages(cast: Cast) -> None:
    made = cast.panel(3)
    made[1].stage.review(made[1].id, "reviewer", (4,) * 5)
    made[1].stage.review(made[1].id, "reviewer2", (3,) * 5)
    for path in (f"/panel/{made[0].code}", f"/panel/{made[0].code}?by=raw"):
        page = page_of(cast, path)
        assert order(page, made) == [1, 0, 2]
        said = words(page)
        assert "These are plain averages. Fewer than three readers have marked two bids or more" in said
        assert "3.50 from 3.00 to 4.00 Reviews in 2 of 3" in said
        assert "likely from" not in said
        assert "Chance" not in said
        assert "How each of us marks" not in said
    said = words(page_of(cast, f"/panel/{made[0].code}/method"))
    assert "In this round it falls back to plain averages. Fewer than three readers" in said
    assert "With this round’s own figures" not in said


@pytest.mark.parametrize(("budget", "where"), [(400_000, "first"), (9_000_000, "nowhere")])
def test_money_for_none_and_for_all(cast: Cast, budget: int, where: str) -> None:
    made = cast.panel(2, budget_pence=budget, assigned=True)
    for bid in made:
        bid.stage.review(bid.id, "reviewer", (4, 4, 4, 4, 4))
    page = page_of(cast, f"/panel/{made[0].code}")
    if where == "first":
        assert "£0 of £4,000 £4,000 left" in words(page.partition("<tbody")[2].partition("</tr>")[0])
        assert page.count('class="below"') == 2
    else:
        assert "The money ends here" not in page
        assert "The money reaches every bid that is scored, with £80,300 left." in page


def test_the_method_is_worked_through_with_the_rounds_own_figures(cast: Cast) -> None:
    made = scored(cast)
    page = page_of(cast, f"/panel/{made[0].code}/method")
    said = words(page)
    assert "It decides nothing." in said
    assert "Henderson" in said
    assert "Calibrating moves this bid further than any other that you may see" in said
    body = page.partition("<tbody")[2].partition("</tbody>")[0]
    level = [float(cell) for cell in re.findall(r'class="as-sum">(\d\.\d\d)<', body)]
    given = [float(cell) for cell in re.findall(r"Mark given</span>(\d\.\d\d)<", body)]
    leans = [
        float(size) * (1 if way == "kinder" else -1)
        for size, way in re.findall(r"How they mark</span>(\d\.\d\d) (kinder|stricter)", body)
    ]
    assert len(given) == len(level) >= 2
    if len(leans) == len(given):
        assert [round(mark - lean, 2) for mark, lean in zip(given, leans, strict=True)] == level
    told = re.search(
        r"the marks average (\d\.\d\d)\. With each reader’s leaning taken out they average (\d\.\d\d)", said
    )
    assert told
    assert float(told[1]) == pytest.approx(sum(given) / len(given), abs=0.006)
    assert float(told[2]) == pytest.approx(sum(level) / len(level), abs=0.006)


def test_long_tables_are_paged_in_either_order(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "PAGE", 3)
    made = scored(cast)
    path = f"/panel/{made[0].code}"
    assert order(page_of(cast, path), made) == [0, 2, 5]
    assert "The money ends here" in page_of(cast, path)
    second = page_of(cast, f"{path}?from=4")
    assert order(second, made) == [1, 4, 3]
    assert f'href="{path}?from=7" rel="next"' in second
    raw = page_of(cast, f"{path}?by=raw&from=4")
    assert order(raw, made) == [1, 4, 3]
    assert f'href="{path}?by=raw&from=1" rel="prev"' in raw
    for strange in ("0", "-1", "x", "999", "9" * 40):
        assert cast.client("chair").get(f"{path}?from={strange}&by=nothing").status_code == 200


def test_the_method_page_takes_as_many_queries_whatever_the_rounds_size(cast: Cast) -> None:
    client = cast.client("chair")
    counts = {"": [], "/method": []}
    for made in (scored(cast, 0), scored(cast, 3)):
        for rest, found in counts.items():
            asked: list[str] = []
            listen = lambda *args, asked=asked: asked.append(args[2])  # noqa: E731
            event.listen(cast.office.db.engine, "before_cursor_execute", listen)
            assert client.get(f"/panel/{made[0].code}{rest}").status_code == 200
            event.remove(cast.office.db.engine, "before_cursor_execute", listen)
            found.append(len(asked))
    assert all(first == second for first, second in counts.values())
